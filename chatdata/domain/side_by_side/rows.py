"""The rows of a comparison: each message beside its counterpart in the other copy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chatdata.domain.copies import Copies, CopyMessage
from chatdata.domain.drift import Comparison, Stretch
from chatdata.domain.side_by_side.moved import messages_of, moved_pairs
from chatdata.domain.side_by_side.sides import fields_of, pieces, side

_LINE = 70
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


@dataclass(frozen=True, slots=True)
class AlignedRow:
    """A message of one copy, or a pair of messages."""

    stretch: int
    """The index of the row's stretch in the comparison."""
    cached: CopyMessage | None
    stored: CopyMessage | None


@dataclass(frozen=True)
class SideBySide:
    """Both copies in rows, as `align` returns them."""

    stretches: tuple[Stretch, ...]
    rows: tuple[AlignedRow, ...]
    elsewhere: Mapping[int, int]
    """For the row of each moved message, the row with the other copy's message."""

    @cached_property
    def index(self) -> dict[str, Any]:
        """An overview for a table that loads its rows in windows.

        "count" is the number of rows. "stretch", "cache" and "database" (positions, -1 for none) and "lines" (an
        estimate) have one item per row. "stretches" has {"kind", "first" (row), "count" (rows)} per stretch.
        """
        return {
            "count": len(self.rows),
            "stretch": [row.stretch for row in self.rows],
            "cache": [_position(row.cached) for row in self.rows],
            "database": [_position(row.stored) for row in self.rows],
            "lines": [max(_lines(row.cached), _lines(row.stored)) for row in self.rows],
            "stretches": self._stretches,
        }

    @property
    def first_difference(self) -> int:
        """The first row that is not equal, or 0 if all rows are."""
        kinds = (self.stretches[row.stretch].kind for row in self.rows)
        return next((at for at, kind in enumerate(kinds) if kind not in ("equal", "reasoning_rows")), 0)

    def window(self, ordinals: Iterable[int]) -> list[dict[str, Any]]:
        """Returns these rows as JSON values, with texts truncated at `CUT` characters; unknown ordinals are ignored."""
        return [self._row_json(ordinal) for ordinal in ordinals if 0 <= ordinal < len(self.rows)]

    def near(self, ordinal: int, count: int) -> list[dict[str, Any]]:
        """Returns `count` rows, a quarter of them before the given one."""
        start = max(ordinal - count // 4, 0)
        return self.window(range(start, start + count))

    @cached_property
    def _stretches(self) -> list[dict[str, Any]]:
        firsts: dict[int, int] = {}
        counts: dict[int, int] = {}
        for at, row in enumerate(self.rows):
            firsts.setdefault(row.stretch, at)
            counts[row.stretch] = counts.get(row.stretch, 0) + 1
        return [
            {"kind": stretch.kind, "first": firsts.get(number, -1), "count": counts.get(number, 0)}
            for number, stretch in enumerate(self.stretches)
        ]

    def _row_json(self, ordinal: int) -> dict[str, Any]:
        row = self.rows[ordinal]
        cached, stored = fields_of(row.cached), fields_of(row.stored)
        left, right = pieces(cached, stored)
        return {
            "ordinal": ordinal,
            "kind": self.stretches[row.stretch].kind,
            "cache": side(row.cached, cached, stored, left),
            "database": side(row.stored, stored, cached, right),
            "elsewhere": self._where(ordinal),
        }

    def _where(self, ordinal: int) -> dict[str, int] | None:
        there = self.elsewhere.get(ordinal)
        if there is None:
            return None
        row = self.rows[there]
        return {"ordinal": there, "position": _position(row.cached or row.stored)}


def align(copies: Copies, comparison: Comparison) -> SideBySide:
    """Returns the copies in rows, in the order of the comparison's stretches."""
    cached, stored = messages_of(copies.cached), messages_of(copies.stored)
    rows = [
        row for number, stretch in enumerate(comparison.stretches) for row in _rows(number, stretch, cached, stored)
    ]
    return SideBySide(comparison.stretches, tuple(rows), _elsewhere(rows, copies, comparison))


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
    at = {id(row.cached): ordinal for ordinal, row in enumerate(rows) if row.cached and not row.stored}
    there = {id(row.stored): ordinal for ordinal, row in enumerate(rows) if row.stored and not row.cached}
    found: dict[int, int] = {}
    for index, row in moved_pairs(copies, comparison):
        one, other = at.get(id(cached[index])), there.get(id(stored[row]))
        if one is not None and other is not None:
            found[one], found[other] = other, one
    return found


def _position(copy: CopyMessage | None) -> int:
    return -1 if copy is None else copy.position


def _lines(copy: CopyMessage | None) -> int:
    if copy is None:
        return 0
    calls = 5 * len(copy.message.tool_calls or ())
    return 1 + len((copy.message.content or "")[:1_500]) // _LINE + min(calls, 12)
