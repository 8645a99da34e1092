"""Request bodies of other APIs: read by the readers of import, judged for what only a body has, and repaired."""

import copy
import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chatdata.domain.dialects import REQUESTS, Dialect, read, read_request
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation
from chatdata.domain.lint import (
    LintFinding,
    NativeBody,
    as_request,
    explain_native,
    explanation_json,
    lint_document,
    repaired_body,
    request_body,
)
from chatdata.domain.lint.native_fixes import propose_native
from chatdata.domain.lint.texts import said as said_words
from tests.support.dialect_samples import SAMPLES
from tests.support.laws import examples

ASK = {"role": "user", "content": "Where is it?"}
USE = {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {"id": 1}}
FOUND = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "sent"}
TEXT = {"type": "text", "text": "It is sent."}
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "A" * 7_000_000}}
CALLED = {"role": "assistant", "content": [USE]}
RESULT = {"role": "user", "content": [FOUND]}
ANSWER = {"role": "assistant", "content": [TEXT]}
MARKED = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}


def anthropic(*turns: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 9, "system": "Help.", **more, "messages": list(turns)}


def said(role: str, *blocks: Any) -> dict[str, Any]:
    return {"role": role, "content": list(blocks)}


def bedrock(*messages: Any) -> dict[str, Any]:
    return {"modelId": "m", "toolConfig": {"tools": [{"toolSpec": {"name": "find"}}]}, "messages": list(messages)}


B_ASK = said("user", {"text": "Where is it?"})
B_CALLED = said("assistant", {"toolUse": {"toolUseId": "t1", "name": "find", "input": {}}})
B_ANSWER = said("assistant", {"text": "It is sent."})


def b_result(call_id: str = "t1", **more: Any) -> dict[str, Any]:
    return {"toolResult": {"toolUseId": call_id, "content": [{"text": "sent"}], **more}}


B_RESULT = said("user", b_result())


def parts(role: str, *blocks: Any) -> dict[str, Any]:
    return {"role": role, "parts": list(blocks)}


G_CALL = {"functionCall": {"name": "find", "args": {}}}
G_ASK = parts("user", {"text": "Where is it?"})
G_RESULT = {"functionResponse": {"name": "find", "response": {"state": "sent"}}}


def gemini(*contents: Any, **more: Any) -> dict[str, Any]:
    return {**more, "contents": list(contents)}


R_CALL = {"type": "function_call", "call_id": "call_1", "name": "find", "arguments": "{}"}
R_OTHER = {**R_CALL, "call_id": "call_2"}
R_RESULT = {"type": "function_call_output", "call_id": "call_1", "output": "sent"}
R_THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": []}


def responses(*items: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", **more, "input": [ASK, *items]}


def body_of(document: Any) -> NativeBody:
    native = request_body(document)
    assert native is not None
    return native


def found_in(document: Any) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in lint_document(document).findings]


# One translation: the readers'


@pytest.mark.parametrize("sample", [one for one in SAMPLES if one.dialect in REQUESTS], ids=lambda one: one.name)
def test_the_lint_judges_the_messages_that_an_import_reads(sample: Any) -> None:
    imported = read(copy.deepcopy(sample.value))[0]
    assert isinstance(imported, ReadConversation)
    native = body_of(sample.value)
    spoken = [item.message for item in imported.messages if item.message.role != "system"]
    judged = [one.message for one in native.messages]
    assert [one["role"] for one in judged] == [message.role for message in spoken][: len(judged)]
    assert [one.get("tool_calls") for one in judged] == [message.tool_calls for message in spoken][: len(judged)]
    assert [one.get("tool_call_id") for one in judged] == [message.tool_call_id for message in spoken][: len(judged)]


