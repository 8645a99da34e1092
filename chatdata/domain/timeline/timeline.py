"""A copy's messages as a timeline, with the queries that a page needs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from chatdata.domain.copies import CopyMessage
from chatdata.domain.messages import DamagedValue, in_utc
from chatdata.domain.messages.context_blocks import split_context
from chatdata.domain.messages.markers import TURN_ENDS, marks_compaction, turn_end
from chatdata.domain.text import chunk
from chatdata.domain.timeline import wire
from chatdata.domain.timeline.calls import as_text, read_calls
from chatdata.domain.timeline.items import Kind, TimelineItem, kind_of
from chatdata.domain.timeline.layout import one_line
from chatdata.domain.timeline.pairing import Pairing
from chatdata.domain.timeline.search import Search


@dataclass(frozen=True)
class Timeline:
    """All messages of a copy in order, as `build` returns them."""

    items: tuple[TimelineItem, ...]

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def index(self) -> dict[str, Any]:
        """Columns with one value per item, and `count` and `by_kind`.

        The columns are positions, kinds, lengths, lines (an estimate), calls (number), times (ISO 8601, UTC), gaps
        (seconds), notes (number) and under (the ordinal of the item with the answered call, or -1).
        """
        return {**wire.index(self.items), "by_kind": Counter[Kind](item.kind for item in self.items)}

    @cached_property
    def outline(self) -> list[tuple[int, str, str | None, float | None]]:
        """Of each user message its position, its beginning on one line, its time, and how long its turn took.

        The time is in ISO 8601, and the length in seconds to the last message before the next user message; each is
        None where it is unknown.
        """
        starts = [item.ordinal for item in self.items if item.kind == "user"]
        return [
            _outlined(self.items[start], self.items[end - 1]) for start, end in pairwise([*starts, len(self.items)])
        ]

    def window(self, start: int, count: int) -> list[dict[str, Any]]:
        """Returns `count` items from ordinal `start` on, in the form of `full`."""
        first = max(start, 0)
        return self.full(range(first, min(first + max(count, 0), len(self.items))))

    def near(self, position: int, count: int) -> list[dict[str, Any]]:
        """Returns `count` items, a quarter of them before a stored position; the first ones if it does not exist."""
        return self.window(self._ordinals.get(position, 0) - count // 4, count)

    def full(self, ordinals: Iterable[int]) -> list[dict[str, Any]]:
        """Returns these items as JSON values, texts truncated at `wire.CUT` characters; ignores unknown ordinals."""
        known = (ordinal for ordinal in ordinals if 0 <= ordinal < len(self.items))
        return [wire.full(self.items[ordinal], self.items.__getitem__) for ordinal in known]

    def at(self, position: int) -> TimelineItem:
        """Returns the message at a stored position. Raises LookupError when there is none."""
        ordinal = self._ordinals.get(position)
        if ordinal is None:
            raise LookupError(f"Message {position} is not in this copy: {self._extent}.")
        return self.items[ordinal]

    def text(self, position: int, part: str, offset: int = 0) -> dict[str, Any]:
        """Returns 100,000 characters of one text from `offset`, in the form of `chatdata.domain.text.chunk`.

        Parts are content, refusal, function_call, call.N (arguments), more.N and context.N; the suffix ".laid" formats
        JSON. Raises LookupError when the message or the part does not exist.
        """
        text = wire.part_of(self.at(position), part)
        if text is None:
            raise LookupError(f"Message {position} has no text “{part[:60]}”.")
        return chunk(text, offset)

    def find(self, query: str) -> list[tuple[int, int]]:
        """Returns the position and number of matches of each message with the query, which is literal and ignores case.

        Searches contents, names, refusals, IDs and arguments, as stored and with JSON escapes decoded.
        """
        return self._search.find(query)

    @cached_property
    def _search(self) -> Search:
        return Search(self.items)

    @cached_property
    def _ordinals(self) -> dict[int, int]:
        return {item.position: item.ordinal for item in reversed(self.items)}

    @property
    def _extent(self) -> str:
        if not self.items:
            return "it has no messages"
        return f"it has {self.items[0].position}–{self.items[-1].position}"


def build(messages: Sequence[CopyMessage], damaged: Iterable[DamagedValue] = ()) -> Timeline:
    """Returns the timeline of a copy's messages, each with its damaged values; none of them raises an exception."""
    kinds = [kind_of(as_text(copy.message.role) or "") for copy in messages]
    calls = [read_calls(copy.message.tool_calls) for copy in messages]
    pairing = Pairing(messages, kinds, calls)
    items: list[TimelineItem] = []
    before: datetime | None = None
    for ordinal, copy in enumerate(messages):
        created = _utc(copy.created_at)
        gap = (created - before).total_seconds() if created and before else None
        items.append(_item(ordinal, copy, kinds[ordinal], pairing, created, gap))
        before = created
    return Timeline(_with_damage(items, damaged))


