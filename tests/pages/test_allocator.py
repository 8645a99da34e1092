"""Memory of a long conversation goes back to the system."""

import subprocess
import sys

import pytest

from pages.ui.server import allocator
from tests.pages.conftest import OpenPage
from tests.support.command_line import ROOT

_CHURN = """
import threading
from pages.ui.server import allocator
{prepare}
def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS")) // 1024
def read():
    kept.append([bytes(700) for _ in range(1_000)])
    texts = [bytes(3_000_000) for _ in range(20)] + [bytes(2_000) for _ in range(20_000)]
    kept.append([bytes(700) for _ in range(1_000)])
kept, before = [], resident()
for _ in range(12):
    readers = [threading.Thread(target=read) for _ in range(4)]
    for each in readers: each.start()
    for each in readers: each.join()
{give_back}
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have another allocator, which is left alone")
def test_what_threads_have_read_and_dropped_is_given_back() -> None:
    kept, given = _growth("", ""), _growth("allocator.prepare()", "allocator.give_back()")
    assert given < 120
    assert given < kept / 2


def _growth(prepare: str, give_back: str) -> int:
    """The megabytes that a process has grown by after threads have read much and kept little."""
    code = _CHURN.format(prepare=prepare, give_back=give_back)
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    return int(told.stdout)


@pytest.mark.parametrize("page", ["session", "users"])  # the first stops early: it has no session to show
def test_each_run_of_a_page_ends_with_it(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    ended: list[str] = []
    monkeypatch.setattr(allocator, "give_back", lambda: ended.append(page))
    open_page(page)
    assert set(ended) == {page}
