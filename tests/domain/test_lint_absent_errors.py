"""Errors about a fault that the given messages don't have: they say so, and no innocent message is to be changed."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from chatdata.domain.lint import explain, explain_native, lint_messages, request_body
from chatdata.domain.lint.errors.known_error import Known
from chatdata.domain.lint.errors.provider_errors import KNOWN
from tests.support.builders import tool_call

SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Where is my bag?"}
CALLING = {"role": "assistant", "content": None, "tool_calls": [tool_call("call_1")]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "x"}
ANSWER = {"role": "assistant", "content": "ok"}
NEXT = {"role": "user", "content": "so?"}
WHOLE: list[Any] = [SYSTEM, USER, CALLING, RESULT, ANSWER, NEXT]
SEEN = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.org/bag.png"}}]}

NOT_THERE = "These messages don't have that fault there: others may have been sent."
NOT_SHOWN = "These messages don't have that fault: others may have been sent."
UNKNOWN = "Whether these messages have that fault is unknown."

BLANK = (
    "The text field in the ContentBlock object at messages.1.content.0 is blank. "
    "Add text to the text field, and try again."
)
LONG = "string too long. Expected a string with maximum length {}, but got a string with length 2000000 instead."
SPACE = "messages: final assistant content cannot end with trailing whitespace"
NO_SYSTEM = "Unsupported value: 'messages[{}].role' does not support 'system' with this model."


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param(BLANK, 2, id="bedrock-blank"),
        pytest.param(f"Invalid 'messages[3].content': {LONG.format(1048576)}", 3, id="content-too-long"),
        pytest.param(f"Invalid 'messages[5].tool_calls[0].function.name': {LONG.format(64)}", 5, id="no-such-name"),
        pytest.param(f"Invalid 'messages[5].tool_calls[0].id': {LONG.format(40)}", 5, id="no-such-id"),
        pytest.param(f"Invalid 'messages[2].tool_calls[0].id': {LONG.format(64)}", 2, id="id-not-too-long"),
        pytest.param(f"Invalid 'messages[3].tool_call_id': {LONG.format(64)}", 3, id="result-id"),
        pytest.param("Invalid 'messages[2].tool_calls': empty array. Expected an array with", 2, id="calls-not-empty"),
        pytest.param("Missing required parameter: 'messages[2].tool_calls[0].type'.", 2, id="type-is-there"),
        pytest.param("Missing required parameter: 'messages[1].content[0].type'.", 1, id="no-such-part"),
        pytest.param("Missing required parameter: 'messages[3].tool_call_id'.", 3, id="id-is-there"),
        pytest.param("'content' is a required property - 'messages.1'", 1, id="content-is-there"),
        pytest.param(
            "Invalid type for 'messages[1].content': expected a string, but got an array instead", 1, id="text"
        ),
        pytest.param("messages[1]: invalid type: sequence, expected a string at line 1", 1, id="deepseek-text"),
        pytest.param("'messages[1].content' : value must be a string", 1, id="groq-text"),
        pytest.param("messages[1]: unknown variant `image_url`, expected `text`", 1, id="deepseek-image"),
        pytest.param("messages[0].role: unknown variant `developer`, expected one of", 0, id="deepseek-role"),
        pytest.param("'messages.1' : discriminator property 'role' has invalid value", 1, id="groq-role"),
        pytest.param("the message at position 1 with role 'user' must not be empty", 1, id="moonshot-empty"),
        pytest.param("messages.1.assistant.foo: property 'messages.1.assistant.foo' is unsupported", 1, id="cerebras"),
        pytest.param("messages.0.content.0.tool_use.input: Input should be a valid dictionary", 1, id="no-call"),
        pytest.param("messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'", 2, id="id"),
        pytest.param("messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 9 bytes", 1, id="no-image"),
        pytest.param(
            "messages.0.content.1.image.source.base64.data: The image was specified using the image/jpeg media type, "
            "but the image appears to be a image/png image",
            1,
            id="media-type",
        ),
        pytest.param(NO_SYSTEM.format(1), 1, id="no-system-there"),
        pytest.param("The conversation must end with a user message.", 5, id="ends-with-user"),
        pytest.param('messages: first message must use the "user" role', 1, id="starts-with-user"),
    ],
)
def test_a_place_without_the_fault_is_not_to_be_changed(text: str, at: int) -> None:
    (match,) = explain(text, WHOLE).matches
    assert (match.payload_position, match.presence, match.fix) == (at, "absent", "")
    assert match.meaning.endswith(f". {NOT_THERE}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SPACE, id="white-space"),
        pytest.param("messages: at least one message is required", id="no-messages"),
        pytest.param("messages: text content blocks must be non-empty", id="empty-block"),
        pytest.param("messages: text content blocks must contain non-whitespace text", id="blank-block"),
        pytest.param("The image was specified using the image/png media type, but the image appears to be", id="image"),
        pytest.param("Could not process image", id="unreadable-image"),
        pytest.param(f"Invalid 'input[5].call_id': {LONG.format(64)}", id="no-such-item"),
        pytest.param(f"Invalid 'messages[50].content': {LONG.format(9)}", id="no-such-message"),
        pytest.param("No user query found in messages.", id="user"),
        pytest.param("Unexpected role 'user' after role 'system'", id="order-of-roles"),
        pytest.param("Unexpected role 'assistant' after role 'system'", id="order-without-a-code"),
        pytest.param("The request body is not valid JSON: no low surrogate in string: line 1", id="surrogate"),
    ],
)
def test_a_fault_of_no_message_is_said_not_to_be_there(text: str) -> None:
    (match,) = explain(text, WHOLE if "after role" not in text else WHOLE[1:]).matches
    assert (match.payload_position, match.presence) == (None, "absent")
    assert match.meaning.endswith(f". {NOT_SHOWN}")


def parts(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"type": "text", "text": text}], "tool_calls": [tool_call("call_1")]}


NAMELESS = tool_call("call_1") | {"function": {"name": "n" * 65, "arguments": "{}"}}


@pytest.mark.parametrize(
    ("text", "messages", "at"),
    [
        pytest.param("messages[1].content: invalid type: sequence, expected a string", [USER, SEEN], 1, id="list"),
        pytest.param(f"Invalid 'messages[1].content': {LONG.format(3)}", [SYSTEM, USER], 1, id="stated-limit"),
        pytest.param(
            f"Invalid 'messages[1].tool_calls[0].function.name': {LONG.format(64)}",
            [USER, CALLING | {"tool_calls": [NAMELESS]}, RESULT],
            1,
            id="name",
        ),
        pytest.param("'role' is a required property - 'messages.1'", [USER, {"content": "x"}], 1, id="missing"),
        pytest.param(NO_SYSTEM.format(0), WHOLE, 0, id="system"),
        pytest.param("messages[1]: unknown variant `image_url`, expected `text`", [USER, SEEN], 1, id="image"),
        pytest.param("messages.1.foo: property 'foo' is unsupported", [USER, ANSWER | {"foo": 1}], 1, id="extra"),
        pytest.param(SPACE, [USER, {"role": "assistant", "content": "Say: "}], 1, id="white-space"),
        pytest.param("messages: text content blocks must be non-empty", [{"role": "user", "content": ""}], 0, id="A6"),
        pytest.param("No user query found in messages.", [SYSTEM], None, id="no-user"),
    ],
)
def test_a_fault_that_is_there_is_blamed(text: str, messages: list[Any], at: int | None) -> None:
    (match,) = [one for one in explain(text, messages).matches if one.about_messages]
    assert (match.payload_position, match.presence) == (at, "shown")
    assert match.fix
    assert "hese messages" not in match.meaning


@pytest.mark.parametrize(
    ("text", "messages", "at"),
    [
        pytest.param(BLANK, [USER, parts(""), RESULT, NEXT], 1, id="empty-part-beside-a-call"),
        pytest.param(BLANK, [USER, CALLING | {"content": ""}, RESULT, NEXT], 1, id="empty-beside-a-call"),
        pytest.param(
            f"Invalid 'messages[0].content': {LONG.format(3)}", [{"role": "user", "content": "👜👜"}], 0, id="16"
        ),
        pytest.param("Missing required parameter: 'messages[1].content'.", [USER, CALLING, RESULT], 1, id="null"),
        pytest.param("messages.1.content.0.foo: Extra inputs are not permitted", WHOLE, 2, id="made-by-a-client"),
        pytest.param("Could not process image", [USER, SEEN], 1, id="image"),
        pytest.param("Function call is missing a thought_signature in functionCall parts.", WHOLE, 2, id="signature"),
        pytest.param("Request exceeds the maximum size", WHOLE, None, id="size"),
    ],
)
def test_what_cannot_be_checked_is_said_to_be_unknown(text: str, messages: list[Any], at: int | None) -> None:
    (match,) = explain(text, messages).matches
    assert (match.payload_position, match.presence) == (at, "unknown")
    assert match.meaning.endswith(f" {UNKNOWN}")
    assert match.fix


def test_a_blank_text_beside_a_call_is_left_out_without_its_message() -> None:
    (match,) = explain(BLANK, [USER, CALLING | {"content": ""}, RESULT, NEXT]).matches
    assert "only if that has no tool calls" in match.fix


@pytest.mark.parametrize(
    ("blocks", "presence"),
    [
        ([{"text": "I look."}], "absent"),
        ([], "absent"),
        ([{"text": ""}], None),
        ([{"text": "I look."}, {"text": " "}], None),
    ],
)
def test_a_body_of_another_api_has_no_blank_text_where_none_was_read(blocks: list[Any], presence: str | None) -> None:
    call = {"toolUse": {"toolUseId": "t1", "name": "find", "input": {}}}
    result = {"toolResult": {"toolUseId": "t1", "content": [{"text": "x"}]}}
    turns = [("user", [{"text": "Hi"}]), ("assistant", [*blocks, call]), ("user", [result])]
    native = request_body({"modelId": "x", "messages": [{"role": role, "content": held} for role, held in turns]})
    assert native is not None
    (match,) = explain_native(BLANK, native).matches
    assert (match.payload_position, match.presence, bool(match.fix)) == (1, presence, presence is None)


def test_what_follows_an_error_is_not_taken_for_its_own_words() -> None:
    text = f"Invalid 'messages[1].name': {LONG.format(64)}; Missing required parameter: 'messages[2].content[0].type'."
    found = [(one.payload_position, one.presence) for one in explain(text, [USER, USER | {"name": "n" * 65}]).matches]
    assert found == [(1, "shown"), (None, "absent")]


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.template[:70])
def test_a_message_of_any_form_is_explained(known: Known) -> None:
    odd = {"role": "assistant", "content": [None, 1, {"type": "text"}], "tool_calls": {"a": 1}}
    calls = {"role": "assistant", "tool_calls": [None, {"function": 1}, {"id": 1, "function": {"name": [], "x": {}}}]}
    for broken in (None, 1, "x", [], {}, {"role": 1}, {"role": "user", "content": {"a": 1}}):
        for at in range(4):
            assert explain(filled(known.template, at), [broken, odd, calls, {"role": "tool"}]).recognised


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([USER, RESULT | {"tool_call_id": ""}, NEXT], id="result-without-an-id"),
        pytest.param(
            [USER, {"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}, NEXT], id="no-arguments"
        ),
        pytest.param([USER, ANSWER, NEXT | {"content": ""}, NEXT], id="empty-in-a-turn"),
        pytest.param([USER, CALLING, NEXT, RESULT], id="late"),
        pytest.param([USER, {"role": "user"}, {"role": "critic", "content": "x"}], id="null-and-role"),
        pytest.param([], id="none"),
    ],
)
def test_what_the_lint_predicts_is_never_said_not_to_be_there(messages: list[Any]) -> None:
    for finding in lint_messages(messages).findings:
        for rejection in finding.rejected_by:
            for match in explain(rejection.text, messages).matches:
                assert match.presence != "absent", rejection.text


def test_in_a_body_results_are_of_the_user_who_is_sent_twice() -> None:
    call = {"toolUse": {"toolUseId": "t1", "name": "find", "input": {}}}
    result = {"toolResult": {"toolUseId": "t1", "content": [{"text": "x"}]}}
    turns = [("user", [{"text": "Hi"}]), ("assistant", [call]), ("user", [result]), ("user", [{"text": "So?"}])]
    native = request_body({"modelId": "x", "messages": [{"role": role, "content": held} for role, held in turns]})
    assert native is not None
    (match,) = explain_native("A conversation must alternate between user and assistant roles", native).matches
    assert match.presence != "absent"


# All known errors

_VALUES = {
    "n": "7",
    "any": "x",
    "id": "call_1",
    "ids": "call_1",
    "role": "critic",
    "before": "critic",
    "type": "thing",
    "variant": "thing",
    "s": "",
    "q": "",
    "open": "[",
    "count": "2000000",
}
_PLACES = re.compile(r"\{(?:path|at|turn|item)\}")
_INNOCENT = [
    pytest.param(WHOLE, id="with-a-call"),
    pytest.param([SYSTEM, USER, ANSWER, NEXT], id="without-a-call"),
    pytest.param([{"role": "user", "content": [{"type": "text", "text": "Hi"}]}, ANSWER, NEXT], id="with-parts"),
]
_UNCHECKED = {
    "{path}.role: Input should be",
    "{path}: '{any}' blocks are not permitted within assistant turns",
    "{path}: Extra inputs are not permitted",
    "{path}: Field required",
    "{path}: Input should be",
    "{path}: Input tag '{any}' found using '{any}' does not match any of the expected tags",
    "{path}: data did not match any variant of untagged enum",
    "{path}: duplicate field",
    "{path}: unexpected tool_use_id found in {any} blocks: {id}. Each {any} block must have",
    "'{path}' : for 'role:{s}{any}' the following must be satisfied",
    "'loc':{s}{open}'body',{s}'messages',{s}{at},",
    "GenerateContentRequest.{path}:",
    "Input[{item}] missing required field summary",
    "Invalid '{path}': {any}. Expected",
    "Invalid 'input[{item}].id': '{id}'. Expected an ID that begins with '{any}'",
    "Invalid number of parameters set for tagged union structure {path}",
    "Invalid type for 'input[{item}].{any}': expected",
    "Invalid type for 'messages.[{at}].content': expected one of a string or array of objects, but got {any} instead",
    "Invalid type for '{path}': expected {any}, but got {any} instead",
    "Invalid user message at index {at}. Please ensure all user messages are valid",
    "Invalid value at '{path}' (type.googleapis.com/google.protobuf.Struct)",
    "Malformed input request: #/messages/{turn}/",
    "The format of the value at {path} is invalid. Provide a json object for the field",
    "Unknown name '{any}' at '{path}': Cannot find field",
    "Unknown name 'response' at '{path}': Proto field is not repeating",
    "Unknown parameter in {path}: '{any}', must be one of",
    "Unknown parameter: 'input[{item}].{any}'",
    "'content' is a required property - '{path}'",
    "Missing reasoning_content field in the assistant message at message index {at}",
    "Missing required parameter: '{path}'",
    "{path}: missing field content",
    "thinking is enabled but reasoning_content is missing in assistant tool call message at index {at}",
}
"""Errors with a place of which messages in OpenAI's form can't show the fault: for each, that is said."""


_HAD: dict[str, Callable[[dict[str, Any]], bool]] = {
    "Unsupported value: 'messages[{at}].role' does not support 'system' with this model": lambda one: one is SYSTEM,
    "{path}: invalid type: sequence, expected a string": lambda one: isinstance(one["content"], list),
    "{path}: invalid type: null, expected a string": lambda one: one["content"] is None,
    "'{path}' : value must be a string": lambda one: not isinstance(one["content"], str),
    "{path} must be a string": lambda one: not isinstance(one["content"], str),
    "Invalid type for '{path}': expected an object, but got a string instead": lambda one: isinstance(
        one["content"], str
    ),
    "Invalid type for 'messages.[{at}].content': expected one of a string or array of objects, but got null instead": (
        lambda one: one["content"] is None
    ),
}
"""Errors about a value that is no fault elsewhere, and what a message must have that is blamed."""


def filled(template: str, at: int) -> str:
    """Returns a known text about a place, with values that no message has."""
    path = "contents[{}].parts[0]" if "GenerateContentRequest" in template else "messages[{}].content"
    values = {**_VALUES, "path": path.format(at)}
    plain = template.replace("{{", "{").replace("}}", "}")
    return re.sub(r"\{(\w+)\}", lambda field: values.get(field[1], str(at)), plain)


def known_at_places() -> list[Any]:
    return [pytest.param(known, id=known.template[:70]) for known in KNOWN if _PLACES.search(known.template)]


@pytest.mark.parametrize("messages", _INNOCENT)
@pytest.mark.parametrize("known", known_at_places())
def test_no_known_error_with_a_place_changes_an_innocent_message(known: Known, messages: list[Any]) -> None:
    for at in range(len(messages)):
        for match in explain(filled(known.template, at), messages).matches:
            if not match.about_messages:
                continue
            if match.presence == "shown":
                assert match.payload_position is not None
                assert _HAD[known.template](messages[match.payload_position])
            elif match.presence == "unknown":
                assert known.template in _UNCHECKED
                assert match.meaning.endswith(f" {UNKNOWN}")
            elif match.payload_position is not None:
                assert match.fix == ""
                assert match.meaning.endswith(f" {NOT_THERE}")
            else:
                assert match.meaning.endswith(f" {NOT_SHOWN}")


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.template[:70])
def test_of_each_known_error_about_messages_it_is_said_whether_they_have_it(known: Known) -> None:
    for match in explain(filled(known.template, 2), WHOLE).matches:
        silent = known.only_found or match.code == "context_overflow" or not match.about_messages
        assert (match.presence is None) == silent
        assert match.meaning.endswith((NOT_THERE, NOT_SHOWN, UNKNOWN)) == (match.presence in ("absent", "unknown"))


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.template[:70])
def test_each_known_error_says_what_to_change(known: Known) -> None:
    for match in explain(filled(known.template, 2)).matches:
        assert (match.fix.endswith((".", "?")), match.presence) == (True, None)


def test_the_innocent_conversation_is_innocent() -> None:
    assert [one.code for one in lint_messages(WHOLE).findings if one.severity == "error"] == []
