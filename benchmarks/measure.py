"""Times as they were measured: medians with their spread, two ways of doing a thing in turns."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Step = Callable[[], Callable[[], object]]
"""Makes what a repetition needs, which isn't timed, and gives the function that is."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What several repetitions of one thing took, or weighed."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def low(self) -> float:
        """A tenth of the repetitions were below; of fewer than ten the least."""
        return sorted(self.values)[len(self.values) // 10]

    @property
    def high(self) -> float:
        """A tenth of the repetitions were above; of fewer than ten the most."""
        return sorted(self.values)[-1 - len(self.values) // 10]

    def ratio(self, baseline: "Spread") -> float:
        """This median in baselines."""
        return self.median / baseline.median


def always(act: Callable[[], object]) -> Step:
    """A step that needs nothing made for a repetition."""
    return lambda: act


def in_turns(steps: Sequence[Step], repetitions: int, warmups: int = 3) -> list[Spread]:
    """Seconds of each step, the steps in turns, so that a noisy neighbour hits all of them."""
    seconds: list[list[float]] = [[] for _ in steps]
    for repetition in range(-warmups, repetitions):
        for step, taken in zip(steps, seconds, strict=True):
            took = _time(step())
            if repetition >= 0:
                taken.append(took)
    return [Spread(tuple(taken)) for taken in seconds]


def _time(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
