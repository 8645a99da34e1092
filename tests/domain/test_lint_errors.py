"""Error lookup: every provider's error is recognised however it is wrapped, and leads to the message."""

import html
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.lint import Match, find_error, lint_messages
from tests.domain.test_lint import ANSWER, CASES, SYSTEM, USER, Case, any_files, calling, openrouter, result
from tests.support.builders import any_text, tool_call

# By row of the collected threads: the text as it was printed, and what it is known as.
PRINTED: dict[str, tuple[str, str | None, str | None, tuple[str, ...], str]] = {
    "O1": (
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        "orphan_tool_result",
        "openai",
        (),
        "",
    ),
    "O2": (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        "The following tool_call_ids did not have response messages: call_jJATmoUduQWxi4tRwcQjsodM",
        "unanswered_tool_call",
        "openai",
        ("call_jJATmoUduQWxi4tRwcQjsodM",),
        "",
    ),
    "O2-several": (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        "The following tool_call_ids did not have response messages: call_a, functions.eval:301.",
        "unanswered_tool_call",
        "openai",
        ("call_a", "functions.eval:301"),
        "",
    ),
    "O2-DeepSeek": (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        "(insufficient tool messages following tool_calls message)",
        "unanswered_tool_call",
        "deepseek",
        (),
        "",
    ),
    "O2-DeepSeek-alone": (
        "... (insufficient tool messages following tool_calls message)",
        "unanswered_tool_call",
        "deepseek",
        (),
        "",
    ),
    "O2-Qwen": (
        '<400> InternalError.Algo.InvalidParameter: An assistant message with "tool_calls" must be followed by tool '
        'messages responding to each "tool_call_id". The following tool_call_ids did not have response messages: '
        "message[532].role",
        "unanswered_tool_call",
        "qwen",
        (),
        "message[532].role",
    ),
    "O3": (
        "Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.",
        "missing_tool_call_id",
        "openai",
        (),
        "",
    ),
    "O4": (
        "Invalid parameter: Duplicate value for 'tool_call_id' of 'call_gmd4', in messages[7] and messages[8].",
        "duplicate_tool_result",
        "openai",
        ("call_gmd4",),
        "messages[8]",
    ),
    "O5": (
        "400 invalid params, tool call result does not follow tool call (2013)",
        "reused_tool_call_id",
        None,
        (),
        "",
    ),
    "O6": (
        "Invalid 'messages[36].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got "
        "a string with length 51 instead.",
        "long_tool_call_id",
        "openai",
        (),
        "messages[36].tool_calls[0].id",
    ),
    "O7": (
        "Invalid 'messages[1].tool_calls': empty array. Expected an array with minimum length 1, but got an empty "
        "array instead.",
        "empty_tool_calls",
        "openai",
        (),
        "messages[1].tool_calls",
    ),
    "O7-Qwen": ("Empty tool_calls is not supported in message", "empty_tool_calls", "qwen", (), ""),
    "O8": (
        "Invalid 'messages[2].tool_calls': array too long. Expected an array with maximum length 128, but got an "
        "array with length 200 instead.",
        "too_many_tool_calls",
        "openai",
        (),
        "messages[2].tool_calls",
    ),
    "O9": (
        "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length "
        "133 instead.",
        "too_many_tools",
        "openai",
        (),
        "",
    ),
    "O10": (
        "Invalid 'messages[69].tool_calls[0].function.name': empty string. Expected a string with minimum length 1, "
        "but got an empty string instead.",
        "empty_function_name",
        "openai",
        (),
        "messages[69].tool_calls[0].function.name",
    ),
    "O11": (
        "Invalid 'messages[9].tool_calls[0].function.name': string does not match pattern. Expected a string that "
        "matches the pattern '^[a-zA-Z0-9_-]+$'.",
        "bad_function_name",
        "openai",
        (),
        "messages[9].tool_calls[0].function.name",
    ),
    "O11-tools": (
        "Invalid 'tools[3].function.name': string does not match pattern. Expected a string that matches the pattern "
        "'^[a-zA-Z0-9_-]+$'.",
        None,
        "openai",
        (),
        "",
    ),
    "O12": (
        "Invalid 'messages[1].name': string does not match pattern. Expected a string that matches the pattern "
        "'^[a-zA-Z0-9_-]+$'.",
        "bad_message_name",
        "openai",
        (),
        "messages[1].name",
    ),
    "O13": ("Invalid value for 'content': expected a string, got null.", "null_content", "openai", (), ""),
    "O13-bridge": (
        "Invalid type for 'input[12].content': expected one of an array of objects or string, but got null instead.",
        "null_content",
        "openai-responses",
        (),
        "input[12].content",
    ),
    "O14": (
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        "no_messages",
        "openai",
        (),
        "messages",
    ),
    "O15-system": (
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        None,
        "openai",
        (),
        "messages[0].role",
    ),
    "O15-developer": (
        "Unsupported value: 'messages[0].role' does not support 'developer' with this model.",
        "unknown_role",
        "openai",
        (),
        "messages[0].role",
    ),
    "O15-GLM": ("[1214] Incorrect role information", "unknown_role", None, (), ""),
    "O16": (
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 202868 tokens "
        "(202767 in the messages, 101 in the functions). Please reduce the length of the messages or functions.",
        "context_overflow",
        "openai",
        (),
        "",
    ),
    "O17": ("'str object' has no attribute 'items'", "arguments_not_object", None, (), ""),
    "A1": (
        "messages.33: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_vrtx_01. Each "
        "`tool_use` block must have a corresponding `tool_result` block in the next message.",
        "unanswered_tool_call",
        "anthropic",
        ("toolu_vrtx_01",),
        "messages.33",
    ),
    "A2": (
        "messages.12.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_01. Each `tool_result` "
        "block must have a corresponding `tool_use` block in the previous message.",
        "orphan_tool_result",
        "anthropic",
        ("toolu_01",),
        "messages.12.content.0",
    ),
    "A3": (
        "messages.5.content.1: `tool_use` ids must be unique",
        "duplicate_tool_call_id",
        "anthropic",
        (),
        "messages.5.content.1",
    ),
    "A4": (
        "messages.1.content.1.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
        "bad_tool_call_id",
        "anthropic",
        (),
        "messages.1.content.1.tool_use.id",
    ),
    "A5": (
        "messages.0: all messages must have non-empty content except for the optional final assistant message",
        "empty_content",
        "anthropic",
        (),
        "messages.0",
    ),
    "A6": ("messages: text content blocks must be non-empty", "empty_content", "anthropic", (), "messages"),
    "A7": (
        "messages: text content blocks must contain non-whitespace text",
        "whitespace_content",
        "anthropic",
        (),
        "messages",
    ),
    "A8": (
        "messages.3.content.3.tool_use.input: Input should be a valid dictionary",
        "arguments_not_object",
        "anthropic",
        (),
        "messages.3.content.3.tool_use.input",
    ),
    "A9": (
        "This model does not support assistant message prefill. The conversation must end with a user message.",
        "ends_with_assistant",
        "anthropic",
        (),
        "",
    ),
    "A10": (
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` "
        "is enabled, a final `assistant` message must start with a thinking block",
        None,
        "anthropic",
        (),
        "messages.1.content.0.type",
    ),
    "A10-inverse": (
        "When thinking is disabled, an `assistant` message in the final position cannot contain `thinking`.",
        None,
        "anthropic",
        (),
        "",
    ),
    "A11-pixels": (
        "messages.39.content.38.image.source.base64.data: At least one of the image dimensions exceed max allowed "
        "size for many-image requests: 2000 pixels",
        None,
        "anthropic",
        (),
        "",
    ),
    "A11-bytes": ("image exceeds 5 MB maximum: 10053760 bytes > 5242880 bytes", None, "anthropic", (), ""),
    "A12": (
        "The request body is not valid JSON: no low surrogate in string: line 1 column 28642 (char 28641)",
        "lone_surrogate",
        "anthropic",
        (),
        "",
    ),
    "A13": ("A maximum of 4 blocks with cache_control may be provided. Found 5.", None, "anthropic", (), ""),
    "B1": (
        "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.",
        "orphan_tool_result",
        "bedrock",
        (),
        "messages.2.content",
    ),
    "B2": (
        "messages.54: Did not find 2 `tool_result` block(s) at the beginning of this message. Messages following "
        "`tool_use` blocks must begin with a matching number of `tool_result` blocks.",
        "unanswered_tool_call",
        "anthropic",
        (),
        "messages.54",
    ),
    "B3": (
        "The content field at messages.4.content.0.toolResult cannot be empty when status value is error.",
        None,
        "bedrock",
        (),
        "messages.4.content.0.toolResult",
    ),
    "B4": (
        "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
        "tools_missing",
        "bedrock",
        (),
        "",
    ),
    "G1": (
        "Please ensure that the number of function response parts is equal to the number of function call parts of "
        "the function call turn.",
        "unanswered_tool_call",
        "gemini",
        (),
        "",
    ),
    "G2": (
        "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
        "correctly, ...",
        None,
        "gemini",
        (),
        "",
    ),
    "M0": (
        "Tool call id was call_jJATm but must be a-z, A-Z, 0-9, with a length of 9.",
        "bad_tool_call_id",
        "mistral",
        ("call_jJATm",),
        "",
    ),
    "M1": ("Not the same number of function calls and responses", "unanswered_tool_call", "mistral", (), ""),
    "M2": (
        "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
        "ends_with_assistant",
        "mistral",
        (),
        "",
    ),
    "M3-tool": ("Unexpected role 'tool' after role 'user'", "orphan_tool_result", "mistral", (), ""),
    "M3-user": ("Unexpected role 'user' after role 'tool'", "user_after_tool", "mistral", (), ""),
    "V1": (
        "After the optional system message, conversation roles must alternate user/assistant/user/assistant/...",
        "consecutive_users",
        "vllm-strict-alternation",
        (),
        "",
    ),
    "X1": (
        "Message has tool role, but there was no previous assistant message with a tool call",
        "orphan_tool_result",
        None,
        (),
        "",
    ),
    "X2": (
        "AI_MissingToolResultsError: Tool result is missing for tool call chatcmpl-tool-8dd5",
        "unanswered_tool_call",
        "ai-sdk",
        ("chatcmpl-tool-8dd5",),
        "",
    ),
}
ROWS = [pytest.param(*printed, id=row) for row, printed in PRINTED.items()]
TEXTS = [pytest.param(printed[0], id=row) for row, printed in PRINTED.items()]


def known_as(match: Match) -> tuple[Any, ...]:
    return match.code, match.provider, match.tool_call_ids, match.path


@pytest.mark.parametrize(("text", "code", "provider", "ids", "path"), ROWS)
def test_every_text_is_known(
    text: str, code: str | None, provider: str | None, ids: tuple[str, ...], path: str
) -> None:
    (match,) = find_error(text)
    assert known_as(match) == (code, provider, ids, path)
    assert match.meaning.endswith(".")
    assert match.stored_positions == ()


def _openai_json(text: str) -> str:
    return json.dumps({"error": {"message": text, "type": "invalid_request_error", "param": None, "code": None}})


WRAPPINGS = {
    "status": lambda text: f"400 {text}",
    "openai-json": _openai_json,
    "openai-json-in-ascii": lambda text: f"data: {_openai_json(text)}".encode("ascii", "replace").decode(),
    "python-repr": lambda text: f"Error code: 400 - { ({'error': {'message': text, 'code': None}})!r}",
    "log-line": lambda text: f'2026-07-01 10:00:00 ERROR gateway "{_openai_json(text)}" request_id=7',
    "json-log-line": lambda text: json.dumps({"level": "error", "msg": f"Error code: 400 - {_openai_json(text)}"}),
    "dotnet-json": lambda text: _openai_json(text).replace("'", "\\u0027").replace("`", "\\u0060"),
    "html": lambda text: f"<p>{text.replace(chr(39), '&#39;')}</p>",
    "curly-quotes": lambda text: text.replace("'", "’"),
    "html-twice": lambda text: html.escape(html.escape(text)),
    "colors": lambda text: f"\x1b[31mError:\x1b[0m {text.replace(' ', chr(27) + '[1m ' + chr(27) + '[22m', 2)}",
    "escaped-colors": lambda text: f"\\u001b[31m{text}\\x1b[0m",
    "quoted-mail": lambda text: "> " + text.replace(" ", "\n> ", 3),
    "log-of-lines": lambda text: "[2026-07-01 10:00:00] " + text.replace(" ", "\n[2026-07-01 10:00:00,123] ", 3),
    "address": lambda text: f"https://proxy.example/failed?error={quote(text)}",
    "invisible": lambda text: text.replace(" ", " \u200b", 2),
    "terminal": lambda text: "│ " + text.replace(" ", " │\n│   ", 3) + " │",
    "anthropic-json": lambda text: json.dumps(
        {"type": "error", "error": {"type": "invalid_request_error", "message": text}}
    ),
}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS)
def test_a_wrapping_changes_nothing(wrap: Any, text: str) -> None:
    (bare,) = find_error(text)
    (match,) = find_error(wrap(text))
    assert match == bare


