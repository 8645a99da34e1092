"""Scheduled scans take turns, survive the death of whoever scans, and keep only what is complete."""

import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from chatdata import Connected, Settings
from chatdata.errors import AppDatabaseError
from chatdata.services.connect import app_database, connect
from chatdata.services.scan import ScanResult, last_scans, last_summary
from chatdata.services.scan import scheduled as module
from chatdata.services.scan.scheduled import ScheduledScans
from chatdata.stores.app_db import AppDatabase
from tests.services.test_scan import both
from tests.support.builders import new_session
from tests.support.command_line import UNREACHABLE_CACHE
from tests.support.servers import wait_until

WORDS = "words", "of", "a", "conversation"
"""In pieces, since a traceback quotes the line that raises."""

CHECKOUT = Path(__file__).parents[2]


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def app_db(tmp_path: Path) -> AppDatabase:
    return AppDatabase(tmp_path, "here")


def take(app_db: AppDatabase, holder: str, now: float, interval: float = 60) -> float:
    return app_db.take_scan_lock(holder, now=now, lease=30, interval=interval)


# --- the lock -------------------------------------------------------------------------------------------


def test_the_lock_is_one_processs_until_it_gives_it_back_and_a_scan_is_due(app_db: AppDatabase) -> None:
    assert take(app_db, "a", 0) == 0
    assert take(app_db, "b", 10) == 50
    app_db.release_scan_lock("b")
    assert take(app_db, "b", 10) == 50, "only the holder gives it back"
    app_db.release_scan_lock("a")
    assert take(app_db, "b", 20) == 40, "the interval counts for all processes"
    assert take(app_db, "b", 60) == 0


def test_a_holder_that_renews_keeps_it_and_one_that_does_not_loses_it(app_db: AppDatabase) -> None:
    assert take(app_db, "a", 0) == 0
    assert app_db.renew_scan_lock("a", now=20, lease=30)
    assert take(app_db, "b", 40) > 0
    assert take(app_db, "b", 50) == 0, "what a killed process left undone is due at once"
    assert not app_db.renew_scan_lock("a", now=50, lease=30)
    app_db.release_scan_lock("a")
    assert app_db.renew_scan_lock("b", now=51, lease=30), "the former holder can't give it away"


def test_a_lock_that_is_held_is_asked_for_again_after_an_interval(app_db: AppDatabase) -> None:
    """Not after the lease, which a holder gives back long before its end."""
    assert take(app_db, "a", 0, interval=1) == 0
    assert take(app_db, "b", 2, interval=1) == 1
    app_db.release_scan_lock("a")
    assert take(app_db, "b", 3, interval=1) == 0


def test_a_scan_without_an_end_is_due_at_once(app_db: AppDatabase) -> None:
    assert take(app_db, "a", 100) == 0
    app_db.release_scan_lock("a", ended=False)
    assert take(app_db, "b", 101) == 0


def test_a_clock_that_was_set_back_makes_nobody_wait_longer_than_usual(app_db: AppDatabase) -> None:
    assert take(app_db, "a", 1_000_000) == 0
    assert take(app_db, "b", 0) == 60
    app_db.release_scan_lock("a")
    assert take(app_db, "b", 0) == 60


def test_each_deployment_has_a_lock_of_its_own(app_db: AppDatabase, tmp_path: Path) -> None:
    assert take(app_db, "a", 0) == 0
    assert take(AppDatabase(tmp_path, "there"), "b", 0) == 0


# --- turns ----------------------------------------------------------------------------------------------


def filled(connected: Connected, count: int = 4) -> None:
    both(connected.sessions, *(new_session(f"s-{number}", messages=2) for number in range(count)))


def test_turns_keep_complete_scans_and_wait_for_the_rest_of_the_interval(connected: Connected) -> None:
    filled(connected)
    clock, found, stopped = Clock(), list[ScanResult](), threading.Event()
    scans = ScheduledScans(connected, 60, grace=0, on_result=found.append, clock=clock)
    assert scans.turn(stopped) == 60
    clock.now += 10
    assert scans.turn(stopped) == 50
    clock.now += 50
    assert scans.turn(stopped) == 60
    assert [one.in_sync for one in found] == [4, 4]
    assert len(last_scans(connected.app_db, 9)) == 2


def test_two_processes_scan_no_more_often_than_one(connected: Connected) -> None:
    filled(connected)
    clock, found, stopped = Clock(), list[ScanResult](), threading.Event()
    several = [ScheduledScans(connected, 60, grace=0, on_result=found.append, clock=clock) for _ in range(3)]
    for _ in range(24):
        for scans in several:
            scans.turn(stopped)
        clock.now += 5
    assert len(found) == 2


def test_a_large_store_is_scanned_in_shards_that_are_kept_as_one(connected: Connected) -> None:
    filled(connected, 9)
    found: list[ScanResult] = []
    ScheduledScans(connected, 60, grace=0, on_result=found.append, shard_sessions=4).turn(threading.Event())
    assert [(one.whole, one.cached_keys, one.in_sync) for one in found] == [(True, 9, 9)]
    latest = last_summary(connected.app_db)
    assert latest is not None
    assert latest.cached_keys == 9


