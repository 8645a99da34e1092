"""The known errors of providers: the texts that a lint predicts, their variants, and errors with other causes."""

from dataclasses import dataclass
from typing import Literal

from chatdata.domain.lint.texts import TEXTS
from chatdata.domain.lint.values import Code, Provider

Side = Literal["call", "result", "message"]
"""The subject of an error: the message with the call, the tool result, or any message."""


@dataclass(frozen=True, slots=True)
class Known:
    """An error text of a provider."""

    template: str
    """The text with the fields of `chatdata.domain.lint.texts`; `{n}` is any number and `{any}` any short text."""
    provider: Provider | None
    """The provider with this text; None for a provider without verdicts."""
    codes: tuple[Code, ...] = ()
    """The possible codes, the likeliest first; empty for errors that the messages don't cause."""
    side: Side = "message"
    meaning: str = ""
    """An explanation for a person; by default the title of the code."""
    behind: bool = False
    """Whether the index in the text is that of the message after the one concerned."""


def _row(row: str, provider: Provider | None, *codes: Code, side: Side = "message", behind: bool = False) -> Known:
    return Known(TEXTS[row], provider, codes, side, behind=behind)


def _other_cause(template: str, provider: Provider | None, meaning: str) -> Known:
    """Returns an error that the messages don't cause."""
    return Known(template, provider, meaning=meaning)


_FOLLOWED = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'."
)
_ORPHANS: tuple[Code, ...] = ("orphan_tool_result", "late_tool_result")
_UNANSWERED: tuple[Code, ...] = ("unanswered_tool_call", "late_tool_result")
_COUNTS: tuple[Code, ...] = ("unanswered_tool_call", "orphan_tool_result", "late_tool_result")
_IMAGE = "An image in the conversation is too large for the provider."
_THINKING = "The provider's thinking blocks are missing or misplaced: stored messages don't have them."

_OPENAI = (
    _row("O1", "openai", *_ORPHANS, side="result"),
    Known(
        f"{_FOLLOWED} The following tool_call_ids did not have response messages: message[{{at}}].role",
        None,
        _UNANSWERED,
        "call",
        "Qwen: a tool call has no result in the messages right after it.",
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
    Known("Empty tool_calls is not supported in message", None, ("empty_tool_calls",)),
    _row("O8", "openai", "too_many_tool_calls"),
    _other_cause("Invalid 'tools': array too long", "openai", "The request offers more tools than are allowed."),
    _row("O10", "openai", "empty_function_name", side="call"),
    _row("O11", "openai", "bad_function_name", side="call"),
    _other_cause(
        "Invalid 'tools[{n}].function.name'",
        "openai",
        "A tool that the request offers has a name that is not allowed.",
    ),
    _row("O12", "openai", "bad_message_name"),
    _row("O13", "openai", "null_content"),
    Known(
        "Invalid type for 'input[{any}].content': expected one of an array of objects or string, but got null instead",
        None,
        ("null_content",),
        meaning="A bridge to the Responses API: a message's content is null. Its index counts other items too.",
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
    ),
    _row("B1", "bedrock", *_ORPHANS, side="result"),
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
    ),
)
_OTHERS = (
    _row("G1", "gemini", *_COUNTS),
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
        ("consecutive_users", "second_system", *_COUNTS),
    ),
    Known(
        "Message has tool role, but there was no previous assistant message with a tool call",
        None,
        _ORPHANS,
        meaning="A chat template: a tool result has no call before it.",
    ),
    Known(
        "Tool result is missing for tool call {ids}",
        None,
        _UNANSWERED,
        "call",
        "The AI SDK, before anything was sent: a tool call has no result.",
    ),
    Known(
        "Tool results are missing for tool calls {ids}",
        None,
        _UNANSWERED,
        "call",
        "The AI SDK, before anything was sent: tool calls have no results.",
    ),
)
KNOWN = (*_OPENAI, *_ANTHROPIC, *_OTHERS)
