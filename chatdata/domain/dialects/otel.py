"""OpenTelemetry GenAI spans and events.

Recognised by attributes named gen_ai.*: as an object, as OTLP's list of key and value, or on the object itself.
"""

from collections.abc import Mapping
from typing import Any

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.assembly import take_id, take_time
from chatdata.domain.dialects.bodies import finish
from chatdata.domain.dialects.fields import strict_loads
from chatdata.domain.dialects.otel_messages import messages
from chatdata.domain.dialects.usage import take_usage
from chatdata.domain.dialects.values import Conversation, InvalidConversation, ReadMessage

_LISTS = ("gen_ai.system_instructions", "gen_ai.input.messages", "gen_ai.output.messages")
_VALUES = ("stringValue", "intValue", "doubleValue", "boolValue")


def recognises_value(value: object) -> bool:
    """Whether a value is a span, an event or a set of attributes with messages."""
    return isinstance(value, Mapping) and any(name in _attributes(value) for name in _LISTS)


def _attributes(value: Mapping[str, Any]) -> dict[str, Any]:
    given = value.get("attributes")
    if isinstance(given, Mapping):
        return dict(given)
    if isinstance(given, list):
        items = (item for item in given if isinstance(item, dict) and isinstance(item.get("key"), str))
        return {item["key"]: _plain(item.get("value")) for item in items}
    return dict(value)


def _plain(value: object) -> object:
    """The value of an OTLP attribute: intValue is text there."""
    if not isinstance(value, dict):
        return value
    for name in _VALUES:
        if name in value:
            found = value[name]
            return int(found) if name == "intValue" and isinstance(found, str) and found.isdecimal() else found
    if isinstance(value.get("arrayValue"), dict):
        return [_plain(item) for item in value["arrayValue"].get("values", [])]
    if isinstance(value.get("kvlistValue"), dict):
        return {item["key"]: _plain(item.get("value")) for item in value["kvlistValue"].get("values", [])}
    return value


def read(value: object) -> list[Conversation | InvalidConversation]:
    """The conversation of one span: instructions, input and output."""
    if not isinstance(value, dict) or not recognises_value(value):
        raise InvalidConversation("there are no attributes gen_ai.input.messages or gen_ai.output.messages")
    account, inner = Account(), Account()
    wrapped = isinstance(value.get("attributes"), dict | list)
    outer = Fields(value, "", account)
    if wrapped:
        outer.skip("attributes")
    fields = Fields(_attributes(value), "attributes", account) if wrapped else outer
    spoken: list[ReadMessage] = []
    for name in _LISTS:
        spoken += _messages(fields, name, inner)
    usage = take_usage(fields)
    found = Conversation(
        "otel-genai",
        tuple(spoken),
        id=take_id(fields, "gen_ai.conversation.id") or take_id(outer, "traceId", "trace_id"),
        user=fields.take_text("user.id", "enduser.id"),
        started=take_time(outer, "start_time", "startTime", "timestamp"),
        updated=take_time(outer, "end_time", "endTime"),
        model=fields.take_text("gen_ai.response.model", "gen_ai.request.model"),
        usage=(usage,) if usage else (),
    )
    fields.close()
    outer.close()
    return [finish(found, account, inner)]


def _messages(fields: Fields, name: str, account: Account) -> list[ReadMessage]:
    given = fields.take(name)
    if isinstance(given, str):
        try:
            given = strict_loads(given)
        except (ValueError, RecursionError):
            raise InvalidConversation(f"{name} is text that isn't JSON") from None
    if given is None:
        return []
    if not isinstance(given, list):
        raise InvalidConversation(f"{name} should be a list of messages")
    if name == _LISTS[0]:
        given = [{"role": "system", "parts": given}]
    return messages(given, name, account)
