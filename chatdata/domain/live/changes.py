"""What is new in a later view of a session, as events for programs and terminals."""

from collections.abc import Iterator, Mapping
from typing import Any

from chatdata.domain.copies import Source
from chatdata.domain.live.views import LivePart, LiveTurn, LiveView, Place
from chatdata.domain.live.wire import part_json, turn_head, waiting_json
from chatdata.domain.streams import StreamedCall, TextPart

LiveEvent = Mapping[str, Any]
"""An event: its name in "event", and what belongs to it.

turn: a turn was found, or what became of it changed. text: words that were added to the part; "replaces" says that they
replace what was told of it before, as when a name became known. call, usage, error, unknown: a part that is new or has
changed. places: where the words of a part are by now. messages: a copy has another number of messages. waiting: the
messages that wait have changed. activity: what the session is doing has changed.
"""

_BOTH: tuple[Source, ...] = ("database", "cache")


def changes(before: LiveView | None, now: LiveView) -> Iterator[LiveEvent]:
    """Yields what is new since the view before; all of it without one."""
    if before is None or before.activity != now.activity:
        yield {"event": "activity", "activity": now.activity}
    for source in _BOTH:
        if before is None or before.messages[source] != now.messages[source]:
            yield {"event": "messages", "source": source, "messages": now.messages[source]}
    if now.turn is not None:
        yield from _turn_changes(before.turn if before is not None else None, now.turn)
    if now.waiting != (() if before is None else before.waiting):
        yield {"event": "waiting", "waiting": [waiting_json(item) for item in now.waiting]}


def _turn_changes(before: LiveTurn | None, now: LiveTurn) -> Iterator[LiveEvent]:
    if before is not None and before.turn.task.id != now.turn.task.id:
        before = None
    if before is None or turn_head(before) != turn_head(now):
        yield {"event": "turn", **turn_head(now)}
    earlier = () if before is None else before.parts
    for number, part in enumerate(now.parts):
        yield from _part_changes(number, earlier[number] if number < len(earlier) else None, part)


def _part_changes(number: int, before: LivePart | None, now: LivePart) -> Iterator[LiveEvent]:
    if isinstance(now.part, TextPart):
        yield from _text_changes(number, before, now.part)
    elif before is None or before.part != now.part:
        told = part_json(now)
        kind = told.pop("kind")
        told.pop("places", None)
        yield {"event": kind, "part": number, **told}
    if isinstance(now.part, TextPart | StreamedCall) and _arrived(now) != (() if before is None else _arrived(before)):
        yield {"event": "places", "part": number, "places": [list(piece) for piece in now.places]}


def _arrived(part: LivePart) -> tuple[tuple[Place, int], ...]:
    """The pieces that a copy has, or may have."""
    return tuple(piece for piece in part.places if piece[0] != "stream")


def _text_changes(number: int, before: LivePart | None, now: TextPart) -> Iterator[LiveEvent]:
    earlier = before.part.text if before is not None and isinstance(before.part, TextPart) else ""
    if now.text == earlier:
        return
    if now.text.startswith(earlier):
        yield {"event": "text", "part": number, "text": now.text[len(earlier) :], "replaces": False}
    else:
        yield {"event": "text", "part": number, "text": now.text, "replaces": True}
