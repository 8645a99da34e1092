"""Decides which tool message answers which call, for every other module. Pure.

Providers require adjacency: a result answers a call of the nearest preceding message that is not a tool message.
A result that comes later is late; a result without an earlier call of its ID is an orphan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Place = tuple[int, int]
"""The index of the message with the call, and the index of the call in that message."""

Fit = Literal["in_block", "late", "second", "orphan", "no_id"]
"""How a tool message relates to the calls. in_block: in the run of tool messages right after its call; late: after
that run; second: the call already has an answer; orphan: no earlier call has its ID; no_id: it names no call."""


class PairedMessage(NamedTuple):
    """The parts of a message that matter for pairing."""

    is_result: bool
    """Whether this is a tool message."""
    call_ids: Sequence[str | None] = ()
    """The IDs of the message's calls; None or "" for a call that no result can name."""
    tool_call_id: str | None = None
    """The call that a tool message names."""


@dataclass(frozen=True, slots=True)
class PairedResult:
    """How a tool message fits, and the call that it names (None for orphan and no_id)."""

    fit: Fit
    call: Place | None = None
    near: bool = False
    """Whether only tool messages stand between the call and this result; a second answer can be in the block or not."""


@dataclass(frozen=True, slots=True)
class ToolPairing:
    """The pairing of calls and results that `pair_tool_results` returns."""

    results: dict[int, PairedResult]
    """The pairing of each tool message, by the message's index."""
    first: dict[Place, int]
    """The index of the first answer, in the block or late, for each answered call."""


def pair_tool_results(turns: Iterable[PairedMessage]) -> ToolPairing:
    """Pairs each tool message with its call, in linear time."""
    walk = _Pairing()
    for index, turn in enumerate(turns):
        walk.step(index, turn)
    return ToolPairing(walk.results, walk.first)


@dataclass
class _Pairing:
    block: dict[str, list[int]] = field(default_factory=dict)
    """The unanswered calls of the latest message that is not a tool message: indices by ID, in reverse order."""
    latest: dict[str, Place] = field(default_factory=dict)
    results: dict[int, PairedResult] = field(default_factory=dict)
    first: dict[Place, int] = field(default_factory=dict)

    def step(self, index: int, turn: PairedMessage) -> None:
        if turn.is_result:
            self.results[index] = self._result(index, turn.tool_call_id)
        else:
            self._open(index, turn.call_ids)

    def _open(self, index: int, call_ids: Sequence[str | None]) -> None:
        self.block = {}
        for number in range(len(call_ids) - 1, -1, -1):
            call_id = call_ids[number]
            if call_id:
                self.block.setdefault(call_id, []).append(number)
                self.latest[call_id] = (index, self.block[call_id][0])

    def _result(self, index: int, call_id: str | None) -> PairedResult:
        if not call_id:
            return PairedResult("no_id")
        place = self.latest.get(call_id)
        if place is None:
            return PairedResult("orphan")
        if waiting := self.block.get(call_id):
            place = (place[0], waiting.pop())
            self.first[place] = index
            return PairedResult("in_block", place, near=True)
        if place in self.first:
            return PairedResult("second", place, near=call_id in self.block)
        self.first[place] = index
        return PairedResult("late", place)