ANTHROPIC = {row: printed for row, printed in PRINTED.items() if printed[2] == "anthropic"}


@pytest.mark.parametrize("printed", ANTHROPIC.values(), ids=ANTHROPIC)
@pytest.mark.parametrize("raw_is_json", [True, False], ids=["raw-json", "raw-text"])
@pytest.mark.parametrize("inside_error", [True, False], ids=["error", "bare"])
def test_anthropics_words_in_openrouters_answer_are_openrouters(
    printed: tuple[Any, ...], raw_is_json: bool, inside_error: bool
) -> None:
    text, code, _, ids, path = printed
    raw = json.dumps({"type": "error", "error": {"message": text}}) if raw_is_json else text
    answer = openrouter(raw)
    (match,) = find_error(json.dumps({"error": json.loads(answer)}) if inside_error else answer)
    assert known_as(match) == (code, "openrouter-anthropic", ids, path)


def test_the_param_beside_a_text_is_its_path() -> None:
    text = PRINTED["O1"][0]
    for wrapped in (
        json.dumps({"error": {"message": text, "type": "t", "param": "messages.[3].role", "code": None}}),
        f"{{'error': {{'message': \"{text}\", 'type': 't', 'param': 'messages.[3].role'}}}}",
        f"{text} (param `messages.[3].role`; note the spelling)",
        f"{text} (request id: 1) (request id: 2)\n  param: 'messages.[3].role',",
    ):
        (match,) = find_error(wrapped)
        assert (match.path, match.payload_position) == ("messages.[3].role", 3)


