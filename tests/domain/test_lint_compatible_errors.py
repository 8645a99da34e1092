"""Errors of servers with OpenAI's API, of chat templates and of SDKs, as their reports show them."""

from typing import Any

import pytest

from chatdata.domain.lint import explain

USER = {"role": "user", "content": "Where is my bag?"}
ANSWER = {"role": "assistant", "content": "In Porto."}
CALL = {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "Porto"}
SERDE = "Failed to deserialize the JSON body into the target type: "


@pytest.mark.parametrize(
    ("text", "messages", "code", "provider", "at"),
    [
        pytest.param(
            f"{SERDE}messages[2]: missing field `tool_call_id` at line 1 column 11512",
            [USER, CALLING, {"role": "tool", "content": "Porto"}],
            "missing_tool_call_id",
            "deepseek",
            2,
            id="deepseek-id",
        ),
        pytest.param(
            f"{SERDE}messages[1]: missing field `content` at line 8 column 5",
            [USER, {"role": "user"}],
            "null_content",
            "deepseek",
            1,
            id="deepseek-content",
        ),
        pytest.param(
            f"{SERDE}messages[0]: unknown variant `developer`, expected one of `system`, `user`, `assistant`, `tool`",
            [{"role": "developer", "content": "x"}, USER],
            "unknown_role",
            "deepseek",
            0,
            id="deepseek-role",
        ),
        pytest.param(
            '{"object":"error","message":"Unexpected tool call id call_1 in tool results",'
            '"type":"invalid_request_message_order","param":null,"code":"3230"}',
            [USER, RESULT, ANSWER],
            "orphan_tool_result",
            "mistral",
            1,
            id="mistral",
        ),
        pytest.param(
            "invalid params, tool result's tool id(call_1) not found (2013)",
            [USER, RESULT, ANSWER],
            "orphan_tool_result",
            None,
            1,
            id="minimax-result",
        ),
        pytest.param(
            "invalid params, invalid function arguments json string, tool_call_id: call_1 (2013)",
            [USER, {**CALLING, "tool_calls": [{**CALL, "function": {"name": "f", "arguments": "{"}}]}, RESULT],
            "arguments_not_json",
            None,
            1,
            id="minimax-arguments",
        ),
        pytest.param(
            'HTTP 400 "Please ensure that multiturn requests alternate between user and model"',
            [USER, USER],
            "consecutive_users",
            "gemini",
            1,
            id="gemini-alternate",
        ),
        pytest.param(
            "[GoogleGenerativeAI Error]: First content should be with role 'user', got model",
            [ANSWER, USER],
            "starts_with_assistant",
            "gemini",
            0,
            id="gemini-first",
        ),
        pytest.param(
            "[GoogleGenerativeAI Error]: Content with role 'user' can't follow 'user'. Valid previous roles: {\"user\":"
            '["model"],"function":["model"],"model":["user","function"],"system":[]}',
            [USER, USER],
            "consecutive_users",
            "gemini",
            1,
            id="gemini-follow",
        ),
        pytest.param(
            '{"object":"error","message":"System role not supported","type":"BadRequestError","param":null,"code":400}',
            [{"role": "system", "content": "x"}, USER],
            "unknown_role",
            "vllm-strict-alternation",
            0,
            id="template-system",
        ),
        pytest.param(
            '<400> InternalError.Algo.InvalidParameter: messages with role "tool" must be a response to a preceeding '
            'message with "tool_calls".',
            [USER, RESULT, ANSWER],
            "orphan_tool_result",
            "qwen",
            1,
            id="qwen",
        ),
        pytest.param(
            "Invalid request: message at position 1 with role 'assistant' must not be empty",
            [USER, {"role": "assistant", "content": ""}, USER],
            "empty_content",
            "moonshot",
            1,
            id="moonshot",
        ),
        pytest.param(
            "AI_InvalidPromptError: Invalid prompt: The messages must be a ModelMessage[]. If you have passed a "
            "UIMessage[], you can use convertToModelMessages to convert them.",
            [USER],
            "unknown_block",
            "ai-sdk",
            None,
            id="ai-sdk",
        ),
        pytest.param(
            '{"error": {"code": "1214", "message": "Incorrect role information"}}',
            [USER],
            "unknown_role",
            None,
            None,
            id="glm",
        ),
    ],
)
def test_it_is_known_and_leads_to_its_message(
    text: str, messages: list[Any], code: str, provider: str | None, at: int | None
) -> None:
    (match,) = explain(text, messages).matches
    assert (match.code, match.provider, match.payload_position) == (code, provider, at)
    assert match.about_messages
    assert match.threads
    assert match.fix.endswith(".")


def test_a_limit_below_the_window_is_told_with_its_numbers() -> None:
    text = "400 Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 289650 tokens."
    (match,) = explain(f"{text} Please reduce the length of the messages.").matches
    assert (match.code, match.provider) == ("context_overflow", "openai")
    assert "289,650" in match.meaning
    assert "17,650" in match.meaning


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ('404 {"type":"error","error":{"type":"not_found_error","message":"model: sonnet4"}}', "anthropic"),
        ("(AccessDeniedException) You don't have access to the model with the specified model ID.", "bedrock"),
        ("tool call validation failed: attempted to call tool 'x' which was not in request.tools", "groq"),
        ("400 User location is not supported for the API use.", "gemini"),
    ],
)
def test_an_error_of_the_request_is_said_not_to_be_about_the_messages(text: str, provider: str) -> None:
    (match,) = explain(text).matches
    assert (match.about_messages, match.provider, match.payload_position) == (False, provider, None)
