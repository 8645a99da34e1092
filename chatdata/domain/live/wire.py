"""A live view as JSON, in the format of `tail --json` and of the page's route."""

from typing import Any

from chatdata.domain.live.views import LivePart, LiveTurn, LiveView
from chatdata.domain.streams import ErrorPart, StreamedCall, TextPart, UnknownPart, UsagePart
from chatdata.domain.text import compact_json, iso
from chatdata.domain.turns import PendingMessage

Json = dict[str, Any]


def live_json(view: LiveView) -> Json:
    """Returns the JSON of a view; "turn" is null while no turn is known, "unavailable" is there only if a store is."""
    document: Json = {
        "session_id": view.session_id,
        "number": view.number,
        "read_at": iso(view.read_at),
        "activity": view.activity,
        "running": view.running,
        "messages": dict(view.messages),
        "turn": None if view.turn is None else turn_json(view.turn),
        "waiting": [waiting_json(item) for item in view.waiting],
        "waiting_until": None if view.waiting_until is None else iso(view.waiting_until),
    }
    if view.unavailable:
        document["unavailable"] = list(view.unavailable)
    return document


def turn_json(live: LiveTurn) -> Json:
    """Returns the JSON of a turn with its parts."""
    turn, output = live.turn, live.turn.output
    return {
        **turn_head(live),
        "last_at": None if output is None or output.last_at is None else iso(output.last_at),
        "expires_at": None if turn.expires_at is None else iso(turn.expires_at),
        "entries": 0 if output is None else output.entries,
        "unsaved": live.unsaved,
        "parts": [part_json(part) for part in live.parts],
    }


def turn_head(live: LiveTurn) -> Json:
    """Returns what identifies a turn, and what became of it."""
    turn, output = live.turn, live.turn.output
    began = turn.task.created_at or (None if output is None else output.began_at)
    return {
        "id": turn.task.id,
        "status": turn.task.status,
        "outcome": live.outcome,
        "began_at": None if began is None else iso(began),
        "has_stream": output is not None,
        "trimmed": output is not None and output.trimmed,
        "finished": output is not None and output.finished,
        "problem": turn.problem,
    }


def part_json(live: LivePart) -> Json:
    """Returns the JSON of a part; "places" tells where its pieces are, each with its length."""
    places = [list(piece) for piece in live.places]
    match live.part:
        case TextPart() as text:
            return {
                "kind": "text",
                "text": text.text,
                "ended": text.ended,
                "begun": text.begun,
                "withheld": text.withheld,
                "places": places,
            }
        case StreamedCall() as call:
            return {
                "kind": "call",
                "id": call.id,
                "name": call.name,
                "called": call.called,
                "answered": call.answered,
                "input": call.input if isinstance(call.input, str) or not call.called else compact_json(call.input),
                "output": (
                    call.output if isinstance(call.output, str) or not call.answered else compact_json(call.output)
                ),
                "success": call.success,
                "places": places,
            }
        case UsagePart() as usage:
            return {
                "kind": "usage",
                "prompt_tokens": usage.prompt_tokens,
                "completion_tokens": usage.completion_tokens,
                "total_tokens": usage.total_tokens,
            }
        case ErrorPart() as error:
            return {"kind": "error", "text": error.text, "code": error.code, "details": error.details}
        case UnknownPart() as unknown:
            return {
                "kind": "unknown",
                "type": unknown.type,
                "count": unknown.count,
                "readable": unknown.readable,
                "sample": unknown.sample,
            }


def waiting_json(item: PendingMessage) -> Json:
    """Returns the JSON of a waiting message."""
    return {
        "content": item.content,
        "enqueued_at": None if item.enqueued_at is None else iso(item.enqueued_at),
        "given": item.given,
        "files": item.files,
    }
