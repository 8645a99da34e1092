"""Claude Code's session files: one event a line.

Recognised by lines with a sessionId and a message, or by their types. The lines of one message are joined, and its
token counts, which every line repeats, are counted once. Side chains are counted as other branches; a
file with a side chain alone is a conversation.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at
from chatdata.domain.dialects.anthropic import message
from chatdata.domain.dialects.assembly import take_time
from chatdata.domain.dialects.bodies import finish
from chatdata.domain.dialects.fields import shown_key
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation, ReadMessage

_SPOKEN = ("user", "assistant")


def is_event(value: object) -> bool:
    """Whether a value is a line of a session file."""
    if not isinstance(value, Mapping) or not isinstance(value.get("type"), str):
        return False
    if isinstance(value.get("sessionId"), str):
        return not {"messages", "input", "output"} & set(value)
    return value["type"] in ("summary", "file-history-snapshot") and bool({"leafUuid", "snapshot"} & set(value))


def read(value: object) -> list[ReadConversation | InvalidConversation]:
    """The sessions among a list of events. Raises InvalidConversation for anything but a list of objects."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InvalidConversation("a list of events is expected, one of each line")
    sessions: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    named = [(index, item) for index, item in enumerate(value) if isinstance(item.get("sessionId"), str)]
    for index, item in named:
        sessions.setdefault(item["sessionId"], []).append((index, item))
    if not sessions:
        raise InvalidConversation("none of the events has a sessionId and a message")
    others = [(index, item) for index, item in enumerate(value) if not isinstance(item.get("sessionId"), str)]
    first = next(iter(sessions))
    return [_session(key, [*(others if key == first else ()), *items]) for key, items in sessions.items()]


def _session(session_id: str, items: Sequence[tuple[int, dict[str, Any]]]) -> ReadConversation | InvalidConversation:
    account, inner = Account(), Account()
    title: str | None = None
    messages: list[ReadMessage] = []
    main_chain = any(item.get("isSidechain") is not True for _, item in items if "message" in item)
    try:
        for index, item in _joined(items, inner):
            fields = object_at(item, f"events[{index}]", inner)
            if main_chain and item.get("isSidechain") is True:
                inner.leave_out("branch", fields.place, item)
            elif fields.peek("type") in _SPOKEN and isinstance(fields.peek("message"), dict):
                messages += _message(fields)
            elif fields.peek("type") == "summary" and title is None:
                title = fields.take_text("summary")
                fields.skip("type", "leafUuid")
                fields.close()
            else:
                inner.leave_out("event", fields.place, item)
    except InvalidConversation as unfit:
        return unfit
    return finish(ReadConversation("claude-code", tuple(messages), id=session_id, title=title), account, inner)


def _joined(items: Sequence[tuple[int, dict[str, Any]]], account: Account) -> list[tuple[int, dict[str, Any]]]:
    """The events, with those that continue a message of the model joined to the first of its lines."""
    found: list[tuple[int, dict[str, Any]]] = []
    for index, item in items:
        if found and _continues(found[-1][1], item):
            before = found[-1][1]
            content = [*before["message"]["content"], *item["message"]["content"]]
            both = {**before["message"], **item["message"], "content": content}
            _leave_out_other_values(before, item, f"events[{index}]", account)
            found[-1] = (found[-1][0], {**before, "message": both})
        else:
            found.append((index, item))
    return found


def _leave_out_other_values(before: dict[str, Any], item: dict[str, Any], place: str, account: Account) -> None:
    """Records what a joined line says besides its content, where the message's first line does not say it too."""
    for key, value in item.items():
        if key not in ("message", "timestamp", "parentUuid") and before.get(key) != value:
            account.leave_out("key", f"{place}.{shown_key(key)}", value, shown_key(key))
    for key, value in before["message"].items():
        if key not in ("content", "usage") and item["message"].get(key, value) != value:
            account.leave_out("key", f"{place}.message.{shown_key(key)}", value, shown_key(key))


def _continues(before: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    one, other = before.get("message"), item.get("message")
    if not isinstance(one, dict) or not isinstance(other, dict) or one.get("id") is None:
        return False
    lists = isinstance(one.get("content"), list) and isinstance(other.get("content"), list)
    same_chain = before.get("isSidechain") == item.get("isSidechain")
    return lists and same_chain and one["id"] == other.get("id") and one.get("role") == other.get("role")


def _message(fields: Fields) -> list[ReadMessage]:
    time = take_time(fields, "timestamp")
    inside = Fields(fields.take_object("message"), fields.at("message"), fields.account)
    event_id = None if inside.peek("id") else fields.take_text("uuid")
    fields.skip("type", "sessionId", "parentUuid")
    if "role" not in inside:
        raise InvalidConversation(f"{inside.place} has no role")
    read = message(inside)
    fields.close()
    first, *others = read
    told = first._replace(id=first.id or event_id, time=first.time or time, place=fields.place)
    return [told, *(item._replace(time=item.time or time) for item in others)]
