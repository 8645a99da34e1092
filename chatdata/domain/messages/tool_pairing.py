"""Which tool message answers which call. Pure, and the one place that decides it.

Providers look at neighbours: a result answers a call of the nearest message with calls before it, as long as only
tool messages stand between them. What comes later answers late; what no earlier call asked for is an orphan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Place = tuple[int, int]
"""Index of the turn with the call, index of the call in it."""

Fit = Literal["in_block", "late", "second", "orphan", "no_id"]
"""How a tool message stands to the calls: in_block: in the run right after its call; late: after it; second: the
call was answered before; orphan: no earlier call has its id; no_id: it names none."""


class PairedMessage(NamedTuple):
    """What counts of a message."""

    is_result: bool
    """A tool message."""
    call_ids: Sequence[str | None] = ()
    """Of the calls that the message makes; None or "" for a call that no answer can name."""
    tool_call_id: str | None = None
    """The call that a tool message names."""


@dataclass(frozen=True, slots=True)
class PairedResult:
    """A tool message: how it fits, and the call that it names (None for orphan and no_id)."""

    fit: Fit
    call: Place | None = None
    near: bool = False
    """Only tool messages stand between the call and it: a second answer can be in the block or far behind it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What `match` found."""

    results: dict[int, PairedResult]
    """Of each tool message, by the index of its turn."""
    first: dict[Place, int]
    """The call's first answer, in its block or late: index of that turn. A call that isn't here has none."""


def match(turns: Iterable[PairedMessage]) -> Answers:
    """How each tool message fits. Linear."""
    walk = _Pairing()
    for index, turn in enumerate(turns):
        walk.step(index, turn)
    return Answers(walk.results, walk.first)


@dataclass
class _Pairing:
    block: dict[str, list[int]] = field(default_factory=dict)
    """Of the message whose block is open: id to the indices of its calls not answered yet, the first one last."""
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
