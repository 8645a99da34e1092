"""A model's answer beside the messages it answers, in the format of any API: choices, candidates, output, message."""

from typing import Any

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.message_formats import messages_of
from chatdata.domain.dialects.values import InvalidConversation, ReadMessage

_LISTS = {"choices": "message", "candidates": "content"}
"""The lists of alternative answers, and the key of each one's message."""


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
