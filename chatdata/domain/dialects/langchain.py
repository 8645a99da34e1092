"""LangChain's messages: nested {type, data}, flat {type, content}, and dumps with lc; also LangGraph's state.

Recognised by the types human, ai and tool, or by the keys lc and kwargs.
"""

from collections.abc import Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at, told
from chatdata.domain.dialects.anthropic import blocks
from chatdata.domain.dialects.assembly import About, CallPart, Piece, call, messages_from, result, take_id, take_time
from chatdata.domain.dialects.fields import is_empty, strict_loads
from chatdata.domain.dialects.openai_chat import refuse_unheld
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.usage import usage_of
from chatdata.domain.dialects.values import InvalidConversation, ReadMessage
from chatdata.domain.messages import ChatMessage, Usage

_ROLES = {"human": "user", "ai": "assistant", "system": "system", "tool": "tool", "function": "function"}
_TYPES = frozenset(_ROLES) | {f"{name}MessageChunk" for name in ("Human", "AI", "System", "Tool")} | {"chat", "remove"}


def recognises(shape: Shape) -> bool:
    """Whether the messages have LangChain's types and no role, or are dumps of its classes."""
    held = shape.is_list or bool(shape.keys & {"messages", "history"})
    if held and "lc" in shape.item_keys and "kwargs" in shape.item_keys:
        return True
    typed = bool(shape.item_types & (_TYPES - {"system", "function", "tool"})) or "data" in shape.item_keys
    return held and typed and bool(shape.item_types & _TYPES) and "role" not in shape.item_keys - {"data"}


