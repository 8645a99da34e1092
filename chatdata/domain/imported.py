"""What the source of an imported session held beyond what the two stores can hold, tied to its messages. Pure.

Thinking, images, files, unknown blocks and other keys are kept as the JSON that stood in the source, up to a size per
session; token counts that are unknown, and the model and counts of single messages, are kept beside them.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chatdata.domain.annotations import message_digest, positions_of
from chatdata.domain.copies import CopyMessage
from chatdata.domain.messages import ChatMessage, Usage
from chatdata.domain.text import compact_json, count, readable_json

if TYPE_CHECKING:  # importing the readers takes longer than most commands need
    from chatdata.domain.dialects import Kind, LeftOut, ReadConversation, ReadMessage, UnknownCount

MOST_BYTES = 8 * 2**20
"""The maximum size of the JSON that is kept of one session, in bytes."""
MOST_PARTS = 20_000
"""The maximum number of parts that are kept of one session; more are only counted."""

_LABELS: dict[Kind, tuple[str, str]] = {
    "thinking": ("thinking", "part"),
    "signature": ("signature", "part"),
    "image": ("image", "part"),
    "audio": ("audio", "part"),
    "file": ("file", "part"),
    "unknown_block": ("block of unknown kind", "part"),
    "branch": ("other branch", "message"),
    "event": ("event", "part"),
    "count": ("unknown token count", "value"),
    "key": ("key", "value"),
    "changed_text": ("changed text", "value"),
    "repeated_key": ("repeated key", "value"),
}


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A part of the source that the stores do not hold, or hold only as a note in the text."""

    number: int
    """Its place among the session's parts, in the order of the source."""
    position: int | None
    """The position of its message in the imported session; None for a part of the session as a whole."""
    digest: str
    """The `message_digest` of that message; empty for a part of the session as a whole."""
    kind: Kind
    place: str
    """Where it stood in the source, as in messages[3].content[0]."""
    name: str
    """The key, where the kind is key."""
    size: int
    """The size of its JSON in bytes."""
    json: str | None
    """Its JSON; None where it was too large to be kept, or was not asked for."""
    kept: bool = True
    """Whether its JSON is kept."""


