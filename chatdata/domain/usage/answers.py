"""The call that a tool result answers, and whether the result is a failure.

A result answers the nearest earlier call with its ID in the session, since IDs can be reused in later turns.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chatdata.domain.messages import ChatMessage


def called(entry: object) -> tuple[str | None, str | None]:
    """Returns the ID and function name of a tool_calls entry, each None where it is missing or not a string."""
    if not isinstance(entry, Mapping):
        return None, None
    function = entry.get("function")
    return _text(entry.get("id")), _text(function.get("name")) if isinstance(function, Mapping) else None


class Calls:
    """The names of the functions called so far in a session, by the ID of the call."""

    def __init__(self) -> None:
        self._names: dict[str, str | None] = {}

    def add(self, calls: Sequence[tuple[str | None, str | None]]) -> None:
        """Adds the calls of a message, as IDs and names; the first of those with the same ID counts."""
        self._names.update({call_id: name for call_id, name in reversed(calls) if call_id})

    def name(self, call_id: str | None) -> str | None:
        """Returns the function that the nearest call with this ID names; None if there is none."""
        return self._names.get(call_id or "")


def answered(messages: Iterable[tuple[int, ChatMessage]]) -> Iterator[tuple[int, ChatMessage, str | None]]:
    """Yields the position, the message and the name of the answered tool (None if unknown) of each tool message.

    `messages` are pairs of position and message, in order.
    """
    calls = Calls()
    for position, message in messages:
        if message.role == "tool":
            yield position, message, calls.name(message.tool_call_id)
        calls.add([called(entry) for entry in message.tool_calls or ()])


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
