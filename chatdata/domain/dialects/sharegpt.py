"""ShareGPT: data sets of conversations with from and value.

Recognised by a list of conversations whose messages have from and value.
"""

import json
from collections.abc import Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, object_at
from chatdata.domain.dialects.assembly import MadeIds, Piece, call, messages_from, result
from chatdata.domain.dialects.fields import strict_loads
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import InvalidConversation, ReadMessage

_ROLES = {
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "model": "assistant",
    "system": "system",
}
_KEYS = {"from", "value"}
_SPACED = json.JSONEncoder(ensure_ascii=False)
"""One for all calls, because `json.dumps` makes one for each."""
_CALLS = ("function_call", "tool_call")
_RESULTS = ("observation", "tool", "function_response", "tool_response")


def recognises(shape: Shape) -> bool:
    """Whether the messages have from and value."""
    return {"from", "value"} <= shape.item_keys and (shape.is_list or bool(shape.keys & {"conversations", "items"}))


def messages(items: Sequence[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages; calls get ids, since the format has none, and the observations the ids of the calls."""
    ids = MadeIds(account)
    found: list[ReadMessage] = []
    for index, item in enumerate(items):
        where = f"{place}[{index}]"
        found += messages_from(*_said(*_sender_and_value(item, where, account), ids), where)
    return found


def _sender_and_value(item: object, place: str, account: Account) -> tuple[str, str | None]:
    if isinstance(item, dict) and item.keys() == _KEYS:  # as nearly all have
        sender, value = item["from"], item["value"]
    else:
        fields = object_at(item, place, account)
        sender, value = fields.take("from"), fields.take("value")
        fields.close()
    if not isinstance(sender, str) or not sender:
        raise InvalidConversation(f"{place} has no from")
    if not (value is None or isinstance(value, str)):
        raise InvalidConversation(f"{place}.value should be text or null")
    return sender, value


def _said(sender: str, value: str | None, ids: MadeIds) -> tuple[str, list[Piece]]:
    if sender in _CALLS:
        return "assistant", _calls(value or "", ids)
    if sender in _RESULTS:
        return "tool", [result(ids.for_result(None), value or "")]
    return _ROLES.get(sender, sender), [value]


def _calls(value: str, ids: MadeIds) -> list[Piece]:
    """The calls in the JSON of a message; its text where it is no call."""
    try:
        given = strict_loads(value)
    except (ValueError, RecursionError):
        return [value]
    items = given if isinstance(given, list) else [given]
    if not items or not all(_is_call(item) for item in items):
        return [value]
    return [call(ids.for_call(item["name"]), item["name"], _arguments(item.get("arguments"))) for item in items]


def _is_call(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("name"), str) and set(item) <= {"name", "arguments"}


def _arguments(value: object) -> str:
    return value if isinstance(value, str) else _SPACED.encode({} if value is None else value)
