"""pydantic-ai's message history.

Recognised by messages of kind request or response whose parts have a part_kind.
"""

from collections.abc import Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, Fields, objects_at
from chatdata.domain.dialects.assembly import About, Piece, call, messages_from, result, take_time
from chatdata.domain.dialects.encoding import as_text
from chatdata.domain.dialects.parts import data_note, linked_note, part_text
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.usage import usage_of
from chatdata.domain.dialects.values import InvalidConversation, ReadMessage
from chatdata.domain.messages import ChatMessage

_NOTES = frozenset({"tool-return", "retry-prompt", "builtin-tool-return"})


def recognises(shape: Shape) -> bool:
    """Whether the messages have a kind and their parts a part_kind."""
    return "part_kind" in shape.block_keys or ({"kind", "parts"} <= shape.item_keys and "role" not in shape.item_keys)


def messages(items: Sequence[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages; each part of a request becomes a message of its own role."""
    return [found for fields in objects_at(items, place, account) for found in _message(fields)]


def _message(fields: Fields) -> list[ReadMessage]:
    kind = fields.take("kind")
    if kind not in ("request", "response"):
        raise InvalidConversation(f"{fields.place}.kind should be request or response")
    parts = fields.take("parts")
    if not isinstance(parts, list):
        raise InvalidConversation(f"{fields.place}.parts should be a list")
    about = About(
        time=take_time(fields, "timestamp"),
        model=fields.take_text("model_name"),
        usage=usage_of(fields.take("usage"), fields.at("usage"), fields.account),
        place=fields.place,
    )
    pieces: list[Piece] = []
    if text := fields.take_text("instructions"):
        pieces.append(ChatMessage(role="system", content=text))
    for index, item in enumerate(parts):
        pieces.append(_part(item, f"{fields.place}.parts[{index}]", fields.account))
    fields.close()
    return messages_from("user" if kind == "request" else "assistant", pieces, about)


def _part(item: object, place: str, account: Account) -> Piece:
    kind = item.get("part_kind") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(kind, str):
        return part_text(item, place, account)
    if kind == "thinking":
        account.leave_out("thinking", place, item)
        return None
    if kind not in _READERS:
        return part_text(item, place, account)
    fields = Fields(item, place, account)
    fields.skip("part_kind")
    piece = _READERS[kind](fields)
    fields.close()
    return piece


def _system(fields: Fields) -> Piece:
    return ChatMessage(role="system", content=fields.take_text("content") or "")


def _text(fields: Fields) -> Piece:
    return fields.take_text("content") or None


def _user(fields: Fields) -> Piece:
    content = fields.take("content")
    if isinstance(content, list):
        place = fields.at("content")
        texts = (_media(item, f"{place}[{index}]", fields.account) for index, item in enumerate(content))
        return "\n".join(text for text in texts if text)
    return None if content is None else as_text(content)


def _media(item: object, place: str, account: Account) -> str | None:
    kind = item.get("kind") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(kind, str):
        return part_text(item, place, account)
    account.leave_out("image" if "image" in kind else "audio" if "audio" in kind else "file", place, item)
    if "url" in item:
        return linked_note(kind.removesuffix("-url"), item["url"])
    return data_note("file", item.get("data"), item.get("media_type"))


def _call(fields: Fields) -> Piece:
    name, call_id = fields.take_text("tool_name") or "", fields.take_text("tool_call_id") or ""
    arguments = fields.take("args")
    return call(call_id, name, {} if arguments is None else arguments)


def _result(fields: Fields) -> Piece:
    content, name = fields.take("content"), fields.take_text("tool_name")
    text = "" if content is None else as_text(content)
    call_id = fields.take_text("tool_call_id")
    return text if name is None and call_id is None else result(call_id, text, name)


_READERS = {
    "system-prompt": _system,
    "user-prompt": _user,
    "text": _text,
    "tool-call": _call,
    "builtin-tool-call": _call,
    **dict.fromkeys(_NOTES, _result),
}
