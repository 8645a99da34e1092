"""Writers of other APIs' formats: what a reader gets back, where each message went, and that no change goes untold."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatdata.domain.dialects import ReadConversation, read, recognise
from chatdata.domain.dialects.writers import API_FORMATS, DIALECT_OF, ApiFormat, Translation, summary, translate
from chatdata.domain.messages import ChatMessage, build_payload
from tests.support.builders import any_text, json_values, message, tool_call
from tests.support.laws import examples

TURNS: tuple[ApiFormat, ...] = ("anthropic", "gemini", "bedrock")
every_format = pytest.mark.parametrize("form", API_FORMATS)
turn_formats = pytest.mark.parametrize("form", TURNS)


def translated(form: ApiFormat, *messages: ChatMessage) -> Translation:
    return translate(build_payload(messages).params, form)


def kinds(translation: Translation) -> list[tuple[int, str, str]]:
    """Payload position, kind and field of each change."""
    return [(said.index, change.kind, change.field) for said in translation.messages for change in said.changes]


def places(translation: Translation) -> list[tuple[str, ...]]:
    return [said.places for said in translation.messages]


def at(body: Any, place: str) -> Any:
    """The value at a path such as messages[3].content[0]."""
    for key, index in re.findall(r"([A-Za-z]+)|\[(\d+)\]", place):
        body = body[key] if key else body[int(index)]
    return body


def read_back(translation: Translation) -> ReadConversation:
    (found,) = read(json.loads(json.dumps(translation.body)), DIALECT_OF[translation.form])
    assert isinstance(found, ReadConversation)
    return found


# Where each message goes

TRIP = [
    message("system", "Be brief."),
    message("user", "Weather in Porto and Lima?"),
    message("assistant", "I look.", tool_calls=[tool_call("a", "get", '{"at": "Porto"}'), tool_call("b", "get", "{}")]),
    message("tool", "sunny", tool_call_id="a"),
    message("tool", '{"sky": "grey"}', tool_call_id="b"),
    message("user", "Thanks."),
]


def test_anthropic_gets_the_system_beside_the_messages_and_results_in_one_user_turn() -> None:
    found = translated("anthropic", *TRIP)
    assert found.body == {
        "system": [{"type": "text", "text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Weather in Porto and Lima?"}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "text", "text": "I look."},
                    {"type": "tool_use", "id": "a", "name": "get", "input": {"at": "Porto"}},
                    {"type": "tool_use", "id": "b", "name": "get", "input": {}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "a", "content": "sunny"},
                    {"type": "tool_result", "tool_use_id": "b", "content": '{"sky": "grey"}'},
                    {"type": "text", "text": "Thanks."},
                ],
            },
        ],
    }
    assert places(found) == [
        ("system[0]",),
        ("messages[0].content[0]",),
        ("messages[1].content[0]", "messages[1].content[1]", "messages[1].content[2]"),
        ("messages[2].content[0]",),
        ("messages[2].content[1]",),
        ("messages[2].content[2]",),
    ]
    assert kinds(found) == [(0, "system_moved", ""), (4, "results_grouped", ""), (5, "turns_joined", "")]


def test_bedrock_gets_blocks_of_one_key() -> None:
    found = translated("bedrock", *TRIP)
    assert found.body["system"] == [{"text": "Be brief."}]
    assert found.body["messages"][1:] == [
        {
            "role": "assistant",
            "content": [
                {"text": "I look."},
                {"toolUse": {"toolUseId": "a", "name": "get", "input": {"at": "Porto"}}},
                {"toolUse": {"toolUseId": "b", "name": "get", "input": {}}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"toolResult": {"toolUseId": "a", "content": [{"text": "sunny"}]}},
                {"toolResult": {"toolUseId": "b", "content": [{"text": '{"sky": "grey"}'}]}},
                {"text": "Thanks."},
            ],
        },
    ]


def test_gemini_gets_names_and_objects_for_results_and_keeps_the_next_user_turn_apart() -> None:
    found = translated("gemini", *TRIP)
    assert found.body["systemInstruction"] == {"parts": [{"text": "Be brief."}]}
    assert found.body["contents"][1:] == [
        {
            "role": "model",
            "parts": [
                {"text": "I look."},
                {"functionCall": {"id": "a", "name": "get", "args": {"at": "Porto"}}},
                {"functionCall": {"id": "b", "name": "get", "args": {}}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"id": "a", "name": "get", "response": {"result": "sunny"}}},
                {"functionResponse": {"id": "b", "name": "get", "response": {"sky": "grey"}}},
            ],
        },
        {"role": "user", "parts": [{"text": "Thanks."}]},
    ]
    changes = [(3, "result_wrapped", "content"), (4, "results_grouped", ""), (4, "result_as_object", "content")]
    assert kinds(found)[1:] == changes


def test_the_responses_api_gets_items_in_place() -> None:
    found = translated("responses", *TRIP)
    assert found.body["input"] == [
        {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "Be brief."}]},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Weather in Porto and Lima?"}]},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "I look."}]},
        {"type": "function_call", "call_id": "a", "name": "get", "arguments": '{"at": "Porto"}'},
        {"type": "function_call", "call_id": "b", "name": "get", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "a", "output": "sunny"},
        {"type": "function_call_output", "call_id": "b", "output": '{"sky": "grey"}'},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Thanks."}]},
    ]
    assert places(found)[2:4] == [("input[2]", "input[3]", "input[4]"), ("input[5]",)]
    assert kinds(found) == []


@every_format
def test_a_written_body_is_recognised_as_its_own_format(form: ApiFormat) -> None:
    assert recognise(translated(form, *TRIP).body) == DIALECT_OF[form]


# What changes


@turn_formats
def test_a_late_system_message_and_a_developer_message_are_told_to_change_place_and_role(form: ApiFormat) -> None:
    found = translated(form, message("developer", "d"), message(), message("system", "late"), message("user", "more"))
    assert [kind for kind in kinds(found) if kind[0] in (0, 2)] == [
        (0, "system_moved", ""),
        (0, "developer_as_system", "role"),
        (2, "system_moved_up", ""),
    ]
    assert (3, "turns_joined", "") in kinds(found) or form == "gemini"


@pytest.mark.parametrize("form", [form for form in API_FORMATS if form != "openai"])
def test_names_are_told_to_be_dropped(form: ApiFormat) -> None:
    found = translated(form, message("user", "hi", name="Ada"))
    assert kinds(found) == [(0, "name_dropped", "name")]
    assert "Ada" not in json.dumps(found.body)


@turn_formats
@pytest.mark.parametrize(
    ("arguments", "kind", "written"),
    [
        ('{"a": ', "arguments_no_object", '{"a": '),
        ("[1]", "arguments_no_object", "[1]"),
        ("null", "arguments_no_object", "null"),
        ('{"a": NaN}', "arguments_no_object", '{"a": NaN}'),
        ('{"a": 1e999}', "arguments_no_object", '{"a": 1e999}'),
        ('{"a":' * 150 + "1" + "}" * 150, "arguments_no_object", '{"a":' * 150 + "1" + "}" * 150),
        ("[" * 100_000, "arguments_no_object", "[" * 100_000),
        ("", "arguments_filled_in", {}),
        ('{"a": 1, "a": 2}', "arguments_altered", {"a": 2}),
        ('{"a": 0.1000000000000000055511}', "arguments_altered", {"a": 0.1}),
        ('{"a": 1e-99999999999999999999}', "arguments_altered", {"a": 0.0}),
    ],
    ids=lambda value: str(value)[:30],
)
def test_arguments_that_are_no_exact_object_are_told_and_nothing_is_invented(
    form: ApiFormat, arguments: str, kind: str, written: object
) -> None:
    found = translated(form, message("assistant", None, tool_calls=[tool_call("c", "f", arguments)]))
    assert kinds(found) == [(0, kind, "tool_calls[0].function.arguments")]
    (block,) = found.messages[0].parts
    inside = next(value for value in (block, *block.values()) if isinstance(value, dict) and "name" in value)
    assert inside["args" if form == "gemini" else "input"] == written


@pytest.mark.parametrize("form", ["responses", *TURNS])
def test_function_calls_of_old_get_ids_that_their_results_answer(form: ApiFormat) -> None:
    taken = tool_call("function_call_1")
    found = translated(
        form,
        message("assistant", None, tool_calls=[taken], function_call={"name": "get", "arguments": "{}"}),
        message("tool", "one", tool_call_id="function_call_1"),
        message("function", "two", name="get"),
        message("function", "nobody asked", name="get"),
    )
    told = [said.message for said in read_back(found).messages]
    assert [call["id"] for call in told[0].tool_calls or ()] == ["function_call_1", "function_call_2"]
    assert [said.tool_call_id for said in told[1:]] == ["function_call_1", "function_call_2", "function_call_3"]
    assert [kind for kind in kinds(found) if kind[1] == "function_as_tool"] == [
        (0, "function_as_tool", "function_call"),
        (2, "function_as_tool", "name"),
        (3, "function_as_tool", "name"),
    ]


def test_an_orphaned_result_has_no_name_in_gemini() -> None:
    found = translated("gemini", message("tool", "late", tool_call_id="x"))
    assert found.body["contents"][0]["parts"] == [{"functionResponse": {"id": "x", "response": {"result": "late"}}}]
    assert (0, "result_without_name", "tool_call_id") in kinds(found)


@turn_formats
def test_an_empty_message_is_told_to_be_dropped_and_its_neighbours_keep_their_places(form: ApiFormat) -> None:
    found = translated(form, message(), message("assistant", ""), message("user", "again"))
    assert (found.messages[1].places, kinds(found)[0]) == ((), (1, "empty_dropped", ""))
    assert "again" in json.dumps(found.messages[2].parts)


def test_a_refusal_is_a_part_of_its_own_in_the_responses_api_and_text_elsewhere() -> None:
    refused = message("assistant", None, refusal="No.")
    content = translated("responses", refused).body["input"][0]["content"]
    assert content == [{"type": "refusal", "refusal": "No."}]
    found = translated("anthropic", refused)
    assert found.body["messages"][0]["content"] == [{"type": "text", "text": "No."}]
    assert kinds(found) == [(0, "refusal_as_text", "refusal")]


def test_the_summary_counts_each_kind_and_names_the_first_message() -> None:
    found = translated("anthropic", message(name="Ada"), message("assistant", ""), message(name="Ada"))
    assert summary(found.messages) == [
        "2 names are dropped (first in the payload: messages[0].name)",
        "1 empty message is dropped (payload messages[1])",
        "1 message is joined to the turn before it (payload messages[2])",
    ]
    assert summary(translated("openai", *TRIP).messages) == []


# Laws

_ids = st.sampled_from(["", "a", "b", "call_1", "function_call_1"]) | any_text
_names = st.sampled_from(["get", "set", ""])
_arguments = (
    st.dictionaries(any_text, json_values, max_size=3).map(json.dumps)
    | st.sampled_from(["", " ", "{", "[]", "0", "null", '"{}"', '{"a": 1, "a": 2}', '{"a": 1.50}', '{"a": NaN}'])
    | any_text
)
_calls = st.lists(st.builds(tool_call, _ids, _names, _arguments), max_size=3)
_function_calls = st.fixed_dictionaries({"name": _names, "arguments": _arguments})
_texts = st.none() | st.sampled_from(["", " ", "one", "two\n", "{}", '{"result": 1}', '{"a": [1.0]}']) | any_text
_messages = st.builds(
    ChatMessage,
    role=st.sampled_from(["user", "assistant", "assistant", "system", "developer", "tool", "tool", "function"]),
    content=_texts,
    name=st.none() | _names,
    tool_call_id=st.none() | _ids,
    refusal=st.none() | st.just("No."),
    tool_calls=st.none() | _calls,
    function_call=st.none() | _function_calls,
)
payloads = st.lists(_messages, max_size=8).map(lambda messages: build_payload(messages).params)

Turn = dict[str, Any]
"""What one turn said: role, text, calls, or one result."""


def folded(turns: Sequence[Turn]) -> list[Turn]:
    """Turns as a conversation, however it is cut into messages: no empty ones, and neighbours of a role joined."""
    found: list[Turn] = []
    for turn in turns:
        if turn["role"] == "result":
            found.append(turn)
        elif turn["texts"] or turn["calls"]:
            if found and found[-1]["role"] == turn["role"]:
                before = found.pop()
                turn = {**turn, "texts": before["texts"] + turn["texts"], "calls": before["calls"] + turn["calls"]}
            found.append(turn)
    return [{**turn, "texts": "\n".join(turn["texts"])} if "texts" in turn else turn for turn in found]


def canonical(arguments: str, form: ApiFormat) -> str:
    """Arguments that say the same are the same; text that is no object stays as it is."""
    if form in TURNS and not arguments:
        return "{}"
    try:
        value = json.loads(arguments)
    except ValueError:
        return arguments
    return json.dumps(value) if isinstance(value, dict) and form in TURNS else arguments


def turn_of(said: Mapping[str, Any], form: ApiFormat, *, is_source: bool) -> Turn:
    """A message of a payload or of a reader as a turn; an id that is empty or has to be made is None."""
    role = said["role"]
    if role in ("tool", "function"):
        return {"role": "result", "id": said.get("tool_call_id") or None, "text": said.get("content") or ""}
    refusal = said.get("refusal") or ""
    if refusal and form == "responses" and is_source:
        refusal = f"[refusal: {refusal}]"
    calls = [
        (call["id"] or None, call["function"]["name"], canonical(call["function"]["arguments"], form))
        for call in said.get("tool_calls") or ()
    ]
    if function := said.get("function_call"):
        calls.append((None, function["name"], canonical(function["arguments"], form)))
    role = "system" if role == "developer" and form in TURNS else role
    return {"role": role, "texts": [text for text in (said.get("content"), refusal) if text], "calls": calls}


def conversation(messages: Sequence[Mapping[str, Any]], form: ApiFormat, *, is_source: bool) -> list[Turn]:
    turns = [turn_of(said, form, is_source=is_source) for said in messages]
    if form in TURNS:
        turns.sort(key=lambda turn: turn["role"] != "system")
    return folded(turns)


def without_made_ids(turns: list[Turn], expected: list[Turn]) -> list[Turn]:
    """The turns read back, without the ids of calls and results that had none in the payload."""
    found = []
    for turn, wanted in zip(turns, expected, strict=True):
        if turn["role"] == "result" == wanted["role"]:
            found.append(turn if wanted["id"] else {**turn, "id": None})
        elif "calls" in turn and "calls" in wanted:
            pairs = zip(turn["calls"], wanted["calls"], strict=True)
            found.append({**turn, "calls": [call if asked[0] else (None, *call[1:]) for call, asked in pairs]})
        else:
            found.append(turn)
    return found


def unwrapped_results(turns: list[Turn], translation: Translation) -> list[Turn]:
    """The turns read back, with the texts of results that the account says are wrapped or written as objects."""
    changes = [{change.kind for change in said.changes} for said in translation.messages]
    told = iter([found & {"result_wrapped", "result_as_object"} for found in changes])
    told = iter([found for found in told if found])
    unwrapped = []
    for turn in turns:
        if turn["role"] == "result":
            value = json.loads(turn["text"])
            turn = {**turn, "text": value["result"] if next(told) == {"result_wrapped"} else json.dumps(value)}
        unwrapped.append(turn)
    return unwrapped


def as_gemini_says(expected: list[Turn], translation: Translation) -> list[Turn]:
    """The expected turns, with results that are objects in canonical form."""
    changes = [{change.kind for change in said.changes} for said in translation.messages]
    told = iter([found for found in changes if found & {"result_wrapped", "result_as_object"}])
    return [
        {**turn, "text": json.dumps(json.loads(turn["text"]))}
        if turn["role"] == "result" and "result_as_object" in next(told)
        else turn
        for turn in expected
    ]


@every_format
@settings(max_examples=examples(120))
@given(params=payloads)
def test_reading_what_was_written_gives_the_same_conversation(form: ApiFormat, params: list[Any]) -> None:
    found = translate(params, form)
    answer = read_back(found)
    assert [item for item in answer.left_out if item.value] == []
    messages = [item.message.model_dump(exclude_none=True) for item in answer.messages]
    expected = conversation(params, form, is_source=True)
    turns = without_made_ids(conversation(messages, form, is_source=False), expected)
    if form == "gemini":
        turns, expected = unwrapped_results(turns, found), as_gemini_says(expected, found)
    assert turns == expected


@every_format
@settings(max_examples=examples(120))
@given(params=payloads)
def test_every_part_of_a_body_has_one_message_and_every_message_its_places(form: ApiFormat, params: list[Any]) -> None:
    found = translate(params, form)
    assert [said.index for said in found.messages] == list(range(len(params)))
    named = [place for said in found.messages for place in said.places]
    assert len(named) == len(set(named))
    for said in found.messages:
        assert [at(found.body, place) for place in said.places] == list(said.parts)
        assert said.places or "empty_dropped" in {change.kind for change in said.changes}
    assert set(named) == blocks(found.body, form)


def blocks(body: dict[str, Any], form: ApiFormat) -> set[str]:
    """The places of all parts of a body."""
    if form in ("openai", "responses"):
        key = "messages" if form == "openai" else "input"
        return {f"{key}[{at}]" for at in range(len(body[key]))}
    turns, inner = ("contents", "parts") if form == "gemini" else ("messages", "content")
    system = body.get("systemInstruction", {}).get("parts", ()) if form == "gemini" else body.get("system", ())
    prefix = "systemInstruction.parts" if form == "gemini" else "system"
    found = {f"{prefix}[{number}]" for number in range(len(system))}
    return found | {
        f"{turns}[{at}].{inner}[{number}]" for at, turn in enumerate(body[turns]) for number in range(len(turn[inner]))
    }


@every_format
@settings(max_examples=examples(120))
@given(params=payloads)
def test_what_a_format_cannot_hold_is_in_the_account(form: ApiFormat, params: list[Any]) -> None:
    found = translate(params, form)
    told = {(said.index, change.kind) for said in found.messages for change in said.changes}
    for index, param in enumerate(params):
        has_name = "name" in param and param["role"] != "function"
        assert ((index, "name_dropped") in told) == (has_name and form != "openai")
        assert ((index, "refusal_as_text") in told) == ("refusal" in param and form in TURNS)
        legacy = param["role"] == "function" or "function_call" in param
        assert ((index, "function_as_tool") in told) == (legacy and form != "openai")
        is_system = param["role"] in ("system", "developer") and bool(param["content"]) and form in TURNS
        assert bool({(index, "system_moved"), (index, "system_moved_up")} & told) == is_system
        assert ((index, "developer_as_system") in told) == (is_system and param["role"] == "developer")
