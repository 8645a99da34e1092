"""Amazon Bedrock's Converse API.

Recognised by blocks without a type whose one key is the kind: text, toolUse, toolResult, reasoningContent, image; or by
the keys that only its requests have beside the messages.
"""

from collections.abc import Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at
from chatdata.domain.dialects.assembly import Piece, call, messages_from, result, take_about
from chatdata.domain.dialects.encoding import as_text
from chatdata.domain.dialects.fields import is_empty
from chatdata.domain.dialects.openai_chat import refuse_unheld
from chatdata.domain.dialects.parts import part_text
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import InvalidConversation, Kind, ReadMessage
from chatdata.domain.messages import ChatMessage

_BLOCKS = frozenset({"text", "toolUse", "toolResult", "reasoningContent", "image", "document", "video", "cachePoint"})
_MEDIA: dict[str, Kind] = {"image": "image", "document": "file", "video": "file", "audio": "audio"}


def recognises(shape: Shape) -> bool:
    """Whether the blocks of the messages have no types, only keys that this API has."""
    held = "messages" in shape.keys or (shape.is_list and "role" in shape.item_keys)
    blocks = shape.untyped_blocks and bool(shape.block_keys & _BLOCKS) and "parts" not in shape.item_keys
    others = "tool" in shape.roles or shape.item_keys & {"tool_calls", "tool_call_id"}
    request = bool({"modelId", "inferenceConfig", "toolConfig"} & shape.keys) and not others
    return held and (blocks or request) and not shape.block_types


def messages(items: Sequence[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages of a request; each tool result becomes a message of its own."""
    found: list[ReadMessage] = []
    for index, item in enumerate(items):
        where = f"{place}[{index}]"
        found += _plain(item, where, account) or _message(object_at(item, where, account))
    return found


def _plain(item: object, place: str, account: Account) -> list[ReadMessage] | None:
    """The messages of one with a role and blocks and nothing else, as most are; None for any other."""
    if not isinstance(item, dict) or len(item) != 2:
        return None
    role, blocks = item.get("role"), item.get("content")
    if not isinstance(role, str) or not role or not isinstance(blocks, list) or not blocks:
        return None
    inside = f"{place}.content"
    pieces = [_block(block, f"{inside}[{index}]", account) for index, block in enumerate(blocks)]
    return messages_from(role, pieces, place, inside)


def _message(fields: Fields) -> list[ReadMessage]:
    role = fields.take_role()
    content = fields.take("content")
    if is_empty(content):
        refuse_unheld(ChatMessage(role=role), fields)
    blocks = [{"text": content}] if isinstance(content, str) else content or []
    if not isinstance(blocks, list):
        raise InvalidConversation(f"{fields.at('content')} should be a list of blocks")
    place = fields.at("content")
    pieces = [_block(item, f"{place}[{index}]", fields.account) for index, item in enumerate(blocks)]
    about = take_about(fields)
    fields.close()
    return messages_from(role, pieces, about, place if isinstance(content, list) else "")


def _block(item: object, place: str, account: Account) -> Piece:
    if not isinstance(item, dict):
        return part_text(item, place, account)
    if len(item) == 1 and (plain := _plain_block(item)) is not None:
        return plain
    fields = Fields(item, place, account)
    piece = _known(fields)
    fields.close()
    return piece


def _plain_block(item: dict[str, Any]) -> Piece:
    """Words, a call or a result of words with nothing else, as most are; None for any other."""
    ((key, value),) = item.items()
    if key == "text":
        return value if isinstance(value, str) else None
    if key not in ("toolUse", "toolResult") or not isinstance(value, dict) or len(value) != _PLAIN_SIZES[key]:
        return None
    call_id, name, content = value.get("toolUseId"), value.get("name"), value.get("content")
    if not isinstance(call_id, str) or not call_id:
        return None
    if key == "toolUse":
        return call(call_id, name, value["input"]) if isinstance(name, str) and "input" in value else None
    words = _words_of(content)
    return None if words is None else result(call_id, words)


_PLAIN_SIZES = {"toolUse": 3, "toolResult": 2}
"""The number of keys of a call, and of a result without a status."""


def _words_of(content: object) -> str | None:
    """The text of a result that is one text; None for any other."""
    if not isinstance(content, list) or len(content) != 1 or not isinstance(content[0], dict):
        return None
    text = content[0].get("text")
    return text if len(content[0]) == 1 and isinstance(text, str) else None


def _known(fields: Fields) -> Piece:
    if isinstance(fields.peek("text"), str):
        return str(fields.take("text"))
    if isinstance(fields.peek("toolUse"), dict):
        return _use(Fields(fields.take_object("toolUse"), fields.at("toolUse"), fields.account))
    if isinstance(fields.peek("toolResult"), dict):
        return _result(Fields(fields.take_object("toolResult"), fields.at("toolResult"), fields.account))
    if "reasoningContent" in fields:
        fields.leave_out("thinking", "reasoningContent")
        return None
    for key, kind in _MEDIA.items():
        if isinstance(media := fields.peek(key), dict):
            fields.leave_out(kind, key)
            name = media.get("name") or media.get("format")
            return f"[{key}: {name}]" if isinstance(name, str) else f"[{key}]"
    if "cachePoint" in fields:
        return None
    whole = dict(fields.remaining())
    fields.skip(*whole)
    return part_text(whole, fields.place, fields.account)


def _use(fields: Fields) -> Piece:
    made = call(fields.take_text("toolUseId") or "", fields.take_text("name") or "", fields.take("input"))
    fields.close()
    return made


def _result(fields: Fields) -> Piece:
    texts = []
    for index, item in enumerate(fields.take_list("content")):
        texts.append(_result_text(item, f"{fields.at('content')}[{index}]", fields.account))
    fields.drop("status", "success")
    answer = result(fields.take_text("toolUseId"), "\n".join(text for text in texts if text is not None))
    fields.close()
    return answer


def _result_text(item: object, place: str, account: Account) -> str | None:
    if isinstance(item, dict) and "json" in item:
        fields = Fields(item, place, account)
        text = as_text(fields.take("json")) if item["json"] is not None else "null"
        fields.close()
        return text
    piece = _block(item, place, account)
    return piece if isinstance(piece, str) else None
