"""The rows of a comparison: each message of a copy beside that of the other which it is compared with."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chatdata.aligned.moved import messages_of, moved_pairs
from chatdata.aligned.texts import Shown, steps, surroundings
from chatdata.copies import Copies, CopyMessage
from chatdata.drift import Comparison, Stretch
from chatdata.timeline.calls import read_calls
from chatdata.timeline.items import Call
from chatdata.timeline.layout import laid_out

CUT = 6_000
"""Characters of one text in a window; whole texts are on the conversation's page."""
AROUND = 300
"""Characters of a longer text beside each difference, of which it shows the surroundings."""
_LINE = 70
_PAIRED = frozenset({"equal", "tool_calls_lost", "tool_calls_stale", "tool_result_stale", "content_changed"})
"""Stretches whose messages stand against each other one by one."""


@dataclass(frozen=True, slots=True)
class Row:
    """A message, its counterpart, or both."""

    stretch: int
    """Index in the comparison's stretches."""
    cached: CopyMessage | None
    stored: CopyMessage | None


@dataclass(frozen=True)
class Aligned:
    """Both copies in rows. Built with `align`; nothing in it changes."""

    stretches: tuple[Stretch, ...]
    rows: tuple[Row, ...]
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
        return next((at for at, kind in enumerate(kinds) if kind != "equal"), 0)

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
        cached, stored = _fields(row.cached), _fields(row.stored)
        pieces = _pieces(cached, stored)
        return {
            "ordinal": ordinal,
            "kind": self.stretches[row.stretch].kind,
            "cache": _side(row.cached, cached, stored, pieces[0]),
            "database": _side(row.stored, stored, cached, pieces[1]),
            "elsewhere": self._where(ordinal),
        }

    def _where(self, ordinal: int) -> dict[str, int] | None:
        there = self.elsewhere.get(ordinal)
        if there is None:
            return None
        row = self.rows[there]
        return {"ordinal": there, "position": _position(row.cached or row.stored)}


def align(copies: Copies, comparison: Comparison) -> Aligned:
    """The copies in rows, in the order of the comparison's stretches."""
    cached, stored = messages_of(copies.cached), messages_of(copies.stored)
    rows = [
        row for number, stretch in enumerate(comparison.stretches) for row in _rows(number, stretch, cached, stored)
    ]
    return Aligned(comparison.stretches, tuple(rows), _elsewhere(rows, copies, comparison))


def _rows(number: int, stretch: Stretch, cached: Sequence[CopyMessage], stored: Sequence[CopyMessage]) -> Iterator[Row]:
    left = [cached[index] for index in stretch.cached]
    right = [stored[index] for index in stretch.stored]
    if stretch.kind in _PAIRED and len(left) == len(right):
        for one, other in zip(left, right, strict=True):
            yield Row(number, one, other)
        return
    for one in left:
        yield Row(number, one, None)
    for other in right:
        yield Row(number, None, other)


def _elsewhere(rows: Sequence[Row], copies: Copies, comparison: Comparison) -> dict[int, int]:
    cached, stored = messages_of(copies.cached), messages_of(copies.stored)
    at = {id(row.cached): ordinal for ordinal, row in enumerate(rows) if row.cached and not row.stored}
    there = {id(row.stored): ordinal for ordinal, row in enumerate(rows) if row.stored and not row.cached}
    found: dict[int, int] = {}
    for index, row in moved_pairs(copies, comparison):
        one, other = at.get(id(cached[index])), there.get(id(stored[row]))
        if one is not None and other is not None:
            found[one], found[other] = other, one
    return found


_Fields = dict[str, str | None]
_Pieces = dict[str, list[Shown]]


def _pieces(cached: _Fields, stored: _Fields) -> tuple[_Pieces, _Pieces]:
    """Of the fields with a text on both sides, and not the same one: where they part."""
    left: _Pieces = {}
    right: _Pieces = {}
    for name, one in cached.items():
        other = stored.get(name)
        if one is not None and other is not None and one != other:
            short = max(len(one), len(other)) <= CUT
            left[name], right[name] = surroundings(steps(one, other), CUT if short else AROUND, CUT)
    return left, right


def _fields(copy: CopyMessage | None) -> _Fields:
    """What can differ of a message, as texts."""
    if copy is None:
        return {}
    message = copy.message
    return {
        "content": message.content,
        "name": message.name,
        "tool_call_id": message.tool_call_id,
        "refusal": message.refusal,
        "tool_calls": _calls(message.tool_calls),
        "function_call": _json(message.function_call),
    }


def _side(copy: CopyMessage | None, ours: _Fields, theirs: _Fields, pieces: _Pieces) -> dict[str, Any] | None:
    if copy is None:
        return None
    return {
        "position": copy.position,
        "role": copy.message.role,
        "at": copy.created_at.isoformat() if copy.created_at else None,
        "fields": [
            _field(name, ours[name], theirs, pieces) for name in ours if ours[name] is not None or name == "content"
        ],
        "missing": [name for name in theirs if theirs[name] is not None and ours[name] is None and name != "content"],
    }


def _field(name: str, value: str | None, theirs: _Fields, pieces: _Pieces) -> dict[str, Any]:
    return {
        "name": name,
        "text": None if value is None else value[:CUT],
        "length": len(value or ""),
        "cut": CUT,
        "pieces": pieces.get(name),
        "differs": bool(theirs) and value != theirs.get(name),
    }


def _calls(value: object) -> str | None:
    """Each call with its arguments laid out, and what else its entry holds."""
    if value is None:
        return None
    return "\n".join(_call(call) for call in read_calls(value))


def _call(call: Call) -> str:
    if call.damaged:
        return call.arguments
    more = f"\n{call.more}" if call.more else ""
    return f"{call.name} {call.id or '(no id)'}\n{laid_out(call.arguments) or call.arguments}{more}"


def _json(value: object) -> str | None:
    if value is None:
        return None
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    except (TypeError, ValueError, RecursionError):
        return repr(value)


def _position(copy: CopyMessage | None) -> int:
    return -1 if copy is None else copy.position


def _lines(copy: CopyMessage | None) -> int:
    if copy is None:
        return 0
    calls = 5 * len(copy.message.tool_calls or ())
    return 1 + len((copy.message.content or "")[:1_500]) // _LINE + min(calls, 12)
