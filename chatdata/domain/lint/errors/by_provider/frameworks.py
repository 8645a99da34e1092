"""Texts of LangGraph, LangChain, pydantic-ai, the AI SDK and LiteLLM, before anything is sent."""

from chatdata.domain.lint.errors.known_error import seen

_MODEL_MESSAGES = "Convert the messages with convertToModelMessages, and store no parts that it does not know."
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
)