def messages(items: Sequence[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages in any of the three layouts."""
    found: list[ReadMessage] = []
    for index, item in enumerate(items):
        where = f"{place}[{index}]"
        found += _plain(item, where) or _message(object_at(item, where, account))
    return found


def _plain(item: object, place: str) -> list[ReadMessage] | None:
    """The message of one with words, calls or a result and nothing else that matters, as most are; else None."""
    if not isinstance(item, dict) or not isinstance(type_ := item.get("type"), str) or "kwargs" in item:
        return None
    if "data" in item and (len(item) != 2 or not isinstance(item["data"], dict)):
        return None
    data = item.get("data", item)
    said = told(data)
    role = _ROLES.get(type_)
    if role is None or said.pop("type", type_) != type_ or data.get("content", "") not in ("", [], said.get("content")):
        return None
    message_id = said.pop("id", None)
    pieces = _plain_pieces(role, said)
    if pieces is None or not (message_id is None or isinstance(message_id, str)):
        return None
    return messages_from(role, pieces, place if message_id is None else About(message_id, place=place))


def _plain_pieces(role: str, said: dict[str, Any]) -> list[Piece] | None:
    """The words and calls, or the result, of a message with nothing else."""
    content = said.get("content")
    if role == "tool":
        call_id, name = said.get("tool_call_id"), said.get("name")
        plain = isinstance(content, str) and isinstance(call_id, str) and isinstance(name, str | None)
        plain = plain and said.keys() <= _RESULT_KEYS and said.get("status") in (None, "success")
        return [result(call_id, content, name)] if plain else None
    if isinstance(content, str) and len(said) == 1:
        return [content]
    calls = said.get("tool_calls")
    if not isinstance(calls, list) or not said.keys() <= _SPOKEN or not isinstance(content, str | None):
        return None
    made = [_plain_call(item) for item in calls]
    return None if None in made else [content, *made] if content else [*made]


def _plain_call(item: object) -> CallPart | None:
    if not isinstance(item, dict) or not item.keys() <= _CALL_KEYS:
        return None
    name, call_id = item.get("name"), item.get("id")
    if isinstance(name, str) and name and isinstance(call_id, str) and call_id:
        return call(call_id, name, item.get("args") or {})
    return None


_RESULT_KEYS = {"content", "tool_call_id", "name", "status"}
_SPOKEN = {"content", "tool_calls"}
_CALL_KEYS = {"type", "name", "args", "id"}


def _message(outer: Fields) -> list[ReadMessage]:
    fields, given = _inner(outer)
    type_ = given.lower().removesuffix("chunk").removesuffix("message")
    role = _ROLES.get(type_) or fields.take_text("role") or type_
    if not role:
        raise InvalidConversation(f"{outer.place} has no type")
    content = fields.take("content")
    calls = _calls(fields)
    about = _about(outer, fields)
    if is_empty(content) and not calls:
        refuse_unheld(ChatMessage(role=role, function_call=_peeked_function(fields)), fields)
    pieces = _pieces(role, content, calls, fields)
    fields.close()
    if outer is not fields:
        outer.close()
    return messages_from(role, pieces, about)


def _inner(outer: Fields) -> tuple[Fields, str]:
    """The fields with the content, and the type's name."""
    if isinstance(outer.peek("kwargs"), dict):
        path = outer.take("id")
        outer.skip("lc", "type")
        fields = Fields(outer.take_object("kwargs"), outer.at("kwargs"), outer.account)
        name = path[-1] if isinstance(path, list) and path and isinstance(path[-1], str) else ""
        fields.skip("type")
        return fields, name
    type_ = outer.take("type")
    type_ = type_ if isinstance(type_, str) else ""
    if isinstance(outer.peek("data"), dict):
        fields = Fields(outer.take_object("data"), outer.at("data"), outer.account)
        fields.drop("type", type_)
        return fields, type_
    return outer, type_


def _peeked_function(fields: Fields) -> Any:
    more = fields.peek("additional_kwargs")
    return more.get("function_call") if isinstance(more, dict) else None


def _calls(fields: Fields) -> list[CallPart]:
    found = []
    for index, item in enumerate(fields.take_list("tool_calls")):
        inside = object_at(item, f"{fields.at('tool_calls')}[{index}]", fields.account)
        inside.skip("type")
        if isinstance(inside.peek("function"), dict):
            function = Fields(inside.take_object("function"), inside.at("function"), inside.account)
        else:
            function = inside
        name = function.take_text("name") or ""
        found.append(call(inside.take_text("id") or "", name, function.take("args", "arguments") or {}))
        function.close()
        inside.close()
    return found


def _pieces(role: str, content: object, calls: Sequence[CallPart], fields: Fields) -> list[Piece]:
    more = fields.take_object("additional_kwargs")
    raw = more.get("tool_calls")
    if isinstance(raw, list) and all(isinstance(item, dict) for item in raw):
        if not calls or [_comparable(item) for item in raw] == [_comparable(item.entry) for item in calls]:
            more.pop("tool_calls")
        calls = calls or [CallPart(item) for item in raw]
    function_call = more.pop("function_call", None)
    if more:
        Fields(more, fields.at("additional_kwargs"), fields.account).close()
    fields.skip("tool_call_chunks")
    pieces = blocks(content, fields.at("content"), fields.account)
    name = fields.take_text("name")
    if role == "tool":
        fields.drop("status", "success")
        text = "\n".join(piece for piece in pieces if isinstance(piece, str))
        return [result(fields.take_text("tool_call_id"), text, name)]
    known = {item.entry["id"] for item in calls}
    pieces = [piece for piece in pieces if not (isinstance(piece, CallPart) and piece.entry["id"] in known)]
    if name is None and function_call is None:
        return [*pieces, *calls]
    text = "\n".join(piece for piece in pieces if isinstance(piece, str))
    entries = [piece.entry for piece in (*pieces, *calls) if isinstance(piece, CallPart)] or None
    return [ChatMessage(role=role, content=text, name=name, tool_calls=entries, function_call=function_call)]


def _comparable(entry: dict[str, Any]) -> Any:
    """A call whose arguments are parsed, to see whether OpenAI's form says nothing that LangChain's does not."""
    function = entry.get("function")
    if not isinstance(function, dict):
        return entry
    try:
        arguments = strict_loads(function.get("arguments") or "{}")
    except (ValueError, TypeError, RecursionError):
        arguments = function.get("arguments")
    others = {key: value for key, value in entry.items() if key != "index"}
    return {**others, "function": {**function, "arguments": arguments}}


_ABOUT = frozenset({"response_metadata", "usage_metadata", "id", "created_at", "timestamp"})


def _about(outer: Fields, fields: Fields) -> About:
    if _ABOUT.isdisjoint(fields.remaining()):  # as with most
        return About(place=outer.place)
    metadata = fields.take_object("response_metadata")
    inside = Fields(metadata, fields.at("response_metadata"), fields.account)
    usage: Usage | None = usage_of(fields.take("usage_metadata"), fields.at("usage_metadata"), fields.account)
    if usage is None:
        usage = usage_of(inside.take("token_usage", "usage"), inside.at("token_usage"), fields.account)
    about = About(
        take_id(fields, "id"),
        take_time(fields, "created_at", "timestamp"),
        inside.take_text("model_name", "model"),
        usage,
        outer.place,
    )
    inside.close()
    return about
