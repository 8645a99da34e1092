"""The known errors of providers: the texts that a lint predicts, their variants, and errors with other causes.

`reports` has the public reports of the texts that a lint predicts; all others name their own.
"""

from chatdata.domain.lint.errors.advice import ADVICE
from chatdata.domain.lint.errors.by_provider import BY_PROVIDER
from chatdata.domain.lint.errors.by_provider.shared import BLANK, BLANK_FIX
from chatdata.domain.lint.errors.known_error import Known, Side, Where
from chatdata.domain.lint.errors.reports import REPORTS
from chatdata.domain.lint.errors.request_errors import OF_REQUEST
from chatdata.domain.lint.texts import TEXTS
from chatdata.domain.lint.values import Code, Printer


def _row(row: str, provider: Printer | None, *codes: Code, side: Side = "message", behind: bool = False) -> Known:
    return Known(TEXTS[row], provider, codes, side, behind=behind, source=REPORTS[row])


def _first_sentence(row: str) -> str:
    """Returns the sentence that is often all that is left of a text."""
    return TEXTS[row].partition(". ")[0]


def _other_cause(
    template: str,
    provider: Printer | None,
    told: tuple[str, str],
    *source: str,
    where: Where | None = None,
    of_request: bool = False,
) -> Known:
    """Returns an error that stored messages can't show: that of parts they don't hold, or of the request.

    `told` is what it means and what to change.
    """
    meaning, fix = told
    return Known(template, provider, meaning=meaning, fix=fix, where=where, of_request=of_request, source=source)


_FOLLOWED = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'."
)
_ORPHANS: tuple[Code, ...] = ("orphan_tool_result", "late_tool_result")
_UNANSWERED: tuple[Code, ...] = ("unanswered_tool_call", "late_tool_result")
_COUNTS: tuple[Code, ...] = ("unanswered_tool_call", "orphan_tool_result", "late_tool_result")
_SHAPES: tuple[tuple[str, Code, Side], ...] = (
    ("O19", "part_without_type", "message"),
    ("O20", "call_without_type", "call"),
    ("O25", "bad_tool_call_id", "call"),
    ("O21", "arguments_as_object", "call"),
    ("O22", "text_too_long", "message"),
    ("O24", "unknown_block", "message"),
)
_PYTHONS = (
    "An error of Python itself. vLLM and SGLang answer with it where they can't read the arguments of an earlier call; "
    "a client of any API prints the same where it can't read an answer."
)
_CHECK = "If the server printed it, check the arguments of earlier calls, else the answer that the client read."
_NOT_PARSED = (
    "Expecting {any}: line {n} column {n} (char {n})",
    "Unterminated string starting at: line {n} column",
    "Extra data: line {n} column {n} (char {n})",
    "Invalid control character at: line {n} column",
    "Invalid \\escape: line {n} column",
)
_IMAGE = ("An image in the conversation is too large for the provider.", ADVICE["image_too_large"])
_THINKING = (
    "The provider's thinking blocks are missing or misplaced: stored messages don't have them.",
    "Send the thinking blocks of the last answer back exactly as they came, or turn thinking off for the request.",
)
_THINKING_SEEN = ("anomalyco/opencode#3077", "mastra-ai/mastra#7799", "tailcallhq/forgecode#1853")
_IMAGE_SEEN = ("anthropics/claude-code#61284", "anthropics/claude-code#4778", "microsoft/vscode#297841")

