"""The rows of a comparison: each message of a copy beside that of the other which it is compared with."""

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
"""Stretches whose messages stand against each other one by one."""


@dataclass(frozen=True, slots=True)
class AlignedRow:
    """A message, its counterpart, or both."""

    stretch: int
    """Index in the comparison's stretches."""
    cached: CopyMessage | None
    stored: CopyMessage | None


@dataclass(frozen=True)
class SideBySide:
    """Both copies in rows. Built with `align`; nothing in it changes."""

    stretches: tuple[Stretch, ...]
    rows: tuple[AlignedRow, ...]
    elsewhere: Mapping[int, int]
    """Of a message that moved: the row where the other copy has it."""

    @cached_property
    def index(self) -> dict[str, Any]:
        """count; of each row: stretch, cache and database (position or -1), lines (an estimate); stretches: {"kind",
        "first" (row), "count" (rows)}."""
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
        """The first row that isn't equal; 0 where all are."""
        kinds = (self.stretches[row.stretch].kind for row in self.rows)
        return next((at for at, kind in enumerate(kinds) if kind not in ("equal", "reasoning_rows")), 0)

    def window(self, ordinals: Iterable[int]) -> list[dict[str, Any]]:
        """These rows as JSON-able dicts; texts cut at `CUT` characters. Ordinals that don't exist are left out."""
        return [self._full(ordinal) for ordinal in ordinals if 0 <= ordinal < len(self.rows)]

    def near(self, ordinal: int, count: int) -> list[dict[str, Any]]:
        """`count` rows from a few before one on."""
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

    def _full(self, ordinal: int) -> dict[str, Any]:
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
    """The copies in rows, in the order of the comparison's stretches."""
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