def test_what_is_no_error_is_not_recognised() -> None:
    for text in ("", "Hello", "400 Bad Request", "messages.3: fine", "Limit reached"):
        assert find_error(text) == ()


def test_several_errors_in_one_log_are_told_apart_and_the_same_one_is_said_once() -> None:
    log = "\n".join([PRINTED["O3"][0], PRINTED["A1"][0], PRINTED["O3"][0]])
    assert [match.code for match in find_error(log)] == ["missing_tool_call_id", "unanswered_tool_call"]


# Back to our message

TALK = [
    SYSTEM,
    USER,
    calling(tool_call("a"), tool_call("b"), content="Looking."),
    result("a"),
    result("b"),
    ANSWER,
    USER,
    calling(tool_call("c")),
    result("c"),
    ANSWER,
    USER,
]
"""In Anthropic's count: 0 user, 1 assistant, 2 results, 3 answer, 4 user, 5 assistant, 6 result, 7 answer, 8 user."""


def unexpected(path: str, call_id: str) -> str:
    return PRINTED["A2"][0].replace("messages.12.content.0", path).replace("toolu_01", call_id)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("messages.5.content.0: `tool_use` ids must be unique", 7, id="turn"),
        pytest.param(PRINTED["A4"][0], 2, id="call"),
        pytest.param(unexpected("messages.2.content.1", "x"), 4, id="block"),
        pytest.param(unexpected("messages.2.content.0", "c"), 8, id="an-id-wins"),
        pytest.param(PRINTED["A1"][0].replace("33", "1").replace("toolu_vrtx_01", "c"), 7, id="an-id-of-a-call-wins"),
        pytest.param(PRINTED["B2"][0].replace("54", "6"), 7, id="bedrock-points-behind-the-call"),
        pytest.param(PRINTED["B1"][0], 3, id="bedrock-results"),
        pytest.param(PRINTED["O6"][0].replace("36", "7"), 7, id="openai-index"),
        pytest.param(PRINTED["O12"][0], 1, id="openai-name"),
        pytest.param(PRINTED["O15-system"][0], 0, id="what-messages-can't-show"),
        pytest.param(PRINTED["O6"][0], None, id="an-index-that-isn't-there"),
        pytest.param(PRINTED["A5"][0].replace("messages.0", "messages.77"), None, id="a-turn-that-isn't-there"),
        pytest.param(PRINTED["M1"][0], None, id="no-place-and-nothing-wrong"),
    ],
)
def test_a_path_is_mapped_back_to_our_message(text: str, at: int | None) -> None:
    (match,) = find_error(text, TALK, [(index, index + 100) for index in range(len(TALK))])
    assert match.payload_position == at
    assert match.stored_positions == (() if at is None else (at, at + 100))


