"""Error texts as public reports show them, each recognized with its printer, its rule and the message it is about."""

from typing import Any, NamedTuple

import pytest

from chatdata.domain.lint import explain
from chatdata.domain.lint.values import Code, Printer

USER = {"role": "user", "content": "Where is my bag?"}
SEEN = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.org/bag.png"}}]}
BLANK = {"role": "user", "content": [{"type": "text", "text": ""}]}
ANSWER = {"role": "assistant", "content": "In Porto."}
CALL = {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}
BOTH = {"role": "assistant", "content": "I look.", "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "Porto"}
SYSTEM = {"role": "system", "content": "Be brief."}


class Report(NamedTuple):
    text: str
    provider: Printer | None
    code: Code | None
    messages: list[dict[str, Any]]
    at: int | None


OF_MESSAGES = [
    Report(
        "{'error': {'message': \"'messages' must contain the word 'json' in some form, to use 'response_format' of "
        "type 'json_object'.\", 'type': 'invalid_request_error', 'param': 'messages', 'code': None}}",
        "openai",
        None,
        [USER],
        None,
    ),
    Report("'content' is a required property - 'messages.1'", "openai", "null_content", [USER, {"role": "user"}], 1),
    Report("'role' is a required property - 'messages.1'", "openai", None, [USER, {"content": "x"}], 1),
    Report(
        "We could not parse the JSON body of your request. The content of 'assistant' should be a string type.",
        None,
        None,
        [USER],
        None,
    ),
    Report("400 Timeout while downloading https://example.org/bag.png", "openai", None, [USER, SEEN], 1),
    Report("Error while downloading https://example.org/bag.png.", "openai", None, [SEEN, USER], 0),
    Report("Failed to download image from IMG_9660.gif. Image size exceeds the limit.", "openai", None, [SEEN], 0),
    Report(
        "[400]: No tool output found for custom tool call call_1.",
        "openai-responses",
        "unanswered_tool_call",
        [USER, CALLING, USER],
        1,
    ),
    Report("messages.2.content.0: `tool_result` blocks can only be in `user` messages", "anthropic", None, [], None),
    Report("messages.1.content: 'image' blocks are not permitted within assistant turns.", "anthropic", None, [], None),
    Report(
        "Error code: 413 - {'error': {'type': 'request_too_large', 'message': 'Request exceeds the maximum size'}}",
        "anthropic",
        None,
        [USER, SEEN],
        1,
    ),
    Report(
        "ValidationException: This model doesn't support the image field for user messages. Remove image.",
        "bedrock",
        "unsupported_media",
        [USER, SEEN],
        1,
    ),
    Report(
        "Malformed input request: #/messages/1/content/0: extraneous key [type] is not permitted, reformat your input",
        "bedrock",
        None,
        [USER, ANSWER],
        1,
    ),
    Report(
        "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, "
        "and square brackets. The name can't contain more than one consecutive whitespace character.",
        "bedrock",
        None,
        [USER],
        None,
    ),
    Report(
        'Parameter validation failed:\nUnknown parameter in messages[0].content[0]: "type", must be one of: text',
        "bedrock",
        "unknown_block",
        [SEEN],
        0,
    ),
    Report(
        "Invalid number of parameters set for tagged union structure messages[0].content[0]. Can only set one of the "
        "following keys: text, image",
        "bedrock",
        "unknown_block",
        [SEEN],
        0,
    ),
    Report(
        "Unable to submit request because function call `Run` in the 3. content block is missing a `thought_signature`",
        "gemini",
        None,
        [USER, CALLING, RESULT],
        1,
    ),
    Report(
        "Developer instruction is not enabled for models/gemma-3-27b-it", "gemini", "unknown_role", [SYSTEM, USER], 0
    ),
    Report("Unsupported MIME type: image/jpg", "gemini", "unsupported_media", [USER, SEEN], 1),
    Report("400 INVALID_ARGUMENT. {'error': {'message': 'Provided image is not valid'}}", "gemini", None, [SEEN], 0),
    Report("Request contains an invalid argument.", "gemini", None, [USER], None),
    Report("Request contains an invalid argument.", "gemini", "unanswered_tool_call", [USER, CALLING, USER], 1),
    Report("Content with role 'user' can't contain 'functionResponse' part", "gemini", None, [USER], None),
    Report(
        "Please ensure that function call turn contains at least one function_call part which can not be mixed with "
        "function_response parts.",
        "gemini",
        "unanswered_tool_call",
        [],
        None,
    ),
    Report("Role 'function' is not supported", "gemini", "unknown_role", [], None),
    Report(
        "Error from provider (DeepSeek): Invalid assistant message: content or tool_calls must be set",
        "deepseek",
        "null_content",
        [USER, {"role": "assistant", "content": None, "reasoning_content": "Next."}],
        1,
    ),
    Report("message[1].content must be a string", "groq", None, [USER, SEEN], 1),
    Report("prompting with images is incompatible with system messages", None, None, [SYSTEM, SEEN], 1),
    Report(
        '<400> InternalError.Algo.InvalidParameter: The "function.arguments" parameter of the code model must be in '
        "JSON format.",
        "qwen",
        "arguments_not_json",
        [USER, {**CALLING, "tool_calls": [{**CALL, "function": {"name": "find", "arguments": "{"}}]}, RESULT],
        1,
    ),
    Report(
        "InternalError.Algo.InvalidParameter: The input messages do not contain elements with the role of user",
        "qwen",
        None,
        [SYSTEM],
        None,
    ),
    Report("if content is list. item must be dict and key[type] should in dict", "qwen", "part_without_type", [], None),
    Report("invalid params, context window exceeds limit (2013)", None, "context_overflow", [USER], None),
    Report('{"code":"1214","message":"messages 参数非法。请检查文档。"}', None, None, [USER], None),
    Report("The messages parameter is illegal. Please check the documentation.", None, None, [USER], None),
    Report("messages[1].content[0].text:text cannot be empty.", None, "empty_content", [USER, BLANK], 1),
    Report("At most 1 image(s) may be provided in one request.", "vllm-strict-alternation", None, [USER, SEEN], 1),
    Report(
        "2024-12-30 14:06:38 [ERROR] Only user and assistant roles are supported!. Error Data: n/a",
        "vllm-strict-alternation",
        "unknown_role",
        [SYSTEM, USER],
        0,
    ),
    Report(
        "Only user, assistant and tool roles are supported, got system",
        "vllm-strict-alternation",
        "unknown_role",
        [SYSTEM, USER],
        0,
    ),
    Report(
        'Error rendering prompt with jinja template: "No user query found in messages."',
        "vllm-strict-alternation",
        None,
        [CALLING, RESULT],
        None,
    ),
    Report(
        '{"code":400,"message":"Assistant response prefill is incompatible with enable_thinking."}',
        None,
        "ends_with_assistant",
        [USER, ANSWER],
        1,
    ),
    Report("TypeError: Can only get item pairs from a mapping.", "vllm-strict-alternation", None, [USER, CALLING], 1),
    Report(
        "Jinja Exception: Cannot pass both content and thinking in an assistant message with tool calls! Put the "
        "analysis message in one or the other, but not both.",
        "vllm-strict-alternation",
        None,
        [USER, BOTH, RESULT],
        1,
    ),
    Report("image input is not supported by this server", None, "unsupported_media", [USER, SEEN], 1),
    Report(
        '500: Failed to parse messages: Unsupported content part type: "image_url"', None, "unknown_block", [SEEN], 0
    ),
    Report("Missing tool call type", None, "call_without_type", [], None),
    Report("invalid message content type: <nil>", "ollama", "null_content", [USER, CALLING, RESULT], 1),
    Report("ValueError: Received multiple non-consecutive system messages.", None, "second_system", [], None),
    Report("System message must be at beginning of message list.", None, "second_system", [], None),
    Report("ERROR Multiple system messages are not supported", None, "second_system", [], None),
    Report(
        'MessageConversionError [AI_MessageConversionError]: ToolInvocation must have a result: {"state":"call"}',
        "ai-sdk",
        "unanswered_tool_call",
        [],
        None,
    ),
    Report(
        "Invalid prompt: messages must be an array of CoreMessage or UIMessage", "ai-sdk", "unknown_block", [], None
    ),
    Report(
        "litellm.APIConnectionError: Invalid user message at index 1. Please ensure all user messages are valid OpenAI "
        "chat completion messages.",
        "litellm",
        "unknown_block",
        [ANSWER, SEEN],
        1,
    ),
    Report(
        "litellm.APIConnectionError: Missing corresponding tool call for tool response message. Received - message={}",
        "litellm",
        "orphan_tool_result",
        [USER, RESULT],
        1,
    ),
    Report(
        "Exception: Unable to convert openai tool calls={'role': 'assistant'} to gemini tool calls. Received error=x",
        "litellm",
        "arguments_not_json",
        [],
        None,
    ),
]


@pytest.mark.parametrize("report", OF_MESSAGES, ids=lambda report: report.text[:60])
def test_a_reported_text_about_messages_is_recognized(report: Report) -> None:
    explained = explain(report.text, report.messages or None)
    (match,) = explained.matches
    assert (match.provider, match.code, match.payload_position) == (report.provider, report.code, report.at)
    assert match.about_messages
    assert match.meaning
    assert match.fix
    assert match.threads


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        (
            "Can't add messages to thread_jD1dj44APTovq48PCBZACOGV while a run run_KfVG8fSJg882VHYeewFQ2BHk is active.",
            "openai",
        ),
        (
            '{"message": "Another process is currently operating on this conversation.", "code": "locked"}',
            "openai-responses",
        ),
        (
            '{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}',
            "azure-openai",
        ),
        ("401 Authentication Fails, Your api key: ****fcc2 is invalid", "deepseek"),
        ("Authentication Fails (no such user)", "deepseek"),
        ("402 This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens", "openrouter"),
        ("Prompt tokens limit exceeded: 230799 > 91442. To increase, visit your settings", "openrouter"),
        ("404 - no endpoints found matching your data policy", "openrouter"),
        ("Function calling is not enabled for models/gemma-3-27b-it", "gemini"),
        ("when calling the Converse operation: This model doesn't support tool use.", "bedrock"),
        ("This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any", "bedrock"),
        ("Malformed input request: #: extraneous key [top_p] is not permitted", "bedrock"),
        (
            "Value 'Complete Session' at 'toolConfig.tools.22.member.toolSpec.name' failed to satisfy constraint",
            "bedrock",
        ),
        ("tools.12.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'", "anthropic"),
        ('{"type":"invalid_request_error","message":"tools: Tool names must be unique."}', "anthropic"),
        (
            '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
            "vllm-strict-alternation",
        ),
        (
            "openai_harmony.HarmonyError: Unexpected token 12606 while expecting start token 200006",
            "vllm-strict-alternation",
        ),
        ('HarmonyError: unexpected tokens remaining in message header: ["commentary"]', "vllm-strict-alternation"),
        ("error parsing tool call: raw='ls -R', err=invalid character 'l'", "ollama"),
    ],
)
def test_a_reported_text_about_the_request_is_told_apart(text: str, provider: Printer) -> None:
    explained = explain(text, [USER])
    assert explained.recognised
    assert not explained.about_messages
    assert explained.provider == provider
    assert "No message is at fault." in explained.matches[0].meaning


