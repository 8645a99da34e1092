"""The AI SDK: UI messages of versions 4 and 5, and model messages.

Recognised by toolInvocations, by parts with a type, and by blocks of type tool-call and tool-result.
"""

from collections.abc import Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at, objects_at, told
from chatdata.domain.dialects.assembly import About, CallPart, Piece, call, messages_from, result, take_about
from chatdata.domain.dialects.encoding import as_text
from chatdata.domain.dialects.fields import is_empty
from chatdata.domain.dialects.openai_chat import refuse_unheld
from chatdata.domain.dialects.parts import data_note, linked_note, part_text
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import InvalidConversation, Kind, ReadMessage
from chatdata.domain.messages import ChatMessage

_MODEL_BLOCKS = frozenset({"tool-call", "tool-result"})
_MARKERS = frozenset({"step-start"})


def recognises_ui(shape: Shape) -> bool:
    """Whether messages have tool invocations, or parts with types."""
    if not (shape.is_list or "messages" in shape.keys) or "role" not in shape.item_keys:
        return False
    return "toolInvocations" in shape.item_keys or ("parts" in shape.item_keys and bool(shape.block_types))


def recognises_model(shape: Shape) -> bool:
    """Whether messages have blocks for calls and results with a hyphen in their type."""
    return (shape.is_list or "messages" in shape.keys) and bool(shape.block_types & _MODEL_BLOCKS)