@pytest.mark.parametrize("dialect", REQUESTS)
@settings(deadline=None, max_examples=examples(40))
@given(data=st.data())
def test_a_damaged_message_costs_only_itself_and_is_told_by_its_place(dialect: Dialect, data: st.DataObject) -> None:
    whole = {
        "anthropic-messages": [ASK, CALLED, RESULT, ANSWER],
        "bedrock-converse": [B_ASK, B_CALLED, said("user", b_result()), B_ANSWER],
        "gemini-contents": [parts("user", {"text": "a"}), parts("model", {"text": "b"}), parts("user", {"text": "c"})],
        "openai-responses": [ASK, R_CALL, R_RESULT, ASK],
    }[dialect]
    at = data.draw(st.integers(0, len(whole)))
    damaged = data.draw(st.sampled_from([None, 7, "x", [], {"words": "x"}, {"role": ["user"], "content": "x"}]))
    found = read_request([*whole[:at], damaged, *whole[at:]], dialect)
    clean = read_request(whole, dialect)
    assert [item.message for item in found.messages] == [item.message for item in clean.messages]
    assert found.unread == (f"{found.key}[{at}]",)


@pytest.mark.parametrize(
    ("document", "findings"),
    [
        pytest.param(anthropic(ASK, said("assistant", {"type": "hologram"})), [1], id="anthropic-block"),
        pytest.param(anthropic(ASK, {"role": "user", "words": "x"}), [1], id="anthropic-key"),
        pytest.param(bedrock(B_ASK, said("assistant", {"hologram": {}})), [1], id="bedrock"),
        pytest.param(gemini(parts("user", {"hologram": {}})), [0], id="gemini"),
        pytest.param(responses({"type": "hologram"}), [1], id="responses"),
        pytest.param(responses({"type": "item_reference", "id": "msg_1"}), [1], id="reference"),
        pytest.param(responses(R_RESULT, previous_response_id="resp_1"), [None], id="kept-by-the-provider"),
    ],
)
def test_what_is_not_understood_is_unknown_to_its_own_api_too(document: Any, findings: list[int | None]) -> None:
    report = lint_document(document)
    assert [one.payload_position for one in report.unjudged] == findings
    assert "accept" not in report.verdicts.values()


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(anthropic(ASK, said("assistant", {"type": "server_tool_use", "id": "s"}), ASK), id="anthropic"),
        pytest.param(anthropic(ASK, said("assistant", THOUGHT), ASK), id="thinking-alone"),
        pytest.param(anthropic(ASK, said("assistant", {**TEXT, "citations": [{"a": "b"}]}), ASK), id="citations"),
        pytest.param(anthropic(ASK, CALLED, said("user", {**FOUND, "is_error": True}, TEXT)), id="error"),
        pytest.param(responses(R_CALL, {"type": "web_search_call", "id": "ws"}, R_RESULT), id="hosted-tool"),
        pytest.param(
            gemini(parts("user", {"text": "a"}), parts("model", {"executableCode": {"code": "1"}})), id="code"
        ),
    ],
)
def test_what_the_api_knows_is_accepted_although_no_store_holds_it(document: Any) -> None:
    report = lint_document(document)
    assert report.unjudged == ()
    assert "reject" not in report.verdicts.values()


# What only a body has


