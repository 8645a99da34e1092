"""Values of another form than an API takes, in its own request bodies: refused where a public source says so."""

from typing import Any

import pytest

from chatdata.domain.lint import NativeFix, Provider, Report, lint_document, request_body
from chatdata.domain.lint.native_fixes import propose_native
from tests.domain.test_lint_native import (
    ANSWER,
    ASK,
    B_ANSWER,
    B_ASK,
    B_CALLED,
    CALLED,
    FOUND,
    G_ASK,
    G_CALL,
    G_RESULT,
    R_CALL,
    R_RESULT,
    R_THOUGHT,
    RESULT,
    TEXT,
    THOUGHT,
    USE,
    anthropic,
    b_result,
    bedrock,
    gemini,
    parts,
    said,
)

TINY = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
SCREEN = {"type": "computer_screenshot", "image_url": "https://x.example/y.png"}
CLICK = {"type": "computer_call", "id": "cu_1", "call_id": "c9", "action": {"type": "screenshot"}}
B_BLANK = "The form of {} is not accepted."


def responses(*items: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", **more, "input": list(items)}


def image(**source: Any) -> dict[str, Any]:
    return said("user", {**TINY, "source": {**TINY["source"], **source}})


def b_call(call_id: Any = "t1", name: Any = "find") -> dict[str, Any]:
    return said("assistant", {"toolUse": {"toolUseId": call_id, "name": name, "input": {}}})


def verdict_of(report: Report) -> str:
    owners: dict[str, Provider] = {
        "anthropic-messages": "anthropic",
        "bedrock-converse": "bedrock",
        "gemini-contents": "gemini",
        "openai-responses": "openai-responses",
    }
    return report.verdicts[owners[report.dialect]]


REFUSED: list[Any] = [
    pytest.param(
        anthropic(ASK, said("assistant", USE, FOUND), ASK),
        "messages[1].content[1]",
        "messages.1: `tool_result` blocks can only be in `user` messages",
        id="result-of-the-assistant",
    ),
    pytest.param(
        anthropic(ASK, ANSWER, said("user", USE)),
        "messages[2].content[0]",
        "messages.2: `tool_use` blocks can only be in `assistant` messages",
        id="call-of-the-user",
    ),
    pytest.param(
        anthropic(said("user", THOUGHT, TEXT)),
        "messages[0].content[0]",
        "messages.0.content: thinking blocks may only be in `assistant` messages",
        id="thinking-of-the-user",
    ),
    pytest.param(
        anthropic(ASK, said("assistant", TINY), ASK),
        "messages[1].content[0]",
        "messages.1.content.0: 'image' blocks are not permitted within assistant turns",
        id="image-of-the-assistant",
    ),
    pytest.param(anthropic(ASK, system=5), "system", "system: Input should be a valid list", id="system-number"),
    pytest.param(anthropic(ASK, system=None), "system", "system: Input should be a valid list", id="system-null"),
    pytest.param(
        anthropic(ASK, system=[{"type": "text", "text": ""}]),
        "system[0]",
        "system: text content blocks must be non-empty",
        id="system-empty",
    ),
    pytest.param(
        anthropic(ASK, system=[{"type": "text", "text": "a"}, {"type": "text", "text": " \n"}]),
        "system[1]",
        "system: text content blocks must contain non-whitespace text",
        id="system-blank",
    ),
    *(
        pytest.param(
            anthropic(ASK, CALLED, said("user", {**FOUND, "content": content})),
            "messages[2].content[0].content",
            "The form of messages.2.content.0.tool_result.content is not accepted.",
            id=f"result-{content}",
        )
        for content in (5, {"a": 1}, True)
    ),
    pytest.param(
        anthropic(image(media_type="image/bmp")),
        "messages[0].content[0].source.media_type",
        "messages.0.content.0.image.source.base64.media_type: "
        "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
        id="image-type",
    ),
    pytest.param(
        anthropic(said("user", {"type": "text", "text": None})),
        "messages[0].content[0].text",
        "messages.0.content.0.text.text: Input should be a valid string",
        id="text-null",
    ),
    pytest.param({**bedrock(B_ASK), "system": "x"}, "system", B_BLANK.format("system"), id="bedrock-system"),
    pytest.param(
        {**bedrock(B_ASK), "system": [{"text": ""}]},
        "system[0]",
        "1 validation error detected: Value at 'system.1.member.text' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
        id="bedrock-system-empty",
    ),
    pytest.param(
        bedrock(B_ASK, B_CALLED, said("user", b_result(content="sent")), B_ANSWER, B_ASK),
        "messages[2].content[0].toolResult.content",
        B_BLANK.format("messages.2.content.0.toolResult.content"),
        id="bedrock-result-text",
    ),
    pytest.param(
        bedrock(B_ASK, B_ANSWER, said("user", {"toolUse": {"toolUseId": "t1", "name": "find", "input": {}}})),
        "messages[2].content[0]",
        B_BLANK.format("messages.2.content.0.toolUse"),
        id="bedrock-call-of-the-user",
    ),
    pytest.param(
        bedrock(B_ASK, b_call(name="x" * 65), said("user", b_result())),
        "messages[1].content[0].toolUse.name",
        "1 validation error detected: Value at 'messages.2.member.content.1.member.toolUse.name' failed to satisfy "
        "constraint: Member must have length less than or equal to 64",
        id="bedrock-long-name",
    ),
    pytest.param(
        bedrock(B_ASK, b_call(name="find it"), said("user", b_result())),
        "messages[1].content[0].toolUse.name",
        "1 validation error detected: Value at 'messages.2.member.content.1.member.toolUse.name' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
        id="bedrock-name",
    ),
    *(
        pytest.param(
            gemini(G_ASK, **{key: "Be nice."}),
            key,
            "Invalid value at 'system_instruction' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content)",
            id=key,
        )
        for key in ("systemInstruction", "system_instruction")
    ),
    pytest.param(
        gemini(parts("user", "hi")),
        "contents[0].parts[0]",
        "Invalid value at 'contents[0].parts[0]' (type.googleapis.com/google.ai.generativelanguage.v1beta.Part)",
        id="gemini-part",
    ),
    pytest.param(
        gemini({"role": "user", "parts": "hi"}),
        "contents[0].parts",
        "Invalid value at 'contents[0].parts' (type.googleapis.com/google.ai.generativelanguage.v1beta.Part)",
        id="gemini-parts",
    ),
    pytest.param(
        {"contents": "hi"},
        "contents",
        "Invalid value at 'contents' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content)",
        id="gemini-contents",
    ),
    pytest.param(
        gemini(parts("user", {"text": 5})),
        "contents[0].parts[0].text",
        "Invalid value at 'contents[0].parts[0].text' (TYPE_STRING)",
        id="gemini-text",
    ),
    *(
        pytest.param(
            gemini(G_ASK, parts("model", G_CALL), parts("user", {"functionResponse": {**name, "response": {}}})),
            "contents[2].parts[0].functionResponse.name",
            "* GenerateContentRequest.contents[2].parts[0].function_response.name: Name cannot be empty.",
            id=f"gemini-response-{name}",
        )
        for name in ({"name": ""}, {})
    ),
    pytest.param(
        responses(ASK, R_CALL, {"type": "function_call_output", "call_id": "call_1"}),
        "input[2].output",
        "Missing required parameter: 'input[2].output'.",
        id="output-missing",
    ),
    *(
        pytest.param(
            responses(ASK, R_CALL, {**R_RESULT, "output": output}),
            "input[2].output",
            "Invalid type for 'input[2].output': expected one of a string or array of objects, but got "
            f"{kind} instead.",
            id=f"output-{kind}",
        )
        for output, kind in (
            (5, "an integer"),
            ({}, "an object"),
            (None, "null"),
            (1.5, "a decimal"),
            (True, "a boolean"),
        )
    ),
    pytest.param(
        responses(ASK, {**R_CALL, "id": "fc_1", "call_id": "a" * 65}, {**R_RESULT, "call_id": "a" * 65}),
        "input[1].call_id",
        "Invalid 'input[1].call_id': string too long. Expected a string with maximum length 64, but got a string with "
        "length 65 instead.",
        id="long-call-id",
    ),
    pytest.param(
        responses(ASK, {"type": "function_call", "id": "fc_1", "name": "f", "arguments": "{}"}),
        "input[1].call_id",
        "Missing required parameter: 'input[1].call_id'.",
        id="call-id-missing",
    ),
    pytest.param(
        responses(ASK, {"type": "function_call", "call_id": "call_1", "name": "f"}, R_RESULT),
        "input[1].arguments",
        "Missing required parameter: 'input[1].arguments'.",
        id="arguments-missing",
    ),
    pytest.param(
        responses(ASK, {**R_CALL, "name": "f" * 129}, R_RESULT),
        "input[1].name",
        "Invalid 'input[1].name': string too long. Expected a string with maximum length 128, but got a string with "
        "length 129 instead.",
        id="long-name",
    ),
    pytest.param(responses(ASK, CLICK, ASK), "input[1]", "No tool output found for computer call c9.", id="computer"),
    pytest.param(
        responses(ASK, {"type": "reasoning", "id": "rs_1"}, {"role": "assistant", "content": "x"}, ASK),
        "input[1].summary",
        "Missing required parameter: 'input[1].summary'.",
        id="summary",
    ),
]


@pytest.mark.parametrize(("body", "path", "text"), REFUSED)
def test_a_form_that_the_api_refuses_is_told_with_its_place_and_words(body: Any, path: str, text: str) -> None:
    report = lint_document(body)
    assert verdict_of(report) == "reject"
    said_there = {one.text for finding in report.findings if finding.path == path for one in finding.rejected_by}
    assert text in said_there


UNKNOWN: list[Any] = [
    *(
        pytest.param(anthropic(ASK, CALLED, said("user", {**FOUND, "content": content})), id=f"result-{content}")
        for content in (None, ["x"], [{"type": "text", "text": ""}], [{"type": "hologram"}])
    ),
    pytest.param(anthropic(ASK, system=[{"type": "image"}]), id="system-image"),
    pytest.param(anthropic(ASK, system=["x"]), id="system-texts"),
    pytest.param(anthropic(said("user", {"type": "image", "source": "x"})), id="image-source"),
    pytest.param(anthropic(said("user", "hi")), id="bare-text"),
    pytest.param(anthropic({"role": "user", "content": {"type": "text", "text": "x"}}), id="content-object"),
    pytest.param(anthropic(ASK, said("assistant", {**USE, "name": 5}), RESULT), id="name-number"),
    pytest.param(
        anthropic(said("user", {"type": "server_tool_use", "id": "s", "name": "w", "input": {}})), id="server"
    ),
    pytest.param({**bedrock(B_ASK), "system": [{"text": " "}]}, id="bedrock-system-blank"),
    pytest.param(bedrock(said("user", "hi")), id="bedrock-bare-text"),
    pytest.param(bedrock(B_ASK, b_call("a.b"), said("user", b_result("a.b"))), id="bedrock-dots"),
    pytest.param(bedrock(B_ASK, b_call(None), said("user", b_result(None))), id="bedrock-no-id"),
    pytest.param(bedrock(B_ASK, B_CALLED, said("user", b_result(content=["x"]))), id="bedrock-result-texts"),
    pytest.param(bedrock(B_ASK, B_CALLED, said("assistant", b_result()), B_ASK), id="bedrock-result-of-the-assistant"),
    pytest.param(gemini(parts("user", G_CALL)), id="gemini-call-of-the-user"),
    pytest.param(
        gemini(G_ASK, parts("model", G_CALL), parts("model", G_RESULT), G_ASK), id="gemini-result-of-the-model"
    ),
    pytest.param(
        gemini(G_ASK, parts("model", {"functionCall": {"name": "", "args": {}}}), parts("user", G_RESULT)),
        id="gemini-call-name",
    ),
    pytest.param(responses(ASK, R_CALL, {**R_RESULT, "output": ["x"]}), id="output-texts"),
    pytest.param(responses(ASK, {**R_CALL, "arguments": 5}, R_RESULT), id="arguments-number"),
    pytest.param(responses(ASK, {"type": "shell_call", "call_id": "c9", "action": {}}, ASK), id="shell"),
    pytest.param(responses(ASK, {"type": "computer_call_output", "call_id": "c9", "output": SCREEN}), id="lone-output"),
]


@pytest.mark.parametrize("body", UNKNOWN)
def test_a_form_of_which_no_source_speaks_is_unknown_with_a_reason(body: Any) -> None:
    report = lint_document(body)
    assert verdict_of(report) == "unknown"
    assert report.unjudged
    assert all(finding.path for finding in report.findings)


ACCEPTED: list[Any] = [
    pytest.param({"contents": {"role": "user", "parts": {"text": "hi"}}}, id="gemini-one-content"),
    pytest.param({"contents": {"parts": [{"text": "hi"}]}}, id="gemini-one-content-without-role"),
    pytest.param(gemini({"role": "user", "parts": {"text": "hi"}}), id="gemini-one-part"),
    pytest.param(gemini(G_ASK, systemInstruction={"parts": {"text": "Be nice."}}), id="gemini-system"),
    pytest.param({**bedrock(B_ASK), "system": [{"text": "x"}, {"cachePoint": {"type": "default"}}]}, id="bedrock"),
    pytest.param(bedrock(B_ASK, b_call("a" * 64, "f" * 64), said("user", b_result("a" * 64))), id="bedrock-64"),
    pytest.param(anthropic(ASK, system=[{"type": "text", "text": "x"}]), id="system-list"),
    pytest.param(anthropic(image(type="url")), id="image-url"),
    pytest.param(anthropic(ASK, CALLED, said("user", {**FOUND, "content": [TEXT, TINY]})), id="result-blocks"),
    pytest.param(
        responses(ASK, R_CALL, {**R_RESULT, "output": [{"type": "input_text", "text": "x"}]}), id="output-parts"
    ),
    pytest.param(
        responses(ASK, CLICK, {"type": "computer_call_output", "call_id": "c9", "output": SCREEN}), id="computer"
    ),
    pytest.param(responses(ASK, R_THOUGHT, {"role": "assistant", "content": "x"}, ASK), id="summary"),
    pytest.param(
        responses(ASK, {**R_CALL, "call_id": "a" * 64}, {**R_RESULT, "call_id": "a" * 64}), id="longest-call-id"
    ),
]


@pytest.mark.parametrize("body", ACCEPTED)
def test_the_forms_that_the_api_takes_are_accepted(body: Any) -> None:
    report = lint_document(body)
    assert report.findings == ()
    assert verdict_of(report) == "accept"


def test_the_parts_of_one_content_are_judged_as_those_of_a_list() -> None:
    (finding,) = lint_document({"contents": {"role": "user", "parts": {"text": 5}}}).findings
    assert finding.path == "contents[0].parts[0].text"


def test_an_unread_content_does_not_mean_that_there_are_no_messages() -> None:
    for body in ({"contents": "hi"}, {"contents": ["hi"]}, anthropic({"role": "user", "content": 5})):
        report = lint_document(body)
        assert "no_messages" not in {finding.code for finding in report.findings}
        assert report.findings


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(anthropic(ASK, ANSWER, said("user", USE)), id="anthropic"),
        pytest.param(bedrock(B_ASK, B_ANSWER, b_call() | {"role": "user"}), id="bedrock"),
        pytest.param(gemini(parts("user", G_CALL)), id="gemini"),
    ],
)
def test_a_call_of_the_user_is_not_told_as_an_empty_message(body: Any) -> None:
    report = lint_document(body)
    assert [finding.code for finding in report.findings] == ["unknown_block"]
    assert "calls belong to the" in report.findings[0].meaning


