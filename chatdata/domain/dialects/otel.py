"""OpenTelemetry GenAI spans and events.

Recognised by attributes named gen_ai.*: as an object, as OTLP's list of key and value, or on the object itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.assembly import take_id, take_time
from chatdata.domain.dialects.bodies import finish
from chatdata.domain.dialects.fields import strict_loads
from chatdata.domain.dialects.otel_messages import messages
from chatdata.domain.dialects.usage import take_usage
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation, ReadMessage

_LISTS = ("gen_ai.system_instructions", "gen_ai.input.messages", "gen_ai.output.messages")
_VALUES = ("stringValue", "intValue", "doubleValue", "boolValue")


def recognises_value(value: object) -> bool:
    """Whether a value is a span, an event or a set of attributes with messages."""
    if not isinstance(value, Mapping):
        return False
    return isinstance(value.get("resourceSpans"), list) or _is_span(value)


def _is_span(value: Mapping[str, Any]) -> bool:
    return any(name in _attributes(value) for name in _LISTS)


def _attributes(value: Mapping[str, Any]) -> dict[str, Any]:
    given = value.get("attributes")
    if isinstance(given, Mapping):
        return dict(given)
    if isinstance(given, list):
        return _by_key(given)
    return dict(value)


def _plain(value: object) -> object:
    """The value of an OTLP attribute: intValue is text there."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    for name in _VALUES:
        if name in value:
            found = value[name]
            return int(found) if name == "intValue" and isinstance(found, str) and found.isdecimal() else found
    if isinstance(value.get("arrayValue"), dict):
        return [_plain(item) for item in _values_in(value["arrayValue"])]
    if isinstance(value.get("kvlistValue"), dict):
        return _by_key(_values_in(value["kvlistValue"]))
    return value


def _values_in(value: Mapping[str, Any]) -> list[Any]:
    found = value.get("values")
    return found if isinstance(found, list) else []


def _by_key(items: list[Any]) -> dict[str, Any]:
    return {item["key"]: _plain(item.get("value")) for item in items if _is_named(item)}


def read(value: object) -> list[ReadConversation | InvalidConversation]:
    """The conversation of one span, or those of an export's spans; spans without messages are not conversations."""
    if isinstance(value, dict) and isinstance(value.get("resourceSpans"), list):
        return _read_export(value) or _refused()
    if not isinstance(value, dict) or not _is_span(value):
        return _refused()
    return [_read_span(value)]


def _refused() -> NoReturn:
    raise InvalidConversation("there are no attributes gen_ai.input.messages or gen_ai.output.messages")


def _read_export(value: dict[str, Any]) -> list[ReadConversation | InvalidConversation]:
    """The conversations of an OTLP export; the first one's account has what stands around the spans."""
    around = Account()
    spans = list(_spans(Fields(value, "", around), ("resourceSpans", "scopeSpans", "spans")))
    found: list[ReadConversation | InvalidConversation] = []
    for place, span in spans:
        if _is_span(span):
            found.append(_read_span(span))
        else:
            around.leave_out("event", place, span)
    first = next((index for index, item in enumerate(found) if isinstance(item, ReadConversation)), None)
    if first is not None and isinstance(item := found[first], ReadConversation):
        found[first] = replace(item, left_out=(*around.left_out, *item.left_out))
    return found


def _spans(fields: Fields, levels: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The spans under these lists of lists, with their places; whatever stands beside them is accounted for."""
    name, *deeper = levels
    place = fields.at(name)
    for index, item in enumerate(fields.take_list(name)):
        if not isinstance(item, dict):
            fields.account.leave_out("event", f"{place}[{index}]", item)
        elif deeper:
            yield from _spans(Fields(item, f"{place}[{index}]", fields.account), deeper)
        else:
            yield f"{place}[{index}]", item
    fields.close()


def _read_span(value: dict[str, Any]) -> ReadConversation | InvalidConversation:
    """The conversation of one span: instructions, input and output."""
    try:
        return _span(value)
    except InvalidConversation as unfit:
        return unfit


def _span(value: dict[str, Any]) -> ReadConversation:
    account, inner = Account(), Account()
    wrapped = isinstance(value.get("attributes"), dict | list)
    outer = Fields(value, "", account)
    if wrapped:
        _leave_out_nameless(outer.take("attributes"), account)
    fields = Fields(_attributes(value), "attributes", account) if wrapped else outer
    spoken: list[ReadMessage] = []
    for name in _LISTS:
        spoken += _messages(fields, name, inner)
    usage = take_usage(fields)
    found = ReadConversation(
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
    return finish(found, account, inner)


def _leave_out_nameless(attributes: object, account: Account) -> None:
    """Records what is no attribute, and all but the last of those with one name."""
    items = attributes if isinstance(attributes, list) else []
    last = {item["key"]: index for index, item in enumerate(items) if _is_named(item)}
    for index, item in enumerate(items):
        if not _is_named(item) or last[item["key"]] != index or set(item) - {"key", "value"}:
            account.leave_out("event", f"attributes[{index}]", item)


def _is_named(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("key"), str)


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
