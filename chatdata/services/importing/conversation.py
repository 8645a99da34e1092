"""Turns one parsed JSON value into a conversation to store. Does no I/O; the time of the import is an argument.

    {"id"?, "user_id"?, "title"?, "started_at"?, "updated_at"?, "usage"?, "messages": [OpenAI's format]}

A cached document of any version is such an object, with `session_id` as the id. A bare list is a list of messages.
"""

import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chatdata.domain.document import Broken, encode
from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.domain.text import sanitize
from chatdata.services.importing.fields import (
    function_call,
    mapping,
    moment,
    optional_text,
    tool_calls,
    unknown_keys,
    usage,
)
from chatdata.services.importing.parts import audio_text, text_of
from chatdata.services.importing.report import InvalidConversation

IMPORTED_USER = "imported"
_NAMESPACE = uuid.UUID("5c0b6e3e-8d3c-5e0a-9d55-0a5a1d4f1c11")
_MAPPINGS = ("credentials", "successful_agent_runs", "successful_agent_schedules")
_SESSION_KEYS = {
    *("id", "session_id", "user_id", "title", "usage", "started_at", "created_at", "updated_at", "messages"),
    *_MAPPINGS,
}
# sequence and session_id are known but not read: the order in the list and the session's own id replace them.
_MESSAGE_KEYS = {*ChatMessage.model_fields, "audio", "created_at", "sequence", "session_id"}


@dataclass(frozen=True, slots=True)
class ParsedConversation:
    """A conversation as the stores will hold it."""

    session: ChatSession
    times: tuple[datetime | None, ...]
    """The time at which each message was written; None where the file has none."""
    names_user: bool
    """Whether the file names a user; if not, the session belongs to IMPORTED_USER."""
    notes: tuple[str, ...]
    """Sentences about the parts of the file that are not stored."""


def conversation_of(value: object, now: datetime) -> ParsedConversation:
    """The conversation in a JSON value. Raises InvalidConversation, which says what is wrong with the value."""
    given = value if isinstance(value, dict) else {"messages": value} if isinstance(value, list) else None
    if given is None:
        raise InvalidConversation("not a conversation: an object with messages, or a list of messages, is expected")
    try:
        return _conversation(given, now)
    except (RecursionError, Broken):
        raise InvalidConversation("it is nested too deeply") from None


def _conversation(given: Mapping[str, Any], now: datetime) -> ParsedConversation:
    items = _message_items(given)
    messages = [_message(item, f"messages[{index}]") for index, item in enumerate(items)]
    times = tuple(moment(item.get("created_at"), f"messages[{i}].created_at") for i, item in enumerate(items))
    started, updated = _started_and_updated(given, times, now)
    items_of_usage, notes = usage(given.get("usage"))
    user = sanitize(optional_text(given.get("user_id"), "user_id") or "")
    session = ChatSession(
        session_id=_id(given) or _id_from_content(given, user, messages),
        user_id=user or IMPORTED_USER,
        title=optional_text(given.get("title"), "title"),
        usage=items_of_usage,
        started_at=started,
        updated_at=updated,
        messages=messages,
        **{name: mapping(given.get(name), name) for name in _MAPPINGS},
    ).sanitize()
    encode(session)  # raises Broken now, before any row is written, if no cached copy can be made
    return ParsedConversation(session, times, bool(user), (*_not_stored(given, items), *notes))


def _message_items(given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    items = given.get("messages")
    if not isinstance(items, list):
        raise InvalidConversation("there is no list of messages" if items is None else "messages should be a list")
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise InvalidConversation(f"messages[{index}] should be an object")
    return items


def _message(item: Mapping[str, Any], where: str) -> ChatMessage:
    role = item.get("role")
    if not isinstance(role, str) or not sanitize(role):
        raise InvalidConversation(f"{where} has no role" if role in (None, "") else f"{where}.role should be text")
    content = text_of(item.get("content"), f"{where}.content")
    if item.get("audio"):
        content = "\n".join(text for text in (content, audio_text(item["audio"])) if text)
    return ChatMessage(
        role=role,
        content=content,
        name=optional_text(item.get("name"), f"{where}.name"),
        tool_call_id=optional_text(item.get("tool_call_id"), f"{where}.tool_call_id"),
        refusal=optional_text(item.get("refusal"), f"{where}.refusal"),
        tool_calls=tool_calls(item.get("tool_calls"), f"{where}.tool_calls"),
        function_call=function_call(item.get("function_call"), f"{where}.function_call"),
    ).sanitize()


def _started_and_updated(
    given: Mapping[str, Any], times: Sequence[datetime | None], now: datetime
) -> tuple[datetime, datetime]:
    """The file's own times, else its earliest and latest known time, else the time of the import."""
    started = moment(given.get("started_at"), "started_at") or moment(given.get("created_at"), "created_at")
    updated = moment(given.get("updated_at"), "updated_at")
    known = [time for time in (started, updated, *times) if time is not None]
    return started or min(known, default=now), max(known, default=now)


def _id(given: Mapping[str, Any]) -> str:
    for name in ("session_id", "id"):
        value = given.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if found := sanitize(optional_text(value, name) or ""):
            return found
    return ""


def _id_from_content(given: Mapping[str, Any], user: str, messages: Sequence[ChatMessage]) -> str:
    """A UUID derived from the content, so that importing a conversation of the same user again yields the same id."""
    content = [user, given.get("title"), given.get("started_at"), [message.model_dump() for message in messages]]
    return str(uuid.uuid5(_NAMESPACE, json.dumps(content, sort_keys=True)))


def _not_stored(given: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> list[str]:
    of_session = [f"the key {key} is not stored" for key in unknown_keys(given, _SESSION_KEYS)]
    counted = Counter(key for item in items for key in unknown_keys(item, _MESSAGE_KEYS))
    of_messages = [
        f"the key {key} of {count} message{'' if count == 1 else 's'} is not stored" for key, count in counted.items()
    ]
    both = given.get("session_id") and given.get("id") and given["session_id"] != given["id"]
    return [*of_session, *of_messages, *(["the key id is not stored, because session_id is used"] if both else [])]