@pytest.mark.parametrize(
    ("document", "finding"),
    [
        pytest.param(
            anthropic(ASK, said("assistant", {"type": "text", "text": ""}, USE), RESULT),
            ("empty_content", "messages[1].content[0]"),
            id="empty-block",
        ),
        pytest.param(
            anthropic(ASK, CALLED, RESULT, thinking={"type": "enabled", "budget_tokens": 1024}),
            ("reasoning_missing", "messages[1].content[0]"),
            id="thinking-missing",
        ),
        pytest.param(
            anthropic(ASK, said("assistant", THOUGHT, TEXT)),
            ("reasoning_not_allowed", "messages[1].content[0]"),
            id="thinking-at-the-end",
        ),
        pytest.param(
            anthropic(ASK, said("assistant", {"type": "thinking", "thinking": "Hm."}, TEXT), ASK),
            ("thinking_modified", "messages[1].content[0]"),
            id="no-signature",
        ),
        pytest.param(
            anthropic(ASK, {**ANSWER, "reasoning_content": "Hm."}, ASK),
            ("reasoning_not_allowed", "messages[1].reasoning_content"),
            id="reasoning-field",
        ),
        pytest.param(anthropic(said("user", IMAGE)), ("image_too_large", "messages[0].content[0]"), id="image"),
        pytest.param(
            anthropic(said("user", *[MARKED] * 3), system=[MARKED] * 2), ("too_many_cache_marks", ""), id="cache"
        ),
        pytest.param(
            anthropic(ASK, tools=[{"name": "find it", "input_schema": {}}]),
            ("bad_function_name", "tools[0].name"),
            id="tool-name",
        ),
        pytest.param(
            anthropic(ASK, system="caf\ud83d"), ("lone_surrogate", "system"), id="half-a-character-in-the-system"
        ),
        pytest.param(
            bedrock(said("user", {"text": "a"}, {"text": " "})), ("empty_content", "messages[0].content[1]"), id="blank"
        ),
        pytest.param(
            bedrock(B_ASK, B_CALLED, said("user", b_result(status="error", content=[]))),
            ("empty_content", "messages[2].content[0]"),
            id="empty-error",
        ),
        pytest.param(
            gemini(parts("user", {"text": "a"}), parts("model", G_CALL), parts("user", G_RESULT), model="gemini-3-pro"),
            ("reasoning_missing", "contents[1].parts[0]"),
            id="signature",
        ),
        pytest.param(responses(R_THOUGHT), ("lone_reasoning", "input[1]"), id="reasoning-at-the-end"),
        pytest.param(responses(R_THOUGHT, ASK), ("lone_reasoning", "input[1]"), id="reasoning-before-the-user"),
        pytest.param(
            responses(R_CALL, R_OTHER, R_RESULT), ("unanswered_tool_call", "input[2]"), id="the-call's-own-item"
        ),
    ],
)
def test_what_only_a_body_has_is_judged_where_it_is_present(document: Any, finding: tuple[str, str]) -> None:
    report = lint_document(document)
    errors = [(one.code, one.path) for one in report.findings if one.code != "ends_with_assistant"]
    assert errors == [finding]
    assert "reject" in [report.verdicts[provider] for provider in report.judged]


@pytest.mark.parametrize(
    ("text", "document", "at"),
    [
        pytest.param(
            "messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_9. "
            "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
            anthropic(ASK, ASK, said("user", {**FOUND, "tool_use_id": "toolu_9"})),
            2,
            id="anthropic-counts-as-given",
        ),
        pytest.param(
            "Invalid type for 'input[3].output': expected a string, but got null",
            responses(R_THOUGHT, R_CALL, R_RESULT),
            3,
            id="items",
        ),
        pytest.param(
            "* GenerateContentRequest.contents[1].parts: contents.parts must not be empty.",
            gemini(parts("user", {"text": "a"}), parts("model"), parts("user", {"text": "b"})),
            1,
            id="gemini",
        ),
        pytest.param(
            "When thinking is disabled, an `assistant` message in the final position cannot contain `thinking`.",
            anthropic(ASK, said("assistant", THOUGHT, TEXT)),
            1,
            id="found-by-the-lint",
        ),
        pytest.param(
            "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
            responses(R_THOUGHT, ASK),
            1,
            id="reasoning-item",
        ),
    ],
)
def test_an_error_leads_to_the_message_of_the_body(text: str, document: Any, at: int) -> None:
    (match,) = explain_native(text, body_of(document)).matches
    assert match.payload_position == at


# What has another form than the API takes

