"""What one cause also made is told with its finding everywhere: `diff`, `scan`, `repair` and `export`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chatdata import ChatSessions
from tests.support.command_line import Line, save


@pytest.fixture
def removed(sessions: ChatSessions) -> Callable[[], None]:
    """A cached session of which two rows in the middle were deleted."""

    def remove() -> None:
        save(sessions, "s-1", 6, title="Trip")
        with sessions.stores.require_database().writing() as connection:
            connection.execute(text('DELETE FROM "ChatMessage" WHERE sequence IN (2, 3)'))

    return remove


def kinds(findings: list[dict[str, Any]]) -> list[str]:
    return [finding["kind"] for finding in findings]


def test_a_difference_and_the_gap_that_it_left_are_one_issue(run: Line, removed: Callable[[], None]) -> None:
    removed()
    (finding,) = run("diff", "s-1", "--json").json["findings"]
    assert (finding["kind"], kinds(finding["consequences"])) == ("missing_in_db", ["sequence_gap"])
    out = " ".join(run("diff", "s-1").out.split())
    assert "Likely cause: Rows deleted (rows_removed)." in out
    assert "Same cause: Gap in message numbers (sequence_gap)." in out


def test_a_scan_counts_one_issue_and_shows_what_belongs_to_it(run: Line, removed: Callable[[], None]) -> None:
    removed()
    document = run("scan", "--grace", "0", "--json").json
    assert document["findings_by_kind"] == {"missing_in_db": 1}
    (session,) = document["sessions"]
    assert kinds(session["findings"][0]["consequences"]) == ["sequence_gap"]
    assert "database_value" not in session["findings"][0]["consequences"][0]


def test_a_merged_scan_keeps_what_belongs_to_an_issue(run: Line, removed: Callable[[], None], tmp_path: Path) -> None:
    removed()
    files = [tmp_path / f"shard-{number}.json" for number in range(2)]
    for number, file in enumerate(files):
        file.write_text(run("scan", "--grace", "0", "--json", "--shard", f"{number}/2").out, "utf-8")
    merged = run("scan", "--merge", *map(str, files), "--json")
    assert merged.err == ""
    (session,) = merged.json["sessions"]
    assert kinds(session["findings"][0]["consequences"]) == ["sequence_gap"]


def test_a_repair_says_that_the_gap_remains(run: Line, removed: Callable[[], None]) -> None:
    removed()
    document = run("repair", "s-1", "--action", "rewarm_cache", "--json").json
    assert (document["ends"], document["leaves"]) == (["missing_in_db"], ["sequence_gap"])


@pytest.mark.parametrize("format_name", ["html", "md"])
def test_a_report_tells_it_with_its_issue(run: Line, removed: Callable[[], None], format_name: str) -> None:
    removed()
    out = run("export", "s-1", "--format", format_name).out
    assert "Same cause: Gap in message numbers." in out
