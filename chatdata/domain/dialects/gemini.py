"""Gemini's generateContent: requests, and checkpoints of its command line.

Recognised by the key contents, or by a list of roles with parts that have no type.
"""

from collections.abc import Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at
from chatdata.domain.dialects.assembly import MadeIds, Piece, call, messages_from, result, take_about
from chatdata.domain.dialects.encoding import as_text
from chatdata.domain.dialects.openai_chat import refuse_unheld
from chatdata.domain.dialects.parts import data_note, linked_note, part_text
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import InvalidConversation, ReadMessage
from chatdata.domain.messages import ChatMessage


def recognises(shape: Shape) -> bool:
    """Whether there are contents, or messages with parts that have no type."""
    if "contents" in shape.keys:
        return True
    parts = "parts" in shape.item_keys and "role" in shape.item_keys and "kind" not in shape.item_keys
    return parts and not shape.block_types and (shape.is_list or bool(shape.keys & {"history", "messages"}))


def with_lists(value: object) -> object:
    """A request with its contents and their parts as lists; any other value unchanged.

    The API takes one object for a list of one, as Google's own samples write it: GoogleCloudPlatform/generative-ai,
    gemini/getting-started/intro_gemini_curl.ipynb.
    """
    if not isinstance(value, dict) or not isinstance(given := value.get("contents"), dict | list):
        return value
    contents = [given] if isinstance(given, dict) else given
    if contents is given and not any(isinstance(item, dict) and isinstance(item.get("parts"), dict) for item in given):
        return value
    return {**value, "contents": [_with_list_of_parts(item) for item in contents]}


def _with_list_of_parts(content: object) -> object:
    if not isinstance(content, dict) or not isinstance(content.get("parts"), dict):
        return content
    return {**content, "parts": [content["parts"]]}


def messages(items: Sequence[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages of the contents; calls without ids get some, and results those of the calls they answer."""
    ids = MadeIds(account)
    found: list[ReadMessage] = []
    for index, item in enumerate(items):
        where = f"{place}[{index}]"
        found += _plain(item, where, account, ids) or _content(object_at(item, where, account), ids)
    return found


def _plain(item: object, place: str, account: Account, ids: MadeIds) -> list[ReadMessage] | None:
    """The messages of a content with a role and parts and nothing else, as most are; None for any other."""
    if not isinstance(item, dict) or len(item) != 2:
        return None
    role, parts = item.get("role"), item.get("parts")
    if not isinstance(role, str) or not role or not isinstance(parts, list):
        return None
    inside = f"{place}.parts"
    pieces = [_part(part, f"{inside}[{index}]", account, ids) for index, part in enumerate(parts)]
    return messages_from("assistant" if role == "model" else role, pieces, place, inside)


def _content(fields: Fields, ids: MadeIds) -> list[ReadMessage]:
    role = fields.take("role")
    if role is not None and not isinstance(role, str):
        raise InvalidConversation(f"{fields.place}.role should be text")
    parts = fields.take("parts")
    if parts is None:
        refuse_unheld(ChatMessage(role="user"), fields)
    parts = [{"text": parts}] if isinstance(parts, str) else parts if parts is not None else []
    parts = [parts] if isinstance(parts, dict) else parts
    if not isinstance(parts, list):
        raise InvalidConversation(f"{fields.place}.parts should be a list")
    pieces = [_part(part, f"{fields.place}.parts[{index}]", fields.account, ids) for index, part in enumerate(parts)]
    about = take_about(fields)
    fields.close()
    return messages_from("assistant" if role == "model" else role or "user", pieces, about, f"{fields.place}.parts")


def _part(part: object, place: str, account: Account, ids: MadeIds) -> Piece:
    if not isinstance(part, dict):
        return part_text(part, place, account)
    if len(part) == 1 and (plain := _plain_part(part, ids)) is not None:
        return plain
    fields = Fields(part, place, account)
    fields.leave_out("signature", "thoughtSignature", "thought_signature")
    piece = _known(fields, ids)
    fields.close()
    return piece


_CALL_KEYS = {"name", "id", "args"}
_RESPONSE_KEYS = {"name", "id", "response"}


def _plain_part(part: dict[str, Any], ids: MadeIds) -> Piece:
    """Words, a call or a response with what they can have and nothing else, as most are; None for any other."""
    ((key, value),) = part.items()
    if key == "text":
        return value if isinstance(value, str) else None
    if key not in ("functionCall", "functionResponse") or not isinstance(value, dict):
        return None
    name, given = value.get("name"), value.get("id")
    if not isinstance(name, str) or not name or not (given is None or (isinstance(given, str) and given)):
        return None
    if key == "functionCall":
        if not value.keys() <= _CALL_KEYS:
            return None
        return call(ids.for_call(name, given), name, value.get("args"))
    if not value.keys() <= _RESPONSE_KEYS:
        return None
    answer = value.get("response")
    return result(ids.for_result(name, given), "" if answer is None else as_text(answer), name)


def _known(fields: Fields, ids: MadeIds) -> Piece:
    if isinstance(text := fields.peek("text"), str):
        fields.take("text")
        if fields.peek("thought") is True:
            fields.skip("thought")
            fields.account.leave_out("thinking", fields.place, text)
            return None
        return text
    for name, read in (("functionCall", _call), ("function_call", _call), ("functionResponse", _response)):
        if isinstance(fields.peek(name), dict):
            return read(Fields(fields.take_object(name), fields.at(name), fields.account), ids)
    if isinstance(fields.peek("function_response"), dict):
        name = "function_response"
        return _response(Fields(fields.take_object(name), fields.at(name), fields.account), ids)
    return _data(fields)


def _call(fields: Fields, ids: MadeIds) -> Piece:
    name = fields.take_text("name") or ""
    made = call(ids.for_call(name, fields.take_text("id")), name, fields.take("args"))
    fields.close()
    return made


def _response(fields: Fields, ids: MadeIds) -> Piece:
    name = fields.take_text("name")
    given = fields.take("response")
    answer = result(ids.for_result(name, fields.take_text("id")), "" if given is None else as_text(given), name)
    fields.close()
    return answer


def _data(fields: Fields) -> Piece:
    whole = dict(fields.remaining())
    for name in ("inlineData", "inline_data", "fileData", "file_data"):
        data = whole.get(name)
        if isinstance(data, dict):
            media = str(data.get("mimeType") or data.get("mime_type") or "")
            kind = media.partition("/")[0]
            if kind not in ("image", "audio"):
                kind = "file"
            fields.leave_out("image" if kind == "image" else "audio" if kind == "audio" else "file", name)
            if "data" in data:
                return data_note(kind, data["data"], media)
            return linked_note(kind, data.get("fileUri") or data.get("file_uri"))
    fields.skip(*whole)
    return part_text(whole, fields.place, fields.account)
