"""The call that a tool result answers, and whether the result is a failure.

A result answers the nearest earlier call with its ID in the session, since IDs can be reused in later turns.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chatdata.domain.messages import ChatMessage


def called(entry: object) -> tuple[str | None, str | None]:
    """Returns the ID and function name of a tool_calls entry, each None where it is missing or not a string."""
    if not isinstance(entry, Mapping):
        return None, None
    function = entry.get("function")
    return _text(entry.get("id")), _text(function.get("name")) if isinstance(function, Mapping) else None


def answered(messages: Iterable[tuple[int, ChatMessage]]) -> Iterator[tuple[int, ChatMessage, str | None]]:
    """Yields the position, the message and the name of the answered tool (None if unknown) of each tool message.

    `messages` are pairs of position and message, in order.
    """
    names: dict[str, str | None] = {}
    for position, message in messages:
        if message.role == "tool":
            yield position, message, names.get(message.tool_call_id or "")
        calls = [called(entry) for entry in message.tool_calls or ()]
        names.update({call_id: name for call_id, name in reversed(calls) if call_id})


def is_failure(content: str | None) -> bool:
    """Returns whether a result is a JSON object with the type "error".

    Results that are not JSON never count as failures: plain text has no common way to report an error.
    """
    try:
        parsed = json.loads(content or "")
    except (ValueError, RecursionError):
        return False
    return isinstance(parsed, dict) and parsed.get("type") == "error"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
