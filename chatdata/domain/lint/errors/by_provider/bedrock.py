"""Texts of Amazon Bedrock, of Converse and InvokeModel, and of the checks of its SDK."""

from chatdata.domain.lint.errors.by_provider.shared import OVERFLOW
from chatdata.domain.lint.errors.known_error import seen

TEXTS = (
    seen(
        "Conversation blocks and tool use blocks cannot be provided in the same turn",
        "bedrock",
        "",
        "quarkiverse/quarkus-langchain4j#1983",
        "evalstate/fast-agent#667",
        where="assistant_with_text_and_calls",
        meaning="A message has a text after its tool calls, which some models on Bedrock refuse.",
        fix="Send the text before the calls, or leave it out.",
    ),
    seen(
        "The content field in the Message object at {path} is empty",
        "bedrock",
        "empty_content",
        "theopenco/llmgateway#3127",
        "archestra-ai/archestra#4220",
    ),
    seen(
        "The format of the value at {path} is invalid. Provide a json object for the field",
        "bedrock",
        "unknown_block",
        "sigoden/aichat#1542",
        meaning="A tool result is marked as JSON and is no JSON object.",
        fix="Send the result as text, or as a JSON object.",
    ),
    seen(
        "requires the last turn in the conversation to be a user message",
        "bedrock",
        "ends_with_assistant",
        "i-am-bee/beeai-framework#753",
        where="last",
    ),
    seen(
        "Conversation blocks and tool result blocks cannot be provided in the same turn",
        "bedrock",
        "user_after_tool",
        "langchain-ai/langchain-aws#141",
        meaning="A turn of the user has a text and tool results.",
    ),
    seen(
        "Expected toolResult blocks at {path} for the following Ids: {ids}",
        "bedrock",
        "unanswered_tool_call late_tool_result",
        "agno-agi/agno#6698",
        "genkit-ai/aws-bedrock-js-plugin#664",
        side="call",
        behind=True,
    ),
    seen(
        "A text block must be included when using documents",
        "bedrock",
        "",
        "archestra-ai/archestra#4220",
        where="image",
        meaning="A document is sent without a text.",
        fix="Send a text beside the document.",
    ),
    seen(
        "Input is too long for requested model",
        "bedrock",
        OVERFLOW,
        "aws-samples/bedrock-chat#95",
        "continuedev/continue#9592",
    ),
    seen(
        "Malformed input request: expected maxLength: {n}",
        "bedrock",
        OVERFLOW,
        "ryanadoty/Amazon-Bedrock-Amazon-RDS-POC#9",
    ),
)
