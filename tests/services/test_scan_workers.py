"""A scan in several processes finds what one process finds, stops when asked, and tells when a process is lost."""

import multiprocessing
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from chatdata import Settings
from chatdata.services.connect import Connected, connect
from chatdata.services.scan import ScanProgress, ScanResult, WorkerLost, scan, scan_with_workers
from tests.services.test_scan import both
from tests.support.builders import new_session

_SAME = ("cached_keys", "in_sync", "drifted", "ghost", "corrupt", "moving", "messages_at_risk", "in_both", "status")


@pytest.fixture
def connected(tmp_path: Path, redis_url: str) -> Iterator[Connected]:
    """40 sessions, of which some differ, some are in the cache alone and one is damaged."""
    deployment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'chat.db'}",
        "REDIS_URL": redis_url,
        "INSPECTOR_DATA_DIR": str(tmp_path / "data"),
        "INSPECTOR_ACCESS": "write",
    }
    with connect(Settings.from_environment(deployment)) as opened:
        opened.stores.require_database().facts()
        both(opened.sessions, *(new_session(f"s-{number}", messages=3) for number in range(40)))
        cache = opened.stores.require_cache()
        for number in range(0, 40, 10):
            cache.put(new_session(f"s-{number}", messages=5))
            cache.put(new_session(f"ghost-{number}", messages=1))
        cache.put_raw("s-7", b"{")
        yield opened


def test_what_several_processes_find_is_what_one_finds(connected: Connected) -> None:
    told: list[ScanProgress] = []
    one = scan(connected.stores, grace=0)
    several = scan_with_workers(connected.settings, 3, grace=0, on_progress=told.append)
    assert [getattr(several, name) for name in _SAME] == [getattr(one, name) for name in _SAME]
    assert listed(several) == listed(one)
    assert several.findings_by_kind == one.findings_by_kind
    assert (several.shard, several.uncached) == (None, one.uncached)
    assert (told[-1].keys, told[-1].found) == (44, len(one.sessions))


def test_the_calling_process_is_one_of_them(connected: Connected) -> None:
    others: set[str] = set()
    scan_with_workers(
        connected.settings,
        3,
        grace=0,
        on_progress=lambda _now: others.update(process.name for process in multiprocessing.active_children()),
    )
    assert len(others) == 2


def listed(result: ScanResult) -> list[tuple[str, str | None]]:
    return sorted((item.session_id, item.status) for item in result.sessions)


def test_no_process_runs_the_main_module_again(
    connected: Connected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under Streamlit that is the page which somebody looks at."""
    main, ran = ModuleType("__main__"), tmp_path / "ran"
    main.__file__ = str(tmp_path / "page.py")
    Path(main.__file__).write_text(f"open({str(ran)!r}, 'w').close()")
    monkeypatch.setitem(sys.modules, "__main__", main)
    assert scan_with_workers(connected.settings, 2, grace=0).cached_keys == 44
    assert not ran.exists()
    assert sys.modules["__main__"] is main


def test_a_cancelled_scan_tells_what_is_known(connected: Connected) -> None:
    waiting: list[int] = []
    found = scan_with_workers(
        connected.settings,
        2,
        grace=600,
        on_progress=lambda now: waiting.append(now.waiting),
        cancelled=lambda: bool(waiting) and waiting[-1] == 9,
    )
    assert (found.status, found.unconfirmed, found.in_sync) == ("cancelled", 9, 35)


@pytest.mark.parametrize("which", [0, 1])
def test_a_lost_process_is_an_error_and_leaves_no_other_behind(connected: Connected, which: int) -> None:
    waiting: list[int] = []

    def kill_one() -> None:
        while not (waiting and waiting[-1]):
            time.sleep(0.05)
        sorted(multiprocessing.active_children(), key=lambda process: process.name)[which].kill()

    killer = threading.Thread(target=kill_one)
    killer.start()
    with pytest.raises(WorkerLost, match="ended early"):
        scan_with_workers(connected.settings, 3, grace=600, on_progress=lambda now: waiting.append(now.waiting))
    killer.join()
    assert multiprocessing.active_children() == []