def test_a_message_of_chat_completions_among_items_is_told_by_its_role() -> None:
    report = lint_document(responses(ASK, R_CALL, {"role": "tool", "tool_call_id": "call_1", "content": "x"}))
    role = next(finding for finding in report.findings if finding.payload_position == 2)
    assert (role.code, role.path, role.tool_call_id) == ("unknown_role", "input[2].role", "call_1")
    assert "function_call_output" in role.meaning
    assert {one.text for one in role.rejected_by} == {
        "Invalid value: 'tool'. Supported values are: 'assistant', 'system', 'developer', and 'user'."
    }
    assert "missing_tool_call_id" not in {finding.code for finding in report.findings}


def test_calls_that_the_provider_may_have_the_output_of_are_no_fault() -> None:
    report = lint_document(responses(ASK, CLICK, ASK, previous_response_id="resp_1"))
    assert "unanswered_tool_call" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize("call_id", ["a" * 65, "", "a b"])
def test_bedrock_refuses_ids_at_the_call_and_at_its_result(call_id: str) -> None:
    report = lint_document(bedrock(B_ASK, b_call(call_id), said("user", b_result(call_id))))
    places = {finding.path for finding in report.findings if finding.severity == "error"}
    assert places == {"messages[1].content[0].toolUse.toolUseId", "messages[2].content[0].toolResult.toolUseId"}


