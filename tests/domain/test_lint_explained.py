"""What an explanation says beyond the rule: which number, which result, whose fault, and what it can't know."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chatdata.domain.lint import (
    Match,
    explain,
    explain_native,
    fully_repaired,
    lint_messages,
    repaired,
    repaired_body,
    repairs,
    request_body,
)
from chatdata.domain.lint.catalogue import RULES
from chatdata.domain.lint.duplicates import is_note
from chatdata.domain.lint.errors.advice import ADVICE, MEANINGS
from chatdata.domain.lint.errors.provider_errors import KNOWN
from tests.domain.test_lint import ANSWER, IMAGE, USER, calling, result
from tests.support.builders import tool_call

# The context window: which of the numbers is too large


@pytest.mark.parametrize(
    ("text", "window", "sent", "answer"),
    [
        pytest.param(
            "This model's maximum context length is 4096 tokens. However, you requested 8191 tokens (624 in the "
            "messages, 7567 in the completion). Please reduce the length of the messages or completion.",
            4096,
            624,
            7567,
            id="messages-and-completion",
        ),
        pytest.param(
            "This model's maximum context length is 4097 tokens. However, you requested 4203 tokens (3703 in the "
            "messages, 100 in the functions, and 400 in the completion).",
            4097,
            3803,
            400,
            id="with-functions",
        ),
        pytest.param(
            "This model's maximum context length is 4097 tokens, however you requested 5000 tokens (1000 in your "
            "prompt; 4000 for the completion). Please reduce your prompt; or completion length.",
            4097,
            1000,
            4000,
            id="prompt",
        ),
        pytest.param(
            "'max_tokens' or 'max_completion_tokens' is too large: 64000. This model's maximum context length is "
            "64001 tokens and your request has 24235 input tokens (64000 > 64001 - 24235). None",
            64001,
            24235,
            64000,
            id="vllm",
        ),
        pytest.param(
            "input length and `max_tokens` exceed context limit: 190000 + 21333 > 200000, decrease input length or "
            "`max_tokens` and try again",
            200_000,
            190_000,
            21_333,
            id="anthropic",
        ),
        pytest.param(
            "This endpoint's maximum context length is 32768 tokens. However, you requested about 42832 tokens (10 "
            "of text input, 832 of tool input, 41990 in the output).",
            32768,
            842,
            41990,
            id="openrouter",
        ),
    ],
)
def test_where_the_messages_fit_the_requested_answer_is_to_blame(
    text: str, window: int, sent: int, answer: int
) -> None:
    for wrapped in (text, json.dumps({"error": {"message": text, "code": "context_length_exceeded"}})):
        explanation = explain(wrapped, [USER, ANSWER])
        (match,) = explanation.matches
        assert (match.code, match.payload_position, explanation.about_messages) == ("context_overflow", None, False)
        assert f"{sent:,} of {window:,} tokens" in match.meaning
        assert f"{answer:,} tokens requested for the answer" in match.meaning
        assert match.fix.startswith(f"Lower max_tokens to at most {window - sent:,}.")


@pytest.mark.parametrize(
    ("text", "more"),
    [
        pytest.param(
            "This model's maximum context length is 16384 tokens. However, you requested 122946 tokens (112946 in the "
            "messages, 10000 in the completion).",
            "96,562",
            id="with-completion",
        ),
        pytest.param(
            "This model's maximum context length is 128000 tokens. However, your messages resulted in 202868 tokens.",
            "74,868",
            id="openai",
        ),
        pytest.param("prompt is too long: 200251 tokens > 200000 maximum", "251", id="anthropic"),
        pytest.param(
            "The input token count (2845475) exceeds the maximum number of tokens allowed (1048576).",
            "1,796,899",
            id="gemini",
        ),
        pytest.param("request (4390 tokens) exceeds the available context size (4096 tokens)", "294", id="llama.cpp"),
    ],
)
def test_where_the_messages_alone_are_too_long_they_are_to_blame(text: str, more: str) -> None:
    explanation = explain(text, [USER, ANSWER])
    (match,) = explanation.matches
    assert explanation.about_messages
    assert f"{more} more than the window" in match.meaning
    assert match.fix.startswith("Shorten the conversation")
    assert ("max_tokens alone does not help" in match.fix) == ("completion" in text)


@pytest.mark.parametrize(
    "text",
    [
        "This model's maximum context length is 4096 tokens. Please try again.",
        "This model's maximum context length is 100 tokens. However, you requested 50 tokens (10 in the messages, 40 "
        "in the completion).",
        "the request exceeds the available context size, try increasing it",
    ],
    ids=["no-numbers", "numbers-that-fit", "no-window"],
)
def test_without_numbers_that_explain_it_nobody_is_named(text: str) -> None:
    (match,) = explain(text).matches
    assert (match.meaning, match.fix) == (MEANINGS["context_overflow"], ADVICE["context_overflow"])


def test_a_window_that_the_messages_fill_has_no_room_for_any_answer() -> None:
    (match,) = explain("input length and `max_tokens` exceed context limit: 200000 + 5 > 200000").matches
    assert match.meaning == "The messages alone fill the whole window of 200,000 tokens."
    assert match.about_messages


@pytest.mark.parametrize(
    "text",
    [
        "max_tokens is too large: 6000. This model supports at most 4096 completion tokens, whereas you provided 6000.",
        "The maximum tokens you requested exceeds the model limit of 10000. Try again with a lower value.",
        "max_tokens: 48000 > 32000, which is the maximum allowed number of output tokens for x",
    ],
)
def test_a_limit_of_answers_is_no_fault_of_the_conversation(text: str) -> None:
    explanation = explain(text, [USER, ANSWER])
    (match,) = explanation.matches
    assert (explanation.about_messages, match.code, match.fix) == (
        False,
        None,
        "Lower max_tokens to the model's limit.",
    )


# Two results of one call

TWICE = (
    "messages.2.content.1: each tool_use must have a single result. Found multiple tool_result blocks with id: toolu_1"
)


def answered(*contents: Any, name: str = "get_weather") -> list[Any]:
    call = tool_call("toolu_1")
    call["function"]["name"] = name
    return [USER, calling(call), *(result("toolu_1") | {"content": content} for content in contents), ANSWER, USER]


def explained(messages: list[Any]) -> Match:
    (match,) = explain(TWICE, messages).matches
    return match


@pytest.mark.parametrize(
    ("contents", "kept", "ordinal"),
    [
        pytest.param(("aborted", '{"temp":12}'), '{"temp":12}', "second", id="aborted-first"),
        pytest.param(('{"temp":12}', "Tool execution aborted"), '{"temp":12}', "first", id="aborted-second"),
        pytest.param(('{"error": "Cancelled by user"}', "12 degrees"), "12 degrees", "second", id="cancelled-object"),
        pytest.param(("", "12 degrees"), "12 degrees", "second", id="nothing"),
        pytest.param(("12", "no result recorded", "aborted"), "12", "first", id="three"),
    ],
)
def test_of_two_results_the_one_that_is_no_note_is_the_real_one(contents: Any, kept: str, ordinal: str) -> None:
    messages = answered(*contents)
    match = explained(messages)
    assert f"The {ordinal} result is the real one." in match.meaning
    fix = repaired(messages, match)
    assert fix is not None
    assert [one["content"] for one in fix.messages if one["role"] == "tool"] == [kept]
    assert list(fix.lost) == [text for text in contents if text and text != kept]


@pytest.mark.parametrize("contents", [("12", "13"), ("[]", "12"), ("ok", "The order was cancelled")])
def test_of_two_results_with_words_of_their_own_nobody_can_know_the_real_one(contents: Any) -> None:
    messages = answered(*contents)
    match = explained(messages)
    assert "can't be known from the messages" in match.meaning
    assert repaired(messages, match) is None
    assert "the tool's own log" in match.fix


def test_of_two_equal_results_either_can_go() -> None:
    messages = answered("12", "12")
    fix = repaired(messages, explained(messages))
    assert fix is not None
    assert len(fix.messages) == len(messages) - 1


def test_a_tool_that_aborts_says_so_as_its_result() -> None:
    assert is_note("cancelled", "get_weather")
    assert not is_note("cancelled", "cancel_order")
    assert repaired(answered("cancelled", "ok", name="cancel_order"), explained(answered("cancelled", "ok"))) is None


@pytest.mark.parametrize("content", ["Not available", "Completed", "none", "0", "false", '{"cancelled": true}', "[]"])
def test_a_short_result_is_no_note(content: str) -> None:
    assert not is_note(content, "get_weather")


def test_in_a_body_of_another_api_the_note_is_left_out_too() -> None:
    blocks = [{"type": "tool_result", "tool_use_id": "toolu_1", "content": text} for text in ("aborted", "12 degrees")]
    native = request_body(
        {
            "model": "claude-x",
            "max_tokens": 9,
            "messages": [
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "find", "input": {}}]},
                {"role": "user", "content": blocks},
            ],
        }
    )
    assert native is not None
    (match,) = explain_native(TWICE, native).matches
    fix = repaired_body(native, match)
    assert "The second result is the real one." in match.meaning
    assert fix is not None
    assert (fix.body["messages"][2]["content"], fix.lost) == (blocks[1:], ("aborted",))


# An ID without a path

PAIRED = [USER, calling(tool_call("toolu_1a")), result("toolu_1a"), ANSWER, USER]
ORPHANED = [*PAIRED[:4], result("toolu_2b"), ANSWER, USER]


@pytest.mark.parametrize(
    ("text", "messages", "code", "at"),
    [
        ("unexpected `tool_use_id` found in `tool_result` blocks: toolu_2b.", ORPHANED, "orphan_tool_result", 4),
        ("tool_use_id toolu_2b", ORPHANED, "orphan_tool_result", 4),
        ('{"error": {"tool_use_id": "toolu_2b"}}', ORPHANED, "orphan_tool_result", 4),
        ("tool_result for tool_use_id: toolu_1a was refused", PAIRED, None, 2),
        ("`tool_use` ids were found without `tool_result` blocks: toolu_1a", PAIRED, None, None),
        (
            "`tool_use` ids were found without `tool_result` blocks immediately after: toolu_1a",
            [*PAIRED[:2], USER],
            "unanswered_tool_call",
            1,
        ),
        ("Found multiple `tool_result` blocks with id: toolu_1", answered("aborted", "12"), "duplicate_tool_result", 3),
    ],
)
def test_an_id_without_a_path_leads_to_its_message(text: str, messages: Any, code: str | None, at: int | None) -> None:
    explanation = explain(text, messages)
    assert [(match.code, match.payload_position) for match in explanation.matches] == ([(code, at)] if at else [])


def test_an_id_of_no_message_that_was_given_explains_nothing() -> None:
    for messages in (None, PAIRED):
        assert not explain("tool_use_id toolu_9z", messages).recognised


def test_a_fault_that_the_messages_do_not_have_is_said_not_to_be_there() -> None:
    text = "unexpected `tool_use_id` found in `tool_result` blocks: toolu_1a."
    (match,) = explain(text, PAIRED).matches
    assert "These messages don't have that fault there" in match.meaning
    (found,) = explain(text.replace("1a", "2b"), ORPHANED).matches
    assert "don't have" not in found.meaning


@pytest.mark.parametrize("place", ["message[532].role", "messages.[3].role", "messages[3]", "messages.3.role"])
def test_a_path_in_the_place_of_an_id_is_no_id(place: str) -> None:
    text = (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        f"The following tool_call_ids did not have response messages: {place}"
    )
    (match,) = explain(text).matches
    assert (match.tool_call_ids, match.path) == ((), place)


# Words and statuses


@pytest.mark.parametrize(
    "text",
    [
        "Overloaded",
        "overloaded_error",
        "Service Unavailable",
        "503 Service Unavailable",
        "Rate limit",
        "Rate limit exceeded.",
        "429",
        "529",
        "503",
        "Error code: 429",
        "HTTP/1.1 529",
        "status_code=503",
        "Internal server error",
        "500 Internal Server Error",
        "openai.APITimeoutError: Request timed out.",
        "APIConnectionError: Connection error.",
        "The engine is currently overloaded, please try again later",
        "RateLimitError: The server had an error while processing your request. Sorry about that!",
        '{"type":"error","error":{"type":"api_error","message":"Overloaded"}}',
        "openai.InternalServerError: Error code: 503 - {'error': {'message': 'no healthy upstream'}}",
        "<html><body><h1>504 Gateway Time-out</h1></body></html>",
        'Ollama error 503 Service Unavailable: {"error":"Server overloaded, please retry shortly (ref: a)"}',
    ],
)
def test_a_word_or_a_status_of_a_server_is_known_as_such(text: str) -> None:
    explanation = explain(text, PAIRED)
    (match,) = explanation.matches
    assert (explanation.about_messages, match.code, match.payload_position) == (False, None, None)
    assert "same request again" in match.fix
    assert match.text[0].isalnum()


@pytest.mark.parametrize("text", ["401", "HTTP 401", "401 Unauthorized", "Error: Unauthorized"])
def test_a_refused_key_is_known_by_its_status_alone(text: str) -> None:
    (match,) = explain(text, PAIRED).matches
    assert (match.about_messages, match.fix) == (False, "Check the key and what it may use.")


@pytest.mark.parametrize(
    "text",
    [
        "took 429 ms",
        "429 messages were sent",
        "messages.429: fine",
        "messages[503] and messages[529]",
        "The crew is overloaded with work",
        "There is no rate limit here",
        "Error code: 4290",
        "400 Bad Request",
        "Each connection errors are logged for has a name",
        "attempt 1: Error code: 429\nattempt 2: Error code: 400 - {'message': 'something new'}",
        "400 Bad Request\nretry: 503 Service Unavailable",
        "Error code: 500 - {'message': 'messages.3: something new'}",
    ],
)
def test_a_number_or_a_word_inside_a_sentence_is_no_status(text: str) -> None:
    assert not explain(text).recognised


def test_what_a_server_says_beside_its_status_counts() -> None:
    (match,) = explain("Error code: 500 - {'message': \"'str object' has no attribute 'items'\"}").matches
    assert (match.code, match.about_messages) == ("arguments_not_object", True)


def test_a_failure_without_a_reason_leaves_the_messages_possible() -> None:
    (match,) = explain("500 Internal Server Error").matches
    assert "check the messages" in match.fix


def test_an_error_of_python_is_the_providers_only_if_the_messages_show_it() -> None:
    text = "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)"
    broken = [USER, calling(tool_call("a", arguments="{")), result("a"), ANSWER, USER]
    found = [explain(text, messages).matches[0] for messages in (None, PAIRED, broken)]
    assert [(match.code, match.provider, match.payload_position) for match in found] == [
        (None, None, None),
        (None, None, None),
        ("arguments_not_json", None, 1),
    ]


# Sentences


def test_no_meaning_repeats_its_title() -> None:
    assert set(MEANINGS) == set(ADVICE) == set(RULES)
    for code, meaning in MEANINGS.items():
        assert meaning.endswith(".")
        assert meaning.rstrip(".").lower() != RULES[code].title.lower()
    for known in KNOWN:
        titles = {RULES[code].title.lower() for code in known.codes}
        assert known.meaning.rstrip(".").lower() not in titles


# Roles, in the words of whoever refuses them


@pytest.mark.parametrize(
    ("text", "provider", "at", "fix"),
    [
        ("'messages.1' : discriminator property 'role' has invalid value", "groq", 1, "Groq knows: system, user"),
        ("messages.1.role: Input should be 'user' or 'assistant'", "anthropic", 1, "Send user or assistant"),
        (
            "1 validation error detected: Value 'human' at 'messages.2.member.role' failed to satisfy constraint: "
            "Member must satisfy enum value set: [user, assistant]",
            "bedrock",
            1,
            "Send user or assistant",
        ),
        ("Please use a valid role: user, model.", "gemini", 1, "user or model"),
        (
            "human is not one of ['system', 'assistant', 'user', 'tool', 'function'] - 'messages.['1].role'",
            "qwen",
            1,
            "or function",
        ),
        (
            "Failed to deserialize the JSON body into the target type: messages[1].role: unknown variant `human`, "
            "expected one of `system`, `user`, `assistant`, `tool` at line 1 column 85",
            "deepseek",
            1,
            "DeepSeek knows",
        ),
        ("[1214] Incorrect role information", None, 1, "that the API knows"),
    ],
)
def test_a_role_is_told_in_the_terms_of_its_provider(text: str, provider: str | None, at: int, fix: str) -> None:
    messages = [ANSWER, {**USER, "role": "human"}]
    (match,) = explain(text, messages).matches
    assert (match.code, match.provider, match.payload_position) == ("unknown_role", provider, at)
    assert fix in match.fix
    repair = repaired(messages, match)
    assert repair is not None
    assert (repair.messages[1], repair.lost) == (USER, ())


def test_the_role_of_nobody_has_no_proposal() -> None:
    messages = [USER, {**USER, "role": "critic"}]
    (match,) = explain("'messages.1' : discriminator property 'role' has invalid value", messages).matches
    assert repaired(messages, match) is None


# Who printed a text


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        (
            "litellm.BadRequestError: VertexAIException - Please use a valid role: user, model.",
            "gemini",
        ),
        ("litellm.BadRequestError: XAIException - Each message must have at least one content element", "xai"),
        ("litellm.BadRequestError: BedrockException - Unexpected role 'user' after role 'tool'", "bedrock"),
        ("Error from provider (Moonshot AI): System message must be at the beginning", "moonshot"),
        ("POST https://x.openai.azure.com/a: 200\nUnexpected role 'user' after role 'tool'", "mistral"),
        (
            "POST https://api.x.ai/v1/chat/completions: 400 Invalid value for 'content': expected a string, got null.",
            "xai",
        ),
        ("Invalid 'input[23].id': 'rs_0'. Expected an ID", "openai-responses"),
        (
            "An error occurred (ValidationException) when calling the InvokeModel operation: "
            "messages.4: Did not find 1 `tool_result` block(s) at the beginning of this message.",
            "bedrock",
        ),
        (
            '{"type":"error","error":{"type":"invalid_request_error","message":'
            '"messages.4: Did not find 1 `tool_result` block(s) at the beginning of this message."}}',
            "anthropic",
        ),
    ],
)
def test_a_wrapper_tells_whose_error_it_is(text: str, provider: str) -> None:
    assert explain(text).provider == provider


def test_null_is_not_made_an_empty_text_for_who_refuses_that_too() -> None:
    messages = [USER, {"role": "assistant", "content": None}, USER]
    (match,) = explain(
        "Invalid request content: Each message must have at least one content element.", messages
    ).matches
    fix = repaired(messages, match)
    assert fix is not None
    assert fix.messages == [USER, USER]


@pytest.mark.parametrize(("place", "provider"), [("messages.[0]", "qwen"), ("messages[0]", "openai")])
@pytest.mark.parametrize(("got", "code"), [("null", "null_content"), ("an object", "unknown_block")])
def test_the_type_that_a_text_names_decides_the_code(place: str, provider: str, got: str, code: str) -> None:
    """And how it writes the place tells who printed it."""
    text = f"Invalid type for '{place}.content': expected one of a string or array of objects, but got {got} instead."
    (match,) = explain(text).matches
    assert (match.code, match.provider, match.payload_position) == (code, provider, 0)


# Limits that waiting never lifts, and texts that are whole answers


GROQ = (
    "Request too large for model `llama-3.3-70b-versatile` in organization `org_01kgg5588eftc8k70aes4864eb` service "
    "tier `on_demand` on tokens per minute (TPM): Limit 12000, Requested 14137, please reduce your message size and "
    "try again."
)
OPENAI = (
    "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000. The input or output tokens "
    "must be reduced in order to run successfully."
)
NAMED = (
    "Request too large for gpt-4o (for limit gpt-4o) in organization org-aBcDeFgHiJkLmNoPqRsTuVwX on tokens per min "
    "(TPM): Limit 30000, Requested 40000."
)


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        (OPENAI, "openai"),
        (NAMED, "openai"),
        (GROQ, "groq"),
        (f"Error code: 413 - {{'error': {{'message': '{GROQ}', 'code': 'rate_limit_exceeded'}}}}", "groq"),
    ],
)
def test_a_request_above_the_limit_of_a_minute_is_not_helped_by_waiting(text: str, provider: str) -> None:
    (match,) = explain(text).matches
    assert (match.code, match.provider, match.about_messages) == (None, provider, False)
    assert "waiting never helps" in match.meaning
    assert "Reduce the tokens" in match.fix


FIRST = 'messages: first message must use the "user" role'


def test_a_first_message_of_the_user_has_no_such_fault() -> None:
    (match,) = explain(FIRST, [USER, ANSWER, USER]).matches
    assert "These messages don't have that fault there" in match.meaning
    (match,) = explain(FIRST, [ANSWER, USER]).matches
    assert (match.payload_position, "don't have" in match.meaning) == (0, False)


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("Please reduce the length of the messages or completion.", "openai"),
        ("groq.BadRequestError: Please reduce the length of the messages or completion.", "groq"),
        ("This endpoint's maximum context length is 32768 tokens. However, you requested about 42832", "openrouter"),
        ("Error from provider (Groq): Please reduce the length of the messages or completion.", "groq"),
    ],
)
def test_words_that_several_print_are_their_owners(text: str, provider: str) -> None:
    assert [match.provider for match in explain(text).matches] == [provider]


def test_sglang_tells_both_counts() -> None:
    (match,) = explain("The input (85050 tokens) is longer than the model's context length (32768 tokens).").matches
    assert (match.code, "85,050 tokens" in match.meaning) == ("context_overflow", True)


@pytest.mark.parametrize(
    ("text", "provider", "at"),
    [
        ("'' is not one of ['system', 'assistant', 'user', 'function'] - 'messages.1.role'", "openai", 1),
        ("'tool' is not one of ['system', 'assistant', 'user', 'function'] - 'messages.1.role'", "openai", 1),
        (
            "{'error': {'message': \"Invalid value: 'tool'. Supported values are: 'system', 'assistant', 'user', and "
            "'function'.\", 'param': 'messages[1].role', 'code': 'invalid_value'}}",
            "openai",
            1,
        ),
        (
            "Invalid value: 'tool'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
            "openai-responses",
            None,
        ),
    ],
)
def test_a_role_that_an_api_does_not_list_is_known(text: str, provider: str, at: int | None) -> None:
    (match,) = explain(text).matches
    assert (match.code, match.provider, match.payload_position) == ("unknown_role", provider, at)


@pytest.mark.parametrize(
    "text",
    [
        "Invalid schema for function 'find': In context=(), object schema missing properties.",
        "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        "503 upstream connect error or disconnect/reset before headers. reset reason: overflow",
        "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
        "httpx.ReadError: [Errno 54] Connection reset by peer",
    ],
)
def test_faults_of_the_request_and_of_the_connection_are_no_fault_of_the_messages(text: str) -> None:
    explanation = explain(text)
    assert (len(explanation.matches), explanation.about_messages) == (1, False)


# A repair is what its own provider accepts, or says what is left

BLANK = (
    "ValidationException: The text field in the ContentBlock object at messages.2.content.0 is blank. Add text to the "
    "text field, and try again."
)


def test_a_repair_does_not_leave_what_the_same_provider_refuses() -> None:
    messages = [USER, ANSWER, {"role": "user", "content": ""}, {"role": "assistant", "content": "?"}]
    (match,) = explain(BLANK, messages).matches
    fix = repaired(messages, match)
    assert fix is not None
    assert fix.messages == [USER, {"role": "assistant", "content": f"{ANSWER['content']}\n\n?"}]
    assert "Join the message with the one before it." in fix.what
    assert lint_messages(fix.messages).verdicts["bedrock"] != "reject"


def test_a_repair_says_what_is_still_refused() -> None:
    lone = {"role": "tool", "tool_call_id": "call_lost", "content": "12A"}
    messages = [USER, lone, ANSWER, {"role": "user", "content": ""}, {"role": "assistant", "content": [IMAGE]}]
    (match,) = explain(BLANK.replace("messages.2", "messages.4"), messages).matches
    fix = repaired(messages, replace(match, payload_position=3))
    assert fix is not None
    assert fix.what.endswith("Still refused: Orphaned tool result, Consecutive assistant messages.")


UNANSWERED = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The "
    "following tool_call_ids did not have response messages: call_0"
)


@pytest.mark.parametrize(("faults", "remain"), [(20, False), (200, True)])
def test_all_fixes_are_tried_a_bounded_number_of_times(
    faults: int, remain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages: list[Any] = []
    for number in range(faults):
        asked = {"role": "assistant", "content": None, "tool_calls": [tool_call(f"call_{number}", "find")]}
        messages += [USER, asked, ANSWER]
    judged = 0

    def counted(given: Any) -> Any:
        nonlocal judged
        judged += 1
        return lint_messages(given)

    (match,) = explain(UNANSWERED, messages).matches
    monkeypatch.setattr(repairs, "lint_messages", counted)
    fix = fully_repaired(messages, match)
    assert fix is not None
    assert bool(fix.still_refused) is remain
    assert judged <= 70
    assert (lint_messages(fix.messages).verdicts["openai"] == "reject") is remain
