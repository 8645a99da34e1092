"""Remembers the sessions a scan has read, because SCAN may return a key twice while its hash table is resized.

A session takes eight bytes, so a million of them take 8 MB. The chance that two of a million sessions share a number,
so that one would be skipped, is 3 in 10^8.
"""

from array import array
from bisect import bisect_left
from heapq import merge

_RECENT = 4096


class SessionDigests:
    """A growing set of 64-bit numbers: the recent ones in a set, older ones in sorted runs of doubling length."""

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._runs: list[array[int]] = []

    def add(self, number: int) -> bool:
        """Adds a number, and returns whether it was new."""
        if number in self._recent or any(_has(run, number) for run in self._runs):
            return False
        self._recent.add(number)
        if len(self._recent) == _RECENT:
            self._move_to_runs()
        return True

    def _move_to_runs(self) -> None:
        run = array("Q", sorted(self._recent))
        self._recent.clear()
        while self._runs and len(self._runs[-1]) <= len(run):
            run = array("Q", merge(self._runs.pop(), run))
        self._runs.append(run)


def _has(run: "array[int]", number: int) -> bool:
    place = bisect_left(run, number)
    return place < len(run) and run[place] == number