def test_of_an_id_that_is_used_twice_the_broken_one_is_meant() -> None:
    messages = [USER, calling(tool_call()), result(), ANSWER, USER, calling(tool_call()), ANSWER, USER]
    text = PRINTED["A1"][0].replace("toolu_vrtx_01", "call_1")
    assert [match.payload_position for match in find_error(text, messages)] == [5]


@pytest.mark.parametrize("case", CASES)
def test_a_predicted_text_leads_back_to_its_finding(case: Case) -> None:
    findings = [one for one in lint_messages(case.messages).findings if one.code == case.code]
    asker = next((at for at, one in enumerate(case.messages) if one.get("tool_calls")), None)
    for rejection in findings[0].rejected_by:
        (match,) = find_error(rejection.text, case.messages)
        assert match.code == case.code
        by_call = case.code == "late_tool_result" and (rejection.path or match.tool_call_ids)
        assert match.payload_position == (asker if by_call else case.at)
        if rejection.path.startswith("messages.") and "[" not in rejection.path:
            assert match.path == rejection.path


def test_of_an_id_that_is_used_twice_and_broken_nowhere_the_index_decides() -> None:
    messages = [USER, calling(tool_call()), result(), ANSWER, USER, calling(tool_call()), result(), ANSWER, USER]
    text = PRINTED["A1"][0].replace("toolu_vrtx_01", "call_1")
    for turn, at in ((1, 1), (5, 5), (77, 1)):
        assert [match.payload_position for match in find_error(text.replace("33", str(turn)), messages)] == [at]