_OPENAI = (
    _row("O1", "openai", *_ORPHANS, side="result"),
    Known(
        f"{_FOLLOWED} The following tool_call_ids did not have response messages: message[{{at}}].role",
        "qwen",
        _UNANSWERED,
        "call",
        source=("QwenLM/qwen-code#606", "google-gemini/gemini-cli#5031"),
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
    Known(
        "insufficient tool messages following tool_calls message",
        "deepseek",
        _UNANSWERED,
        source=REPORTS["O2-DeepSeek"],
    ),
    Known(_FOLLOWED, "openai", _UNANSWERED, source=REPORTS["O2"]),
    Known(
        "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
        "deepseek",
        _ORPHANS,
        "result",
        source=("FoundationAgents/OpenManus#23", "run-llama/LlamaIndexTS#2165", "qwersyk/Newelle#425"),
    ),
    _row("O3", "openai", "missing_tool_call_id", side="result"),
    _row("O4", "openai", "duplicate_tool_result", side="result"),
    Known(
        "tool call result does not follow tool call (2013)",
        None,
        ("reused_tool_call_id", *_ORPHANS),
        meaning="MiniMax: a tool result doesn't follow its call, or an id is used again.",
        source=("can1357/oh-my-pi#2055",),
    ),
    _row("O6", "openai", "long_tool_call_id", side="call"),
    _row("O7", "openai", "empty_tool_calls"),
    _row("Q2", "qwen", "empty_tool_calls"),
    _row("O8", "openai", "too_many_tool_calls"),
    Known(
        "Invalid 'tools': array too long",
        "openai",
        ("too_many_tools",),
        meaning="The request offers more tools than are allowed.",
        of_request=True,
        source=("zed-industries/zed#42393",),
    ),
    _row("O10", "openai", "empty_function_name", side="call"),
    _row("O11", "openai", "bad_function_name", side="call"),
    _other_cause(
        "Invalid 'tools[{n}].function.name'",
        "openai",
        (
            "A tool that the request offers has a name that is not allowed.",
            "Use letters, digits, _ and - only in the names of tools.",
        ),
        "Vortiago/mcp-azure-devops#30",
        of_request=True,
    ),
    _row("O12", "openai", "bad_message_name"),
    _row("O13", "openai", "null_content"),
    Known(
        "Invalid type for 'input[{any}].content': expected one of an array of objects or string, but got null instead",
        "openai-responses",
        ("null_content",),
        meaning="A message's content is null. The index counts items: calls and results are items of their own.",
        source=("QuantumNous/new-api#4776",),
    ),
    _row("O14", "openai", "no_messages"),
    _other_cause(
        "Unsupported value: 'messages[{at}].role' does not support 'system' with this model",
        "openai",
        (
            "The chosen model does not support system messages: no message is damaged.",
            "Put the system text into the first message of the user, or use a model that takes system messages.",
        ),
        "openai/openai-python#2047",
        "agno-agi/agno#1770",
    ),
    _row("O15", "openai", "unknown_role"),
    Known(
        "This model's maximum context length is {n} tokens",
        "openai",
        ("context_overflow",),
        source=(
            "bytedance/deer-flow#310",
            "Significant-Gravitas/AutoGPT#6738",
            "ChatGPTNextWeb/NextChat#3195",
            "vllm-project/vllm#20409",
        ),
    ),
    Known(
        TEXTS["O18"],
        "openai",
        ("function_role",),
        meaning="A message of the role function does not say which function's result it is.",
        fix="Give it the name of the function, or send it with the role tool and the ID of its call.",
        source=REPORTS["O18"],
    ),
    *(_row(row, "openai", code, side=side) for row, code, side in _SHAPES),
    Known(
        "Invalid '{path}.content': string too long. Expected a string with maximum length {n}",
        "openai",
        ("text_too_long",),
        source=REPORTS["O22"],
    ),
    Known(TEXTS["O23"].replace("{role}", "tool"), "openai", ("image_in_tool_result",), source=REPORTS["O23"]),
    Known(TEXTS["O23"], "openai", ("unsupported_media",), source=REPORTS["O23"]),
    Known(TEXTS["O17"], None, ("arguments_not_object",), meaning=_PYTHONS, source=REPORTS["O17"]),
    *(
        Known(
            text,
            None,
            ("arguments_not_json",),
            meaning=_PYTHONS,
            fix=_CHECK,
            only_found=True,
            source=REPORTS["O17"],
        )
        for text in _NOT_PARSED
    ),
)
_ANTHROPIC = (
    _row("A0", "anthropic", "no_messages"),
    _row("A1", "anthropic", *_UNANSWERED, side="call"),
    _row("A2", "anthropic", *_ORPHANS, side="result"),
    _row("A3", "anthropic", "duplicate_tool_call_id", "reused_tool_call_id", side="call"),
    _row("A4", "anthropic", "bad_tool_call_id", side="call"),
    _row("A5", "anthropic", "empty_content"),
    Known(TEXTS["A6"], "anthropic", ("empty_content",), meaning=BLANK, fix=BLANK_FIX, source=REPORTS["A6"]),
    _row("A7", "anthropic", "whitespace_content"),
    _row("A8", "anthropic", "arguments_not_object", "arguments_not_json", side="call"),
    _row("A9", "anthropic", "ends_with_assistant"),
    _other_cause("Expected thinking or redacted_thinking, but found", "anthropic", _THINKING, *_THINKING_SEEN),
    _other_cause(
        "When thinking is disabled, an assistant message in the final position",
        "anthropic",
        _THINKING,
        *_THINKING_SEEN,
    ),
    _other_cause("image dimensions exceed max allowed size", "anthropic", _IMAGE, *_IMAGE_SEEN, where="image"),
    _other_cause("image exceeds {n} MB maximum", "anthropic", _IMAGE, *_IMAGE_SEEN, where="image"),
    Known(
        "The request body is not valid JSON: no low surrogate in string",
        "anthropic",
        ("lone_surrogate",),
        source=("link-assistant/hive-mind#1324", "BYK/loreai#68"),
    ),
    _other_cause(
        "A maximum of {n} blocks with cache_control may be provided",
        "anthropic",
        (
            "The request marks too many blocks for caching; stored messages have no such marks.",
            ADVICE["too_many_cache_marks"],
        ),
        "twentyhq/twenty#26217",
        of_request=True,
    ),
    _row("A15", "anthropic", "duplicate_tool_result", side="result"),
    _row("A16", "anthropic", "trailing_whitespace"),
    _row("B1", "bedrock", *_ORPHANS, side="result"),
    _row("B5", "bedrock", "starts_with_assistant"),
    _row("B6", "bedrock", "consecutive_assistants", "consecutive_users"),
    Known(_first_sentence("B5"), "bedrock", ("starts_with_assistant",), source=REPORTS["B5"]),
    Known(_first_sentence("B6"), "bedrock", ("consecutive_assistants", "consecutive_users"), source=REPORTS["B6"]),
    _row("B7", "bedrock", "arguments_not_json", "arguments_not_object", side="call"),
    Known(
        TEXTS["B8"],
        "bedrock",
        ("empty_content", "whitespace_content"),
        meaning=BLANK,
        fix=BLANK_FIX,
        source=REPORTS["B8"],
    ),
    _row("B2", "anthropic", *_UNANSWERED, side="call", behind=True),
    _other_cause(
        "The content field at messages.{any}.toolResult cannot be empty when status value is error",
        "bedrock",
        (
            "A tool result is marked as an error and is empty; stored messages have no such mark.",
            "Say in the result what went wrong, or leave the mark out.",
        ),
        "aws-samples/sample-multi-agent-orchestration-chat-on-agentcore#15",
    ),
    Known(
        TEXTS["B4"],
        "bedrock",
        ("tools_missing",),
        meaning="The conversation has tool calls and the request offers no tools: no message is damaged.",
        of_request=True,
        source=("nearai/ironclaw#1629", "aws-samples/bedrock-access-gateway#239", "langgenius/dify#16421"),
    ),
)
_OTHERS = (
    _row("G1", "gemini", *_COUNTS),
    Known(
        TEXTS["G3"],
        "gemini",
        ("starts_with_assistant", "unanswered_tool_call", "consecutive_assistants"),
        "call",
        "A call of the model stands neither right behind a message of the user nor right behind a result.",
        fix="Send a message of the user, or the result of the call before, in front of the call.",
        source=REPORTS["G3"],
    ),
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
        source=REPORTS["K2"],
    ),
    _row("K3", "moonshot", "duplicate_tool_call_id", "reused_tool_call_id", side="call"),
    Known(
        "is not one of ['system', 'assistant', 'user', 'tool', 'function'] - 'messages.[{q}{at}].role'",
        "qwen",
        ("unknown_role",),
        source=REPORTS["QR"],
    ),
    Known(
        "Value '{role}' at 'messages.{turn}.member.role' failed to satisfy constraint",
        "bedrock",
        ("unknown_role",),
        behind=True,
        meaning="A message has a role that Bedrock does not accept. The index counts from 1.",
        source=REPORTS["BR"],
    ),
    Known(TEXTS["NR"], None, ("unknown_role",)),
    Known(TEXTS["NM"], None, ("no_messages",)),
    Known(TEXTS["GR1"], "groq", ("reasoning_not_allowed",), raw=True, source=REPORTS["GR1"]),
    Known(TEXTS["GR2"], "groq", ("unknown_role",), raw=True, source=REPORTS["GR2"]),
    Known(TEXTS["C1"], "cerebras", ("reasoning_not_allowed",), raw=True, source=REPORTS["C1"]),
    Known(
        "Unexpected role 'system' after role '{role}'",
        "mistral",
        ("second_system",),
        source=("swarmauri/swarmauri-sdk#162",),
    ),
    _other_cause(
        "Function call is missing a thought_signature",
        "gemini",
        (
            "A call has lost the signature that Gemini gave it: a store, or the code before it, dropped it.",
            "Send each call with its signature, as Gemini gave it.",
        ),
        "RooCodeInc/Roo-Code#9499",
        "langgenius/dify-official-plugins#2088",
        "mpfaffenberger/code_puppy#165",
        where="call",
    ),
    _row("M0", "mistral", "bad_tool_call_id", side="call"),
    _row("M1", "mistral", *_COUNTS),
    _row("M2", "mistral", "ends_with_assistant"),
    Known(
        "Unexpected role 'user' after role 'tool'",
        "mistral",
        ("user_after_tool",),
        source=("LibreChat-AI/agents#344", "datapizza-labs/datapizza-ai#98"),
    ),
    Known(
        "Unexpected role 'tool' after role '{role}'",
        "mistral",
        _ORPHANS,
        source=("nextcloud/context_agent#140", "charmbracelet/crush#279"),
    ),
    Known(
        TEXTS["V1"].removesuffix("/user/assistant/..."),
        "vllm-strict-alternation",
        ("consecutive_users", "consecutive_assistants", "starts_with_assistant", "second_system", *_COUNTS),
        source=REPORTS["V1"],
    ),
    Known(
        "Message has tool role, but there was no previous assistant message with a tool call",
        None,
        _ORPHANS,
        meaning="A chat template: a tool result has no call before it.",
        source=("CopilotKit/CopilotKit#7277",),
    ),
    Known(
        "Tool result is missing for tool call {ids}",
        "ai-sdk",
        _UNANSWERED,
        "call",
        "The AI SDK, before anything was sent: a tool call has no result.",
        source=("CopilotKit/OpenBot#333",),
    ),
    Known(
        "Tool results are missing for tool calls {ids}",
        "ai-sdk",
        _UNANSWERED,
        "call",
        "The AI SDK, before anything was sent: tool calls have no results.",
        source=("CopilotKit/CopilotKit#7277",),
    ),
)
KNOWN = (*_OPENAI, *_ANTHROPIC, *_OTHERS, *BY_PROVIDER, *OF_REQUEST)
NAMED_ID = Known(
    "tool_use_id {id}",
    None,
    ("orphan_tool_result", "late_tool_result", "duplicate_tool_result", "unanswered_tool_call"),
    "result",
    "The text names a tool call or its result by the ID, but not what is wrong with it.",
    fix="Compare the call with its result: each call needs one result, right behind it.",
    only_found=True,
)
"""What may be all that is left of an error about a tool result: the ID, without a path or a known sentence."""