def _with_damage(items: Sequence[TimelineItem], damaged: Iterable[DamagedValue]) -> tuple[TimelineItem, ...]:
    notes: dict[int | None, list[str]] = {}
    for value in damaged:
        notes.setdefault(value.position, []).append(value.sentence)
    if not notes:
        return tuple(items)
    return tuple(replace(item, notes=(*notes.get(item.position, ()), *item.notes)) for item in items)


def _item(
    ordinal: int, copy: CopyMessage, kind: Kind, pairing: Pairing, created: datetime | None, gap: float | None
) -> TimelineItem:
    message = copy.message
    content = as_text(message.content)
    ended = turn_end(message)
    context, words = split_context(content) if content and kind == "user" else ((), content)
    calls = pairing.calls(ordinal)
    note = pairing.note(ordinal)
    return TimelineItem(
        ordinal=ordinal,
        position=copy.position,
        role=as_text(message.role) or "",
        kind=kind,
        created_at=created,
        gap=gap,
        content=words,
        name=as_text(message.name),
        tool_call_id=as_text(message.tool_call_id),
        refusal=as_text(message.refusal),
        function_call=as_text(message.function_call),
        calls=calls,
        under=pairing.under(ordinal),
        notes=(
            *_notes(as_text(message.role) or "", kind, has_calls=bool(calls)),
            *([note] if note else ()),
            *([TURN_ENDS[ended]] if ended in ("failed", "stopped") else ()),
            *([_COMPACTED] if kind == "assistant" and marks_compaction(message) else ()),
        ),
        extras=tuple((str(name), one_line(text, 300)) for name, text in _extras(copy)),
        context=context,
        ended=ended,
    )


_COMPACTED = "The messages before this one were replaced by a summary for the model."


def _notes(role: str, kind: Kind, *, has_calls: bool) -> Iterable[str]:
    if not role:
        yield "The role is empty."
    elif kind == "unknown":
        yield "No model provider knows this role: the message is not sent."
    if has_calls and kind != "assistant":
        yield "Tool calls on a message that is not the assistant's."


_SHOWN_AS_PARTS = "sourceParts"
"""What a message read through a view does not hold of its item, which pages show part by part."""


def _extras(copy: CopyMessage) -> Iterable[tuple[str, str]]:
    for name, value in copy.extras.items():
        text = as_text(value)
        if name != _SHOWN_AS_PARTS and text not in (None, "", "{}"):
            yield name, text or ""


def _utc(moment: datetime | None) -> datetime | None:
    try:
        return None if moment is None else in_utc(moment)
    except (OverflowError, ValueError):  # conversion to UTC leaves the years 1 to 9999
        return None


def _outlined(question: TimelineItem, last: TimelineItem) -> tuple[int, str, str | None, float | None]:
    asked, ended = question.created_at, last.created_at
    took = None if asked is None or ended is None or last is question else (ended - asked).total_seconds()
    at = None if asked is None else asked.isoformat()
    return question.position, one_line(question.content or "", 120), at, took if took is None or took >= 0 else None
