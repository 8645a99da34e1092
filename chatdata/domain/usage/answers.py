"""Which call a result belongs to, and whether it is a failure.

It is the nearest earlier call of its id in the session: ids come again in later turns.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chatdata.domain.messages import ChatMessage


def called(entry: object) -> tuple[str | None, str | None]:
    """Id and function name of an entry of tool_calls; None for what is missing or no text."""
    if not isinstance(entry, Mapping):
        return None, None
    function = entry.get("function")
    return _text(entry.get("id")), _text(function.get("name")) if isinstance(function, Mapping) else None


def answered(messages: Iterable[tuple[int, ChatMessage]]) -> Iterator[tuple[int, ChatMessage, str | None]]:
    """Each tool message with its position and the name of the tool that it answers; None where none is known.

    `messages` with their positions, in order.
    """
    names: dict[str, str | None] = {}
    for position, message in messages:
        if message.role == "tool":
            yield position, message, names.get(message.tool_call_id or "")
        calls = [called(entry) for entry in message.tool_calls or ()]
        names.update({call_id: name for call_id, name in reversed(calls) if call_id})


def is_failure(content: str | None) -> bool:
    """True for a result that is a JSON object of type "error", wherever in the object that stands.

    Text that isn't JSON is none, whatever it says: tools that answer in words have no way to say it that holds for all.
    """
    try:
        parsed = json.loads(content or "")
    except (ValueError, RecursionError):
        return False
    return isinstance(parsed, dict) and parsed.get("type") == "error"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
