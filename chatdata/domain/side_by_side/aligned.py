"""Rows of aligned messages as JSON values: an index of all of them, and windows with their texts."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from chatdata.domain.copies import CopyMessage
from chatdata.domain.side_by_side.sides import fields_of, pieces, side

_LINE = 70


@dataclass(frozen=True, slots=True)
class AlignedRow:
    """A message of one side, or a pair of messages."""

    stretch: int
    """The index of the row's stretch: neighbouring rows of one kind."""
    left: CopyMessage | None
    right: CopyMessage | None


@dataclass(frozen=True)
class AlignedRows(ABC):
    """The messages of two sides in rows."""

    rows: tuple[AlignedRow, ...]
    elsewhere: Mapping[int, int]
    """For the row of each moved message, the row with the other side's message."""
    names: ClassVar[tuple[str, str]]
    """The keys of the left and the right side in JSON."""
    quiet: ClassVar[frozenset[str]]
    """The kinds of stretches that are no difference."""
    unmarked: ClassVar[frozenset[str]] = frozenset()
    """The kinds of stretches in whose pairs nothing is marked."""

    @property
    @abstractmethod
    def kinds(self) -> tuple[str, ...]:
        """The kind of each stretch."""

    @cached_property
    def index(self) -> dict[str, Any]:
        """An overview for a table that loads its rows in windows.

        "count" is the number of rows. "stretch", each side's name (positions, -1 for none) and "lines" (an estimate)
        have one item per row. "stretches" has {"kind", "first" (row), "count" (rows)} per stretch.
        """
        left, right = self.names
        return {
            "count": len(self.rows),
            "stretch": [row.stretch for row in self.rows],
            left: [_position(row.left) for row in self.rows],
            right: [_position(row.right) for row in self.rows],
            "lines": [max(_lines(row.left), _lines(row.right)) for row in self.rows],
            "stretches": self._stretches,
        }

    @property
    def first_difference(self) -> int:
        """The first row that is not equal, or 0 if all rows are."""
        return next((at for at, row in enumerate(self.rows) if self.kinds[row.stretch] not in self.quiet), 0)

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
            {"kind": kind, "first": firsts.get(number, -1), "count": counts.get(number, 0)}
            for number, kind in enumerate(self.kinds)
        ]

    def _row_json(self, ordinal: int) -> dict[str, Any]:
        row = self.rows[ordinal]
        kind = self.kinds[row.stretch]
        left, right = fields_of(row.left), fields_of(row.right)
        ours, theirs = ({}, {}) if kind in self.unmarked else (left, right)
        marks, others = pieces(ours, theirs)
        return {
            "ordinal": ordinal,
            "kind": kind,
            self.names[0]: side(row.left, left, theirs, marks),
            self.names[1]: side(row.right, right, ours, others),
            "elsewhere": self._where(ordinal),
        }

    def _where(self, ordinal: int) -> dict[str, int] | None:
        there = self.elsewhere.get(ordinal)
        if there is None:
            return None
        row = self.rows[there]
        return {"ordinal": there, "position": _position(row.left or row.right)}


def _position(copy: CopyMessage | None) -> int:
    return -1 if copy is None else copy.position


def _lines(copy: CopyMessage | None) -> int:
    if copy is None:
        return 0
    calls = 5 * len(copy.message.tool_calls or ())
    return 1 + len((copy.message.content or "")[:1_500]) // _LINE + min(calls, 12)