STRANGE: list[Any] = [
    pytest.param(
        anthropic({"role": "system", "content": "Be brief."}, ASK), ("unknown_role", "messages[0].role"), id="a-system"
    ),
    pytest.param(
        anthropic(ASK, said("assistant", {**USE, "input": '{"id": 1}'}), RESULT),
        ("arguments_not_object", "messages[1].content[0].input"),
        id="a-input-as-text",
    ),
    pytest.param(
        anthropic(ASK, said("assistant", {**USE, "input": []}), RESULT),
        ("arguments_not_object", "messages[1].content[0].input"),
        id="a-input-as-list",
    ),
    pytest.param(
        anthropic(ASK, said("assistant", {key: USE[key] for key in ("type", "id", "name")}), RESULT),
        ("unknown_block", "messages[1].content[0].input"),
        id="a-input-missing",
    ),
    pytest.param(
        anthropic(said("user", {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}, TEXT)),
        ("unknown_block", "messages[0].content[0]"),
        id="a-part-of-openai",
    ),
    pytest.param(
        anthropic(ASK, said("assistant", {**USE, "name": "find it"}), RESULT),
        ("bad_function_name", "messages[1].content[0].name"),
        id="a-name",
    ),
    pytest.param(bedrock(said("system", {"text": "x"}), B_ASK), ("unknown_role", "messages[0].role"), id="b-system"),
    pytest.param(bedrock(ASK), ("unknown_block", "messages[0].content"), id="b-text-as-content"),
    pytest.param(
        bedrock(B_ASK, said("assistant", {"toolUse": {"toolUseId": "t1", "name": "find", "input": "{}"}}), B_RESULT),
        ("arguments_not_object", "messages[1].content[0].toolUse.input"),
        id="b-input-as-text",
    ),
    pytest.param(
        bedrock(B_ASK, B_CALLED, said("user", {"toolResult": {"toolUseId": "t1", "content": [{"json": [1]}]}})),
        ("unknown_block", "messages[2].content[0].toolResult.content[0].json"),
        id="b-list-as-json",
    ),
    pytest.param(
        {key: value for key, value in bedrock(B_ASK, B_CALLED, B_RESULT).items() if key != "toolConfig"},
        ("tools_missing", "toolConfig"),
        id="b-no-tools",
    ),
    pytest.param(
        gemini(G_ASK, parts("model", G_CALL), parts("user", {"functionResponse": {"name": "find", "response": "x"}})),
        ("unknown_block", "contents[2].parts[0].functionResponse.response"),
        id="g-response-as-text",
    ),
    pytest.param(
        gemini(G_ASK, parts("model", G_CALL), parts("user", {"functionResponse": {"name": "find", "response": [1]}})),
        ("unknown_block", "contents[2].parts[0].functionResponse.response"),
        id="g-response-as-list",
    ),
    pytest.param(
        gemini(G_ASK, parts("model", {"functionCall": {"name": "find", "args": "{}"}}), parts("user", G_RESULT)),
        ("arguments_not_object", "contents[1].parts[0].functionCall.args"),
        id="g-arguments-as-text",
    ),
    pytest.param(
        gemini(G_ASK, parts("model", {"text": "Wait."}), parts("model", G_CALL), parts("user", G_RESULT)),
        ("consecutive_assistants", "contents[2]"),
        id="g-call-after-words-of-its-own",
    ),
    pytest.param(
        responses({"role": "user", "content": [{"type": "text", "text": "x"}]}),
        ("unknown_block", "input[1].content[0].type"),
        id="r-part-of-chat",
    ),
    pytest.param(
        responses({"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}, ASK),
        ("unknown_block", "input[1].content[0].type"),
        id="r-input-of-the-assistant",
    ),
    pytest.param(
        responses({"role": "user", "content": None}, ASK), ("null_content", "input[1].content"), id="r-null-content"
    ),
    pytest.param(
        responses({**R_CALL, "arguments": {}}, R_RESULT), ("arguments_as_object", "input[1].arguments"), id="r-object"
    ),
    pytest.param(
        responses({**R_CALL, "id": "fc_1"}, {**R_RESULT, "id": "fc_1"}), ("bad_item_id", "input[2].id"), id="r-same-id"
    ),
    pytest.param(responses({**R_CALL, "id": "rs_1"}, R_RESULT), ("bad_item_id", "input[1].id"), id="r-id-of-another"),
    pytest.param(
        responses({**R_CALL, "name": ""}, R_RESULT), ("empty_function_name", "input[1].name"), id="r-empty-name"
    ),
    pytest.param(
        responses({**R_CALL, "name": "find it"}, R_RESULT), ("bad_function_name", "input[1].name"), id="r-name"
    ),
]


@pytest.mark.parametrize(("document", "finding"), STRANGE)
def test_a_body_of_another_form_is_refused_by_its_own_api(document: Any, finding: tuple[str, str]) -> None:
    report = lint_document(document)
    assert [(one.code, one.path) for one in report.findings] == [finding]
    assert "reject" in [report.verdicts[provider] for provider in report.judged]


@pytest.mark.parametrize(("document", "finding"), STRANGE)
def test_what_the_api_says_of_another_form_is_explained(document: Any, finding: tuple[str, str]) -> None:
    """The text that is predicted leads back to the code and the message."""
    (found,) = lint_document(document).findings
    for rejection in found.rejected_by:
        if rejection.text == said_words("B10", at=0):  # no public report shows the words of the provider
            continue
        (match,) = explain_native(rejection.text, body_of(document)).matches
        assert (match.code, match.payload_position) == (finding[0], found.payload_position)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(anthropic(ASK, {"role": "system", "content": "Be brief."}), id="a-system-at-the-end"),
        pytest.param(anthropic(ASK, {"role": "system", "content": "Be brief."}, ANSWER, ASK), id="a-system-between"),
    ],
)
def test_a_system_message_among_anthropics_is_accepted_by_some_models_only(document: Any) -> None:
    report = lint_document(document)
    assert [(one.code, one.severity) for one in report.findings] == [("unknown_role", "warning")]
    assert set(report.verdicts.values()) == {"unknown"}