def ui_messages(items: Sequence[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages of useChat; a finished invocation becomes a call and a result."""
    found: list[ReadMessage] = []
    for index, item in enumerate(items):
        where = f"{place}[{index}]"
        found += _plain(item, where, account) or _ui_message(object_at(item, where, account))
    return found


def _plain(item: object, place: str, account: Account) -> list[ReadMessage] | None:
    """The messages of one with a role, parts and perhaps an ID and nothing else, as most have; None for any other."""
    if not isinstance(item, dict) or not (said := told(item)).keys() <= _PLAIN_KEYS:
        return None
    role, parts, message_id = said.get("role"), said.get("parts"), said.get("id")
    if not (isinstance(role, str) and isinstance(parts, list) and isinstance(message_id, str | None)):
        return None
    pieces = _parts(parts, f"{place}.parts", account)
    return messages_from(_role_of(role), pieces, place if message_id is None else About(message_id, place=place))


_PLAIN_KEYS = {"id", "role", "parts"}


def model_messages(items: Sequence[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages as they are sent to a model."""
    found: list[ReadMessage] = []
    for fields in objects_at(items, place, account):
        role, content = _role(fields), fields.take("content")
        about = take_about(fields)
        if is_empty(content):
            refuse_unheld(ChatMessage(role=role), fields)
        pieces = _parts(content, fields.at("content"), account)
        fields.close()
        found += messages_from(role, pieces, about)
    return found


def _role(fields: Fields) -> str:
    return _role_of(fields.take_role())


def _role_of(role: str) -> str:
    return "system" if role == "data" else role


def _ui_message(fields: Fields) -> list[ReadMessage]:
    role, content, parts = _role(fields), fields.take("content"), fields.take("parts")
    pieces: list[Piece] = []
    if not is_empty(parts):
        pieces = _parts(parts, fields.at("parts"), fields.account)
        words = [piece for piece in pieces if isinstance(piece, str)]
        if isinstance(content, str) and content.strip() and content not in ("".join(words), "\n".join(words)):
            fields.account.leave_out("key", fields.at("content"), content, "content")
    else:
        pieces = _parts(content, fields.at("content"), fields.account)
    known = [piece.entry["id"] for piece in pieces if isinstance(piece, CallPart)]
    for index, item in enumerate(fields.take_list("toolInvocations")):
        if isinstance(item, dict) and item.get("toolCallId") in known:
            continue  # restated among the parts
        pieces += _invocation(object_at(item, f"{fields.at('toolInvocations')}[{index}]", fields.account))
    for index, item in enumerate(fields.take_list("experimental_attachments")):
        pieces.append(_attachment(item, f"{fields.at('experimental_attachments')}[{index}]", fields.account))
    about = take_about(fields)
    if not any(pieces):
        refuse_unheld(ChatMessage(role=role), fields)
    fields.close()
    return messages_from(role, pieces, about)


def _parts(content: object, place: str, account: Account) -> list[Piece]:
    if content is None or isinstance(content, str):
        return [content or None]
    if not isinstance(content, list):
        raise InvalidConversation(f"{place} should be text or a list of parts")
    found: list[Piece] = []
    for index, item in enumerate(content):
        found += _part(item, f"{place}[{index}]", account)
    return found


def _part(item: object, place: str, account: Account) -> list[Piece]:
    if not isinstance(item, dict) or not isinstance(item.get("type"), str):
        return [part_text(item, place, account)]
    type_: str = item["type"]
    if type_ == "text":
        return [part_text(item, place, account)]
    if type_ not in _MODEL_BLOCKS and item.keys() == _DONE_KEYS and (plain := _plain_invocation(item)) is not None:
        return plain
    fields = Fields(item, place, account)
    if type_ in _MARKERS:
        fields.skip("type")
        fields.close()
        return []
    if type_ == "tool-invocation" and isinstance(item.get("toolInvocation"), dict):
        fields.skip("type")
        inside = Fields(fields.take_object("toolInvocation"), fields.at("toolInvocation"), account)
        fields.close()
        return _invocation(inside)
    if type_ in ("tool-call", "tool-result"):
        return [_model_part(fields, type_)]
    if type_ == "dynamic-tool" or (type_.startswith("tool-") and "toolCallId" in item):
        fields.skip("type")
        return _invocation(fields, type_.removeprefix("tool-") if type_ != "dynamic-tool" else None)
    if type_ in ("file", "image"):
        return [_file(fields, type_)]
    return [part_text(item, place, account)]


_DONE_KEYS = {"type", "toolCallId", "state", "input", "output"}


def _plain_invocation(item: dict[str, Any]) -> list[Piece] | None:
    """The call and the result of a finished invocation with nothing else, as most are; None for any other."""
    type_, call_id, given, answer = item["type"], item["toolCallId"], item["input"], item["output"]
    if not type_.startswith("tool-") or not isinstance(call_id, str) or not call_id:
        return None
    if answer is None or item["state"] != "output-available":
        return None
    name = type_.removeprefix("tool-")
    return [call(call_id, name, given), result(call_id, as_text(answer), name)]


def _invocation(fields: Fields, name: str | None = None) -> list[Piece]:
    """The call, and its result where there is one."""
    name = fields.take_text("toolName") or name or ""
    call_id = fields.take_text("toolCallId") or ""
    pieces: list[Piece] = [call(call_id, name, _or_empty(fields.take("input", "args")))]
    state = fields.peek("state")
    answer = fields.take("output", "result")
    if answer is None:
        answer = fields.take_text("errorText")
    if answer is not None:
        pieces.append(result(call_id, as_text(answer), name))
        fields.drop("state", "result", "output-available", "output-error")
    elif state in ("result", "output-available"):
        pieces.append(result(call_id, "", name))
        fields.drop("state", state)
    fields.close()
    return pieces


def _or_empty(value: object) -> object:
    return {} if value is None else value


def _model_part(fields: Fields, type_: str) -> Piece:
    fields.skip("type")
    name, call_id = fields.take_text("toolName") or "", fields.take_text("toolCallId") or ""
    piece: Piece
    if type_ == "tool-call":
        piece = call(call_id, name, _or_empty(fields.take("input", "args")))
    else:
        piece = result(call_id, _output(fields), name or None)
    fields.close()
    return piece


def _output(fields: Fields) -> str:
    """The result: {"type", "value"} of version 5, or any JSON of version 4."""
    output = fields.take("output", "result")
    if isinstance(output, dict) and isinstance(output.get("type"), str) and "value" in output:
        inside = Fields(output, fields.at("output"), fields.account)
        inside.drop("type", "text", "json", "content")
        output = inside.take("value")
        inside.close()
    return "" if output is None else as_text(output)


def _file(fields: Fields, type_: str) -> Piece:
    whole = dict(fields.remaining())
    media = str(whole.get("mediaType") or whole.get("mimeType") or "")
    kind: Kind = "image" if type_ == "image" or media.startswith("image/") else "file"
    fields.account.leave_out(kind, fields.place, whole)
    return _note(kind, whole, media)


def _attachment(item: object, place: str, account: Account) -> Piece:
    if not isinstance(item, dict):
        return part_text(item, place, account)
    media = str(item.get("contentType") or "")
    kind: Kind = "image" if media.startswith("image/") else "file"
    account.leave_out(kind, place, item)
    return _note(kind, item, media)


def _note(kind: str, item: dict[str, Any], media: str) -> str:
    name = item.get("filename") or item.get("name")
    if isinstance(name, str):
        return f"[{kind}: {name}]"
    url = next((item[key] for key in ("url", "image", "data") if isinstance(item.get(key), str)), None)
    if url is None or url.startswith(("data:", "http:", "https:")):
        return linked_note(kind, url)
    return data_note(kind, url, media)
