"""A model's answer beside the messages it answers, in the format of any API: choices, candidates, output, message.

It stands beside the messages itself, or as a whole under one of the names that logs have for it: response, completion,
output or result.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.fields import strict_loads
from chatdata.domain.dialects.message_formats import is_list_of_messages, messages_of
from chatdata.domain.dialects.usage import usage_of
from chatdata.domain.dialects.values import InvalidConversation, ReadMessage, UnknownCount
from chatdata.domain.messages import ChatMessage, Usage

_LISTS = {"choices": "message", "candidates": "content"}
"""The lists of alternative answers, and the key of each one's message."""
_WHOLE = ("response", "completion", "output", "result")
"""The names under which logs have the whole answer."""
_WORDS = ("response", "completion", "output")
"""Those of them whose text is the answer; a result's text may be a word about the call."""
_ANSWERING = frozenset({*_LISTS, "output", "message", "messages", "role", "content"})


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """The counts that stand in one place, and what of them is unknown."""

    usage: Usage | None
    unknown: Sequence[UnknownCount] = ()


def counts_of(account: Account, read: Callable[[], Usage | None]) -> AnswerCounts:
    """The counts that `read` finds, with what it records as unknown, which is taken out of the account."""
    before = len(account.unknown)
    usage = read()
    unknown = account.unknown[before:]
    del account.unknown[before:]
    return AnswerCounts(usage, unknown)


def parsed(value: object) -> object:
    """The JSON in a text that is an object or a list; any other value unchanged."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return strict_loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def answer_of(body: object, place: str, account: Account) -> tuple[list[ReadMessage], AnswerCounts]:
    """The messages and the counts of a model's answer. Raises InvalidConversation for a number or a truth value."""
    if isinstance(body, str):
        return ([ReadMessage(ChatMessage(role="assistant", content=body), place=place)] if body else []), AnswerCounts(
            None
        )
    if body is None:
        return [], AnswerCounts(None)
    if isinstance(body, list):
        if is_list_of_messages(body):
            return messages_of(body, place, account), AnswerCounts(None)
        body = {"content": body}
    if not isinstance(body, dict):
        raise InvalidConversation(f"{place} should be an answer, a message or text")
    fields = Fields(body, place, account)
    given = fields.take("usage", "usageMetadata", "usage_metadata")
    counts = counts_of(account, lambda: usage_of(given, fields.at("usage"), account))
    messages = take_answer(fields, account)
    fields.close()
    return messages, counts


def take_whole_answer(fields: Fields, before: Sequence[ReadMessage], account: Account) -> list[ReadMessage]:
    """The messages of an answer that an object has as a whole beside its messages, which are `before` it.

    What the messages have already is not read again. A text is an answer only where the messages end with
    something to answer: after an answer it may as well be the one that was expected.
    """
    for name in _WHOLE:
        body, around = _whole(fields.peek(name), is_text=name in _WORDS)
        if body is None or (isinstance(body, str) and (not before or before[-1].message.role == "assistant")):
            continue
        fields.take(name)
        headers = Fields(around, fields.at(name), fields.account)
        headers.close()
        found, counts = answer_of(body, fields.at(name), account)
        found = _not_repeated(found, before)
        account.unknown += counts.unknown if found else ()
        if found and counts.usage and not any(item.usage for item in found):
            found[-1] = found[-1]._replace(usage=counts.usage)
        return found
    return []


def _whole(value: object, *, is_text: bool) -> tuple[object, Mapping[str, Any]]:
    """The answer in a value, or None, and what stands around it.

    It may be JSON in a text, and may stand under body, beside its headers.
    """
    inner, around = parsed(value), dict[str, Any]()
    if isinstance(inner, dict) and not _ANSWERING & set(inner) and isinstance(inner.get("body"), dict | str):
        around = {key: item for key, item in inner.items() if key != "body"}
        inner = parsed(inner["body"])
    if isinstance(inner, dict) and _is_answer(inner, as_text=isinstance(value, str)):
        return inner, around
    if is_list_of_messages(inner):
        return inner, around
    return (value if is_text and isinstance(value, str) and value.strip() else None), {}


def _is_answer(body: Mapping[str, Any], *, as_text: bool) -> bool:
    """Whether an object is an answer; one that was a text may be the JSON that the model was asked to answer with."""
    if any(isinstance(body.get(name), list) and body[name] for name in ("choices", "candidates", "output", "messages")):
        return True
    if _is_message(body.get("message")) or isinstance(body.get("output"), dict):
        return True
    return "content" in body and (isinstance(body.get("role"), str) or not as_text)


def _not_repeated(found: list[ReadMessage], before: Sequence[ReadMessage]) -> list[ReadMessage]:
    """The messages of an answer without those that it repeats: all that were before it, or the last of them."""
    said, known = [item.message for item in found], [item.message for item in before]
    if known and said[: len(known)] == known:
        return found[len(known) :]
    return [] if said and known[-len(said) :] == said else found


def take_answer(fields: Fields, account: Account) -> list[ReadMessage]:
    """The messages of an object that is an answer, or a message itself."""
    if found := take_answer_beside(fields, account):
        return found
    if items := fields.take_list("messages"):
        return messages_of(items, fields.at("messages"), account)
    if {"role", "content"} & set(fields.remaining()):
        whole = {"role": "assistant", **fields.remaining()}
        fields.skip(*whole)
        return messages_of([whole], fields.place, account)
    return []


def take_answer_beside(fields: Fields, account: Account) -> list[ReadMessage]:
    """The messages of an answer that an object holds beside the request's."""
    for name, key in _LISTS.items():
        if choices := fields.take_list(name):
            return _first_choice(choices, fields.at(name), key, account)
    if isinstance(fields.peek("output"), dict):
        return _nested(fields, account)
    if output := fields.take_list("output"):
        return messages_of(output, fields.at("output"), account)
    if _is_message(fields.peek("message")):
        return messages_of([fields.take_object("message")], fields.at("message"), account)
    return []


def _nested(fields: Fields, account: Account) -> list[ReadMessage]:
    """The message in Bedrock's output, or an output that is one."""
    if _is_message(fields.peek("output")):
        return messages_of([fields.take_object("output")], fields.at("output"), account)
    if not _is_message(fields.peek("output").get("message")):
        return []
    output = Fields(fields.take_object("output"), fields.at("output"), account)
    message = output.take_object("message")
    output.close()
    return messages_of([message], output.at("message"), account)


def _is_message(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("role"), str)


def _first_choice(choices: list[Any], place: str, key: str, account: Account) -> list[ReadMessage]:
    """The message of the first choice; further choices are counted as other branches."""
    for index, choice in enumerate(choices[1:], 1):
        account.leave_out("branch", f"{place}[{index}]", choice)
    if not isinstance(choices[0], dict) or not isinstance(choices[0].get(key), dict):
        raise InvalidConversation(f"{place}[0] has no {key}")
    fields = Fields(choices[0], f"{place}[0]", account)
    message = fields.take_object(key)
    fields.skip("index")
    fields.close()
    return messages_of([message], f"{place}[0].{key}", account)
