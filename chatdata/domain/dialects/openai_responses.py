"""OpenAI's Responses API: requests with input items, and responses with their output.

Recognised by items of type function_call, function_call_output, reasoning and message, or by the key input
beside instructions or a model.
"""

from collections.abc import Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at
from chatdata.domain.dialects.anthropic import result_text
from chatdata.domain.dialects.assembly import About, call, messages_from, result, take_about, take_id, take_time
from chatdata.domain.dialects.openai_chat import refuse_unheld
from chatdata.domain.dialects.parts import part_text, text_of
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import ReadMessage
from chatdata.domain.messages import ChatMessage

_CALLS = frozenset({"function_call", "custom_tool_call"})
_RESULTS = frozenset({"function_call_output", "custom_tool_call_output"})
ITEM_TYPES = _CALLS | _RESULTS | {"reasoning"}
_TEXTS = frozenset({"input_text", "output_text"})


def recognises(shape: Shape) -> bool:
    """Whether there are items or text blocks that only this API has."""
    items = bool(shape.item_types & ITEM_TYPES) or (
        "message" in shape.item_types and bool(shape.block_types & _TEXTS) and "role" in shape.item_keys
    )
    if shape.is_list:
        return items
    if "input" not in shape.keys or "messages" in shape.keys:
        return False
    request = "model" in shape.keys and "role" in shape.item_keys
    return items or request or bool({"instructions", "previous_response_id"} & shape.keys)


def recognises_value(value: object) -> bool:
    """Whether an object is a request whose whole input is one text, to a model."""
    return isinstance(value, dict) and isinstance(value.get("input"), str) and isinstance(value.get("model"), str)


def messages(items: Sequence[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages of the items: a call joins the assistant message before it, as it was one step of the model."""
    found: list[ReadMessage] = []
    for index, item in enumerate(items):
        where = f"{place}[{index}]"
        plain = _plain(item, where, account)
        for read in _item(object_at(item, where, account)) if plain is None else plain:
            if not _joined(found, read):
                found.append(read)
    return found


_PLAIN_MESSAGE = {"type", "role", "content"}
_PLAIN_CALL = {"type", "call_id", "name", "arguments"}
_PLAIN_RESULT = {"type", "call_id", "output"}


def _plain(item: object, place: str, account: Account) -> list[ReadMessage] | None:
    """The message of an item with what it must have and nothing else, as most are; None for any other."""
    if not isinstance(item, dict):
        return None
    type_, keys = item.get("type"), item.keys()
    if type_ == "message" and keys == _PLAIN_MESSAGE:
        role, content = item["role"], item["content"]
        if isinstance(role, str) and role and isinstance(content, str | list):
            text = text_of(content, f"{place}.content", account)
            return messages_from(role, [text], place)
    elif type_ == "function_call" and keys == _PLAIN_CALL:
        call_id, name, arguments = item["call_id"], item["name"], item["arguments"]
        if all(isinstance(value, str) and value for value in (call_id, name, arguments)):
            return messages_from("assistant", [call(call_id, name, arguments)], place)
    elif type_ == "function_call_output" and keys == _PLAIN_RESULT:
        call_id, output = item["call_id"], item["output"]
        if isinstance(call_id, str) and call_id and isinstance(output, str):
            return messages_from("tool", [result(call_id, output)], place)
    return None


def _joined(found: list[ReadMessage], read: ReadMessage) -> bool:
    """Adds the calls of an item to the message before it, where that is the assistant's."""
    if not found or read.message.content is not None or found[-1].message.role != "assistant":
        return False
    before = found[-1].message
    calls = [*(before.tool_calls or ()), *(read.message.tool_calls or ())]
    found[-1] = ReadMessage(
        before.model_copy(update={"tool_calls": calls}),
        found[-1].id or read.id,
        found[-1].time or read.time,
        found[-1].model,
        found[-1].usage,
        found[-1].place,
        (*found[-1].calls_at, *read.calls_at),
    )
    return True


def _item(fields: Fields) -> list[ReadMessage]:
    type_ = fields.peek("type")
    if type_ == "reasoning":
        fields.account.leave_out("thinking", fields.place, dict(fields.remaining()))
        return []
    if type_ in (None, "message"):
        return _message(fields)
    if isinstance(type_, str) and type_ in _CALLS:
        return _call(fields)
    if isinstance(type_, str) and type_ in _RESULTS:
        return _result(fields)
    whole = dict(fields.remaining())
    return messages_from("assistant", [part_text(whole, fields.place, fields.account)], fields.place)


def _message(fields: Fields) -> list[ReadMessage]:
    role = fields.take_role()
    content = text_of(fields.take("content"), fields.at("content"), fields.account)
    fields.skip("type")
    fields.drop("status", "completed")
    about = take_about(fields)
    if not content:
        refuse_unheld(ChatMessage(role=role), fields)
    fields.close()
    return messages_from(role, [content], about)


def _call(fields: Fields) -> list[ReadMessage]:
    fields.skip("type")
    fields.drop("status", "completed")
    made = call(
        fields.take_text("call_id") or fields.take_text("id") or "",
        fields.take_text("name") or "",
        fields.take("arguments", "input") or "",
    )
    if not fields.remaining():  # as with most
        return messages_from("assistant", [made], fields.place)
    about = About(time=take_time(fields, "timestamp"), place=fields.place)
    fields.close()
    return messages_from("assistant", [made], about)


def _result(fields: Fields) -> list[ReadMessage]:
    fields.skip("type")
    fields.drop("status", "completed")
    call_id = fields.take_text("call_id")
    answer = result(call_id, result_text(fields.take("output"), fields.at("output"), fields.account))
    if not fields.remaining():  # as with most
        return messages_from("tool", [answer], fields.place)
    about = About(id=take_id(fields, "id"), time=take_time(fields, "timestamp"), place=fields.place)
    fields.close()
    return messages_from("tool", [answer], about)