@pytest.mark.parametrize(
    ("model", "verdict"),
    [
        ("claude-3-5-sonnet-20241022", "accept"),
        ("claude-3-haiku-20240307", "accept"),
        ("claude-sonnet-4-20250514", "accept"),
        ("claude-sonnet-4-5", "accept"),
        ("us.anthropic.claude-opus-4-1-20250805-v1:0", "accept"),
        ("anthropic/claude-opus-4.5", "accept"),
        ("claude-opus-4-6", "reject"),
        ("claude-sonnet-4-6", "reject"),
        ("claude-sonnet-5", "reject"),
        ("m", "reject"),
    ],
)
def test_older_models_continue_an_answer(model: str, verdict: str) -> None:
    report = lint_document(anthropic(ASK, ANSWER, model=model))
    assert [one.code for one in report.findings] == ["ends_with_assistant"]
    assert report.verdicts["anthropic"] == verdict


INVOKED = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9}


@pytest.mark.parametrize(
    ("messages", "verdict", "text"),
    [
        ([ASK], "accept", ""),
        ([ASK, CALLED, RESULT], "accept", ""),
        ([ASK, CALLED, ASK], "reject", "messages.1: `tool_use` ids were found without `tool_result` blocks"),
        ([said("user", {"type": "text", "text": ""})], "reject", "messages: text content blocks must be non-empty"),
    ],
)
def test_anthropics_body_on_bedrock_is_judged_as_bedrock_passes_it_on(
    messages: list[Any], verdict: str, text: str
) -> None:
    report = lint_document({**INVOKED, "messages": messages})
    assert report.judged == ("bedrock",)
    assert {name for name, given in report.verdicts.items() if given != "unknown"} == {"bedrock"}
    assert report.verdicts["bedrock"] == verdict
    refused = [rejection for one in report.findings for rejection in one.rejected_by]
    assert all(rejection.provider == "bedrock" and rejection.text.startswith(text) for rejection in refused)


def test_gemini_is_known_to_compare_the_number_of_results_not_their_names() -> None:
    other = {"functionResponse": {"name": "look_up", "response": {"state": "sent"}}}
    report = lint_document(gemini(G_ASK, parts("model", G_CALL), parts("user", other)))
    assert {one.severity for one in report.findings} == {"warning"}
    assert set(report.verdicts.values()) == {"unknown"}
    fewer = lint_document(gemini(G_ASK, parts("model", G_CALL, G_CALL), parts("user", other)))
    assert fewer.verdicts["gemini"] == "reject"


def test_mistrals_thinking_is_not_anthropics() -> None:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}
    report = lint_document([ASK, said("assistant", thought, TEXT), ASK])
    assert report.dialect == "openai-chat"
    assert set(report.verdicts.values()) == {"unknown"}


