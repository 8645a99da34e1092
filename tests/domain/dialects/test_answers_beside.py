"""An answer beside its request is read in every format, and what no reader knows counts as said where it may be."""

import copy
import json
from typing import Any

import pytest

from chatdata.domain.dialects import Dialect, ReadConversation, read, recognise, sentences
from chatdata.domain.dialects.unheld import may_be_said

ASK = [{"role": "user", "content": "Where is my bag?"}]
CHOICES = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "It is in Porto."}}]}
ANTHROPIC = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "text", "text": "It is in Porto."}],
    "usage": {"input_tokens": 20, "output_tokens": 6},
}
CANDIDATES = {"candidates": [{"content": {"role": "model", "parts": [{"text": "It is in Porto."}]}}]}
CONVERSE = {"output": {"message": {"role": "assistant", "content": [{"text": "It is in Porto."}]}}}
ITEMS = {
    "output": [
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "It is in Porto."}]},
    ]
}

BODIES: list[tuple[Dialect, dict[str, Any], dict[str, Any]]] = [
    ("openai-chat", {"model": "m-1", "messages": ASK}, CHOICES),
    ("anthropic-messages", {"system": "Be brief.", "max_tokens": 5, "messages": ASK}, ANTHROPIC),
    ("gemini-contents", {"contents": [{"role": "user", "parts": [{"text": "Where is my bag?"}]}]}, CANDIDATES),
    (
        "bedrock-converse",
        {"modelId": "m-1", "messages": [{"role": "user", "content": [{"text": "Where is my bag?"}]}]},
        CONVERSE,
    ),
    ("openai-responses", {"model": "m-1", "instructions": "Be brief.", "input": "Where is my bag?"}, ITEMS),
]
bodies = pytest.mark.parametrize(("dialect", "body", "answer"), BODIES, ids=[name for name, *_ in BODIES])


def only(value: Any, dialect: Dialect | None = None) -> ReadConversation:
    (found,) = read(copy.deepcopy(value), dialect)
    assert isinstance(found, ReadConversation)
    return found


def talk(found: ReadConversation) -> list[tuple[str, str | None]]:
    return [(item.message.role, item.message.content) for item in found.messages if item.message.role != "system"]


WHOLE = [("user", "Where is my bag?"), ("assistant", "It is in Porto.")]


@bodies
@pytest.mark.parametrize("key", ["response", "completion", "result"])
@pytest.mark.parametrize("given", [False, True], ids=["recognised", "given"])
def test_a_request_is_read_with_the_answer_beside_it(
    dialect: Dialect, body: dict[str, Any], answer: dict[str, Any], key: str, given: bool
) -> None:
    value = {**body, key: answer}
    assert recognise(value) == dialect
    found = only(value, dialect if given else None)
    assert talk(found) == WHOLE
    assert found.spoken == ()


@bodies
def test_the_prompt_beside_the_messages_stays_when_an_answer_is_there(
    dialect: Dialect, body: dict[str, Any], answer: dict[str, Any]
) -> None:
    alone, together = only(body), only({**body, "response": answer})
    assert [item.message for item in together.messages[:-1]] == [item.message for item in alone.messages]


@bodies
@pytest.mark.parametrize("as_text", [False, True], ids=["an object", "JSON in a text"])
def test_an_answer_may_stand_in_a_logged_response_whose_headers_are_accounted_for(
    dialect: Dialect, body: dict[str, Any], answer: dict[str, Any], as_text: bool
) -> None:
    found = only({**body, "response": {"status_code": 200, "body": json.dumps(answer) if as_text else answer}})
    assert talk(found) == WHOLE
    assert ("response.status_code", 200) in [(item.place, item.value) for item in found.left_out]


def test_the_counts_of_an_answer_are_those_of_the_conversation() -> None:
    found = only({**BODIES[1][1], "response": ANTHROPIC})
    assert [(item.prompt_tokens, item.completion_tokens) for item in found.usage] == [(20, 6)]


@pytest.mark.parametrize("key", ["response", "completion", "output"])
def test_a_text_beside_a_question_is_its_answer(key: str) -> None:
    assert talk(only({"messages": ASK, key: "It is in Porto."})) == WHOLE
    for text in ('{"city": "Porto"}', '{"content": "Porto"}', '["Porto"]', '{"body": "Porto"}'):
        found = only({"messages": ASK, key: text})
        assert talk(found)[-1] == ("assistant", text)
        assert found.left_out == ()


