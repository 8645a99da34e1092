"""Measures times of alternating steps, as medians with their spread."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Step = Callable[[], Callable[[], object]]
"""Prepares one repetition, which is not timed, and returns the function to time."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The measured values of several repetitions."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median value."""
        return statistics.median(self.values)

    @property
    def low(self) -> float:
        """The 10th percentile; with fewer than ten values, the minimum."""
        return sorted(self.values)[len(self.values) // 10]

    @property
    def high(self) -> float:
        """The 90th percentile; with fewer than ten values, the maximum."""
        return sorted(self.values)[-1 - len(self.values) // 10]

    def ratio(self, baseline: "Spread") -> float:
        """The ratio of this median to the baseline's."""
        return self.median / baseline.median


def always(act: Callable[[], object]) -> Step:
    """A step that needs no preparation."""
    return lambda: act


def in_turns(
    steps: Sequence[Step], repetitions: int, warmups: int = 3, clock: Callable[[], float] = time.perf_counter
) -> list[Spread]:
    """The seconds of each step, with steps alternating so that noise on the machine affects all of them.

    `time.process_time` as the clock counts the time of this process only, whatever else runs.
    """
    seconds: list[list[float]] = [[] for _ in steps]
    for repetition in range(-warmups, repetitions):
        for step, durations in zip(steps, seconds, strict=True):
            duration = _time(step(), clock)
            if repetition >= 0:
                durations.append(duration)
    return [Spread(tuple(durations)) for durations in seconds]


def _time(act: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    act()
    return clock() - start
