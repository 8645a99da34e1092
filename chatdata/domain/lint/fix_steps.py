"""Small changes to messages of any JSON; each returns a new value that shares its unchanged parts with the old."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from chatdata.domain.lint.rules.contents import strings
from chatdata.domain.text import readable_json


def without_field(message: Mapping[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != field}


def as_lost(content: Any) -> tuple[str, ...]:
    """Returns a content that a fix would remove as texts: none if it is empty, JSON if it is not a string."""
    if content is None or content == "" or content == []:
        return ()
    if isinstance(content, str):
        return (content,)
    try:
        return (readable_json(content),)
    except (TypeError, ValueError, RecursionError):
        return tuple(strings(content))


def call_changed(
    message: Mapping[str, Any], call_id: str | None, field: str, change: Callable[[str | None], str | None]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Returns the message with a function field changed in the calls with this ID, and the texts that are lost.

    `change` receives None where the field is not a string.
    """
    calls: list[Any] = []
    lost: list[str] = []
    for call in message.get("tool_calls") or ():
        before = _field_of(call, field)
        after = change(before)
        if _id_of(call) != call_id or after == before:
            calls.append(call)
        else:
            calls.append(_with_function(call, field, after))
            lost += _non_string_value(call, field) if before is None else as_lost(before)
    return {**message, "tool_calls": calls}, tuple(lost)


def changed_strings(value: Any, change: Callable[[str], str]) -> Any:
    """Returns a JSON value with `change` applied to each string and key, without recursion for deep nesting."""
    root: list[Any] = []
    pending: list[tuple[Any, Callable[[Any], object]]] = [(value, root.append)]
    while pending:
        item, put = pending.pop()
        if isinstance(item, str):
            put(change(item))
        elif isinstance(item, Mapping):
            named = {change(str(key)): inner for key, inner in item.items()}
            put(named)
            pending += [(inner, partial(named.__setitem__, key)) for key, inner in named.items()]
        elif isinstance(item, list | tuple):
            items: list[Any] = [None] * len(item)
            put(items)
            pending += [(inner, partial(items.__setitem__, index)) for index, inner in enumerate(item)]
        else:
            put(item)
    return root[0]


def _id_of(call: Any) -> str | None:
    known = call.get("id") if isinstance(call, Mapping) else None
    return known if isinstance(known, str) and known else None


def _function_of(call: Any) -> Mapping[str, Any] | None:
    function = call.get("function") if isinstance(call, Mapping) else None
    return function if isinstance(function, Mapping) else None


def _field_of(call: Any, field: str) -> str | None:
    value = (_function_of(call) or {}).get(field)
    return value if isinstance(value, str) else None


def _with_function(call: Any, field: str, value: str | None) -> dict[str, Any]:
    known = call if isinstance(call, Mapping) else {}
    return {**known, "function": {**(_function_of(call) or {}), field: value}}


def _non_string_value(call: Any, field: str) -> tuple[str, ...]:
    """Returns the value that a changed field had instead of a string, as texts."""
    if not isinstance(call, Mapping):
        return as_lost(call)
    function = _function_of(call)
    return as_lost(call.get("function") if function is None else function.get(field))