# Repairs

FORMS: list[Any] = [
    pytest.param(
        anthropic({"role": "system", "content": "Be brief."}, ASK),
        {"system": [{"type": "text", "text": "Help."}, {"type": "text", "text": "Be brief."}], "messages": [ASK]},
        id="a-system",
    ),
    pytest.param(
        anthropic(ASK, said("assistant", {**USE, "input": '{"id": 1}'}), RESULT),
        {"messages": [ASK, CALLED, RESULT]},
        id="a-input-as-text",
    ),
    pytest.param(
        responses({**R_CALL, "arguments": {"id": 1}}, R_RESULT),
        {"input": [ASK, {**R_CALL, "arguments": '{"id": 1}'}, R_RESULT]},
        id="r-arguments-as-object",
    ),
    pytest.param(responses({**R_CALL, "id": "rs_1"}, R_RESULT), {"input": [ASK, R_CALL, R_RESULT]}, id="r-foreign-id"),
]


@pytest.mark.parametrize(("document", "changed"), FORMS)
def test_another_form_becomes_that_of_the_api_without_a_loss(document: Any, changed: Any) -> None:
    native = body_of(document)
    (finding,) = lint_document(document).findings
    fix = propose_native(native, finding)
    assert fix is not None
    assert (fix.body, fix.lost) == ({**document, **changed}, ())
    assert lint_document(fix.body).findings == ()


def test_anthropics_body_on_bedrock_is_sent_to_bedrock() -> None:
    body = {**INVOKED, "messages": [ASK]}
    command = as_request(body_of(body), body, "curl", "anthropic.m-v1:0")
    assert "bedrock-runtime.$AWS_REGION.amazonaws.com/model/anthropic.m-v1:0/invoke" in command
    assert json.loads(command.splitlines()[-2]) == body
    script = as_request(body_of(body), body, "python", "anthropic.m-v1:0")
    compile(script, "script", "exec")
    assert "invoke_model(modelId='anthropic.m-v1:0'" in script


ORPHAN = said("user", {**FOUND, "tool_use_id": "toolu_9"})
REPAIRS = {
    "anthropic-orphan": (anthropic(ASK, ANSWER, ORPHAN, ANSWER, ASK), [ASK, ANSWER, ANSWER, ASK], ("sent",)),
    "anthropic-unanswered": (
        anthropic(ASK, CALLED, ASK),
        [
            ASK,
            CALLED,
            said(
                "user",
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_1",
                    "content": "No result was recorded.",
                    "is_error": True,
                },
                {"type": "text", "text": "Where is it?"},
            ),
        ],
        (),
    ),
    "anthropic-late": (
        anthropic(ASK, CALLED, ASK, ANSWER, said("user", FOUND, TEXT)),
        [ASK, CALLED, said("user", FOUND, {"type": "text", "text": "Where is it?"}), ANSWER, said("user", TEXT)],
        (),
    ),
    "anthropic-empty": (
        anthropic(ASK, said("assistant", {"type": "text", "text": ""}, USE), RESULT),
        [ASK, CALLED, RESULT],
        (),
    ),
    "anthropic-input": (
        anthropic(ASK, said("assistant", {**USE, "input": [1]}), RESULT),
        [ASK, said("assistant", {**USE, "input": {}}), RESULT],
        ("[1]",),
    ),
    "anthropic-id": (
        anthropic(ASK, said("assistant", {**USE, "id": "a:1"}), said("user", {**FOUND, "tool_use_id": "a:1"})),
        [ASK, said("assistant", {**USE, "id": "a_1"}), said("user", {**FOUND, "tool_use_id": "a_1"})],
        (),
    ),
    "anthropic-thinking": (
        anthropic(ASK, said("assistant", THOUGHT, TEXT)),
        [ASK, said("assistant", TEXT)],
        (json.dumps(THOUGHT, ensure_ascii=False),),
    ),
    "anthropic-cache": (
        anthropic(said("user", *[MARKED] * 3), system=[MARKED] * 2),
        [said("user", {"type": "text", "text": "x"}, MARKED, MARKED)],
        (),
    ),
    "bedrock-orphan-between-answers": (
        bedrock(B_ASK, B_ANSWER, said("user", b_result("t9")), B_ANSWER, B_ASK),
        [B_ASK, said("assistant", {"text": "It is sent."}, {"text": "It is sent."}), B_ASK],
        (json.dumps(b_result("t9"), ensure_ascii=False),),
    ),
    "bedrock-unanswered": (
        bedrock(B_ASK, B_CALLED),
        [
            B_ASK,
            B_CALLED,
            said("user", b_result(content=[{"text": "No result was recorded."}], status="error")),
        ],
        (),
    ),
    "bedrock-greeting": (bedrock(B_ANSWER, B_ASK), [B_ASK], ("It is sent.",)),
    "gemini-unanswered": (
        gemini(parts("user", {"text": "a"}), parts("model", G_CALL), parts("user", {"text": "b"})),
        [
            parts("user", {"text": "a"}),
            parts("model", G_CALL),
            parts("user", {"functionResponse": {"name": "find", "response": {"error": "No result was recorded."}}}),
            parts("user", {"text": "b"}),
        ],
        (),
    ),
    "responses-unanswered": (
        responses(R_CALL, R_OTHER, R_RESULT),
        [
            ASK,
            R_CALL,
            R_OTHER,
            {"type": "function_call_output", "call_id": "call_2", "output": "No result was recorded."},
            R_RESULT,
        ],
        (),
    ),
    "responses-orphan": (responses(R_RESULT, ASK), [ASK, ASK], (json.dumps(R_RESULT, ensure_ascii=False),)),
    "responses-reasoning": (responses(R_THOUGHT, ASK), [ASK, ASK], ()),
}


