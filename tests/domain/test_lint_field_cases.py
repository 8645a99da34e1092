"""Public reports of rejected conversations: each is judged as its provider did, and its error is explained."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.lint import CODES, Match, explain, find_error, lint_messages, repaired
from chatdata.domain.lint.errors.advice import ADVICE
from chatdata.domain.lint.errors.provider_errors import KNOWN
from tests.domain.test_lint import ANSWER, SYSTEM, USER, calling, result
from tests.support.builders import tool_call

LONG = "(1048580 times x)"
CASES = [json.loads(line) for line in (Path(__file__).parent / "field_cases.jsonl").read_text("utf-8").splitlines()]
PARAMS = [pytest.param(case, id=case["id"]) for case in CASES]
PASTED = [pytest.param(case, id=case["id"]) for case in CASES if case["error"]]


def messages_of(case: Any) -> list[Any]:
    return [one | {"content": "x" * 1_048_580} if one.get("content") == LONG else one for one in case["messages"]]


@pytest.mark.parametrize("case", PARAMS)
def test_it_is_judged_as_the_provider_did(case: Any) -> None:
    report = lint_messages(messages_of(case))
    assert set(case["codes"]) <= {finding.code for finding in report.findings}
    assert {provider: report.verdicts[provider] for provider in case["reject"]} == dict.fromkeys(
        case["reject"], "reject"
    )


@pytest.mark.parametrize("case", PASTED)
def test_its_error_leads_to_the_message(case: Any) -> None:
    explanation = explain(case["error"], messages_of(case))
    (match,) = explanation.matches
    assert (match.code, match.provider, match.payload_position) == (case["code"], case["provider"], case["position"])
    about = case.get("about_messages", True)
    assert (explanation.recognised, explanation.about_messages, explanation.reason) == (True, about, "")
    assert match.meaning.endswith(".")
    assert match.fix.endswith(".")
    assert match.threads


def _body(text: str) -> str:
    return json.dumps({"error": {"message": text, "type": "invalid_request_error", "param": None, "code": None}})


WRAPPERS = {
    "body": _body,
    "escaped-body": lambda text: json.dumps({"message": json.dumps({"error": json.loads(_body(text))})}),
    "sdk-exception": lambda text: f"BadRequestError: Error code: 400 - { {'error': {'message': text}}!r}",
    "log-line": lambda text: json.dumps({"level": "error", "time": "2026-07-01T10:00:00Z", "msg": _body(text)}),
    "traceback": lambda text: f'Traceback (most recent call last):\n  File "a.py", line 1, in f\nAPIError: 400 {text}',
    "curly-quotes": lambda text: text.replace("'", "’"),
}


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
@pytest.mark.parametrize("case", PASTED)
def test_a_wrapper_changes_nothing(case: Any, wrap: Any) -> None:
    bare = [_found(match) for match in explain(case["error"], messages_of(case)).matches]
    assert [_found(match) for match in explain(wrap(case["error"]), messages_of(case)).matches] == bare


def _found(match: Match) -> Match:
    """The match without its text, whose quotes a wrapper can change."""
    return replace(match, text="")


FILLED = {
    "at": "3",
    "turn": "2",
    "block": "0",
    "call": "0",
    "part": "0",
    "item": "4",
    "first": "2",
    "count": "51",
    "column": "5",
    "char": "4",
    "window": "4096",
    "id": "call_x1",
    "ids": "call_x1, call_x2",
    "role": "user",
    "before": "tool",
    "type": "str object",
    "variant": "`image_url`",
    "path": "messages[3].content[0]",
    "n": "7",
    "s": " ",
    "q": "",
    "open": "(",
    "any": "thing",
}


@pytest.mark.parametrize("known", KNOWN, ids=[str(number) for number in range(len(KNOWN))])
@pytest.mark.parametrize("wrap", [lambda text: text, _body, WRAPPERS["escaped-body"]], ids=["bare", "json", "escaped"])
def test_every_known_text_is_recognised_bare_and_wrapped(known: Any, wrap: Any) -> None:
    matches = find_error(wrap(known.template.format_map(FILLED)))
    assert known.of_request in {not match.about_messages for match in matches}
    assert all(match.meaning.endswith(".") for match in matches)


def test_there_is_advice_for_every_code() -> None:
    assert set(ADVICE) == set(CODES)


# The way in which providers count

TALK = [
    SYSTEM,
    USER,
    calling(tool_call("a"), tool_call("b"), content="Looking."),
    result("a"),
    result("b"),
    ANSWER,
    USER,
]
"""Anthropic's turns: 0 user, 1 call, 2 results, 3 answer, 4 user. Items: 0 system, 1 user, 2 text, 3 and 4 calls,
5 and 6 results, 7 answer, 8 user."""


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("Missing required parameter: 'messages[3].content[0].type'.", 3, id="openai-messages"),
        pytest.param("'messages.3' : discriminator property 'role' has invalid value", 3, id="groq-messages"),
        pytest.param("messages.3.content.0.text.x: Extra inputs are not permitted", 5, id="anthropic-turns"),
        pytest.param(
            "The text field in the ContentBlock object at messages.3.content.0 is blank. "
            "Add text to the text field, and try again.",
            5,
            id="bedrock-turns",
        ),
        pytest.param("* GenerateContentRequest.contents[3].parts: contents.parts must not be empty.", 5, id="gemini"),
        pytest.param("Missing reasoning_content field in the assistant message at message index 2.", 2, id="deepseek"),
        pytest.param("the message at position 5 with role 'assistant' must not be empty", 5, id="from-0-by-the-role"),
        pytest.param("the message at position 6 with role 'assistant' must not be empty", 5, id="from-1-by-the-role"),
        pytest.param("Invalid type for 'input[6].output': expected a string, but got null", 4, id="item-with-system"),
        pytest.param("Invalid type for 'input[99].content': expected a string", None, id="no-such-item"),
        pytest.param("Invalid 'input[7].id': 'rs_1'. Expected an ID that begins with 'msg'", None, id="ambiguous-item"),
        pytest.param(
            "'messages.3' : for 'role:tool' the following must be satisfied[('messages.3.content' : x)]",
            3,
            id="groq-role",
        ),
        pytest.param(
            "{'type': 'missing', 'loc': ('body', 'messages', 5, 'content'), 'msg': 'Field required'}", 5, id="loc"
        ),
        pytest.param(
            '{"type":"extra_forbidden","loc":["body","messages",5,"assistant","reasoning_content"]}', 5, id="loc-json"
        ),
        pytest.param(
            "Expected toolResult blocks at messages.2.content for the following Ids: b, a", 2, id="bedrock-ids"
        ),
        pytest.param(
            "Expected toolResult blocks at messages.2.content for the following Ids: x", 2, id="bedrock-behind"
        ),
        pytest.param("messages.4.role: Input should be 'user' or 'assistant'", 6, id="anthropic-role"),
        pytest.param("GenerateContentRequest.contents[3].parts[0].function_response.name: empty", 5, id="gemini-part"),
        pytest.param("Invalid 'messages[5].refusal': string too long. Expected a string", 5, id="openai-value"),
        pytest.param("No tool output found for function call b.", 2, id="an-id-of-a-call"),
        pytest.param("No tool call found for function call output with call_id b.", 4, id="an-id-of-a-result"),
        pytest.param("Unexpected role 'assistant' after role 'tool'", 5, id="roles"),
        pytest.param("No tool output found for function call elsewhere.", None, id="an-id-of-another-conversation"),
    ],
)
def test_each_provider_counts_in_its_own_way(text: str, at: int | None) -> None:
    (match,) = explain(text, TALK).matches
    assert match.payload_position == at


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("litellm.BadRequestError: DeepseekException - {}", "deepseek"),
        ("litellm.BadRequestError: GroqException - {}", "groq"),
        ("litellm.BadRequestError: AzureException - {}", "azure-openai"),
        ('POST "https://api.x.ai/v1/chat/completions": 400 {}', "xai"),
        ('POST "https://team.openai.azure.com/openai/deployments/a": 400 {}', "azure-openai"),
        ('{{"message":"Provider returned error","metadata":{{"raw":"{}","provider_name":"DeepSeek"}}}}', "deepseek"),
        ("Error from provider (Moonshot AI): {}", "moonshot"),
        ("400 {}", "openai"),
    ],
)
def test_whoever_printed_the_text_is_named(text: str, provider: str) -> None:
    said = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
    assert explain(text.format(said)).provider == provider


@pytest.mark.parametrize(
    "text",
    [
        "Error code: 429 - {'error': {'message': 'You exceeded your current quota', 'code': 'insufficient_quota'}}",
        '{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}',
        '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
        "The model `gpt-9` does not exist or you do not have access to it.",
        "Your credit balance is too low to access the Anthropic API.",
    ],
)
def test_what_is_not_about_messages_is_said_to_be_so(text: str) -> None:
    explanation = explain(text, TALK)
    assert (explanation.recognised, explanation.about_messages) == (True, False)
    assert all((match.code, match.payload_position) == (None, None) for match in explanation.matches)
    assert all("No message is at fault." in match.meaning for match in explanation.matches)


def test_an_unknown_text_is_unknown_with_a_reason() -> None:
    for text in ("", "  ", "messages.3: something new", "400 Bad Request", "Hello"):
        explanation = explain(text, TALK)
        assert (explanation.recognised, explanation.provider, explanation.matches) == (False, None, ())
        assert explanation.reason.endswith(".")


def test_a_repair_changes_only_what_the_lint_finds_too() -> None:
    broken = [USER, calling(tool_call("a")), USER]
    text = "No tool output found for function call a."
    (match,) = explain(text, broken).matches
    fix = repaired(broken, match)
    assert fix is not None
    assert [one["role"] for one in fix.messages] == ["user", "assistant", "tool", "user"]
    (elsewhere,) = explain(text, TALK).matches
    assert repaired(TALK, elsewhere) is None


@given(st.sampled_from([case["error"] for case in CASES if case["error"]]), st.text(max_size=40), st.text(max_size=40))
def test_words_around_an_error_leave_it_recognised(error: str, before: str, after: str) -> None:
    assert explain(f"{before}\n{error}\n{after}").recognised


ORPHANED = [USER, ANSWER, result("gone"), ANSWER, USER]


@pytest.mark.parametrize(
    ("text", "messages", "found"),
    [
        pytest.param(
            "messages.2: `tool_result` block(s) provided when previous message does not contain any `tool_use` blocks",
            ORPHANED,
            ("orphan_tool_result", "anthropic", 2),
            id="result-without-any-call",
        ),
        pytest.param(
            "Please ensure that multiturn requests ends with a user role or a function response. (request id: 2023)",
            [USER, ANSWER],
            ("ends_with_assistant", "gemini", 1),
            id="ends-with-the-model",
        ),
        pytest.param(
            "Cannot have 2 or more assistant messages at the end of the list.",
            [USER, ANSWER, ANSWER],
            ("consecutive_assistants", None, 2),
            id="two-answers-at-the-end",
        ),
        pytest.param(
            "messages.2.content.0.text: cache_control cannot be set for empty text blocks",
            [USER, ANSWER, {"role": "user", "content": ""}],
            ("empty_content", "anthropic", 2),
            id="marked-and-empty",
        ),
        pytest.param(
            "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 983616]",
            TALK,
            ("context_overflow", "qwen", None),
            id="range-of-length",
        ),
        pytest.param(
            "request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it",
            TALK,
            ("context_overflow", None, None),
            id="context-size",
        ),
        pytest.param("Content Exists Risk", TALK, (None, "deepseek", None), id="filter"),
        pytest.param(
            "Duplicate item found with id rs_091c. Remove duplicate items from your input and try again.",
            TALK,
            ("bad_item_id", "openai-responses", None),
            id="duplicate-item",
        ),
    ],
)
def test_a_text_of_a_family_leads_to_the_message(text: str, messages: Any, found: tuple[Any, ...]) -> None:
    (match,) = explain(text, messages).matches
    assert (match.code, match.provider, match.payload_position) == found
    assert match.about_messages


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("This request would exceed your organization's rate limit of 30,000 input tokens per minute", "anthropic"),
        ('{"code": 503, "message": "The model is overloaded. Please try again later."}', "gemini"),
        ("Invocation of model ID anthropic.x-v1:0 with on-demand throughput isn’t supported.", "bedrock"),
        ("Previous response with id 'resp_0f09' not found.", "openai-responses"),
        ("`max_tokens` must be greater than `thinking.budget_tokens`.", "anthropic"),
        ("max_tokens: 48000 > 32000, which is the maximum allowed number of output tokens for x", "anthropic"),
        ("Requests which include `tool_use` or `tool_result` blocks must define tools.", "anthropic"),
        ("Failed to call a function. Please adjust your prompt. See 'failed_generation'.", "groq"),
    ],
)
def test_limits_models_servers_and_options_are_not_about_messages(text: str, provider: str) -> None:
    explanation = explain(text, TALK)
    assert (explanation.recognised, explanation.about_messages, explanation.provider) == (True, False, provider)


def test_a_log_of_ollama_names_all_that_openai_refuses() -> None:
    """The native API of Ollama has calls without an ID and a type, and arguments as an object."""
    call = {"function": {"name": "get_weather", "arguments": {"city": "Oslo"}}}
    messages = [
        USER,
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_name": "get_weather", "content": "12"},
        USER,
    ]
    by_openai = {
        finding.code: rejection.text
        for finding in lint_messages(messages).findings
        for rejection in finding.rejected_by
        if rejection.provider == "openai"
    }
    assert set(by_openai) == {"bad_tool_call_id", "call_without_type", "arguments_as_object", "missing_tool_call_id"}
    assert by_openai["bad_tool_call_id"] == "Missing required parameter: 'messages[1].tool_calls[0].id'."
    (match,) = explain(by_openai["bad_tool_call_id"], messages).matches
    assert (match.code, match.payload_position) == ("bad_tool_call_id", 1)
