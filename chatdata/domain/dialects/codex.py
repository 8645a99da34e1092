"""Codex's session files: one event a line.

Recognised by lines with a type and a payload of the types session_meta, response_item, event_msg and turn_context.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.assembly import take_id, take_time
from chatdata.domain.dialects.bodies import finish
from chatdata.domain.dialects.openai_responses import messages
from chatdata.domain.dialects.usage import usage_of
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation
from chatdata.domain.messages import Usage

_TYPES = frozenset({"session_meta", "response_item", "event_msg", "turn_context", "compacted"})


def is_event(value: object) -> bool:
    """Whether a value is a line of a session file."""
    if not isinstance(value, Mapping) or not isinstance(value.get("payload"), dict):
        return False
    return isinstance(value.get("type"), str) and value["type"] in _TYPES


def starts_session(value: object) -> bool:
    """Whether an event is the first one of a session."""
    return isinstance(value, Mapping) and value.get("type") == "session_meta"


def read(value: object) -> list[ReadConversation | InvalidConversation]:
    """The session of a list of events. Raises InvalidConversation for anything but a list of events."""
    if not isinstance(value, list) or not all(is_event(item) for item in value):
        raise InvalidConversation("a list of events with type and payload is expected, one of each line")
    account, inner = Account(), Account()
    found = ReadConversation("codex", ())
    items: list[dict[str, Any]] = []
    usage: list[Usage] = []
    places: list[int] = []
    for index, event in enumerate(value):
        payload, rest = event["payload"], dict(event)
        if event["type"] == "session_meta" and found.id is None:
            found = _described(event, account)
            continue
        if event["type"] == "response_item":
            items.append({**payload, "timestamp": event.get("timestamp")})
            places.append(index)
            rest = {key: item for key, item in event.items() if key not in ("timestamp", "type", "payload")}
        elif event["type"] == "turn_context" and found.model is None and isinstance(payload.get("model"), str):
            found = replace(found, model=payload["model"])
        elif (counts := _turn_usage(payload)) is not None:
            usage += [item] if (item := usage_of(counts, f"events[{index}].payload.info", account)) else []
        if rest:
            inner.leave_out("event", f"events[{index}]", rest)
    read_items = _messages(items, places, inner)
    return [finish(replace(found, messages=read_items, usage=tuple(usage)), account, inner)]


def _messages(items: list[dict[str, Any]], places: list[int], account: Account) -> Any:
    """The messages of the items, with places that count the file's events."""
    inner = Account()
    found = tuple(messages(items, "events", inner))
    for item in inner.left_out:
        account.leave_out(item.kind, _in_file(item.place, places), item.value, item.name)
    for sentence in inner.remarks:
        account.remark(sentence)
    account.unknown += [replace(item, place=_in_file(item.place, places)) for item in inner.unknown]
    return tuple(
        item._replace(
            place=_event(item.place, places),
            calls_at=tuple(_event(place, places) for place in item.calls_at),
        )
        for item in found
    )


def _in_file(place: str, places: Sequence[int]) -> str:
    """The place in the file of what stands at a place among the items."""
    number, rest = place.removeprefix("events[").split("]", 1)
    return f"events[{places[int(number)]}].payload{rest}"


def _event(place: str, places: Sequence[int]) -> str:
    """The place of the event in which an item stands."""
    return _in_file(place, places).removesuffix(".payload")


def _described(event: dict[str, Any], account: Account) -> ReadConversation:
    outer = Fields(event, "", account)
    outer.skip("type")
    payload = Fields(outer.take_object("payload"), "payload", account)
    started = take_time(outer, "timestamp")
    payload_time = take_time(payload, "timestamp")
    found = ReadConversation("codex", (), id=take_id(payload, "id"), started=payload_time or started)
    payload.close()
    outer.close()
    return found


def _turn_usage(payload: Mapping[str, Any]) -> object:
    info = payload.get("info")
    if payload.get("type") != "token_count" or not isinstance(info, dict):
        return None
    return info.get("last_token_usage")
