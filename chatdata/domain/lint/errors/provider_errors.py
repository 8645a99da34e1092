"""The known errors of providers: the texts that a lint predicts, their variants, and errors with other causes.

The public reports of these texts are those of the rules in `catalogue`; `more_errors` and `request_errors` hold texts
that no rule predicts, each with its own reports.
"""

from chatdata.domain.lint.errors.known_error import Known, Side
from chatdata.domain.lint.errors.more_errors import MORE
from chatdata.domain.lint.errors.request_errors import OF_REQUEST
from chatdata.domain.lint.texts import TEXTS
from chatdata.domain.lint.values import Code, Printer


def _row(row: str, provider: Printer | None, *codes: Code, side: Side = "message", behind: bool = False) -> Known:
    return Known(TEXTS[row], provider, codes, side, behind=behind)


def _other_cause(template: str, provider: Printer | None, meaning: str, *, of_request: bool = False) -> Known:
    """Returns an error that stored messages can't show: that of parts they don't hold, or of the request."""
    return Known(template, provider, meaning=meaning, of_request=of_request)


_FOLLOWED = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'."
)
_ORPHANS: tuple[Code, ...] = ("orphan_tool_result", "late_tool_result")
_UNANSWERED: tuple[Code, ...] = ("unanswered_tool_call", "late_tool_result")
_COUNTS: tuple[Code, ...] = ("unanswered_tool_call", "orphan_tool_result", "late_tool_result")
_SHAPES: tuple[tuple[str, Code, Side], ...] = (
    ("O18", "function_role", "message"),
    ("O19", "part_without_type", "message"),
    ("O20", "call_without_type", "call"),
    ("O25", "bad_tool_call_id", "call"),
    ("O21", "arguments_as_object", "call"),
    ("O22", "text_too_long", "message"),
    ("O23", "image_in_tool_result", "message"),
    ("O24", "unknown_block", "message"),
)
_IMAGE = "An image in the conversation is too large for the provider."
_THINKING = "The provider's thinking blocks are missing or misplaced: stored messages don't have them."