@pytest.mark.parametrize("index", [7, 8, 9])
def test_openais_index_of_a_missing_result_leads_to_the_call_before_it(index: int) -> None:
    (match,) = find_error(f"{PRINTED['O2'][0]}', 'param': 'messages.[{index}].role'", TALK)
    assert (match.path, match.payload_position) == (f"messages.[{index}].role", 7)


def test_without_an_index_the_first_finding_that_fits_is_meant() -> None:
    messages = [SYSTEM, USER, {"role": "assistant", "content": " "}, USER, {"role": "assistant", "content": " "}, USER]
    (match,) = find_error("messages: text content blocks must contain non-whitespace text", messages)
    assert (match.code, match.payload_position) == ("whitespace_content", 2)


@given(st.text() | any_text, any_files)
def test_any_text_and_any_messages_are_no_exception(text: str, messages: list[Any]) -> None:
    assert find_error(text, messages) == find_error(text, messages)


@given(st.lists(st.sampled_from([printed[0] for printed in PRINTED.values()]), min_size=1, max_size=3), any_files)
def test_known_texts_with_any_messages_point_into_them(known: list[str], messages: list[Any]) -> None:
    matches = find_error("\n".join(known), messages)
    assert matches
    for match in matches:
        assert match.payload_position is None or 0 <= match.payload_position < len(messages)


def test_a_long_paste_is_read_in_linear_time() -> None:
    """Beginnings of known texts by the thousand: a pattern that goes back would take minutes."""
    for text in (
        "Tool call id was ",
        "messages.1: `tool_use` ids were found without ",
        "\\" * 7,
        "Invalid 'messages[",
        "\x1b[",
        "\n> ",
        "\n[2026-01-01 10:00:0",
        "tool_use_id ",
        "context length is 4096 tokens requested 5 tokens (",
    ):
        assert find_error(text * (400_000 // len(text))) == ()
