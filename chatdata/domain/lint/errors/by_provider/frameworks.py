"""Texts of LangGraph, LangChain, pydantic-ai, the AI SDK and LiteLLM, before anything is sent."""

from chatdata.domain.lint.errors.known_error import seen

_MODEL_MESSAGES = "Convert the messages with convertToModelMessages, and store no parts that it does not know."
_LANGCHAIN = "LangChain, before anything was sent: {}"
_TOGETHER = "Join the system messages into one, and send it first."
TEXTS = (
    seen("requires at least one non-system message", "litellm", "no_messages", "BerriAI/litellm#8247"),
    seen(
        "Found AIMessages with tool_calls that do not have a corresponding ToolMessage",
        "langgraph",
        "unanswered_tool_call late_tool_result",
        "langchain-ai/langgraph#4289",
        side="call",
    ),
    seen(
        "Cannot provide a new user prompt when the message history contains unprocessed tool calls",
        "pydantic-ai",
        "unanswered_tool_call late_tool_result",
        "pydantic/pydantic-ai#7977",
        "pydantic/pydantic-ai#6319",
        side="call",
    ),
    seen(
        "Tool call results were provided, but the message history does not contain any unprocessed tool calls",
        "pydantic-ai",
        "orphan_tool_result",
        "pydantic/pydantic-ai#3528",
        side="result",
    ),
    seen(
        "tool_result must be preceded by a tool_call with the same toolCallId",
        None,
        "orphan_tool_result late_tool_result",
        "assistant-ui/assistant-ui#2291",
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
    seen(
        "Received multiple non-consecutive system messages",
        None,
        "second_system",
        "JoshuaC215/agent-service-toolkit#280",
        "HKUDS/Vibe-Trading#1109",
        meaning=_LANGCHAIN.format("a system message stands among the others, which Anthropic does not take."),
        fix=_TOGETHER,
    ),
    seen(
        "System message must be at beginning of message list",
        None,
        "second_system",
        "langchain-ai/langchain#20835",
        "langchain-ai/langchain-google#1022",
        meaning=_LANGCHAIN.format("a system message is not the first."),
        fix=_TOGETHER,
    ),
    seen(
        "Multiple system messages are not supported",
        None,
        "second_system",
        "microsoft/autogen#6116",
        meaning="AutoGen, before anything was sent: there are several system messages.",
        fix=_TOGETHER,
    ),
    seen(
        "ToolInvocation must have a result",
        "ai-sdk",
        "unanswered_tool_call late_tool_result",
        "vercel/ai#4290",
        side="call",
        meaning="The AI SDK, before anything was sent: a tool invocation has no result.",
    ),
    seen(
        "messages must be an array of CoreMessage or UIMessage",
        "ai-sdk",
        "unknown_block",
        "fjrdomingues/n8n-nodes-better-ai-agent#2",
        meaning="The AI SDK, before anything was sent: a message has a form that it does not know.",
        fix="Store messages as the AI SDK gives them, and convert them with convertToModelMessages.",
    ),
    seen(
        "Invalid user message at index {at}. Please ensure all user messages are valid",
        "litellm",
        "unknown_block",
        "BerriAI/litellm#21380",
        meaning="LiteLLM, before anything was sent: a message of the user has a part of another API.",
    ),
    seen(
        "Missing corresponding tool call for tool response message",
        "litellm",
        "orphan_tool_result late_tool_result",
        "BerriAI/litellm#29560",
        side="result",
        meaning="LiteLLM, before anything was sent: a tool result has no call in the message before it.",
    ),
    seen(
        "Unable to convert openai tool calls",
        "litellm",
        "arguments_not_json arguments_not_object",
        "BerriAI/litellm#6833",
        side="call",
        meaning="LiteLLM, before anything was sent: a call could not be converted, often for its arguments.",
    ),
)