def test_a_body_that_is_no_json_is_about_the_messages_only_where_they_show_why() -> None:
    text = (
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library)"
    )
    (match,) = explain(text, [USER]).matches
    assert (match.code, match.about_messages) == (None, False)
    (match,) = explain(text, [{"role": "user", "content": "cut \ud83d"}]).matches
    assert (match.code, match.payload_position, match.about_messages) == ("lone_surrogate", 0, True)


@pytest.mark.parametrize(
    ("text", "provider", "meaning"),
    [
        (
            "Unable to submit request because the input token count is 1251952 but model only supports up to 1048576.",
            "gemini",
            "The messages alone have 1,251,952 tokens, 203,376 more than the window of 1,048,576.",
        ),
        (
            "prompt token count of 93854 exceeds the limit of 90000",
            None,
            "The messages alone have 93,854 tokens, 3,854 more than the window of 90,000.",
        ),
        (
            "Input validation: `inputs` tokens + `max_new_tokens` must be <= 2048. Given: 1244 `inputs` tokens and "
            "1000 `max_new_tokens`",
            None,
            "The messages fit: they have 1,244 of 2,048 tokens. The 1,000 tokens requested for the answer don't fit "
            "beside them.",
        ),
        (
            "Input validation error: `inputs` must have less than 1024 tokens. Given: 1168.",
            None,
            "The messages alone have 1,168 tokens, 144 more than the window of 1,024.",
        ),
        (
            "ValueError: The decoder prompt (length 322) is longer than the maximum model length of 256.",
            "vllm-strict-alternation",
            "The messages alone have 322 tokens, 66 more than the window of 256.",
        ),
        (
            "Prompt length of 5016 is longer than the maximum model length of 4096",
            "vllm-strict-alternation",
            "The messages alone have 5,016 tokens, 920 more than the window of 4,096.",
        ),
        (
            "Trying to keep the first 10136 tokens when context the overflows. However, the model is loaded with "
            "context length of only 7866 tokens, which is not enough.",
            None,
            "The messages alone have 10,136 tokens, 2,270 more than the window of 7,866.",
        ),
        (
            "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 10247 >= "
            "n_ctx: 4096).",
            None,
            "The messages alone have 10,247 tokens, 6,151 more than the window of 4,096.",
        ),
        (
            "Reached context length of 4096 tokens with model (arch: qwen3vlmoe) that does not currently support "
            "mid-generation context overflow.",
            None,
            "",
        ),
    ],
)
def test_a_reported_text_about_the_window_tells_its_counts(text: str, provider: Printer | None, meaning: str) -> None:
    (match,) = explain(text, [USER]).matches
    assert (match.provider, match.code) == (provider, "context_overflow")
    assert match.meaning == meaning or (not meaning and match.meaning)