@pytest.mark.parametrize("key", ["response", "completion", "output"])
def test_a_text_beside_an_answer_is_no_second_one_and_counts_as_said_unless_it_repeats_it(key: str) -> None:
    answered = [*ASK, {"role": "assistant", "content": "It is in Porto."}]
    other, same = (only({"messages": answered, key: text}) for text in ("Lisbon", "It is in Porto."))
    assert talk(other) == talk(same) == WHOLE
    assert [item.place for item in other.spoken] == [key]
    assert same.spoken == ()


@pytest.mark.parametrize(
    "response", [CHOICES, {"messages": [*ASK, {"role": "assistant", "content": "It is in Porto."}]}]
)
def test_an_answer_that_the_messages_have_already_is_not_read_twice(response: Any) -> None:
    answered = [*ASK, {"role": "assistant", "content": "It is in Porto."}]
    assert talk(only({"messages": answered, "response": response})) == WHOLE


def test_a_line_of_litellms_log_has_its_prompt_beside_the_messages() -> None:
    found = only({"call_type": "x", "system": "Be brief.", "messages": ASK, "response": ANTHROPIC})
    assert [item.message.role for item in found.messages] == ["system", "user", "assistant"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("answer", "Porto"),
        ("final_answer", "Porto"),
        ("modelResponse", "Porto"),
        ("user_input", "Hm"),
        ("systemPrompt", "Be brief."),
        ("instructions", ["Be brief."]),
        ("novelty", "words of somebody"),
        ("novelty", "コンバセーション"),
        ("novelty", [{"role": "assistant", "content": "Porto"}]),
        ("novelty", {"deep": [{"type": "text", "text": "Porto"}]}),
        ("response", {"deep": "Porto"}),
        ("messages_before", [{"from": "human", "value": "no", "text": "Porto"}]),
    ],
)
def test_a_text_or_a_message_under_an_unknown_key_counts_as_said(key: str, value: Any) -> None:
    assert may_be_said(key, value)
    found = only({"messages": ASK, key: value})
    assert [item.place for item in found.spoken] == [key]
    (sentence,) = sentences(found.left_out, found.doubtful)
    assert sentence == f"the key {key} has no place in the stores, and may have been part of what was said"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("metadata", {"content": "words of somebody"}),
        ("tools", [{"name": "find_bag", "description": "Finds a bag by its tag.", "input_schema": {"text": "a b"}}]),
        ("tool_choice", "auto"),
        ("response_format", {"type": "json_schema", "json_schema": {"text": "one two"}}),
        ("text", {"format": {"type": "text"}, "verbosity": "low"}),
        ("stop_sequences", ["\n\nHuman: so"]),
        ("finish_reason", "end turn"),
        ("status_message", "All went well."),
        ("response", {"error": {"message": "Rate limit reached"}}),
        ("response", {"id": "resp-1", "object": "response", "status": "completed", "model": "m-1"}),
        ("user_agent", "Mozilla/5.0 (X11; Linux)"),
        ("novelty", "2026-02-20 10:00:00"),
        ("novelty", "m-1"),
        ("novelty", {"deep": "words of somebody"}),
        ("answer", " "),
        ("answer", 42),
        ("prompt_cache_key", "one two"),
        ("info", {"task": {"instruction": "You want your bag."}}),
    ],
)
def test_settings_and_circumstances_do_not_count_as_said(key: str, value: Any) -> None:
    assert not may_be_said(key, value)
    found = only({"messages": ASK, key: value})
    assert found.spoken == ()


def test_a_text_under_an_unknown_key_of_a_message_counts_as_said() -> None:
    found = only([{"role": "user", "content": "Where is my bag?", "html": "<b>Where</b> is it?"}])
    assert [item.place for item in found.spoken] == ["messages[0].html"]
    (sentence,) = sentences(found.left_out, found.doubtful)
    assert sentence == "the key html of 1 message has no place in the stores, and may have been part of what was said"


def test_a_value_that_is_nested_too_deeply_may_have_been_said() -> None:
    value: Any = "Porto"
    for _ in range(5_000):
        value = [value]
    assert may_be_said("novelty", value)
    assert not may_be_said("metadata", value)