@pytest.mark.parametrize(("document", "messages", "lost"), REPAIRS.values(), ids=REPAIRS)
def test_a_body_is_shown_as_it_would_be_after_the_change(document: Any, messages: Any, lost: tuple[str, ...]) -> None:
    before = copy.deepcopy(document)
    native = body_of(document)
    finding = next(one for one in lint_document(document).findings if one.code != "ends_with_assistant")
    fix = propose_native(native, finding)
    assert fix is not None
    assert fix.messages == messages
    assert [json.loads(text) if text[0] in "{[" else text for text in fix.lost] == [
        json.loads(text) if text[0] in "{[" else text for text in lost
    ]
    assert fix.body == {**document, native.key: messages}
    assert document == before
    assert finding.code not in [one.code for one in lint_document(fix.body).findings]


@pytest.mark.parametrize(("document", "messages", "lost"), REPAIRS.values(), ids=REPAIRS)
def test_a_bare_list_is_repaired_as_a_list(document: Any, messages: Any, lost: tuple[str, ...]) -> None:
    native = body_of(document)
    bare = request_body(document[native.key])
    code = next(one.code for one in lint_document(document).findings if one.code != "ends_with_assistant")
    if bare is None or bare.dialect != native.dialect or code in ("reasoning_not_allowed", "too_many_cache_marks"):
        return  # without the keys of a body it is another format, or no fault
    finding = next(one for one in lint_document(document[native.key]).findings if one.code == code)
    fix = propose_native(bare, finding)
    assert fix is not None
    assert fix.body == fix.messages == messages


def test_an_explained_error_is_repaired_by_its_id() -> None:
    document = anthropic(ASK, CALLED, ASK)
    text = "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1. "
    text += "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
    native = body_of(document)
    explanation = explain_native(text, native)
    (match,) = explanation_json(explanation, None, native)["matches"]
    assert match["payload_position"] == 1
    assert match["repaired"]["body"] == {**document, "messages": match["repaired"]["messages"]}
    assert lint_document(match["repaired"]["body"]).findings == ()
    (elsewhere,) = explain_native(text.replace("toolu_1", "toolu_7").replace(".1:", ".0:"), native).matches
    assert repaired_body(native, elsewhere) is None


