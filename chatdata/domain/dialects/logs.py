"""Logs of calls to a model: LiteLLM, Langfuse and Helicone. A request's messages are followed by the answer's.

Recognised by call_type, or another key of the log's own, with messages and response, by input and output of an
observation, and by request and response bodies.
"""

from collections.abc import Mapping

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.answers import AnswerCounts, answer_of, counts_of, parsed
from chatdata.domain.dialects.assembly import take_id, take_time
from chatdata.domain.dialects.bodies import finish, take_system
from chatdata.domain.dialects.message_formats import messages_of
from chatdata.domain.dialects.usage import take_usage, usage_of
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation, ReadMessage
from chatdata.domain.messages import ChatMessage, Usage

_REQUEST_LISTS = ("messages", "input", "contents")
_SYSTEM = ("system", "instructions", "systemInstruction", "system_instruction")
_LITELLM = frozenset({"call_type", "litellm_call_id", "litellm_params", "response_cost", "api_base", "model_group"})
_LANGFUSE = frozenset({"traceId", "trace_id", "usageDetails", "startTime", "start_time", "sessionId", "observations"})
_OBSERVATIONS = ("GENERATION", "SPAN", "TRACE", "AGENT", "CHAIN", "EVENT")
_HELICONE = (("request_body", "response_body"), ("request", "response"))


def recognises_litellm(value: object) -> bool:
    """Whether a value is a line of LiteLLM's log: a body with its response alone can be of any API."""
    return isinstance(value, Mapping) and {"messages", "response"} <= set(value) and bool(_LITELLM & set(value))


def recognises_langfuse(value: object) -> bool:
    """Whether a value is an observation or a trace of Langfuse."""
    if not isinstance(value, Mapping) or "input" not in value:
        return False
    return value.get("type") in _OBSERVATIONS or ("output" in value and bool(_LANGFUSE & set(value)))


def recognises_helicone(value: object) -> bool:
    """Whether a value has the bodies of a request and a response."""
    return isinstance(value, Mapping) and any(
        _holds_messages(value.get(request)) and response in value for request, response in _HELICONE
    )


def _holds_messages(value: object) -> bool:
    body = parsed(value)
    if isinstance(body, Mapping) and isinstance(body.get("body"), Mapping | str):
        body = parsed(body["body"])
    return isinstance(body, Mapping) and any(isinstance(body.get(key), list) for key in _REQUEST_LISTS)


def read_litellm(value: object) -> list[ReadConversation | InvalidConversation]:
    """The conversation of one logged call."""
    fields, inner = _opened(value)
    messages = [*take_system(fields, _SYSTEM), *_request(parsed(fields.take("messages")), "messages", inner)]
    answer, counts = answer_of(parsed(fields.take("response")), "response", inner)
    own = counts_of(
        fields.account, lambda: usage_of(fields.take("usage"), "usage", fields.account) or take_usage(fields)
    )
    found = ReadConversation(
        "litellm",
        (*messages, *answer),
        id=take_id(fields, "id", "request_id", "litellm_call_id"),
        user=fields.take_text("end_user", "user"),
        started=take_time(fields, "startTime", "start_time"),
        updated=take_time(fields, "endTime", "end_time"),
        model=fields.take_text("model"),
        usage=_first_known(fields.account, counts, own),
    )
    fields.close()
    return [finish(found, fields.account, inner)]


def read_langfuse(value: object) -> list[ReadConversation | InvalidConversation]:
    """The conversation of one observation, or of a trace's own input and output."""
    fields, inner = _opened(value)
    messages = _request(parsed(fields.take("input")), "input", inner)
    answer, counts = answer_of(parsed(fields.take("output")), "output", inner)
    account, of_details, of_usage = fields.account, fields.take("usageDetails", "usage_details"), fields.take("usage")
    details = counts_of(account, lambda: usage_of(of_details, "usageDetails", account))
    own = counts_of(account, lambda: usage_of(of_usage, "usage", account))
    found = ReadConversation(
        "langfuse",
        (*messages, *answer),
        id=take_id(fields, "id"),
        user=fields.take_text("userId", "user_id"),
        started=take_time(fields, "startTime", "start_time", "timestamp", "createdAt"),
        updated=take_time(fields, "endTime", "end_time", "updatedAt"),
        model=fields.take_text("model", "modelId"),
        usage=_first_known(account, details, own, counts),
    )
    fields.close()
    return [finish(found, fields.account, inner)]


def read_helicone(value: object) -> list[ReadConversation | InvalidConversation]:
    """The conversation of one logged request with its response."""
    fields, inner = _opened(value)
    request_key, response_key = next((pair for pair in _HELICONE if pair[0] in fields), _HELICONE[1])
    request = _body(fields, request_key)
    messages = _request(request, request_key, inner)
    answer, counts = answer_of(_body(fields, response_key), response_key, inner)
    own = counts_of(fields.account, lambda: take_usage(fields))
    found = ReadConversation(
        "helicone",
        (*messages, *answer),
        id=take_id(fields, "request_id", "id", "requestId"),
        user=fields.take_text("request_user_id", "user_id", "userId"),
        started=take_time(fields, "request_created_at", "created_at", "createdAt"),
        updated=take_time(fields, "response_created_at"),
        model=fields.take_text("model", "request_model", "response_model"),
        usage=_first_known(fields.account, counts, own),
    )
    fields.close()
    return [finish(found, fields.account, inner)]


def _opened(value: object) -> tuple[Fields, Account]:
    if not isinstance(value, dict):
        raise InvalidConversation("an object is expected")
    return Fields(value, "", Account()), Account()


def _body(fields: Fields, key: str) -> object:
    """A body, which may be JSON in a text and may stand under body, beside its headers."""
    outer = parsed(fields.take(key))
    if not isinstance(outer, dict) or not isinstance(outer.get("body"), dict | str):
        return outer
    around = Fields(outer, key, fields.account)
    body = parsed(around.take("body"))
    around.close()
    return body


def _first_known(account: Account, *found: AnswerCounts) -> tuple[Usage, ...]:
    """The first counts that are known; the account gets what is unknown of them, or of all where none is known."""
    for counts in found:
        if counts.usage:
            account.unknown += counts.unknown
            return (counts.usage,)
    account.unknown += [item for counts in found for item in counts.unknown]
    return ()


def _request(body: object, place: str, account: Account) -> list[ReadMessage]:
    """The messages of a request: a body, a list of messages, or a text of the user's."""
    if isinstance(body, str):
        return [ReadMessage(ChatMessage(role="user", content=body))] if body else []
    if body is None:
        return []
    if not isinstance(body, dict):
        return messages_of(body, place, account)
    key = next((name for name in _REQUEST_LISTS if name in body), None)
    if key is None:
        if "role" in body:
            return messages_of([body], place, account)
        raise InvalidConversation(f"{place} has no messages")
    fields = Fields(body, place, account)
    system = take_system(fields, _SYSTEM)
    items = fields.take(key)
    if isinstance(items, str):
        items = [{"role": "user", "content": items}]
    messages = messages_of(items, f"{place}.{key}", account)
    fields.close()
    return [*system, *messages]
