"""The rows of a comparison: each message beside its counterpart in the other copy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from chatdata.domain.copies import Copies, CopyMessage
from chatdata.domain.drift import Comparison, Stretch
from chatdata.domain.side_by_side.aligned import AlignedRow, AlignedRows
from chatdata.domain.side_by_side.moved import messages_of, moved_pairs

_PAIRED = frozenset(
    {
        "equal",
        "context_injected",
        "partial_text",
        "tool_calls_lost",
        "tool_calls_stale",
        "tool_result_stale",
        "content_changed",
    }
)
"""The kinds of stretches whose messages are paired one by one."""


@dataclass(frozen=True)
class SideBySide(AlignedRows):
    """Both copies in rows, as `align` returns them."""

    stretches: tuple[Stretch, ...]
    names: ClassVar = ("cache", "database")
    quiet: ClassVar = frozenset({"equal", "reasoning_rows"})

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each stretch."""
        return tuple(stretch.kind for stretch in self.stretches)


def align(copies: Copies, comparison: Comparison) -> SideBySide:
    """Returns the copies in rows, in the order of the comparison's stretches."""
    cached, stored = messages_of(copies.cached), messages_of(copies.stored)
    rows = [
        row for number, stretch in enumerate(comparison.stretches) for row in _rows(number, stretch, cached, stored)
    ]
    return SideBySide(tuple(rows), _elsewhere(rows, copies, comparison), comparison.stretches)


def _rows(
    number: int, stretch: Stretch, cached: Sequence[CopyMessage], stored: Sequence[CopyMessage]
) -> Iterator[AlignedRow]:
    left = [cached[index] for index in stretch.cached]
    right = [stored[index] for index in stretch.stored]
    if stretch.kind in _PAIRED and len(left) == len(right):
        for one, other in zip(left, right, strict=True):
            yield AlignedRow(number, one, other)
        return
    for one in left:
        yield AlignedRow(number, one, None)
    for other in right:
        yield AlignedRow(number, None, other)


def _elsewhere(rows: Sequence[AlignedRow], copies: Copies, comparison: Comparison) -> dict[int, int]:
    cached, stored = messages_of(copies.cached), messages_of(copies.stored)
    at = {id(row.left): ordinal for ordinal, row in enumerate(rows) if row.left and not row.right}
    there = {id(row.right): ordinal for ordinal, row in enumerate(rows) if row.right and not row.left}
    found: dict[int, int] = {}
    for index, row in moved_pairs(copies, comparison):
        one, other = at.get(id(cached[index])), there.get(id(stored[row]))
        if one is not None and other is not None:
            found[one], found[other] = other, one
    return found
