"""Writers of a payload in the formats of other APIs, the inverse of the readers. Pure; each module has one format.

values            the values: Translation, Written, TranslationChange; a summary of changes
objects           text parsed as the JSON object that an API wants
steps             the messages of a payload as words, calls and results
turns             bodies with turns of blocks, for Anthropic, Bedrock and Gemini
openai_chat       OpenAI chat completions, the payload itself
openai_responses  input items of OpenAI's Responses API
anthropic         Anthropic Messages
gemini            Gemini contents
bedrock           Bedrock Converse

A reader gets back what a writer wrote. What a format can't hold, or holds in another form, is a change of the payload
message concerned. Nothing is invented: what an API would reject is written as it is.
"""

from collections.abc import Callable, Mapping

from chatdata.domain.dialects.writers import anthropic, bedrock, gemini, openai_chat, openai_responses
from chatdata.domain.dialects.writers.steps import Params
from chatdata.domain.dialects.writers.values import (
    API_FORMATS,
    DIALECT_OF,
    ApiFormat,
    ChangeKind,
    Translation,
    TranslationChange,
    Written,
    summary,
)

__all__ = [
    "API_FORMATS",
    "DIALECT_OF",
    "ApiFormat",
    "ChangeKind",
    "Translation",
    "TranslationChange",
    "Written",
    "summary",
    "translate",
]

_WRITERS: Mapping[ApiFormat, Callable[[Params], Translation]] = {
    "openai": openai_chat.write,
    "responses": openai_responses.write,
    "anthropic": anthropic.write,
    "gemini": gemini.write,
    "bedrock": bedrock.write,
}


def translate(params: Params, form: ApiFormat) -> Translation:
    """Returns a payload, as `build_payload` makes it, as another API gets it."""
    return _WRITERS[form](params)