def test_a_holder_that_was_overtaken_keeps_nothing(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a pause of the whole process: another one has scanned meanwhile."""
    filled(connected)
    clock, found = Clock(), list[ScanResult]()
    scan = module.scan

    def slow(*given: object, **options: object) -> ScanResult:
        clock.now += 31
        assert connected.app_db.take_scan_lock("another", now=clock(), lease=30, interval=60) == 0
        return scan(*given, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "scan", slow)
    ScheduledScans(connected, 60, grace=0, on_result=found.append, clock=clock).turn(threading.Event())
    assert (found, last_scans(connected.app_db, 9)) == ([], [])
    assert connected.app_db.renew_scan_lock("another", now=clock(), lease=30)


def test_a_holder_that_loses_the_lock_stops_scanning(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(connected)
    monkeypatch.setattr(connected.app_db, "renew_scan_lock", lambda *_given, **_options: False)
    ended: list[bool] = []

    def endless(*_given: object, cancelled: object, **_options: object) -> ScanResult:
        assert callable(cancelled)
        wait_until(cancelled, "the scan to be cancelled")
        ended.append(True)
        raise AppDatabaseError("cancelled")

    monkeypatch.setattr(module, "scan", endless)
    with pytest.raises(AppDatabaseError):
        ScheduledScans(connected, 60, grace=0, lease=0.03).turn(threading.Event())
    assert ended == [True]


def test_a_store_that_is_down_ends_the_scan_and_not_the_schedule(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'chat.db'}", "REDIS_URL": UNREACHABLE_CACHE}
    with connect(Settings.from_environment({**settings, "INSPECTOR_DATA_DIR": str(tmp_path)})) as opened:
        stopped, turns, found = threading.Event(), list[int](), list[ScanResult]()

        def on_turn() -> None:
            turns.append(1)
            if len(turns) == 3:
                stopped.set()

        options = {"on_result": found.append, "on_turn": on_turn}
        ScheduledScans(opened, 0.01, grace=0, jitter=lambda: 0.0, **options).run(stopped)  # type: ignore[arg-type]
    assert (len(turns), found) == (3, [])
    assert "the scheduled scan is not complete" in caplog.text
    assert "SECRET" not in caplog.text


def test_what_fails_is_logged_and_the_next_turn_comes(connected: Connected, caplog: pytest.LogCaptureFixture) -> None:
    stopped, turns = threading.Event(), list[int]()

    def on_turn() -> None:
        turns.append(1)
        if len(turns) == 2:
            stopped.set()
        raise OSError(28, "No space left on device")

    ScheduledScans(connected, 0.01, grace=0, jitter=lambda: 0.0, on_turn=on_turn).run(stopped)
    assert len(turns) == 2
    assert caplog.text.count("No space left on device") == 2


def test_an_error_that_nobody_expected_is_logged_without_its_message(
    connected: Connected, caplog: pytest.LogCaptureFixture
) -> None:
    stopped = threading.Event()

    def on_turn() -> None:
        stopped.set()
        raise ValueError(" ".join(WORDS))

    ScheduledScans(connected, 0.01, grace=0, jitter=lambda: 0.0, on_turn=on_turn).run(stopped)
    assert "the scheduled scan failed: ValueError\n" in caplog.text
    assert " ".join(WORDS) not in caplog.text


# --- two processes --------------------------------------------------------------------------------------

_PROCESS = """
import sys, threading
from pathlib import Path
from chatdata import Settings
from chatdata.services.connect import app_database, connect
from chatdata.services.scan import scheduled
from chatdata.services.scan.scheduled import ScheduledScans

scan, mode = scheduled.scan, sys.argv[1]

def slow(stores, **options):
    print("scanning", flush=True)
    if mode == "hang":
        threading.Event().wait(600)
    return scan(stores, **options)

scheduled.scan = slow
with connect(Settings.from_environment()) as connected:
    print("ready", flush=True)
    ScheduledScans(connected, 2, grace=0, lease=4, on_result=lambda result: print("kept", flush=True)).run(
        threading.Event()
    )
"""


@contextmanager
def process(mode: str) -> Iterator["subprocess.Popen[str]"]:
    started = subprocess.Popen(
        [sys.executable, "-c", _PROCESS, mode], cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield started
    finally:
        with suppress(ProcessLookupError):
            started.send_signal(signal.SIGKILL)
        started.communicate(timeout=60)


def said(started: "subprocess.Popen[str]") -> str:
    assert started.stdout is not None
    return started.stdout.readline().strip()


def says_nothing(started: "subprocess.Popen[str]") -> bool:
    return not select.select([started.stdout], [], [], 0)[0]


def lease_of(app_db: AppDatabase) -> float:
    """Until when the lock is held."""
    with app_db.place.reading() as connection:
        return float(connection.execute("SELECT lease_until FROM scan_lock").fetchone()[0])


@pytest.mark.parametrize("where", ["file", "postgres"])
def test_of_two_processes_one_scans_and_when_it_is_killed_the_other_goes_on(
    connected: Connected, where: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "postgres":
        monkeypatch.setenv("INSPECTOR_APP_DATABASE_URL", request.getfixturevalue("app_database_url"))
    app_db = app_database(Settings.from_environment(), connected.stores.deployment)
    filled(connected)
    with process("hang") as first:
        assert [said(first), said(first)] == ["ready", "scanning"]
        with process("scan") as second:
            assert said(second) == "ready"
            lease = lease_of(app_db)
            wait_until(lambda: lease_of(app_db) > lease, "the holder renews its lock")
            assert says_nothing(second)
            assert last_scans(app_db, 9) == []
            first.kill()
            assert [said(second), said(second)] == ["scanning", "kept"]
    assert len(last_scans(app_db, 9)) >= 1
