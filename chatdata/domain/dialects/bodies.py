"""Reads an object with a list of messages, whatever the format of the messages: ids, times, system prompt and usage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.answers import take_answer_beside, take_whole_answer
from chatdata.domain.dialects.assembly import ReadMessages, take_id, take_time
from chatdata.domain.dialects.fields import mapping, moment, optional_text
from chatdata.domain.dialects.parts import text_of
from chatdata.domain.dialects.usage import take_usage, usage_of_session
from chatdata.domain.dialects.values import Dialect, InvalidConversation, ReadConversation, ReadMessage
from chatdata.domain.messages import ChatMessage, Usage
from chatdata.domain.text import sanitize

_MAPPINGS = ("credentials", "successful_agent_runs", "successful_agent_schedules")
_ID = ("session_id", "id", "uuid", "conversation_id", "custom_id", "thread_id")


@dataclass(frozen=True, slots=True)
class Body:
    """How a format lays out a conversation around its messages."""

    dialect: Dialect
    read_messages: ReadMessages
    list_keys: tuple[str, ...] = ("messages",)
    system_keys: tuple[str, ...] = ()


def read_body(value: object, body: Body) -> ReadConversation:
    """The conversation in an object with messages, or in a bare list of them."""
    account, inner = Account(), Account()
    if isinstance(value, list):
        messages = body.read_messages(_objects(value, "messages"), "messages", inner)
        return finish(ReadConversation(body.dialect, tuple(messages)), account, inner)
    if not isinstance(value, dict):
        raise InvalidConversation("not a conversation: an object with messages, or a list of messages, is expected")
    fields = Fields(value, "", account)
    key, items = _take_items(fields, body)
    system = take_system(fields, body.system_keys)
    messages = [*system, *body.read_messages(_objects(items, key), key, inner)]
    messages += take_answer_beside(fields, inner)
    messages += take_whole_answer(fields, messages, inner)
    return finish(_described(fields, body.dialect, messages), account, inner)


def take_system(fields: Fields, names: Sequence[str]) -> list[ReadMessage]:
    """The system prompt beside the messages, as a message of its own."""
    found = []
    for name in names:
        given = fields.take(name)
        if isinstance(given, dict) and isinstance(given.get("parts"), list | dict):
            inside = Fields(given, name, fields.account)
            parts = inside.take("parts")
            given = [_typed(part) for part in (parts if isinstance(parts, list) else [parts])]
            inside.drop("role", "system", "user")
            inside.close()
        elif isinstance(given, list):
            given = [_typed(part) for part in given]
        if text := text_of(given, name, fields.account):
            found.append(ReadMessage(ChatMessage(role="system", content=text), place=fields.at(name)))
    return found


def _typed(part: object) -> object:
    """A block of an API whose text blocks have no type, with the type."""
    if isinstance(part, dict) and "type" not in part and isinstance(part.get("text"), str):
        return {"type": "text", **part}
    return part


def _take_items(fields: Fields, body: Body) -> tuple[str, object]:
    for key in body.list_keys:
        if key in fields:
            items = fields.take(key)
            if isinstance(items, str) and key == "input":
                items = [{"role": "user", "content": items}]
            return key, items
    return body.list_keys[0], None


def _objects(items: object, key: str) -> list[Any]:
    if not isinstance(items, list):
        raise InvalidConversation("there is no list of messages" if items is None else f"{key} should be a list")
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise InvalidConversation(f"{key}[{index}] should be an object")
    return items


def _described(fields: Fields, dialect: Dialect, messages: Sequence[ReadMessage]) -> ReadConversation:
    """The conversation with what the object says about it; the object's other keys are left out."""
    mappings = {name: mapping(fields.take(name), name) for name in _MAPPINGS}
    found = ReadConversation(
        dialect,
        tuple(messages),
        id=take_session_id(fields),
        user=_user(fields),
        title=optional_text(fields.take("title"), "title"),
        started=_started(fields),
        updated=moment(fields.take("updated_at"), "updated_at") or take_time(fields, "updatedAt", "update_time"),
        model=fields.take_text("model", "modelId", "model_name"),
        usage=_usage(fields),
        mappings={name: value for name, value in mappings.items() if value},
    )
    fields.close()
    return found


def take_session_id(fields: Fields) -> str | None:
    """The conversation's id: text or a number. Raises InvalidConversation for other values."""
    for name in _ID:
        if (found := take_id(fields, name)) and sanitize(found):
            return found
        value = fields.peek(name)
        if isinstance(value, list | dict | bool):
            raise InvalidConversation(f"{name} should be text or null")
    return None


def _user(fields: Fields) -> str | None:
    return optional_text(fields.take("user_id"), "user_id") or fields.take_text("userId", "user")


def _started(fields: Fields) -> datetime | None:
    strict = moment(fields.take("started_at"), "started_at") or moment(fields.take("created_at"), "created_at")
    return strict or take_time(fields, "createdAt", "create_time", "created", "timestamp")


def _usage(fields: Fields) -> tuple[Usage, ...]:
    given = fields.take("usage", "usage_metadata", "usageMetadata")
    if given is None and ("prompt_eval_count" in fields or "eval_count" in fields):
        found = take_usage(fields)
        return (found,) if found else ()
    return usage_of_session(given, "usage", fields.account)


def finish(conversation: ReadConversation, session: Account, messages: Account) -> ReadConversation:
    """The conversation with both accounts, and with the messages' counts where the session itself has none.

    The session's own counts win: the messages' are left out then, since their sum would count them twice.
    """
    of_messages = tuple(item.usage for item in conversation.messages if item.usage)
    unknown = [] if of_messages and not conversation.usage else session.unknown
    unknown = unknown if conversation.usage else [*unknown, *messages.unknown]
    if conversation.usage and of_messages:
        session.remark("the counts of single messages have no place in the stores: the conversation has its own")
    return replace(
        conversation,
        usage=conversation.usage or of_messages,
        left_out=(*conversation.left_out, *session.left_out, *messages.left_out),
        remarks=tuple(dict.fromkeys((*conversation.remarks, *session.remarks, *messages.remarks))),
        unknown=tuple(unknown),
    )