_ids = st.sampled_from(["a", "b", "c:1"])
_uses = _ids.map(lambda call_id: {**USE, "id": call_id})
_results = _ids.map(lambda call_id: {**FOUND, "tool_use_id": call_id})
_texts = st.sampled_from(["", " ", "x", "x "]).map(lambda text: {"type": "text", "text": text})
_turns = st.lists(
    st.builds(said, st.just("assistant"), _uses | _texts | st.just(THOUGHT))
    | st.builds(said, st.just("assistant"), _texts, _uses)
    | st.builds(said, st.just("user"), _results | _texts)
    | st.builds(said, st.just("user"), _results, _texts),
    min_size=1,
    max_size=6,
)


def _bedrock(turn: Any) -> Any:
    """An Anthropic message in Bedrock's form."""

    def block(given: Any) -> Any:
        if given["type"] == "tool_use":
            return {"toolUse": {"toolUseId": given["id"], "name": given["name"], "input": given["input"]}}
        if given["type"] == "tool_result":
            return b_result(given["tool_use_id"])
        return {"text": given.get("text", "thought")}

    return {"role": turn["role"], "content": [block(given) for given in turn["content"]]}


@settings(deadline=None, max_examples=examples(400))
@given(turns=_turns, bedrocks=st.booleans())
def test_a_fix_leaves_fewer_faults_of_its_kind(turns: list[Any], bedrocks: bool) -> None:
    document = bedrock(*map(_bedrock, turns)) if bedrocks else anthropic(*turns)
    native = request_body(document)
    assume(native is not None)
    assert native is not None
    findings = lint_document(document).findings
    for finding in findings:
        fix = propose_native(native, finding)
        if fix is not None:
            assert _count(lint_document(fix.body).findings, finding) < _count(findings, finding)


_BLANK = ("empty_content", "whitespace_content")
"""The last message may be blank where others may not, so that leaving one out can change which of these is said."""


def _count(findings: tuple[LintFinding, ...], like: LintFinding) -> int:
    codes = _BLANK if like.code in _BLANK else (like.code,)
    return sum(one.code in codes for one in findings)


# Requests


@pytest.mark.parametrize(
    ("document", "address"),
    [
        (anthropic(ASK), "https://api.anthropic.com/v1/messages"),
        (bedrock(B_ASK), "https://bedrock-runtime.$AWS_REGION.amazonaws.com/model/m/converse"),
        (gemini(parts("user", {"text": "it's"}), model="gemini-x"), "/v1beta/models/gemini-x:generateContent"),
        (responses(ASK), "https://api.openai.com/v1/responses"),
    ],
)
def test_a_body_becomes_a_command_and_a_script_of_its_api_without_a_key(document: Any, address: str) -> None:
    native = body_of(document)
    command = as_request(native, document, "curl")
    assert address in command
    sent = json.loads(command.split("<<'END_OF_BODY'\n")[1].split("\nEND_OF_BODY")[0])
    assert sent[native.key] == document[native.key]
    script = as_request(native, document, "python")
    compile(script, "request.py", "exec")
    given_body: dict[str, Any] = {}
    exec(script[script.index("body = ") : script.index("\n}\n") + 3], given_body)
    assert given_body["body"][native.key] == document[native.key]


def test_a_model_that_could_be_a_command_stays_a_name() -> None:
    document = gemini(parts("user", {"text": "a"}), model='x"; $(rm -rf /) `id`')
    (first, *_) = as_request(body_of(document), document, "curl").splitlines()
    assert first == 'curl "https://generativelanguage.googleapis.com/v1beta/models/xrm-rf/id:generateContent" \\'


def test_a_refused_list_is_read_without_what_was_refused_and_never_raises() -> None:
    for dialect in REQUESTS:
        deep: Any = "x"
        for _ in range(3000):
            deep = [deep]
        found = read_request([{"role": "user", "content": deep, "parts": deep}], dialect)
        assert len(found.unread) + len(found.messages) >= 0
    with pytest.raises(InvalidConversation):
        read([{"role": "user", "words": "x"}], "anthropic-messages")