@pytest.mark.parametrize("kind", [["x"], {"a": 1}, 5, None])
@pytest.mark.parametrize("key", ["type", "role", "content", "call_id", "output"])
def test_no_value_of_another_type_is_an_error_of_the_rules(key: str, kind: Any) -> None:
    for item in (R_CALL, R_RESULT, CLICK, {"role": "tool"}):
        assert lint_document(responses(ASK, R_CALL, R_RESULT, {**item, key: kind})).messages == 4


def fix_of(body: Any) -> NativeFix | None:
    native = request_body(body)
    assert native is not None
    return propose_native(native, lint_document(body).findings[0])


@pytest.mark.parametrize(("text", "lost"), [("", ()), (" \n", (" \n",))])
def test_a_system_text_without_words_is_repaired_where_it_stands(text: str, lost: tuple[str, ...]) -> None:
    words = {"type": "text", "text": "Help."}
    fix = fix_of(anthropic(ASK, system=[words, {"type": "text", "text": text}]))
    assert fix is not None
    assert (fix.body["system"], fix.messages, fix.lost) == ([words], [ASK], lost)
    assert lint_document(fix.body).findings == ()


def test_no_screenshot_is_made_up_for_a_call_of_the_computer() -> None:
    assert fix_of(responses(ASK, CLICK, ASK)) is None