_OPENAI = (
    _row("O1", "openai", *_ORPHANS, side="result"),
    Known(
        f"{_FOLLOWED} The following tool_call_ids did not have response messages: message[{{at}}].role",
        "qwen",
        _UNANSWERED,
        "call",
    ),
    Known(
        f"{_FOLLOWED.removesuffix('.')}, The following tool_call_ids did not have response messages: {{ids}}",
        "deepseek",
        _UNANSWERED,
        "call",
        source=("charmbracelet/crush#862",),
    ),
    _row("O2", "openai", *_UNANSWERED, side="call"),
    _row("O2-DeepSeek", "deepseek", *_UNANSWERED),
    Known("insufficient tool messages following tool_calls message", "deepseek", _UNANSWERED),
    Known(_FOLLOWED, "openai", _UNANSWERED),
    Known(
        "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
        "deepseek",
        _ORPHANS,
        "result",
    ),
    _row("O3", "openai", "missing_tool_call_id", side="result"),
    _row("O4", "openai", "duplicate_tool_result", side="result"),
    Known(
        "tool call result does not follow tool call (2013)",
        None,
        ("reused_tool_call_id", *_ORPHANS),
        meaning="MiniMax: a tool result doesn't follow its call, or an id is used again.",
    ),
    _row("O6", "openai", "long_tool_call_id", side="call"),
    _row("O7", "openai", "empty_tool_calls"),
    _row("Q2", "qwen", "empty_tool_calls"),
    _row("O8", "openai", "too_many_tool_calls"),
    _other_cause(
        "Invalid 'tools': array too long", "openai", "The request offers more tools than are allowed.", of_request=True
    ),
    _row("O10", "openai", "empty_function_name", side="call"),
    _row("O11", "openai", "bad_function_name", side="call"),
    _other_cause(
        "Invalid 'tools[{n}].function.name'",
        "openai",
        "A tool that the request offers has a name that is not allowed.",
        of_request=True,
    ),
    _row("O12", "openai", "bad_message_name"),
    _row("O13", "openai", "null_content"),
    Known(
        "Invalid type for 'input[{any}].content': expected one of an array of objects or string, but got null instead",
        "openai-responses",
        ("null_content",),
        meaning="A message's content is null. The index counts items: calls and results are items of their own.",
    ),
    _row("O14", "openai", "no_messages"),
    _other_cause(
        "Unsupported value: 'messages[{at}].role' does not support 'system' with this model",
        "openai",
        "The chosen model does not support system messages: no message is damaged.",
    ),
    _row("O15", "openai", "unknown_role"),
    Known("[1214] Incorrect role information", None, ("unknown_role",), meaning="GLM: a role is not supported."),
    Known("This model's maximum context length is {n} tokens", "openai", ("context_overflow",)),
    *(_row(row, "openai", code, side=side) for row, code, side in _SHAPES),
    _row("O17", "vllm-strict-alternation", "arguments_not_object"),
    Known("Expecting {any}: line {n} column {n} (char {n})", "vllm-strict-alternation", ("arguments_not_json",)),
    Known("Unterminated string starting at: line {n} column", "vllm-strict-alternation", ("arguments_not_json",)),
    Known("Extra data: line {n} column {n} (char {n})", "vllm-strict-alternation", ("arguments_not_json",)),
    Known("Invalid control character at: line {n} column", "vllm-strict-alternation", ("arguments_not_json",)),
    Known("Invalid \\escape: line {n} column", "vllm-strict-alternation", ("arguments_not_json",)),
)
_ANTHROPIC = (
    _row("A0", "anthropic", "no_messages"),
    _row("A1", "anthropic", *_UNANSWERED, side="call"),
    _row("A2", "anthropic", *_ORPHANS, side="result"),
    _row("A3", "anthropic", "duplicate_tool_call_id", "reused_tool_call_id", side="call"),
    _row("A4", "anthropic", "bad_tool_call_id", side="call"),
    _row("A5", "anthropic", "empty_content"),
    _row("A6", "anthropic", "empty_content"),
    _row("A7", "anthropic", "whitespace_content"),
    _row("A8", "anthropic", "arguments_not_object", "arguments_not_json", side="call"),
    _row("A9", "anthropic", "ends_with_assistant"),
    _other_cause("Expected thinking or redacted_thinking, but found", "anthropic", _THINKING),
    _other_cause("When thinking is disabled, an assistant message in the final position", "anthropic", _THINKING),
    _other_cause("image dimensions exceed max allowed size", "anthropic", _IMAGE),
    _other_cause("image exceeds {n} MB maximum", "anthropic", _IMAGE),
    Known("The request body is not valid JSON: no low surrogate in string", "anthropic", ("lone_surrogate",)),
    _other_cause(
        "A maximum of {n} blocks with cache_control may be provided",
        "anthropic",
        "The request marks too many blocks for caching; stored messages have no such marks.",
        of_request=True,
    ),
    _row("A15", "anthropic", "duplicate_tool_result", side="result"),
    _row("A16", "anthropic", "trailing_whitespace"),
    _row("B1", "bedrock", *_ORPHANS, side="result"),
    _row("B5", "bedrock", "starts_with_assistant"),
    _row("B6", "bedrock", "consecutive_assistants", "consecutive_users"),
    _row("B7", "bedrock", "arguments_not_json", "arguments_not_object", side="call"),
    _row("B8", "bedrock", "empty_content", "whitespace_content"),
    _row("B2", "bedrock", *_UNANSWERED, side="call", behind=True),
    _other_cause(
        "The content field at messages.{any}.toolResult cannot be empty when status value is error",
        "bedrock",
        "A tool result is marked as an error and is empty; stored messages have no such mark.",
    ),
    _other_cause(
        "The toolConfig field must be defined when using toolUse and toolResult content blocks",
        "bedrock",
        "The conversation has tool calls and the request offers no tools: no message is damaged.",
        of_request=True,
    ),
)
_OTHERS = (
    _row("G1", "gemini", *_COUNTS),
    _row("G3", "gemini", "starts_with_assistant", "unanswered_tool_call", "consecutive_assistants", side="call"),
    _row("G4", "gemini", *_ORPHANS, side="result"),
    _row("G5", "gemini", "empty_content"),
    _row("M4", "mistral", "empty_content"),
    _row("R1", "openai-responses", *_UNANSWERED, side="call"),
    _row("R2", "openai-responses", *_ORPHANS, side="result"),
    _row("D2", "deepseek", "reasoning_missing", side="call"),
    _row("K1", "moonshot", "reasoning_missing", side="call"),
    Known(
        TEXTS["K2"].removeprefix("Invalid request: "),
        "moonshot",
        ("empty_content",),
        source=("MoonshotAI/kimi-code#1985", "labring/FastGPT#3575"),
    ),
    _row("K3", "moonshot", "duplicate_tool_call_id", "reused_tool_call_id", side="call"),
    Known(TEXTS["GR1"], "groq", ("reasoning_not_allowed",), raw=True),
    Known(TEXTS["GR2"], "groq", ("unknown_role",), raw=True),
    Known(TEXTS["C1"], "cerebras", ("reasoning_not_allowed",), raw=True),
    Known("Unexpected role 'system' after role '{role}'", "mistral", ("second_system",)),
    _other_cause(
        "Function call is missing a thought_signature",
        "gemini",
        "A call has lost the signature that Gemini gave it: a store, or the code before it, dropped it.",
    ),
    _row("M0", "mistral", "bad_tool_call_id", side="call"),
    _row("M1", "mistral", *_COUNTS),
    _row("M2", "mistral", "ends_with_assistant"),
    Known("Unexpected role 'user' after role 'tool'", "mistral", ("user_after_tool",)),
    Known("Unexpected role 'tool' after role '{role}'", "mistral", _ORPHANS),
    Known(
        TEXTS["V1"].removesuffix("/user/assistant/..."),
        "vllm-strict-alternation",
        ("consecutive_users", "consecutive_assistants", "starts_with_assistant", "second_system", *_COUNTS),
    ),
    Known(
        "Message has tool role, but there was no previous assistant message with a tool call",
        None,
        _ORPHANS,
        meaning="A chat template: a tool result has no call before it.",
    ),
    Known(
        "Tool result is missing for tool call {ids}",
        "ai-sdk",
        _UNANSWERED,
        "call",
        "The AI SDK, before anything was sent: a tool call has no result.",
    ),
    Known(
        "Tool results are missing for tool calls {ids}",
        "ai-sdk",
        _UNANSWERED,
        "call",
        "The AI SDK, before anything was sent: tool calls have no results.",
    ),
)
KNOWN = (*_OPENAI, *_ANTHROPIC, *_OTHERS, *MORE, *OF_REQUEST)
