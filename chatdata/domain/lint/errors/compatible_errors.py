"""Error texts about messages of servers with OpenAI's API, of chat templates and of SDKs, with their public reports."""

from chatdata.domain.lint.errors.known_error import seen

_ROLE_ORDER = "Send the messages of user and model in turn, and the user's first."
_MINIMAX = "MiniMax: {}"
_SYSTEM_FIRST = "Put the system text into the first message of the user, or use a model that knows the role."
_MODEL_MESSAGES = "Convert the messages with convertToModelMessages, and store no parts that it does not know."
_MISSING = (
    seen(
        "{path}: invalid type: null, expected a string",
        "deepseek",
        "null_content",
        "BerriAI/litellm#6642",  # the same sentence about a list
    ),
    seen(
        "{path}: missing field tool_call_id",
        "deepseek",
        "missing_tool_call_id",
        "dnakov/anon-kode#87",
        side="result",
    ),
    seen(
        "{path}: missing field content",
        "deepseek",
        "null_content",
        "pig-mesh/deepseek4j#41",
        "pig-mesh/deepseek4j#40",
        meaning="A message has no content.",
    ),
    seen("Tool call id has to be defined", "mistral", "missing_tool_call_id", "Gage-Technologies/mistral-go#8"),
)
_PAIRS = (
    seen(
        "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'",
        "openai",
        "orphan_tool_result late_tool_result",
        "miurla/morphic#136",
        "run-llama/llama_index#10493",
        side="result",
    ),
    seen(
        "An assistant message with 'tool_calls' must be followed by tool messages",
        "openai",
        "unanswered_tool_call late_tool_result",
        "BerriAI/litellm#10083",
        "sdcb/chats#132",
        side="call",
    ),
    seen(
        "Unexpected tool call id {id} in tool results",
        "mistral",
        "orphan_tool_result late_tool_result",
        "pydantic/pydantic-ai#3733",
        side="result",
    ),
    seen(
        "tool result's tool id({id}) not found",
        None,
        "orphan_tool_result late_tool_result",
        "MiniMax-AI/MiniMax-M2#76",
        "agent0ai/agent-zero#1754",
        side="result",
        meaning=_MINIMAX.format("a tool result answers no call that was sent before it."),
    ),
    seen(
        "tool result's tool id not found",
        None,
        "orphan_tool_result late_tool_result",
        "openclaw/openclaw#65380",
        meaning=_MINIMAX.format("a tool result answers no call that was sent before it."),
    ),
    seen(
        "invalid function arguments json string, tool_call_id: {id} (2013)",
        None,
        "arguments_not_json arguments_not_object",
        "earendil-works/pi#5468",
        side="call",
        meaning=_MINIMAX.format("the arguments of an earlier tool call can't be read as a JSON object."),
    ),
    seen(
        "tool_result must be preceded by a tool_call with the same toolCallId",
        None,
        "orphan_tool_result late_tool_result",
        "assistant-ui/assistant-ui#2291",
    ),
)
_ROLES = (
    seen(
        "multiturn requests alternate between user and model",
        "gemini",
        "consecutive_users consecutive_assistants",
        "NousResearch/hermes-agent#55623",
        where="same_role_twice",
        fix=_ROLE_ORDER,
    ),
    seen(
        "{path}: unknown variant {any}, expected one of system",
        "deepseek",
        "unknown_role function_role",
        "eclipse-theia/theia#15144",
        "losesky/ai-auto-trading#14",
    ),
    seen(
        "Content with role 'user' can't follow 'user'",
        "gemini",
        "consecutive_users",
        "Mintplex-Labs/anything-llm#1328",
    ),
    seen(
        "First content should be with role 'user', got model",
        "gemini",
        "starts_with_assistant",
        "hariiprasad/interviewcopilot#1",
    ),
    seen(
        "System role not supported",
        "vllm-strict-alternation",
        "unknown_role",
        "vllm-project/guidellm#67",
        "huggingface/chat-ui#1386",
        where="system",
        meaning="The chat template of the model knows no system messages.",
        fix=_SYSTEM_FIRST,
    ),
    seen(
        "Incorrect role information",
        None,
        "unknown_role",
        "vastsa/PI-Desktop#30",
        meaning="GLM: a role is not supported.",
    ),
)
_SHAPES = (
    seen(
        "Unknown name '{any}' at '{path}': Cannot find field",
        "gemini",
        "unknown_block",
        "flyun/chatAir#108",
        meaning="A content or a part has a field that the API does not know, often one of another API.",
        fix="Leave the field out, or send it as Gemini names it.",
    ),
    seen(
        "The messages must be a ModelMessage[]",
        "ai-sdk",
        "unknown_block",
        "vercel/ai#7484",
        "vercel/ai#8520",
        "anomalyco/opencode#8970",
        meaning="The AI SDK, before anything was sent: the messages are not in the form that it sends to models.",
        fix=_MODEL_MESSAGES,
    ),
)
_LENGTH = (
    seen(
        "Input tokens exceed the configured limit of {n} tokens",
        "openai",
        "context_overflow",
        "cline/cline#5474",
        "RooCodeInc/Roo-Code#6856",
    ),
)
_EMPTY = (
    seen(
        "message at position {at} with role '{role}' must not be empty",
        "moonshot",
        "empty_content",
        "MoonshotAI/kimi-code#1985",
    ),
)
COMPATIBLE = (*_EMPTY, *_MISSING, *_PAIRS, *_ROLES, *_SHAPES, *_LENGTH)
