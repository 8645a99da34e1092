"""Texts that can be about several faults, and texts about faults that the given messages don't have."""

from typing import Any

import pytest

from chatdata.domain.lint import explain

USER = {"role": "user", "content": "Where is my bag?"}
ANSWER = {"role": "assistant", "content": "In Porto."}
CALL = {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "Porto"}
WHOLE: list[Any] = [USER, CALLING, RESULT, ANSWER]

ALTERNATE = "After the optional system message, conversation roles must alternate user/assistant/user/assistant/..."
BEDROCK = "A conversation must alternate between user and assistant roles. Make sure the conversation alternates"
BEDROCK = f"{BEDROCK} between user and assistant roles and try again."
COUNTS = "Not the same number of function calls and responses"
MULTIPLE = 'messages: roles must alternate between "user" and "assistant", but found multiple "{}" roles in a row'
NOT_SHOWN = "These messages don't have that fault: others may have been sent."


@pytest.mark.parametrize(
    ("text", "words", "never"),
    [
        pytest.param(BEDROCK, "two messages of one role", "of the user", id="bedrock"),
        pytest.param(ALTERNATE, "two messages of one role", "of the user", id="template"),
        pytest.param(COUNTS, "a call has no result", "A tool call has", id="mistral"),
        pytest.param("messages.1.content.1: `tool_use` ids must be unique", "Two tool calls", "one message", id="ids"),
    ],
)
def test_a_text_of_several_faults_names_what_they_have_in_common(text: str, words: str, never: str) -> None:
    (match,) = explain(text).matches
    assert words in match.meaning
    assert never not in match.meaning
    assert match.fix.endswith(".")


@pytest.mark.parametrize(
    ("messages", "code", "at", "words"),
    [
        pytest.param([USER, USER], "consecutive_users", 1, "Two messages of the user", id="users"),
        pytest.param([USER, ANSWER, ANSWER, USER], "consecutive_assistants", 2, "of the assistant", id="assistants"),
        pytest.param([ANSWER, USER], "starts_with_assistant", 0, "The first message", id="first"),
    ],
)
def test_messages_decide_which_fault_a_text_is_about(messages: list[Any], code: str, at: int, words: str) -> None:
    (match,) = explain(ALTERNATE, messages).matches
    assert (match.code, match.payload_position) == (code, at)
    assert words in match.meaning
    assert "These messages" not in match.meaning


@pytest.mark.parametrize(("role", "code"), [("user", "consecutive_users"), ("assistant", "consecutive_assistants")])
def test_a_role_that_the_text_names_is_the_one_that_is_told(role: str, code: str) -> None:
    (match,) = explain(MULTIPLE.format(role)).matches
    assert (match.code, role in match.meaning) == (code, True)
    assert {"user": "assistant", "assistant": "user"}[role] not in match.meaning.replace("one of the user", "")


def test_a_role_that_the_text_names_is_not_sought_among_the_other() -> None:
    (match,) = explain(MULTIPLE.format("assistant"), [USER, USER, ANSWER]).matches
    assert (match.code, match.payload_position) == ("consecutive_assistants", None)
    assert match.meaning.endswith(NOT_SHOWN)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BEDROCK, id="alternate"),
        pytest.param(COUNTS, id="counts"),
        pytest.param("Please ensure that function call turn comes immediately after a user turn", id="gemini"),
        pytest.param("Unexpected role 'user' after role 'tool'", id="mistral"),
    ],
)
def test_a_fault_without_a_place_that_no_message_has_is_said_not_to_be_there(text: str) -> None:
    for match in explain(f"ValidationException: {text}", WHOLE).matches:
        assert match.payload_position is None
        assert match.meaning.endswith(NOT_SHOWN)


def test_roles_that_follow_each_other_wrongly_are_not_taken_for_a_result() -> None:
    (match,) = explain("Unexpected role 'assistant' after role 'assistant'", [USER, ANSWER, ANSWER]).matches
    assert match.payload_position == 2
    assert "result" not in match.meaning


def test_what_is_said_twice_about_one_message_is_told_once() -> None:
    first = f"{MULTIPLE.format('user')} request req_1"
    found = explain(f"{first}; {COUNTS}; {first.replace('req_1', 'req_2')}; {COUNTS}", [USER, USER])
    assert [match.code for match in found.distinct] == ["consecutive_users", "unanswered_tool_call"]
    assert set(found.distinct) <= set(found.matches)


@pytest.mark.parametrize("first", ["A conversation must alternate between user and assistant roles", "x"])
def test_a_sentence_of_a_text_is_enough(first: str) -> None:
    found = explain(f"ValidationException: {first}", [USER, USER])
    assert [match.code for match in found.matches] == (["consecutive_users"] if len(first) > 1 else [])


@pytest.mark.parametrize("most", [1048576, 10485760])
def test_a_text_that_is_too_long_is_told_whatever_the_limit_is(most: int) -> None:
    text = f"Invalid 'messages[0].content': string too long. Expected a string with maximum length {most}, but got a"
    (match,) = explain(text, [USER]).matches
    assert (match.code, match.payload_position) == ("text_too_long", 0)
