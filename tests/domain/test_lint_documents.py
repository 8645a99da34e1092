"""Documents of other APIs are recognized and judged in their own terms, and nothing unknown is ever accepted."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chatdata.domain.dialects import Dialect
from chatdata.domain.lint import PROVIDERS, explain_native, lint_document, lint_messages, report_json, request_body
from chatdata.domain.lint.values import Provider
from chatdata.domain.text import LONE_SURROGATES
from tests.domain.test_lint import ANSWER, CLEAN, USER, calling, result
from tests.support.builders import json_values, tool_call

ASK = {"role": "user", "content": "Where is it?"}
USE = {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {"id": 1}}
FOUND = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "sent"}
NEVER = {"role": "user", "content": "Never mind."}


def anthropic(*turns: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 9, "system": "Help.", "messages": list(turns)}


def bedrock(*blocks: Any) -> dict[str, Any]:
    return {
        "modelId": "m",
        "toolConfig": {"tools": [{"toolSpec": {"name": "find"}}]},
        "messages": [
            {"role": "user", "content": [{"text": "Where?"}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t1", "name": "find", "input": {}}}]},
            {"role": "user", "content": list(blocks)},
        ],
    }


def gemini(*parts: Any) -> dict[str, Any]:
    called = {"functionCall": {"name": "find", "args": {}}}
    contents = [{"role": "user", "parts": [{"text": "Where?"}]}, {"role": "model", "parts": [called]}]
    return {"contents": [*contents, {"role": "user", "parts": list(parts)}] if parts else contents}


def responses(*items: Any) -> dict[str, Any]:
    call = {"type": "function_call", "call_id": "call_1", "name": "find", "arguments": "{}"}
    return {"input": [ASK, {"type": "reasoning", "id": "rs_1", "summary": []}, call, *items]}


UI = [{"id": "m1", "role": "user", "parts": [{"type": "text", "text": "Hi"}]}]
LANGCHAIN = [{"type": "human", "data": {"content": "Hi"}}, {"type": "ai", "data": {"content": "Yes"}}]
MODEL = [
    ASK,
    {"role": "assistant", "content": [{"type": "tool-call", "toolCallId": "a", "toolName": "f", "input": {}}]},
]
ANSWERED = anthropic(ASK, {"role": "assistant", "content": [USE]}, {"role": "user", "content": [FOUND]})


@pytest.mark.parametrize(
    ("document", "dialect"),
    [
        pytest.param([USER, ANSWER, USER], "openai-chat", id="array"),
        pytest.param({"model": "m", "messages": [USER]}, "openai-chat", id="request"),
        pytest.param(ANSWERED, "anthropic-messages", id="anthropic"),
        pytest.param(ANSWERED["messages"], "anthropic-messages", id="anthropic-array"),
        pytest.param(anthropic(ASK), "anthropic-messages", id="anthropic-texts"),
        pytest.param(bedrock({"text": "x"}), "bedrock-converse", id="bedrock"),
        pytest.param(bedrock({"text": "x"})["messages"], "bedrock-converse", id="bedrock-array"),
        pytest.param(gemini({"text": "x"}), "gemini-contents", id="gemini"),
        pytest.param(gemini({"text": "x"})["contents"], "gemini-contents", id="gemini-array"),
        pytest.param(responses(), "openai-responses", id="responses"),
        pytest.param(responses()["input"], "openai-responses", id="responses-array"),
        pytest.param(UI, "ai-sdk-ui", id="ai-sdk-ui"),
        pytest.param(MODEL, "ai-sdk-model", id="ai-sdk-model"),
        pytest.param(LANGCHAIN, "langchain", id="langchain"),
    ],
)
def test_the_dialect_is_recognised_and_named(document: Any, dialect: Dialect) -> None:
    report = lint_document(document)
    assert report.dialect == dialect
    assert report_json(report, None, "file")["dialect"] == dialect


@pytest.mark.parametrize(
    ("document", "provider", "path"),
    [
        pytest.param(
            anthropic(ASK, {"role": "assistant", "content": [{"type": "text", "text": "I look."}, USE]}, NEVER),
            "anthropic",
            "messages[1]",
            id="anthropic",
        ),
        pytest.param(bedrock({"text": "Never mind."}), "bedrock", "messages[1]", id="bedrock"),
        pytest.param(gemini(), "gemini", "contents[1]", id="gemini"),
        pytest.param(gemini({"text": "Never mind."}), "gemini", "contents[1]", id="gemini-answered-by-a-text"),
        pytest.param(responses(NEVER), "openai-responses", "input[2]", id="responses"),
    ],
)
def test_a_call_without_a_result_is_found_in_the_api_s_own_terms(document: Any, provider: str, path: str) -> None:
    report = lint_document(document)
    (finding,) = [one for one in report.findings if one.code == "unanswered_tool_call"]
    assert (finding.path, finding.payload_position) == (path, int(path[-2]))
    assert report.verdicts[provider] == "reject"  # type: ignore[index]
    assert "accept" not in report.verdicts.values()
    assert {rejection.provider for rejection in finding.rejected_by} <= {provider, "openrouter-anthropic"}


@pytest.mark.parametrize(
    ("document", "provider"),
    [
        pytest.param(ANSWERED, "anthropic", id="anthropic"),
        pytest.param(bedrock({"toolResult": {"toolUseId": "t1", "content": [{"text": "x"}]}}), "bedrock", id="bedrock"),
        pytest.param(gemini({"functionResponse": {"name": "find", "response": {}}}), "gemini", id="gemini"),
        pytest.param(
            responses({"type": "function_call_output", "call_id": "call_1", "output": "x"}, NEVER),
            "openai-responses",
            id="responses",
        ),
    ],
)
def test_a_whole_body_is_accepted_by_its_own_api_and_unknown_to_others(document: Any, provider: str) -> None:
    report = lint_document(document)
    assert report.findings == ()
    assert report.verdicts[provider] == "accept"  # type: ignore[index]
    assert "reject" not in report.verdicts.values()
    assert {name for name, verdict in report.verdicts.items() if verdict == "accept"} <= {
        provider,
        "openrouter-anthropic",
    }


@pytest.mark.parametrize(
    ("document", "path"),
    [
        pytest.param(UI, "", id="ai-sdk-ui"),
        pytest.param(LANGCHAIN, "", id="langchain"),
        pytest.param(
            anthropic({"role": "user", "content": [{"type": "hologram"}]}), "messages[0].content[0]", id="block"
        ),
        pytest.param([{**USER, "parts_of_speech": ["noun"]}], "messages[0].parts_of_speech", id="field"),
        pytest.param([{**USER, "content": [{"type": "hologram"}]}], "messages[0].content[0]", id="part"),
    ],
)
def test_what_is_not_understood_is_accepted_by_nobody(document: Any, path: str) -> None:
    report = lint_document(document)
    assert "accept" not in report.verdicts.values()
    assert path in [finding.path for finding in report.unjudged]
    assert report.worst in ("warning", "error")


@given(
    st.sampled_from([messages for messages in CLEAN if messages]),
    st.dictionaries(
        st.sampled_from(["id", "message_id", "createdAt", "created_at", "sequence", "index", "metadata", "timestamp"]),
        json_values,
    ),
)
def test_ids_times_and_metadata_never_make_a_verdict_unknown(messages: list[Any], about: dict[str, Any]) -> None:
    verdicts = lint_messages([message | about for message in messages]).verdicts
    assert "unknown" not in verdicts.values()
    assume(not LONE_SURROGATES.search(json.dumps(about, ensure_ascii=False)))  # Anthropic rejects half a character
    assert verdicts == lint_messages(messages).verdicts == dict.fromkeys(PROVIDERS, "accept")


@pytest.mark.parametrize("value", [None, "", [], {}, 0, False])
def test_an_empty_value_of_any_field_never_makes_a_verdict_unknown(value: Any) -> None:
    assert set(lint_messages([{**USER, "anything": value}]).verdicts.values()) == {"accept"}


def test_reasoning_is_never_sent_and_parts_no_call_from_its_result() -> None:
    thought = {"role": "reasoning", "content": "Let me see."}
    messages = [USER, calling(tool_call()), thought, result(), thought, ANSWER, USER]
    assert lint_messages(messages).findings == ()


def test_an_error_of_another_api_leads_to_the_message_of_the_document() -> None:
    broken = anthropic(ASK, {"role": "assistant", "content": [USE]}, NEVER)
    text = "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1. "
    text += "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
    native = request_body(broken)
    assert native is not None
    explanation = explain_native(text, native)
    assert [(match.code, match.payload_position) for match in explanation.matches] == [("unanswered_tool_call", 1)]


@given(json_values)
def test_any_document_is_judged_or_said_to_hold_no_messages(document: Any) -> None:
    for given_document in (
        document,
        {"contents": [document]},
        {"input": [document]},
        {"system": "s", "messages": [document]},
    ):
        with suppress(ValueError):  # without messages
            json.dumps(report_json(lint_document(given_document), None, "file"))


@pytest.mark.parametrize("wrapper", ["body", "params"])
def test_a_line_of_a_batch_is_judged_by_the_request_that_it_holds(wrapper: str) -> None:
    line = {"custom_id": "r1", "method": "POST", wrapper: {"model": "m", "messages": [ASK, {"role": "user"}, ASK]}}
    report = lint_document(line)
    assert (report.dialect, report.messages) == ("openai-chat", 3)
    assert "null_content" in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    ("document", "dialect", "rejecting"),
    [
        ([], "openai-chat", set(PROVIDERS)),
        ({"messages": []}, "openai-chat", set(PROVIDERS)),
        ({"history": []}, "openai-chat", set(PROVIDERS)),
        ({"conversations": []}, "openai-chat", set(PROVIDERS)),
        ({"chat_messages": []}, "openai-chat", set(PROVIDERS)),
        ({"input": []}, "openai-responses", {"openai-responses"}),
        ({"model": "m", "input": []}, "openai-responses", {"openai-responses"}),
        ({"custom_id": "a", "url": "/v1/responses", "body": {"input": []}}, "openai-responses", {"openai-responses"}),
        ({"contents": []}, "gemini-contents", {"gemini"}),
        ({"modelId": "m", "messages": []}, "bedrock-converse", {"bedrock"}),
        ({"system": "x", "messages": []}, "anthropic-messages", {"anthropic", "openrouter-anthropic"}),
    ],
)
def test_an_empty_conversation_has_no_messages_whatever_its_form(
    document: Any, dialect: Dialect, rejecting: set[Provider]
) -> None:
    report = lint_document(document)
    (finding,) = report.findings
    assert (finding.code, report.dialect, report.messages) == ("no_messages", dialect, 0)
    assert {provider for provider, verdict in report.verdicts.items() if verdict == "reject"} == rejecting
    assert set(report.verdicts.values()) <= {"reject", "unknown"}
