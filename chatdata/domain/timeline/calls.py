"""Reads a message's tool_calls; entries that are not calls are shown unchanged."""

from collections.abc import Mapping
from typing import Any

from chatdata.domain.text import readable_json
from chatdata.domain.timeline.items import CallItem

_SHOWN_KEYS = frozenset({"id", "type", "function"})


def as_text(value: object) -> str | None:
    """Returns text and None unchanged, and any other value as JSON, or as its repr where JSON can't hold it."""
    if value is None or isinstance(value, str):
        return value
    try:
        return readable_json(value)
    except (TypeError, ValueError, RecursionError):
        return _printed(value)


def read_calls(value: object) -> list[CallItem]:
    """Returns a call for each entry of a message's tool_calls, damaged ones included."""
    if value is None:
        return []
    return [_call(entry) for entry in (value if isinstance(value, list | tuple) else [value])]


def _call(entry: object) -> CallItem:
    if not isinstance(entry, Mapping):
        return _damaged(entry, None, "Not a tool call: the entry is no JSON object. It is shown as it is.")
    call_id = entry.get("id")
    function = entry.get("function")
    name = function.get("name") if isinstance(function, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(name, str):
        return _damaged(entry, call_id, "Damaged tool call: it has no function name. It is shown as it is.")
    return CallItem(
        id=call_id if isinstance(call_id, str) else None,
        name=name,
        arguments=as_text(function.get("arguments")) or "",
        more=_other_fields(entry, function),
        notes=_id_notes(call_id),
    )


def _damaged(entry: object, call_id: object, note: str) -> CallItem:
    known = call_id if isinstance(call_id, str) else None
    return CallItem(id=known, name=None, arguments=as_text(entry) or "null", damaged=True, notes=(note,))


def _id_notes(call_id: object) -> tuple[str, ...]:
    if isinstance(call_id, str) and call_id:
        return ()
    if call_id in (None, ""):
        return ("The call has no id, so no answer can name it.",)
    return (f"The call's id is no text: {(as_text(call_id) or '')[:60]}",)


def _other_fields(entry: Mapping[str, Any], function: Mapping[str, Any]) -> str:
    rest: dict[str, Any] = {str(key): entry[key] for key in entry if key not in _SHOWN_KEYS}
    if entry.get("type", "function") != "function":
        rest["type"] = entry["type"]
    inner = {str(key): function[key] for key in function if key not in ("name", "arguments")}
    if inner:
        rest["function"] = inner
    return (as_text(rest) or "") if rest else ""


def _printed(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # a value's own __repr__ may raise anything
        return f"(a {type(value).__name__} that can't be printed)"
