"""The lint rules, with the providers' own error messages, and laws over any messages."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatdata.domain.lint import (
    CODES,
    PROVIDERS,
    RULES,
    Limits,
    LintFinding,
    Report,
    lint_messages,
    lint_payload,
    messages_of,
    propose,
    report_json,
)
from chatdata.domain.messages import ChatMessage, ChatSession, build_payload
from tests.support.builders import any_sessions, any_text, json_values, message, tool_call

Said = dict[str, tuple[str, str]]
"""By provider the text and the path."""

SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Hello"}
ANSWER = {"role": "assistant", "content": "Good day"}


def calling(*calls: Any, content: str | None = "") -> dict[str, Any]:
    return {"role": "assistant", "content": content, "tool_calls": list(calls)}


def result(call_id: Any = "call_1", content: str = "done") -> dict[str, Any]:
    return {"role": "tool", "content": content, "tool_call_id": call_id}


def asked(call: Any) -> list[Any]:
    """A conversation in which this call is answered as it should be."""
    return [SYSTEM, USER, calling(call), result(call["id"]), ANSWER, USER]


def openai(text: str, path: str) -> Said:
    return dict.fromkeys(("openai", "azure-openai"), (text, path))


def openai_like(text: str, path: str) -> Said:
    return dict.fromkeys(("openai", "azure-openai", "deepseek", "vllm-strict-alternation"), (text, path))


def anthropic_like(text: str, path: str) -> Said:
    return {"anthropic": (text, path), "openrouter-anthropic": (openrouter(text), path), "bedrock": (text, path)}


def openrouter(raw: str) -> str:
    quoted = json.dumps(raw, ensure_ascii=False)
    return (
        f'{{"message":"Provider returned error","code":400,"metadata":{{"raw":{quoted},"provider_name":"Anthropic"}}}}'
    )


def role_refused(at: int, turn: int | None, role: str) -> Said:
    """Each provider's own words for a role, or neutral ones, as for a role that is in no turn of Anthropic's count."""
    path, openais = f"messages[{at}].role", f"'messages[{at}].role' does not support '{role}' with this model."
    known = dict.fromkeys(PROVIDERS, (f"The role '{role}' of messages[{at}] is not supported.", path)) | {
        "openai": (f"Unsupported value: {openais}", path),
        "azure-openai": (f"Unsupported value: {openais}", path),
        "gemini": ("Please use a valid role: user, model.", ""),
        "deepseek": (
            f"Failed to deserialize the JSON body into the target type: messages[{at}].role: unknown variant "
            f"`{role}`, expected one of `system`, `user`, `assistant`, `tool`",
            path,
        ),
        "vllm-strict-alternation": ("Unexpected message role.", ""),
        "groq": (f"'messages.{at}' : discriminator property 'role' has invalid value", f"messages.{at}"),
        "qwen": (
            f"{role} is not one of ['system', 'assistant', 'user', 'tool', 'function'] - 'messages.[{at}].role'",
            f"messages.[{at}].role",
        ),
    }
    if turn is None:
        return known
    input_should = f"messages.{turn}.role: Input should be 'user' or 'assistant'"
    member = f"messages.{turn + 1}.member.role"
    enum = "failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]"
    return known | {
        "anthropic": (input_should, f"messages.{turn}.role"),
        "openrouter-anthropic": (openrouter(input_should), f"messages.{turn}.role"),
        "bedrock": (f"1 validation error detected: Value '{role}' at '{member}' {enum}", member),
    }


def no_messages() -> Said:
    return (
        dict.fromkeys(PROVIDERS, ("The request has no messages.", ""))
        | dict.fromkeys(("openai", "azure-openai"), (O14, "messages"))
        | anthropic_like("messages: at least one message is required", "messages")
    )


O1 = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
O2 = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
    "The following tool_call_ids did not have response messages: call_1"
)
O2_DEEPSEEK = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
    "(insufficient tool messages following tool_calls message)"
)
G1 = (
    "Please ensure that the number of function response parts is equal to the number of function call parts "
    "of the function call turn."
)
M1 = "Not the same number of function calls and responses"
V1 = "After the optional system message, conversation roles must alternate user/assistant/user/assistant/..."
AFTER_ANSWER: Said = {"mistral": ("Unexpected role 'system' after role 'assistant'", "")}
ALTERNATE: Said = {"vllm-strict-alternation": (V1, "")}


def orphan(at: int, turn: int, block: int, mistral: str) -> Said:
    a2 = (
        f"messages.{turn}.content.{block}: unexpected `tool_use_id` found in `tool_result` blocks: call_1. "
        "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
    )
    b1 = (
        f"The number of toolResult blocks at messages.{turn}.content exceeds "
        "the number of toolUse blocks of previous turn."
    )
    return {
        **anthropic_like(a2, f"messages.{turn}.content.{block}"),
        **openai(O1, f"messages.[{at}].role"),
        **dict.fromkeys((*COMPATIBLE, "qwen"), (O1, "")),
        "openai-responses": ("No tool call found for function call output with call_id call_1.", "input"),
        "deepseek": (O1, f"messages.[{at}].role"),
        "bedrock": (b1, f"messages.{turn}.content"),
        "gemini": (G1, ""),
        "mistral": (mistral, ""),
        **ALTERNATE,
    }


def unanswered(at: int, turn: int, calls: int = 1) -> Said:
    a1 = (
        f"messages.{turn}: `tool_use` ids were found without `tool_result` blocks immediately after: call_1. "
        "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
    )
    b2 = (
        f"messages.{turn + 1}: Did not find {calls} `tool_result` block(s) at the beginning of this message. "
        "Messages following `tool_use` blocks must begin with a matching number of `tool_result` blocks."
    )
    return {
        **anthropic_like(a1, f"messages.{turn}"),
        **openai(O2, f"messages.[{at}].role"),
        **dict.fromkeys(COMPATIBLE, (O2, "")),
        "qwen": (
            '<400> InternalError.Algo.InvalidParameter: An assistant message with "tool_calls" must be followed by '
            'tool messages responding to each "tool_call_id". The following tool_call_ids did not have response '
            f"messages: message[{at}].role",
            f"message[{at}].role",
        ),
        "openai-responses": ("No tool output found for function call call_1.", "input"),
        "deepseek": (O2_DEEPSEEK, ""),
        "bedrock": (b2, f"messages.{turn + 1}"),
        "gemini": (G1, ""),
        "mistral": (M1, ""),
        **ALTERNATE,
    }


COMPATIBLE = ("groq", "cerebras", "moonshot", "xai", "ollama")


def empty(row: str, path: str, turn: int, at: int, role: str) -> Said:
    """The rejections of a message without content."""
    block = f"messages.{turn}.content.0"
    said = anthropic_like(row, path) | {
        "bedrock": (
            f"The text field in the ContentBlock object at {block} is blank. Add text to the text field, and try "
            "again.",
            block,
        ),
        "gemini": (
            f"* GenerateContentRequest.contents[{turn}].parts: contents.parts must not be empty.",
            f"contents[{turn}].parts",
        ),
        "moonshot": (f"Invalid request: the message at position {at} with role '{role}' must not be empty", ""),
    }
    if role == "assistant":
        said["mistral"] = ("Assistant message must have either content or tool_calls, but not none.", "")
    return said


def reused(path: str) -> Said:
    text = f"{path}: `tool_use` ids must be unique"
    return anthropic_like(text, path) | {"moonshot": ("Invalid request: tool call id call_1 is duplicated", "")}


B7 = (
    "The format of the value at messages.1.content.0.toolUse.input is invalid. "
    "Provide a json object for the field and try again."
)
A15 = (
    "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with id: call_1"
)
A4 = "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"
A5 = "messages.{}: all messages must have non-empty content except for the optional final assistant message"
A6 = "messages: text content blocks must be non-empty"
A7 = "messages: text content blocks must contain non-whitespace text"
A8 = "messages.1.content.0.tool_use.input: Input should be a valid dictionary"
A9 = "This model does not support assistant message prefill. The conversation must end with a user message."
LONG_ID = "call_" + "x" * 46
LONG = (
    "Invalid 'messages[2].tool_calls[0].id': string too long. "
    "Expected a string with maximum length 40, but got a string with length 51 instead."
)
PATTERN = "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
O10 = (
    "Invalid 'messages[2].tool_calls[0].function.name': empty string. "
    "Expected a string with minimum length 1, but got an empty string instead."
)
O4 = "Invalid parameter: Duplicate value for 'tool_call_id' of 'call_1', in messages[3] and messages[4]."
O7 = (
    "Invalid 'messages[1].tool_calls': empty array. "
    "Expected an array with minimum length 1, but got an empty array instead."
)
Q7: Said = {"qwen": ("Empty tool_calls is not supported in message", "")}
O8 = (
    "Invalid 'messages[2].tool_calls': array too long. "
    "Expected an array with maximum length 128, but got an array with length 129 instead."
)
O14 = "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."
NO_ID = "Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'."
NULL = "Invalid value for 'content': expected a string, got null."
G3 = "Please ensure that function call turn comes immediately after a user turn or after a function response turn."
B5 = "A conversation must start with a user message. Try again with a conversation that starts with a user message."
B6 = (
    "A conversation must alternate between user and assistant roles. "
    "Make sure the conversation alternates between user and assistant roles and try again."
)
IMAGE = {"type": "image_url", "image_url": {"url": "data:"}}
CALLED = {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}}
NO_FUNCTION: Said = {
    "deepseek": (
        "Failed to deserialize the JSON body into the target type: messages[2]: "
        "unknown variant `function`, expected one of `system`, `user`, `assistant`, `tool`",
        "messages[2].role",
    )
}
MANY = [tool_call(f"call_{number}") for number in range(129)]
NAME_PATH = "messages[2].tool_calls[0].function.name"


class Case(NamedTuple):
    code: str
    messages: list[Any]
    at: int | None
    said: Said
    call_id: str | None = None


def named(case: Case, name: str) -> Any:
    return pytest.param(case, id=f"{case.code}-{name}")


def arguments_case(code: str, arguments: str, template: str) -> Case:
    said = {"anthropic": (A8, "messages.1.content.0.tool_use.input"), "vllm-strict-alternation": (template, "")}
    if code == "arguments_not_json":
        said["bedrock"] = (B7, "messages.1.content.0.toolUse.input")
    return Case(code, asked(tool_call(arguments=arguments)), 2, said, "call_1")


CASES = [
    named(Case("orphan_tool_result", [result(), USER], 0, orphan(0, 0, 0, M1), "call_1"), "cut-window"),
    named(
        Case(
            "orphan_tool_result",
            [SYSTEM, USER, result(), ANSWER, USER],
            2,
            orphan(2, 0, 1, "Unexpected role 'tool' after role 'user'"),
            "call_1",
        ),
        "after-user",
    ),
    named(
        Case(
            "orphan_tool_result",
            [USER, calling(tool_call()), result(), ANSWER, result(), ANSWER, USER],
            4,
            orphan(4, 4, 0, M1),
            "call_1",
        ),
        "answered-before-and-far-behind",
    ),
    named(
        Case(
            "unanswered_tool_call",
            [SYSTEM, USER, calling(tool_call()), USER],
            2,
            unanswered(2, 1),
            "call_1",
        ),
        "crash",
    ),
    named(
        Case(
            "unanswered_tool_call",
            [SYSTEM, USER, calling(tool_call("call_0"), tool_call()), result("call_0"), ANSWER, USER],
            2,
            unanswered(2, 1, calls=2),
            "call_1",
        ),
        "one-of-two",
    ),
    named(
        Case(
            "late_tool_result",
            [SYSTEM, USER, calling(tool_call()), USER, ANSWER, result(), ANSWER, USER],
            5,
            unanswered(2, 1),
            "call_1",
        ),
        "after-the-next-turn",
    ),
    named(
        Case(
            "missing_tool_call_id",
            [USER, calling(tool_call()), result(), result(None), ANSWER, USER],
            3,
            openai_like(NO_ID, "messages.[3].tool_call_id"),
        ),
        "null",
    ),
    named(
        Case(
            "missing_tool_call_id",
            [USER, calling(tool_call()), result(""), result(), ANSWER, USER],
            2,
            openai_like(NO_ID, "messages.[2].tool_call_id"),
        ),
        "empty",
    ),
    named(
        Case(
            "duplicate_tool_result",
            [SYSTEM, USER, calling(tool_call()), result(content="aborted"), result(), ANSWER, USER],
            4,
            openai(O4, "messages[4]") | anthropic_like(A15, "messages.2.content.1"),
            "call_1",
        ),
        "aborted-and-real",
    ),
    named(
        Case(
            "duplicate_tool_call_id",
            [USER, calling(tool_call(), tool_call(), content="Both."), result(), result(), ANSWER, USER],
            1,
            reused("messages.1.content.2"),
            "call_1",
        ),
        "twice",
    ),
    named(
        Case(
            "reused_tool_call_id",
            [SYSTEM, USER, calling(tool_call()), result(), ANSWER, USER, calling(tool_call()), result(), ANSWER, USER],
            6,
            reused("messages.5.content.0"),
            "call_1",
        ),
        "next-turn",
    ),
    named(
        Case("long_tool_call_id", asked(tool_call(LONG_ID)), 2, openai(LONG, "messages[2].tool_calls[0].id"), LONG_ID),
        "51",
    ),
    named(
        Case(
            "empty_tool_calls",
            [USER, {**ANSWER, "tool_calls": []}, USER],
            1,
            {**openai(O7, "messages[1].tool_calls"), **Q7},
        ),
        "list",
    ),
    named(
        Case(
            "too_many_tool_calls",
            [SYSTEM, USER, calling(*MANY), *(result(call["id"]) for call in MANY), ANSWER, USER],
            2,
            openai(O8, "messages[2].tool_calls"),
        ),
        "129",
    ),
    named(Case("empty_function_name", asked(tool_call(name="")), 2, openai(O10, NAME_PATH), "call_1"), "empty"),
    named(
        Case(
            "bad_function_name",
            asked(tool_call(name="find agent")),
            2,
            openai(f"Invalid '{NAME_PATH}': {PATTERN}", NAME_PATH),
            "call_1",
        ),
        "space",
    ),
    named(
        Case(
            "bad_message_name",
            [SYSTEM, {**USER, "name": "Zoë"}],
            1,
            openai(f"Invalid 'messages[1].name': {PATTERN}", "messages[1].name"),
        ),
        "letter",
    ),
    named(
        arguments_case(
            "arguments_not_json", '{"query":"new', "Unterminated string starting at: line 1 column 10 (char 9)"
        ),
        "cut",
    ),
    named(arguments_case("arguments_not_json", "", "Expecting value: line 1 column 1 (char 0)"), "empty"),
    named(arguments_case("arguments_not_object", "[]", "'list object' has no attribute 'items'"), "list"),
    named(arguments_case("arguments_not_object", " null", "'None' has no attribute 'items'"), "null"),
    named(arguments_case("arguments_not_object", '"{}"', "'str object' has no attribute 'items'"), "string"),
    named(arguments_case("arguments_not_object", "42", "'int object' has no attribute 'items'"), "number"),
    named(
        Case(
            "empty_content",
            [SYSTEM, USER, {**ANSWER, "content": ""}, USER],
            2,
            empty(A5.format(1), "messages.1", 1, 2, "assistant"),
        ),
        "assistant",
    ),
    named(
        Case("empty_content", [{**USER, "content": ""}], 0, empty(A5.format(0), "messages.0", 0, 0, "user")),
        "user-at-the-end",
    ),
    named(
        Case(
            "empty_content",
            [{**USER, "content": [{"type": "text", "text": ""}]}],
            0,
            empty(A6, "messages", 0, 0, "user"),
        ),
        "part",
    ),
    named(
        Case("whitespace_content", [USER, {**ANSWER, "content": " \n"}, USER], 1, anthropic_like(A7, "messages")),
        "assistant",
    ),
    named(
        Case(
            "whitespace_content",
            [USER, calling(tool_call(), content="\n"), result(), ANSWER, USER],
            1,
            anthropic_like(A7, "messages"),
        ),
        "beside-calls",
    ),
    named(
        Case("null_content", [{"role": "system", "content": None}, USER], 0, openai(NULL, "messages.[0].content")),
        "system",
    ),
    named(
        Case(
            "null_content",
            [USER, calling(tool_call()), {"role": "tool", "tool_call_id": "call_1"}, ANSWER, USER],
            2,
            openai(NULL, "messages.[2].content"),
        ),
        "missing",
    ),
    named(
        Case(
            "no_messages",
            [],
            None,
            no_messages(),
        ),
        "file",
    ),
    named(
        Case(
            "ends_with_assistant",
            [USER, ANSWER],
            1,
            {
                "anthropic": (A9, ""),
                "mistral": (
                    "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
                    "",
                ),
            },
        ),
        "file",
    ),
    named(
        Case(
            "user_after_tool",
            [USER, calling(tool_call()), result(), USER],
            3,
            {"mistral": ("Unexpected role 'user' after role 'tool'", "")},
        ),
        "no-answer",
    ),
    named(Case("consecutive_users", [SYSTEM, USER, USER], 2, ALTERNATE), "two"),
    named(Case("second_system", [SYSTEM, USER, ANSWER, SYSTEM, USER], 3, ALTERNATE | AFTER_ANSWER), "note"),
    named(
        Case(
            "unknown_role",
            [{**USER, "role": "developer"}, USER],
            0,
            {
                provider: said
                for provider, said in role_refused(0, None, "developer").items()
                if provider not in ("openai", "azure-openai", "openai-responses")
            },
        ),
        "developer",
    ),
    named(
        Case(
            "unknown_role",
            [USER, ANSWER, {**USER, "role": "critic"}],
            2,
            role_refused(2, 2, "critic"),
        ),
        "critic",
    ),
    named(
        Case(
            "lone_surrogate",
            [{**USER, "content": "cut \ud83d"}],
            0,
            {
                "anthropic": (
                    "The request body is not valid JSON: no low surrogate in string: line 1 column 48 (char 47)",
                    "",
                )
            },
        ),
        "emoji",
    ),
    named(
        Case("starts_with_assistant", [SYSTEM, ANSWER, USER], 1, {"bedrock": (B5, "")} | ALTERNATE),
        "greeting",
    ),
    named(
        Case(
            "starts_with_assistant",
            [calling(tool_call()), result(), ANSWER, USER],
            0,
            {"bedrock": (B5, ""), "gemini": (G3, "")} | ALTERNATE,
        ),
        "call",
    ),
    named(Case("consecutive_assistants", [USER, ANSWER, ANSWER, USER], 2, {"bedrock": (B6, "")} | ALTERNATE), "two"),
    named(
        Case(
            "text_too_long",
            [{**USER, "content": "x" * 1_048_577}],
            0,
            openai(
                "Invalid 'messages[0].content': string too long. "
                "Expected a string with maximum length 1048576, but got a string with length 1048577 instead.",
                "messages[0].content",
            ),
        ),
        "one-more",
    ),
    named(
        Case(
            "trailing_whitespace",
            [USER, {**ANSWER, "content": "It is "}],
            1,
            {"anthropic": ("messages: final assistant content cannot end with trailing whitespace", "messages")},
        ),
        "space",
    ),
    named(
        Case(
            "part_without_type",
            [USER, calling(tool_call()), {**result(), "content": [{"row": 1}]}, ANSWER, USER],
            2,
            openai("Missing required parameter: 'messages[2].content[0].type'.", "messages[2].content[0].type"),
        ),
        "objects",
    ),
    named(
        Case(
            "call_without_type",
            asked({"id": "call_1", "function": {"name": "f", "arguments": "{}"}}),
            2,
            openai("Missing required parameter: 'messages[2].tool_calls[0].type'.", "messages[2].tool_calls[0].type"),
            "call_1",
        ),
        "none",
    ),
    named(
        Case(
            "arguments_as_object",
            asked({"id": "call_1", "type": "function", "function": {"name": "f", "arguments": {"a": 1}}}),
            2,
            openai_like(
                "Invalid type for 'messages[2].tool_calls[0].function.arguments': "
                "expected a string, but got an object instead.",
                "messages[2].tool_calls[0].function.arguments",
            ),
            "call_1",
        ),
        "object",
    ),
    named(
        Case(
            "image_in_tool_result",
            [USER, calling(tool_call()), {**result(), "content": [IMAGE]}, ANSWER, USER],
            2,
            openai(
                "Invalid 'messages[2]'. Image URLs are only allowed for messages with role 'user', "
                "but this message with role 'tool' contains an image URL.",
                "messages[2]",
            )
            | {
                "deepseek": (
                    "Failed to deserialize the JSON body into the target type: messages[2]: "
                    "unknown variant `image_url`, expected `text`",
                    "messages[2]",
                )
            },
        ),
        "picture",
    ),
    named(
        Case(
            "unsupported_media",
            [USER, {"role": "assistant", "content": [IMAGE]}, USER],
            1,
            openai(
                "Invalid 'messages[1]'. Image URLs are only allowed for messages with role 'user', "
                "but this message with role 'assistant' contains an image URL.",
                "messages[1]",
            ),
        ),
        "picture-of-the-assistant",
    ),
    named(
        Case(
            "reasoning_not_allowed",
            [USER, {**ANSWER, "reasoning_content": "Let me see."}, USER],
            1,
            {
                "groq": (
                    "'messages.1' : for 'role:assistant' the following must be satisfied"
                    "[('messages.1' : property 'reasoning_content' is unsupported)]",
                    "messages.1",
                ),
                "cerebras": (
                    "messages.1.assistant.reasoning_content: "
                    "property 'messages.1.assistant.reasoning_content' is unsupported",
                    "messages.1.assistant.reasoning_content",
                ),
            },
        ),
        "answer",
    ),
    named(
        Case(
            "function_role",
            [USER, CALLED, {"role": "function", "content": "ok"}, ANSWER, USER],
            2,
            openai("Missing parameter 'name': messages with role 'function' must have a 'name'.", "messages[2].name")
            | NO_FUNCTION,
        ),
        "without-name",
    ),
    named(
        Case(
            "function_role",
            [USER, CALLED, {"role": "function", "name": "f", "content": "ok"}, ANSWER, USER],
            2,
            NO_FUNCTION,
        ),
        "with-name",
    ),
    named(Case("unknown_block", [{**USER, "content": [{"type": "tool_use", "id": "a"}]}], 0, {}), "part"),
    named(Case("unknown_block", [{**USER, "parts": [{"type": "text", "text": "Hi"}]}], 0, {}), "field"),
    named(
        Case(
            "unknown_block",
            [USER, {**ANSWER, "tool_calls": tool_call()}, USER],
            1,
            openai(
                "Invalid type for 'messages[1].tool_calls': expected an array of objects, but got an object instead.",
                "messages[1].tool_calls",
            ),
        ),
        "one-call",
    ),
    named(Case("nul_character", asked(tool_call(arguments='{"a":"\0"}')), 2, {}), "arguments"),
]


def of_code(report: Report, code: str) -> list[LintFinding]:
    return [finding for finding in report.findings if finding.code == code]


def said_by(finding: LintFinding) -> Said:
    return {rejection.provider: (rejection.text, rejection.path) for rejection in finding.rejected_by}


@pytest.mark.parametrize("case", CASES)
def test_each_rule_says_what_the_providers_say(case: Case) -> None:
    (finding,) = of_code(lint_messages(case.messages), case.code)
    assert (finding.payload_position, finding.tool_call_id) == (case.at, case.call_id)
    assert said_by(finding) == case.said
    harmless = {"long_tool_call_id", "nul_character"} if case.said else {"nul_character", "unknown_block"}
    assert finding.severity == ("warning" if case.code in harmless else "error")


def test_every_code_has_a_case_and_a_rule() -> None:
    elsewhere = {
        *("bad_tool_call_id", "context_overflow", "reasoning_missing", "thinking_modified"),
        # of request bodies: test_lint_native.py
        *("image_too_large", "too_many_cache_marks", "lone_reasoning", "bad_item_id", "tools_missing"),
        *("too_many_tools", "repeated_key"),  # of parsed files: test_lint_tools.py, test_lint_repeated_keys.py
    }
    assert {case.values[0].code for case in CASES} | elsewhere == set(CODES) == set(RULES)
    assert all(rule.code == code and rule.cause.endswith(".") for code, rule in RULES.items())


def test_every_thread_of_the_catalogue_names_a_repository_and_a_number() -> None:
    for rule in RULES.values():
        assert rule.threads
        for thread in rule.threads:
            repository, _, number = thread.partition("#")
            assert (repository.count("/"), number.isdecimal()) == (1, True)


CLEAN: list[Any] = [
    [USER],
    [SYSTEM, USER, ANSWER, USER],
    asked(tool_call()),
    [USER, calling(tool_call("a"), tool_call("b"), content=None), result("b"), result("a"), ANSWER, USER],
    [USER, calling(tool_call()), result(content=""), ANSWER, USER],
    [{**USER, "content": [{"type": "text", "text": " "}, {"type": "text", "text": "x"}]}],
    [{**USER, "name": "Ann-1", "tool_calls": None}],
    [USER, {"role": "assistant", "content": None, "refusal": "No."}, USER],
    [USER, {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}}, USER],
    asked(tool_call("c" * 40)),
    [USER, calling(*MANY[:128]), *(result(call["id"]) for call in MANY[:128]), ANSWER, USER],
    asked(tool_call(arguments='{"emoji":"😀","deep":' + "[" * 5000 + "]" * 5000 + "}")),
]


@pytest.mark.parametrize("messages", CLEAN)
def test_nothing_is_found_where_nothing_is_wrong(messages: list[Any]) -> None:
    report = lint_messages(messages)
    assert (report.findings, report.worst, report.messages) == ((), None, len(messages))
    assert report.verdicts == dict.fromkeys(PROVIDERS, "accept")


@pytest.mark.parametrize(
    ("messages", "codes"),
    [
        pytest.param([{"role": "user", "content": None}], ["empty_content", "null_content"], id="null-user"),
        pytest.param(
            [USER, calling(tool_call(), tool_call()), result(), ANSWER, USER],
            ["duplicate_tool_call_id"],
            id="one-result-for-two-calls-with-one-id",
        ),
        pytest.param(
            [USER, calling(tool_call(), tool_call()), result(), ANSWER, result(), USER],
            ["duplicate_tool_call_id", "orphan_tool_result", "user_after_tool"],
            id="a-straggler-of-an-answered-id",
        ),
        pytest.param(
            [USER, calling(tool_call(), tool_call()), USER],
            ["unanswered_tool_call", "duplicate_tool_call_id"],
            id="an-unanswered-id-is-said-once",
        ),
        pytest.param(
            [USER, calling(tool_call("call_1")), result("call_2"), ANSWER, USER],
            ["unanswered_tool_call", "orphan_tool_result"],
            id="the-ids-differ",
        ),
        pytest.param(
            [ANSWER, SYSTEM, USER],
            ["starts_with_assistant", "second_system"],
            id="a-first-system-message-behind-the-first-message",
        ),
        pytest.param([USER, {**ANSWER, "content": ""}], ["ends_with_assistant"], id="an-empty-last-answer"),
        pytest.param([USER, calling(tool_call()), "result", USER], ["unanswered_tool_call", "unknown_role"], id="text"),
        pytest.param(
            [USER, calling("call"), result(""), ANSWER, USER],
            ["bad_tool_call_id", "bad_tool_call_id", "empty_function_name", "missing_tool_call_id"],
            id="a-call-without-id-answered-without-id",
        ),
        pytest.param(
            [USER, calling({"id": 5, "function": {"name": "f"}}), ANSWER, USER],
            [
                "unanswered_tool_call",
                *["bad_tool_call_id"] * 2,
                "arguments_not_object",
                "call_without_type",
                "consecutive_assistants",
            ],
            id="a-number-is-no-id",
        ),
        pytest.param(
            [*asked(tool_call()), calling(tool_call(), tool_call()), result(), ANSWER, USER],
            ["duplicate_tool_call_id", "reused_tool_call_id"],
            id="reused-twice-in-one-message-is-said-once",
        ),
        pytest.param(
            [USER, calling({"function": {"name": "f"}}), result(), ANSWER, USER],
            [
                "unanswered_tool_call",
                *["bad_tool_call_id"] * 2,
                "arguments_not_object",
                "call_without_type",
                "orphan_tool_result",
            ],
            id="a-call-without-id-is-not-answered-by-a-result-with-one",
        ),
        pytest.param([{**USER, "tool_calls": [tool_call()]}], [], id="only-an-assistant-calls"),
        pytest.param(
            [USER, calling(tool_call()), {**result(), "name": "find agent"}, ANSWER, USER], [], id="a-tool's-name"
        ),
    ],
)
def test_what_is_found_together(messages: list[Any], codes: list[str]) -> None:
    assert [finding.code for finding in lint_messages(messages).findings] == codes


@pytest.mark.parametrize(
    ("call_id", "serving", "found"),
    [
        ("call_1", None, []),
        ("call_1", "mistral", [("error", ["mistral"])]),
        ("abcdefgh9", "mistral", []),
        ("f.x:301", None, [("error", ["anthropic", "openrouter-anthropic"]), ("warning", ["mistral"])]),
        ("f.x:301", "mistral", [("error", ["anthropic", "openrouter-anthropic"]), ("error", ["mistral"])]),
        ("f.x:301", "openai", [("error", ["anthropic", "openrouter-anthropic"]), ("warning", ["mistral"])]),
    ],
)
def test_an_id_is_judged_by_its_alphabet_and_by_mistral_only_where_it_serves(
    call_id: str, serving: Any, found: list[tuple[str, list[str]]]
) -> None:
    report = lint_messages(asked(tool_call(call_id)), limits=Limits(serving=serving))
    findings = of_code(report, "bad_tool_call_id")
    assert [(one.severity, [said.provider for said in one.rejected_by]) for one in findings] == found
    for finding in findings:
        said = said_by(finding)
        if "mistral" in said:
            text = f"Tool call id was {call_id} but must be a-z, A-Z, 0-9, with a length of 9."
            assert said == {"mistral": (text, "")}
        else:
            path = "messages.1.content.0.tool_use.id"
            assert said == {"anthropic": (A4, path), "openrouter-anthropic": (openrouter(A4), path)}


@pytest.mark.parametrize(
    ("tokens", "window", "severity"),
    [
        (None, 1000, None),
        (2000, None, None),
        (1000, 1000, None),
        (1001, 1000, "warning"),
        (1099, 1000, "warning"),
        (1100, 1000, "error"),
    ],
)
def test_an_overflow_is_a_warning_near_the_window(tokens: int | None, window: int | None, severity: str | None) -> None:
    report = lint_messages([USER], limits=Limits(estimated_tokens=tokens, context_window=window))
    assert report.worst == severity
    assert (report.verdicts["openai"] == "reject") == (severity == "error")
    for finding in report.findings:
        assert said_by(finding) == openai(
            f"This model's maximum context length is 1000 tokens. However, your messages resulted in {tokens} tokens "
            f"({tokens} in the messages, 0 in the functions). Please reduce the length of the messages or functions.",
            "messages",
        )
        assert "estimate" in finding.meaning


def test_a_verdict_follows_from_errors_alone() -> None:
    warned = lint_messages(asked(tool_call(LONG_ID)))
    assert (warned.worst, warned.verdicts["openai"]) == ("warning", "accept")
    refused = lint_messages([USER, calling(tool_call()), result(), USER])
    assert {provider for provider, verdict in refused.verdicts.items() if verdict == "reject"} == {"mistral"}


# A stored session


def stored(*messages: ChatMessage) -> Report:
    return lint_payload(build_payload(messages, range(10, 10 + len(messages))))


def test_a_session_is_judged_with_the_next_user_message_behind_it() -> None:
    report = stored(message("user"), message("assistant", "a"), message("assistant", "b"))
    (finding,) = report.findings
    assert (finding.code, finding.severity, finding.rejected_by) == ("ends_with_assistant", "info", ())
    assert (finding.payload_position, finding.stored_positions, report.messages) == (1, (11, 12), 2)
    assert set(report.verdicts.values()) == {"accept"}


@pytest.mark.parametrize(
    ("last", "code"),
    [
        pytest.param([message("user")], "consecutive_users", id="user"),
        pytest.param(
            [message("assistant", None, tool_calls=[tool_call()]), message("tool", "r", tool_call_id="call_1")],
            "user_after_tool",
            id="tool",
        ),
    ],
)
def test_what_the_next_user_message_breaks_points_behind_the_last_one(last: list[ChatMessage], code: str) -> None:
    messages = [message("user"), message("assistant", "a"), message("user"), message("assistant", "b"), *last]
    report = stored(*messages) if code == "consecutive_users" else stored(*messages[:3], *last)
    (finding,) = report.findings
    assert (finding.code, finding.payload_position) == (code, report.messages)
    assert finding.stored_positions == (9 + report.messages,)


def test_an_unanswered_last_call_and_an_empty_last_answer_are_not_final_in_a_session() -> None:
    report = stored(message("user"), message("assistant", ""))
    assert [finding.code for finding in report.findings] == ["empty_content", "ends_with_assistant"]
    assert of_code(stored(message("user"), message("assistant", "", tool_calls=[tool_call()])), "unanswered_tool_call")


def test_a_skipped_role_is_a_warning_at_its_stored_position() -> None:
    report = stored(message("user"), message("critic", tool_calls=[tool_call()]), message("assistant", "a"))
    finding = report.findings[0]
    assert (finding.code, finding.severity, finding.rejected_by) == ("unknown_role", "warning", ())
    assert (finding.payload_position, finding.stored_positions) == (None, (11,))


def test_a_session_without_messages_is_accepted_and_a_file_without_is_not() -> None:
    report = stored()
    assert [(one.code, one.severity) for one in report.findings] == [("no_messages", "info")]
    assert set(report.verdicts.values()) == {"accept"}
    assert set(lint_messages([]).verdicts.values()) == {"reject"}


@given(any_sessions)
def test_of_any_session_every_position_exists(session: ChatSession) -> None:
    payload = build_payload(session.messages)
    report = lint_payload(payload)
    assert report.messages == len(payload.messages)
    for finding in report.findings:
        assert set(finding.stored_positions) <= set(range(len(session.messages)))
        if finding.payload_position is None:
            assert finding.code in ("unknown_role", "no_messages")
        else:
            assert 0 <= finding.payload_position <= report.messages
            at = min(finding.payload_position, report.messages - 1)
            assert finding.stored_positions == (payload.messages[at].positions if payload.messages else ())
    assert lint_payload(payload) == report


# Files


_ids = st.none() | st.sampled_from(["call_1", "call_2", "", "a.b"]) | json_values
_calls = st.fixed_dictionaries(
    {"id": _ids}, optional={"function": st.fixed_dictionaries({"name": json_values, "arguments": json_values})}
)
_messages = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool", "system", "developer", "function"]) | json_values},
    optional={
        "content": json_values | st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": any_text})),
        "tool_calls": st.lists(_calls | json_values, max_size=3) | json_values,
        "tool_call_id": _ids,
        "name": json_values,
        "function_call": json_values,
    },
)
any_files = st.lists(_messages | json_values, max_size=6)


@given(any_files)
def test_whatever_a_file_holds_it_is_linted_and_stays_as_it_is(messages: list[Any]) -> None:
    before = repr(messages)
    report = lint_messages(messages, positions=[(at + 5,) for at in range(len(messages))])
    assert repr(messages) == before
    assert report == lint_messages(messages, positions=[(at + 5,) for at in range(len(messages))])
    for finding in report.findings:
        if finding.payload_position is not None:
            assert finding.stored_positions == (finding.payload_position + 5,)
    assert json.loads(json.dumps(report_json(report, None, "file")))["messages"] == len(messages)


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([None, 1, "x", [], [USER], {}], id="no-messages"),
        pytest.param([{"role": "user", "content": [{"text": None}, {"text": ""}, 5]}, {"role": {}}], id="parts"),
        pytest.param([{"role": None, "content": None, "tool_calls": {"id": 1}, "tool_call_id": []}], id="nulls"),
        pytest.param([{"role": "tool", "tool_call_id": 17, "content": 17}], id="numbers"),
        pytest.param([calling(None, [], 3, {"id": "\ud83d", "function": []}, {"function": {"name": 1}})], id="calls"),
        pytest.param([calling(tool_call(arguments="9" * 5000))], id="a-number-too-long-to-read"),
    ],
)
def test_damaged_messages_are_findings_and_no_exception(messages: list[Any]) -> None:
    assert lint_messages(messages).findings


def test_nesting_deeper_than_python_calls_is_no_exception() -> None:
    deep: Any = "end \ud83d\0"
    for _ in range(100_000):
        deep = [deep]
    found = lint_messages([{"role": "user", "content": deep}]).findings
    assert [finding.code for finding in found] == ["lone_surrogate", "nul_character", "unknown_block"]


_words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=10)


@st.composite
def clean_talks(draw: st.DrawFn) -> list[Any]:
    """Turns of a user, perhaps calls with their results in any order, and an answer."""
    messages: list[Any] = [SYSTEM] if draw(st.booleans()) else []
    for turn in range(draw(st.integers(1, 4))):
        messages.append({"role": "user", "content": draw(_words)})
        count = draw(st.integers(0, 3))
        if count:
            ids = [f"call_{turn}_{number}" for number in range(count)]
            messages.append(calling(*(tool_call(call_id) for call_id in ids), content=draw(st.none() | _words)))
            messages += [result(call_id, draw(any_text)) for call_id in draw(st.permutations(ids))]
        messages.append({"role": "assistant", "content": draw(_words)})
    return [*messages, USER]


@given(clean_talks())
def test_a_clean_conversation_has_no_error(messages: list[Any]) -> None:
    errors = [one for one in lint_messages(messages).findings if one.severity == "error"]
    assert {one.code for one in errors} <= {"lone_surrogate"}


@given(clean_talks(), st.data())
def test_a_dropped_result_is_always_found(messages: list[Any], data: st.DataObject) -> None:
    results = [at for at, one in enumerate(messages) if one["role"] == "tool"]
    if not results:
        return
    at = data.draw(st.sampled_from(results))
    report = lint_messages(messages[:at] + messages[at + 1 :])
    (finding,) = of_code(report, "unanswered_tool_call")
    assert finding.tool_call_id == messages[at]["tool_call_id"]
    assert set(report.verdicts.values()) == {"reject"}


@pytest.mark.parametrize(
    "document",
    [[USER], {"messages": [USER], "model": "m"}, {"session_id": "s-1", "messages": [USER], "usage": []}],
    ids=["array", "request", "cached"],
)
def test_the_messages_of_a_file_are_found(document: Any) -> None:
    assert messages_of(document) == [USER]


@pytest.mark.parametrize("document", [None, 1, "x", {}, {"messages": {"a": 1}}, {"messages": None}])
def test_anything_else_is_said_to_be_no_file_of_messages(document: Any) -> None:
    with pytest.raises(ValueError, match=r"array.*\.$"):
        messages_of(document)


def test_the_json_of_a_report_is_the_contracts() -> None:
    report = lint_messages([USER, calling(tool_call()), result(), USER], positions=[(1,), (2, 3), (4,), (5,)])
    assert report_json(report, "s-1", "cache") == {
        "session_id": "s-1",
        "source": "cache",
        "dialect": "openai-chat",
        "messages": 4,
        "findings": [
            {
                "code": "user_after_tool",
                "severity": "error",
                "payload_position": 3,
                "stored_positions": [5],
                "path": "messages[3]",
                "tool_call_id": None,
                "meaning": "A user message follows a tool result without an answer between.",
                "rejected_by": [
                    {"provider": "mistral", "text": "Unexpected role 'user' after role 'tool'", "path": ""}
                ],
            }
        ],
        "verdicts": dict.fromkeys(PROVIDERS, "accept") | {"mistral": "reject"},
    }


# Proposals

LOST = {
    "orphan_tool_result": ("done",),
    "duplicate_tool_result": ("aborted",),
    "empty_content-part": ('[{"type": "text", "text": ""}]',),
    "whitespace_content-assistant": (" \n",),
    "whitespace_content-beside-calls": ("\n",),
    "bad_function_name": ("find agent",),
    "bad_message_name": ("Zoë",),
    "arguments_not_json-cut": ('{"query":"new',),
    "starts_with_assistant-greeting": ("Good day",),
    "starts_with_assistant-call": (json.dumps([tool_call()], ensure_ascii=False), "done", "Good day"),
    "trailing_whitespace": (" ",),
    "reasoning_not_allowed": ("Let me see.",),
}
PROPOSED = {
    "orphan_tool_result",
    "duplicate_tool_result",
    "unanswered_tool_call",
    "late_tool_result",
    "empty_tool_calls",
    "null_content",
    "empty_content",
    "whitespace_content",
    "lone_surrogate",
    "nul_character",
    "arguments_not_json",
    "empty_function_name",
    "bad_function_name",
    "bad_message_name",
    "consecutive_users",
    "consecutive_assistants",
    "second_system",
    "starts_with_assistant",
    "reasoning_not_allowed",
    "trailing_whitespace",
    "call_without_type",
    "arguments_as_object",
}


@pytest.mark.parametrize("case", CASES)
def test_a_proposal_ends_its_finding_and_says_what_is_lost(case: Case, request: pytest.FixtureRequest) -> None:
    before = json.dumps(case.messages)
    (finding,) = of_code(lint_messages(case.messages), case.code)
    fix = propose(case.messages, finding)
    assert json.dumps(case.messages) == before
    assert (fix is not None) == (case.code in PROPOSED)
    if fix is not None:
        assert not of_code(lint_messages(fix.messages), case.code)
        name = request.node.callspec.id
        assert fix.lost == LOST.get(name, LOST.get(case.code, ()))


def test_a_placeholder_answers_the_call_behind_the_results_that_are_there() -> None:
    messages = [USER, calling(tool_call("a"), tool_call("b")), result("a"), USER]
    (finding,) = of_code(lint_messages(messages), "unanswered_tool_call")
    fix = propose(messages, finding)
    assert fix is not None
    placeholder = '{"type":"error","message":"No result was recorded."}'
    assert fix.messages == [*messages[:3], result("b", placeholder), USER]


def test_a_late_result_moves_and_nothing_else_changes() -> None:
    messages = [USER, calling(tool_call("a"), tool_call("b")), result("b"), ANSWER, result("a"), USER]
    (finding,) = of_code(lint_messages(messages), "late_tool_result")
    fix = propose(messages, finding)
    assert fix is not None
    assert fix.messages == [*messages[:3], messages[4], ANSWER, USER]
    assert fix.lost == ()


@example([{"role": "assistant", "tool_calls": [{"id": None, "function": {"name": None, "arguments": {"": "0"}}}]}])
@given(any_files)
def test_a_proposal_for_any_damage_loses_no_text_that_it_doesnt_name(messages: list[Any]) -> None:
    before = Counter(_texts(messages))
    for finding in lint_messages(messages).findings:
        fix = propose(messages, finding)
        if fix is None:
            continue
        if finding.code not in ("lone_surrogate", "nul_character"):
            after = Counter(_texts(fix.messages))
            gone = before - after
            # arguments that become JSON text are still there, inside that text
            named = "\n".join((*fix.lost, *(after if finding.code == "arguments_as_object" else ())))
            forms = {
                text: (text, *(json.dumps(text, ensure_ascii=plain)[1:-1] for plain in (True, False))) for text in gone
            }
            assert all(any(form in named for form in forms[text]) for text in gone if text)
        here = [one for one in lint_messages(fix.messages).findings if one.code == finding.code]
        assert len(here) < len(of_code(lint_messages(messages), finding.code))


def _texts(value: Any, key: str = "") -> list[str]:
    """Every content, name and argument; keys, roles and ids are not what a conversation said."""
    if isinstance(value, str):
        return [] if key in ("role", "tool_call_id", "id", "type") else [value]
    if isinstance(value, dict):
        return [text for name, inner in value.items() for text in _texts(inner, name)]
    return [text for inner in value for text in _texts(inner, key)] if isinstance(value, list) else []


def test_only_the_call_of_the_finding_is_fixed() -> None:
    messages = [USER, calling(tool_call("a", arguments="{a"), tool_call("b", arguments="{b")), result("a"), result("b")]
    _, finding = of_code(lint_messages(messages), "arguments_not_json")
    fix = propose(messages, finding)
    assert fix is not None
    assert [call["function"]["arguments"] for call in fix.messages[1]["tool_calls"]] == ["{a", "{}"]
    assert fix.lost == ("{b",)


def test_a_call_without_an_id_gets_no_placeholder_since_none_could_name_it() -> None:
    messages = [USER, calling({"function": {"name": "f"}}), USER]
    (finding,) = of_code(lint_messages(messages), "unanswered_tool_call")
    assert propose(messages, finding) is None


def test_of_a_message_that_is_left_out_the_name_is_lost_too() -> None:
    messages = [USER, ANSWER, {**USER, "content": "", "name": "Ann", "tool_calls": None, "rating": {"stars": 5}}, USER]
    (finding,) = of_code(lint_messages(messages), "empty_content")
    fix = propose(messages, finding)
    assert fix is not None
    assert (fix.lost, fix.messages) == (("Ann", '{"stars": 5}'), [USER, ANSWER, USER])


def test_a_finding_that_is_not_of_these_messages_has_no_proposal() -> None:
    (finding,) = of_code(lint_messages([USER, result(), USER]), "orphan_tool_result")
    assert propose([USER], finding) is None
    assert propose([USER, "x"], finding) is None


# Real conversations


def airline(file: Path) -> list[list[Any]]:
    return [json.loads(line)["messages"] for line in file.read_text("utf-8").splitlines()]


def test_what_openai_accepted_is_never_said_to_be_refused_by_it(airline_file: Path) -> None:
    found: Counter[str] = Counter()
    for messages in airline(airline_file):
        sessions = build_payload([ChatMessage.model_validate(one) for one in messages])
        for report in (lint_messages(messages), lint_payload(sessions)):
            assert report.verdicts["openai"] == "accept"
            assert not any(said.provider == "openai" for one in report.findings for said in one.rejected_by)
        found.update(one.code for one in lint_messages(messages).findings)
    assert found == {"reused_tool_call_id": 38}


def test_of_real_conversations_cut_anywhere_only_the_cut_is_found(airline_file: Path) -> None:
    """A window of the last messages: results at its beginning lost their call, and nothing else changed."""
    allowed = {"orphan_tool_result", "reused_tool_call_id", "starts_with_assistant"}
    seen: set[str] = set()
    for messages in airline(airline_file)[:20]:
        for start in range(len(messages)):
            found = lint_messages(messages[start:]).findings
            first = next((at for at, one in enumerate(messages[start:]) if one["role"] != "tool"), len(messages))
            orphans = [one.payload_position for one in found if one.code == "orphan_tool_result"]
            assert orphans == list(range(min(first, len(messages) - start)))
            seen |= {one.code for one in found}
    assert seen == allowed


def test_the_lint_is_linear() -> None:
    """Every rule at once on 6,000 messages: anything quadratic would take minutes."""
    damaged = [
        {"role": "critic", "content": None},
        calling(*(tool_call(f"call.{number % 7}", "", "x") for number in range(20)), content=" "),
        result("call.1"),
        USER,
        result("call.2", "\ud83d\0"),
        {"role": "tool", "content": ""},
    ]
    assert len(lint_messages(damaged * 1000).findings) > 40_000
