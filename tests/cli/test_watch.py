"""`watch`: a line per scan, the metrics' file, and a clean end."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatdata import ChatSessions, Settings
from chatdata.services.connect import connect
from tests.cli.test_scan import spoil
from tests.cli.test_scan_prom import written
from tests.services.test_scan import both
from tests.support.builders import new_session
from tests.support.command_line import UNREACHABLE_CACHE, Process, at_once, start
from tests.support.servers import WAIT_SECONDS, wait_until


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[ChatSessions]:
    """The embedded stores that the command uses, with three sessions."""
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "data")})) as opened:
        both(opened.sessions, *(new_session(f"s-{number}", messages=3) for number in range(3)))
        yield opened.sessions


def line(process: Process) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode()


def test_it_scans_again_and_again_until_it_is_told_to_end(sessions: ChatSessions, tmp_path: Path) -> None:
    file = tmp_path / "inspector.prom"
    process = start("watch", "--every", "1", "--grace", "0", "--prom", str(file))
    try:
        assert "3 cached sessions" in line(process)
        spoil(sessions)
        while "1 out of sync; 2 messages at risk" not in (said := line(process)):
            assert "3 cached sessions" in said
        wait_until(lambda: written(file)["cached_sessions", "drifted"] == 1, "the file has the second scan")
        process.terminate()
        _, err = process.communicate(timeout=WAIT_SECONDS)
        assert (process.returncode, err) == (0, b"")
    finally:
        process.kill()
        process.wait(60)
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_store_that_is_down_is_in_the_file_and_does_not_end_it(tmp_path: Path) -> None:
    file = tmp_path / "inspector.prom"
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'chat.db'}", "REDIS_URL": UNREACHABLE_CACHE}
    process = start("watch", "--every", "1", "--prom", str(file), environment=settings)
    try:
        wait_until(file.exists, "the file is written")
        first = file.stat().st_ino
        assert written(file)["store_up", "cache"] == 0
        wait_until(lambda: file.stat().st_ino != first, "the file is written again")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=WAIT_SECONDS)
        assert (process.returncode, out) == (130, b"")
        assert b"is not complete" in err
        assert b"SECRET" not in err
    finally:
        process.kill()
        process.wait(60)


def test_what_it_needs_is_said_at_once(tmp_path: Path) -> None:
    lone = at_once("watch", REDIS_URL=UNREACHABLE_CACHE)
    assert (lone.code, "DATABASE_URL" in lone.err) == (2, True)
    assert at_once("watch", "--every", "0.5").code == 2
    assert at_once("watch", "--every", "nan").code == 2
    assert at_once("watch", "--grace", "nan").code == 2
    missing = at_once("watch", "--prom", str(tmp_path / "missing" / "m.prom"))
    assert (missing.code, "does not exist" in missing.err) == (2, True)
    assert at_once("watch", INSPECTOR_SCAN_EVERY="0").code == 2


def test_help_says_how_often(tmp_path: Path) -> None:
    said = at_once("watch", "--help").out
    assert "INSPECTOR_SCAN_EVERY" in said
    assert max(map(len, said.splitlines())) <= 80
