"""Equality of messages and JSON values (docs/drift.md).

The same after control characters are dropped (the database strips them), with an object's keys in any order, 1 as
1.0 (but not as true), a null key as a missing one, and JSON text in place of JSON parsed. "" and null are different;
an empty list of tool calls and none at all are the same, as a model is sent neither. Arguments of a call are the same
if they are the same JSON in which no key occurs twice, and an `index` that streaming left on a call says nothing.
"""

import json
import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from chatdata.domain.drift.kinds import ExpectedRule
from chatdata.domain.messages import ChatMessage
from chatdata.domain.text import CONTROL_CHARACTERS

Tokens = tuple[Any, ...]
"""A flattened JSON value, which can be compared and hashed without recursion at any depth."""

_END = object()
_JSON = ("tool_calls", "function_call")
_STREAMED = "index"
"""The key by which pieces of a streamed call are assigned to a call."""
_PARSED = "(JSON text)"
"""Marks arguments that are JSON text, to distinguish them from arguments that are an object."""
_strip = partial(CONTROL_CHARACTERS.sub, "")


class MessageKey(NamedTuple):
    """The identity of a message; of several fields that differ, the first in this order is reported."""

    content: str | None
    tool_calls: Tokens
    name: str | None
    refusal: str | None
    function_call: Tokens
    tool_call_id: str | None
    role: str


def key_of(message: ChatMessage) -> MessageKey:
    """Returns the message's key, which ignores expected differences."""
    return MessageKey(
        stripped(message.content),
        tokens(plain_calls(message)),
        stripped(message.name),
        stripped(message.refusal),
        () if message.function_call is None else tokens(_plain_function(parsed(message.function_call)) or None),
        stripped(message.tool_call_id),
        _strip(message.role),
    )


def same_message(one: ChatMessage, other: ChatMessage) -> bool:
    """Returns whether two messages are equal; fast where they are identical, which is the usual case."""
    return identical(one, other) or (one.role == other.role and key_of(one) == key_of(other))


def identical(one: ChatMessage, other: ChatMessage) -> bool:
    """Returns whether two messages are identical, as far as a fast check can show."""
    left, right = vars(one), vars(other)
    try:
        return left == right and all(left[name] is None or alike(left[name], right[name]) for name in _JSON)
    except RecursionError:
        return False


def alike(one: Any, other: Any) -> bool:
    """Returns whether two values have the same repr: fast, and unlike == it distinguishes 1 and True."""
    try:
        return repr(one) == repr(other)
    except RecursionError:
        return False


def stripped(text: str | None) -> str | None:
    """Returns the text without the control characters that the database does not store."""
    return None if text is None else _strip(text)


def calls_of(message: ChatMessage) -> list[Any] | None:
    """Returns the entries of tool_calls, parsed if they are JSON text, or None without entries."""
    calls = message.tool_calls
    if not calls:
        return None
    if len(calls) == 1 and isinstance(calls[0], str):
        calls = parsed(calls[0])
    return (calls if isinstance(calls, list) else [calls]) or None


def plain_calls(message: ChatMessage) -> list[Any] | None:
    """Returns the tool calls as they are compared: with parsed arguments and without the index left by streaming."""
    calls = calls_of(message)
    return calls and [plain_call(call) for call in calls]


def plain_call(call: Any) -> Any:
    """Returns one tool call as it is compared."""
    if not isinstance(call, dict):
        return call
    named = {name: value for name, value in call.items() if name != _STREAMED or not _is_index(value)}
    return named | {"function": _plain_function(named["function"])} if "function" in named else named


def _plain_function(function: Any) -> Any:
    """Returns a function with its arguments parsed as JSON, unless a key in them occurs twice: then one may be lost."""
    arguments = function.get("arguments") if isinstance(function, dict) else None
    if not isinstance(arguments, str):
        return function
    try:
        return {**function, "arguments": {_PARSED: json.loads(arguments, object_pairs_hook=_each_once)}}
    except (ValueError, RecursionError):
        return function


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Returns the object of these keys and values. Raises ValueError for a key that occurs twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _is_index(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def without_index(calls: Any) -> Any:
    """Returns the calls without the index left by streaming."""
    if not isinstance(calls, list):
        return calls
    return [{k: v for k, v in one.items() if k != _STREAMED} if isinstance(one, dict) else one for one in calls]


def parsed(value: Any) -> Any:
    """Returns the value of JSON text, which older rows hold inside JSON, and anything else unchanged."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def same_json(one: Any, other: Any) -> bool:
    """Returns whether two JSON values are equal, ignoring expected differences."""
    return alike(one, other) or tokens(one) == tokens(other)


def tokens(value: Any) -> Tokens:
    """Returns the value flattened, without expected differences."""
    return () if value is None else _written(value, _strip, keep_nulls=False)


def differ_by(one: Any, other: Any) -> ExpectedRule | None:
    """Returns the expected rule by which two equal JSON values, calls or function calls are written differently."""
    if alike(one, other) or _written(one, str, keep_nulls=True) == _written(other, str, keep_nulls=True):
        return None
    if not one or not other:
        return "null_or_missing"
    if not same_json(one, other) and (isinstance(one, list) or isinstance(other, dict)):
        return "streaming_index" if same_json(without_index(one), without_index(other)) else "arguments_reserialised"
    plainly = _written(one, str, keep_nulls=False) == _written(other, str, keep_nulls=False)
    return "null_or_missing" if plainly else "control_characters"


def _written(value: Any, clean: Callable[[str], str], *, keep_nulls: bool) -> Tokens:
    out: list[Any] = []
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            out.append('"' + clean(item))
        elif isinstance(item, dict):
            out.append("{")
            pending.append(_END)
            named = {clean(str(key)): inner for key, inner in item.items() if keep_nulls or not _is_null(inner)}
            for key in sorted(named, reverse=True):
                pending += (named[key], key)
        elif isinstance(item, list | tuple):
            out.append("[")
            pending.append(_END)
            pending.extend(reversed(item))
        else:
            out.append(_leaf(item))
    return tuple(out)


def _leaf(item: Any) -> Any:
    if item is _END:
        return "]"
    if item is True or item is False:
        return "true" if item else "false"
    if _is_null(item):
        return None
    return item if isinstance(item, int | float) else repr(item)


def _is_null(item: Any) -> bool:
    """Returns whether a document holds null for the item, as for NaN (`chatdata.domain.text.sanitize_json`)."""
    return item is None or (isinstance(item, float) and not math.isfinite(item))