@dataclass(frozen=True, slots=True)
class SourceTurn:
    """The model and the token counts that the source told with one message."""

    position: int
    digest: str
    model: str | None
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class ImportedSource:
    """What is kept about the source of one imported session."""

    session_id: str
    dialect: str
    imported_at: datetime
    parts: tuple[SourcePart, ...] = ()
    turns: tuple[SourceTurn, ...] = ()
    unknown: tuple[UnknownCount, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    """Kind → number of parts beyond MOST_PARTS, of which nothing else is kept."""
    tells_counts: bool = True
    """Whether the source told any counts; if not, those of an earlier import still hold."""

    @property
    def empty(self) -> bool:
        """Whether the stores hold everything that the source held."""
        return not (self.parts or self.turns or self.unknown or self.dropped)

    @property
    def cut(self) -> int:
        """The number of parts whose JSON is not kept."""
        return sum(not part.kept for part in self.parts) + sum(self.dropped.values())


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """A part and its place in a copy."""

    part: SourcePart
    position: int | None
    """The position of the message that shows it; None for a part of the session, or of a message that is gone."""


def source_of(
    session_id: str,
    given: ReadConversation,
    messages: Sequence[ChatMessage],
    at: datetime,
    *,
    unknown: Sequence[UnknownCount] = (),
    further: Sequence[tuple[int | None, LeftOut]] = (),
) -> ImportedSource:
    """What to keep about a conversation that is stored as `messages`, with `further` parts and their positions."""
    placed = [*_positioned(given), *further]
    digests = _Digests(messages)
    counts = (*given.unknown, *unknown)
    return ImportedSource(
        session_id,
        given.dialect,
        at,
        tuple(_parts(placed[:MOST_PARTS], digests)),
        tuple(
            SourceTurn(position, digests.of(position), item.model, item.usage)
            for position, item in enumerate(given.messages)
            if item.model or item.usage
        ),
        counts,
        Counter(item.kind for _, item in placed[MOST_PARTS:]),
        bool(given.usage or counts),
    )


def place_parts(parts: Sequence[SourcePart], messages: Sequence[CopyMessage]) -> tuple[PlacedPart, ...]:
    """The parts with the positions of their messages in a copy; None where the copy no longer has the message."""
    tied = [part for part in parts if part.position is not None]
    found = positions_of([(part.position or 0, part.digest) for part in tied], messages)
    at = {part.number: position if same else None for part, (position, same) in zip(tied, found, strict=True)}
    return tuple(PlacedPart(part, at.get(part.number)) for part in parts)


def place_turns(turns: Sequence[SourceTurn], messages: Sequence[CopyMessage]) -> tuple[SourceTurn, ...]:
    """The turns with the positions of their messages in a copy, without those whose message it no longer has."""
    found = positions_of([(turn.position, turn.digest) for turn in turns], messages)
    placed = zip(turns, found, strict=True)
    return tuple(replace(turn, position=at) for turn, (at, same) in placed if same and at is not None)


def without_names(source: ImportedSource, *, models: bool) -> ImportedSource:
    """The source with kinds, counts and sizes only: keys, places and JSON are text of the conversation's author."""
    parts = tuple(replace(part, place="", name="", json=None) for part in source.parts)
    turns = source.turns if models else tuple(replace(turn, model=None) for turn in source.turns)
    return replace(source, parts=parts, turns=turns, unknown=tuple(replace(item, place="") for item in source.unknown))


def laid_out(text: str) -> str:
    """A part's JSON with line breaks, for people; unchanged if it is nested too deeply for that."""
    try:
        return readable_json(json.loads(text), indent=2)
    except RecursionError:
        return text


def sentence(parts: Sequence[SourcePart]) -> str:
    """The kinds of some parts with their numbers, as in "thinking, 1 part; key logprobs, 2 values"."""
    return _counts((part.kind, part.name) for part in parts)


def sentence_of_extras(extras: Mapping[str, Any]) -> str:
    """The kinds of the parts that a message read through a view does not hold, as `sentence` has them."""
    return _counts((kind, name) for kind, name, _ in _given_parts(extras))


def parts_of_views(messages: Sequence[CopyMessage]) -> tuple[PlacedPart, ...]:
    """The parts that messages read through a view do not hold of their items, with their JSON."""
    given = [(item.position, *part) for item in messages for part in _given_parts(item.extras)]
    return tuple(
        PlacedPart(_part_of_view(number, position, kind, name, part), position)
        for number, (position, kind, name, part) in enumerate(given)
    )


def _given_parts(extras: Mapping[str, Any]) -> Iterator[tuple[Kind, str, Mapping[str, Any]]]:
    """The kind and name of each part that the extras of a message have, and the part."""
    given = extras.get("sourceParts")
    kinds: dict[str, Kind] = {kind: kind for kind in _LABELS}
    for part in given if isinstance(given, list) else ():
        kind = kinds.get(str(part.get("kind"))) if isinstance(part, Mapping) else None
        if kind is not None:
            name = part.get("name")
            yield kind, name if isinstance(name, str) else "", part


def _part_of_view(number: int, position: int, kind: Kind, name: str, part: Mapping[str, Any]) -> SourcePart:
    try:
        text = compact_json(part.get("value"))
    except RecursionError:  # JSON can be read a little deeper than it can be written
        return SourcePart(number, position, "", kind, str(part.get("place", "")), name, 0, None, kept=False)
    size = len(text.encode("utf-8", "surrogatepass"))
    return SourcePart(number, position, "", kind, str(part.get("place", "")), name, size, text)


def _counts(kinds: Iterable[tuple[Kind, str]]) -> str:
    counted = Counter((kind, name if kind == "key" else "") for kind, name in kinds)
    return "; ".join(_counted(kind, name, number) for (kind, name), number in counted.items())


def _counted(kind: Kind, name: str, number: int) -> str:
    label, noun = _LABELS[kind]
    return f"{label}{f' {name}' if name else ''}, {count(number, noun)}"


class _Digests:
    """The digests of messages, each computed when it is first asked for."""

    def __init__(self, messages: Sequence[ChatMessage]) -> None:
        self._messages = messages
        self._known: dict[int, str] = {}

    def of(self, position: int | None) -> str:
        if position is None:
            return ""
        if position not in self._known:
            self._known[position] = message_digest(self._messages[position])
        return self._known[position]


def _parts(placed: Sequence[tuple[int | None, LeftOut]], digests: _Digests) -> Iterator[SourcePart]:
    left = MOST_BYTES
    for number, (position, item) in enumerate(placed):
        text = _dumped(item.value)
        size = len(text or "")
        fits = text is not None and size <= left
        left -= size if fits else 0
        kept = text if fits else None
        yield SourcePart(
            number, position, digests.of(position), item.kind, item.place, item.name, size, kept, kept is not None
        )


def _dumped(value: object) -> str | None:
    """The JSON in ASCII, since SQLite's text holds no lone surrogates; None where it is nested too deeply."""
    try:
        return json.dumps(value, separators=(",", ":"))
    except (RecursionError, ValueError, TypeError):
        return None


def _positioned(given: ReadConversation) -> list[tuple[int | None, LeftOut]]:
    places = _Places(given.messages)
    return [(places.position_of(item), item) for item in given.left_out]


class _Places:
    """Finds the message that became of the item of the source in which a part stands."""

    def __init__(self, messages: Sequence[ReadMessage]) -> None:
        self._at: dict[str, int] = {}
        for position, message in enumerate(messages):
            for place in (message.place, *message.calls_at):
                if place:
                    self._at.setdefault(place, position)
        for place, position in list(self._at.items()):
            for around in _prefixes(place):
                if around.endswith("]"):  # an item of which only blocks became messages
                    self._at.setdefault(around, position)
        self._lists: dict[str, list[tuple[int, int]]] = {}
        for place, position in self._at.items():
            name, index = _first_index(place)
            if index is not None:
                self._lists.setdefault(name, []).append((index, position))
        for items in self._lists.values():
            items.sort()

    def position_of(self, item: LeftOut) -> int | None:
        """The position of the part's message; None for a part of the conversation as a whole.

        Thinking that stands alone belongs to the message after it, or else to the one before it.
        """
        for prefix in _prefixes(item.place):
            if (position := self._at.get(prefix)) is not None:
                return position
        if item.kind not in ("thinking", "signature"):
            return None
        name, index = _first_index(item.place)
        around = self._lists.get(name, [])
        if index is None or not around:
            return None
        return around[min(bisect_left(around, (index, -1)), len(around) - 1)][1]


def _prefixes(place: str) -> Iterator[str]:
    """The place and the places of what it stands in, the nearest first."""
    yield place
    for end in range(len(place) - 1, 0, -1):
        if place[end] in ".[":
            yield place[:end]


def _first_index(place: str) -> tuple[str, int | None]:
    """The name of a place's list, and the index in it; None where there is none."""
    name, found, rest = place.partition("[")
    number = rest.partition("]")[0]
    return name, int(number) if found and number.isdecimal() and number.isascii() else None
