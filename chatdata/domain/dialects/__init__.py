"""Readers of the formats in which conversations are exported and logged. Pure; each module has one format.

values            the values: Conversation, ReadMessage, LeftOut, and sentences about what is left out
account           Account and Fields: whatever is not taken out of an object is left out by name
unheld            whether what nobody took may be part of what was said
fields            validates single values
encoding          parsed values as compact JSON again
parts             content parts as text
usage             token counts of every format as ours
assembly          messages from words, calls and results
branches          the current branch of a tree of messages
bodies            an object with a list of messages, whatever their format
located           the messages of a request with their places, damaged ones by place
shape             the keys, roles and blocks by which a format is recognised
answers           a model's answer beside the messages it answers, in every format
message_formats   messages of any format, for logs that hold them
registry          FORMATS; recognise and read, for every caller
openai_chat       OpenAI chat completions, cached documents, Ollama
openai_responses  items of OpenAI's Responses API
anthropic         Anthropic Messages
gemini            Gemini contents
bedrock           Bedrock Converse
langchain         LangChain's messages, LangGraph's state
ai_sdk            AI SDK UI messages and model messages
pydantic_ai       pydantic-ai's message history
otel_messages     messages of OpenTelemetry's GenAI conventions
otel              spans and events of OpenTelemetry's GenAI conventions
sharegpt          ShareGPT
chatgpt           ChatGPT's export
claude_ai         claude.ai's export
open_webui        Open WebUI's export
librechat         LibreChat's export
claude_code       Claude Code's session files
codex             Codex's session files
logs              LiteLLM, Langfuse and Helicone
evaluations       tau-bench, SWE-agent and Inspect
writers           the inverse for five APIs: a payload in their formats

Every reader keeps ids, times, models and token counts, turns calls and results into this project's terms with their
ids, and accounts for everything that it could not hold, with its kind and place.
"""

from chatdata.domain.dialects.located import LocatedMessages, index_in
from chatdata.domain.dialects.registry import (
    DIALECTS,
    FORMATS,
    REQUESTS,
    Format,
    is_event,
    keys_of,
    read,
    read_request,
    recognise,
    starts_session,
    unknown_format,
    unwrapped,
)
from chatdata.domain.dialects.shape import empty_list_in
from chatdata.domain.dialects.values import (
    SPOKEN,
    CountName,
    Dialect,
    InvalidConversation,
    Kind,
    LeftOut,
    ReadConversation,
    ReadMessage,
    UnknownCount,
    sentences,
)

__all__ = [
    "DIALECTS",
    "FORMATS",
    "REQUESTS",
    "SPOKEN",
    "CountName",
    "Dialect",
    "Format",
    "InvalidConversation",
    "Kind",
    "LeftOut",
    "LocatedMessages",
    "ReadConversation",
    "ReadMessage",
    "UnknownCount",
    "empty_list_in",
    "index_in",
    "is_event",
    "keys_of",
    "read",
    "read_request",
    "recognise",
    "sentences",
    "starts_session",
    "unknown_format",
    "unwrapped",
]
