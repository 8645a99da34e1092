"""`scan --prom`: the file has the figures of `scan --json`."""

import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chatdata import ChatSessions, Settings
from chatdata.services.connect import connect
from tests.cli.test_scan import spoil
from tests.services.test_metrics import values
from tests.services.test_scan import both
from tests.support.builders import new_session
from tests.support.command_line import UNREACHABLE_CACHE, at_once

NOW = ("scan", "--grace", "0")


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[ChatSessions]:
    """The embedded stores that the commands use, with three sessions in sync."""
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "data")})) as opened:
        both(opened.sessions, *(new_session(f"s-{number}", messages=3) for number in range(3)))
        yield opened.sessions


def written(file: Path) -> dict[tuple[str, ...], float]:
    return values(text_string_to_metric_families(file.read_text()))


def test_the_file_has_the_figures_of_the_json(sessions: ChatSessions, tmp_path: Path) -> None:
    spoil(sessions)
    file = tmp_path / "inspector.prom"
    answer = at_once(*NOW, "--json", "--prom", str(file))
    assert answer.code == 1
    found = written(file)
    for status in ("in_sync", "drifted", "ghost", "corrupt", "moving"):
        assert found["cached_sessions", status] == answer.json[status]
    assert sum(found["messages_at_risk", name] for name in ("1h", "6h", "12h", "never")) == 2
    assert answer.json["messages_at_risk"] == 2
    assert {name[1]: count for name, count in found.items() if name[0] == "findings" and count} == answer.json[
        "findings_by_kind"
    ]
    assert found["scan_duration_seconds",] == answer.json["seconds"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_shards_are_merged_into_the_file(sessions: ChatSessions, tmp_path: Path) -> None:
    spoil(sessions)
    parts = []
    for number in range(2):
        parts.append(tmp_path / f"{number}.json")
        parts[-1].write_text(at_once(*NOW, "--shard", f"{number}/2", "--json").out)
    assert at_once("scan", "--merge", *map(str, parts), "--prom", str(tmp_path / "m.prom")).code == 1
    assert written(tmp_path / "m.prom")["cached_sessions", "drifted"] == 1


def test_a_store_that_is_down_is_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "inspector.prom"
    answer = at_once(
        *NOW, "--prom", str(file), REDIS_URL=UNREACHABLE_CACHE, DATABASE_URL=f"sqlite:///{tmp_path / 'chat.db'}"
    )
    assert answer.code == 3
    assert written(file)["store_up", "cache"] == 0


@pytest.mark.parametrize("more", [("--user", "u"), ("--limit", "1"), ("--shard", "0/2")], ids=lambda more: more[0])
def test_a_part_of_the_sessions_is_no_metric(tmp_path: Path, more: tuple[str, str]) -> None:
    answer = at_once(*NOW, "--prom", str(tmp_path / "m.prom"), *more)
    assert answer.code == 2
    assert "--prom needs a scan of all sessions" in answer.err
    assert not (tmp_path / "m.prom").exists()


def test_a_folder_that_is_missing_is_said_before_the_scan(tmp_path: Path) -> None:
    answer = at_once(*NOW, "--prom", str(tmp_path / "missing" / "m.prom"))
    assert answer.code == 2
    assert "does not exist" in answer.err
    assert not (tmp_path / "data").exists()


def test_the_command_line_starts_without_the_client_of_prometheus() -> None:
    """Few commands need it, and importing it takes a moment."""
    code = "import sys, chatdata.cli.scan, chatdata.services.connect; print('prometheus_client' in sys.modules)"
    import sys

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_file_that_can_not_be_written_fails_after_the_result(sessions: ChatSessions, tmp_path: Path) -> None:
    answer = at_once(*NOW, "--prom", str(tmp_path / ("x" * 300)))
    assert answer.code == 2
    assert "3 cached sessions" in answer.out
    assert "name too long" in answer.err
