"""Texts of Mistral."""

from chatdata.domain.lint.errors.known_error import seen

TEXTS = (
    seen(
        "Assistant message must have either content or tool_calls, but not both",
        "mistral",
        "",
        "langchain-ai/langchain#21196",
        where="assistant_with_text_and_calls",
        meaning="An older version of Mistral's API: a message has a text and tool calls.",
        fix="Send the calls without the text.",
    ),
    seen(
        "Unexpected role '{role}' after role '{before}'",
        "mistral",
        "",
        "charmbracelet/crush#279",
        "nextcloud/context_agent#140",
        meaning="A message has a role that may not follow the role of the message before it.",
        fix="Send the messages in the order that the provider wants: user, assistant, and results right behind calls.",
    ),
    seen("Tool call id has to be defined", "mistral", "missing_tool_call_id", "Gage-Technologies/mistral-go#8"),
    seen(
        "Unexpected tool call id {id} in tool results",
        "mistral",
        "orphan_tool_result late_tool_result",
        "pydantic/pydantic-ai#3733",
        side="result",
    ),
)
