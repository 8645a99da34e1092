"""One side of a row: the fields of a message that can differ, as texts with the differences marked."""

import json
from typing import Any

from chatdata.domain.copies import CopyMessage
from chatdata.domain.side_by_side.texts import Shown, steps, surroundings
from chatdata.domain.timeline.calls import read_calls
from chatdata.domain.timeline.items import CallItem
from chatdata.domain.timeline.layout import laid_out

CUT = 6_000
"""The maximum characters of one text in a window; the conversation's page has the full texts."""
AROUND = 300
"""The characters of context around each difference in texts longer than `CUT`."""

Fields = dict[str, str | None]
Pieces = dict[str, list[Shown]]


def pieces(cached: Fields, stored: Fields) -> tuple[Pieces, Pieces]:
    """Returns the marked differences of each side, for the fields that both sides have with different texts."""
    left: Pieces = {}
    right: Pieces = {}
    for name, one in cached.items():
        other = stored.get(name)
        if one is not None and other is not None and one != other:
            short = max(len(one), len(other)) <= CUT
            left[name], right[name] = surroundings(steps(one, other), CUT if short else AROUND, CUT)
    return left, right


def fields_of(copy: CopyMessage | None) -> Fields:
    """Returns the fields of a message that can differ, as texts."""
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


def side(copy: CopyMessage | None, ours: Fields, theirs: Fields, marked: Pieces) -> dict[str, Any] | None:
    """Returns the message of one copy as JSON values, or None where the copy has no message."""
    if copy is None:
        return None
    return {
        "position": copy.position,
        "role": copy.message.role,
        "at": copy.created_at.isoformat() if copy.created_at else None,
        "fields": [
            _field(name, ours[name], theirs, marked) for name in ours if ours[name] is not None or name == "content"
        ],
        "missing": [name for name in theirs if theirs[name] is not None and ours[name] is None and name != "content"],
    }


def _field(name: str, value: str | None, theirs: Fields, marked: Pieces) -> dict[str, Any]:
    return {
        "name": name,
        "text": None if value is None else value[:CUT],
        "length": len(value or ""),
        "cut": CUT,
        "pieces": marked.get(name),
        "differs": bool(theirs) and value != theirs.get(name),
    }


def _calls(value: object) -> str | None:
    """Returns each call with its arguments formatted, followed by any other fields of its entry."""
    if value is None:
        return None
    return "\n".join(_call(call) for call in read_calls(value))


def _call(call: CallItem) -> str:
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
