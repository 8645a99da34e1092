"""`export` on the command line: selection of sessions, data visibility, output file and error messages."""

import json
from pathlib import Path

import pytest

from chatdata import ChatSessions
from tests.support import builders
from tests.support.command_line import UNREACHABLE_CACHE, UNREACHABLE_DATABASE, Line, save, warm


def test_one_session_goes_to_a_file_or_to_stdout(real: Line, sessions: ChatSessions, tmp_path: Path) -> None:
    save(sessions)
    file = tmp_path / "one.json"
    answer = real("export", "s-1", "--format", "json", "-o", str(file))
    assert (answer.code, answer.out) == (0, "")
    bundle = json.loads(file.read_text())
    assert [session["session_id"] for session in bundle["sessions"]] == ["s-1"]
    assert bundle["sessions"][0]["comparison"]["status"] == "in_sync"
    assert json.loads(real("export", "s-1", "--format", "jsonl").out)["id"] == "s-1"


def test_filters_choose_as_in_the_list(run: Line, sessions: ChatSessions) -> None:
    for number in range(3):
        save(sessions, f"s-{number}", user_id=f"u-{number % 2}")
    lines = run("export", "--user", "u-0", "--format", "jsonl").out.splitlines()
    assert sorted(json.loads(line)["id"] for line in lines) == ["s-0", "s-2"]
    assert len(run("export", "--all", "--format", "jsonl").out.splitlines()) == 3
    assert len(run("export", "--search", "message", "--format", "jsonl").out.splitlines()) == 3


def test_views_hold_back_what_they_should(run: Line, sessions: ChatSessions) -> None:
    save(sessions, messages=[builders.message("user", "I am ann@example.org, a secret agent")], title="Ann's trip")  # type: ignore[arg-type]
    masked = run("export", "s-1", "--view", "masked", "--format", "json").out
    assert "ann@example.org" not in masked
    assert "secret agent" in masked
    structure = run("export", "s-1", "--view", "structure", "--format", "json").out
    for words in ("example.org", "secret agent", "Ann"):
        assert words not in structure
    assert json.loads(structure)["sessions"][0]["stored"]["messages"][0]["role"] == "user"


def test_a_source_alone_is_not_compared(run: Line, sessions: ChatSessions) -> None:
    save(sessions)
    warm(sessions, b"{broken")
    bundle = json.loads(run("export", "s-1", "--source", "cache", "--format", "json").out)
    (session,) = bundle["sessions"]
    assert (session["comparison"], session["cached"]["state"], session["stored"]["state"]) == (
        None,
        "corrupt",
        "absent",
    )


def test_a_file_that_exists_is_code_2_and_stays(run: Line, sessions: ChatSessions, tmp_path: Path) -> None:
    save(sessions)
    file = tmp_path / "there.md"
    file.write_text("mine")
    answer = run("export", "s-1", "--format", "md", "-o", str(file))
    assert (answer.code, file.read_text(), "--force" in answer.err) == (2, "mine", True)
    assert run("export", "s-1", "--format", "md", "-o", str(file), "--force").code == 0
    assert file.read_text().startswith("# ")


def test_a_session_that_nobody_has_is_code_1(run: Line, sessions: ChatSessions, tmp_path: Path) -> None:
    save(sessions)
    assert run("export", "nosuch", "--format", "json", "-o", str(tmp_path / "x.json")).code == 1
    assert list(tmp_path.glob("*.json")) == []
    answer = run("export", "s-1", "nosuch", "--format", "jsonl")
    assert (answer.code, len(answer.out.splitlines()), "nosuch" in answer.err) == (1, 1, True)


@pytest.mark.parametrize(
    "arguments", [(), ("s-1", "--all"), ("s-1", "--user", "u-1")], ids=["nothing", "ids and all", "ids and a filter"]
)
def test_wrong_usage_is_code_2(run: Line, arguments: tuple[str, ...]) -> None:
    assert run("export", *arguments, "--format", "json").code == 2


def test_stores_out_of_reach_are_code_3(run: Line) -> None:
    answer = run("export", "s-1", "--format", "json", DATABASE_URL=UNREACHABLE_DATABASE, REDIS_URL=UNREACHABLE_CACHE)
    assert answer.code == 3


def test_evidence_is_refused_by_a_deployment_and_taken_by_embedded_stores(
    run: Line, sessions: ChatSessions, database_only: str, tmp_path: Path
) -> None:
    save(sessions)
    file = tmp_path / "e.json"
    run("export", "s-1", "--format", "json", "-o", str(file))
    refused = run("import", str(file), DATABASE_URL=database_only, INSPECTOR_ACCESS="write")
    assert (refused.code, "embedded stores only" in refused.err) == (1, True)
    taken = run("import", str(file), "--json", INSPECTOR_DATA_DIR=str(tmp_path / "mine"))
    assert (taken.code, taken.json["sessions"]["created"]) == (0, ["s-1"])


@pytest.mark.parametrize("form", ["html", "json", "jsonl", "md"])
def test_of_a_session_that_nobody_has_no_file_is_begun(run: Line, sessions: ChatSessions, form: str) -> None:
    answer = run("export", "nosuch", "--format", form)
    assert (answer.code, answer.out, answer.err) == (1, "", "Not found: nosuch.\n")
