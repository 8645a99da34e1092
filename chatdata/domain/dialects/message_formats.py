"""The formats of messages, for the formats of logs and exports that hold messages of any of them."""

from collections.abc import Callable, Sequence
from typing import Any

from chatdata.domain.dialects import (
    ai_sdk,
    anthropic,
    bedrock,
    gemini,
    langchain,
    openai_chat,
    openai_responses,
    otel_messages,
    pydantic_ai,
    sharegpt,
)
from chatdata.domain.dialects.account import Account
from chatdata.domain.dialects.assembly import ReadMessages
from chatdata.domain.dialects.shape import Shape, shape_of
from chatdata.domain.dialects.values import InvalidConversation, ReadMessage

_IN_ORDER: Sequence[tuple[Callable[[Shape], bool], ReadMessages]] = (
    (openai_responses.recognises, openai_responses.messages),
    (pydantic_ai.recognises, pydantic_ai.messages),
    (sharegpt.recognises, sharegpt.messages),
    (langchain.recognises, langchain.messages),
    (otel_messages.recognises, otel_messages.messages),
    (ai_sdk.recognises_model, ai_sdk.model_messages),
    (ai_sdk.recognises_ui, ai_sdk.ui_messages),
    (gemini.recognises, gemini.messages),
    (bedrock.recognises, bedrock.messages),
    (anthropic.recognises, anthropic.messages),
    (openai_chat.recognises, openai_chat.messages),
)


def messages_of(items: object, place: str, account: Account) -> list[ReadMessage]:
    """The messages of a list in whatever format they are. Raises InvalidConversation where no format is known."""
    if isinstance(items, dict):
        items = [items]
    if not isinstance(items, list):
        raise InvalidConversation(f"{place} should be a list of messages")
    if not items:
        return []
    shape = shape_of(items)
    for recognises, read in _IN_ORDER:
        if recognises(shape):
            return read(items, place, account)
    raise InvalidConversation(f"{place} holds messages of an unknown format: role and content were expected")


def is_list_of_messages(value: Any) -> bool:
    """Whether a value is a list of messages in a known format."""
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return False
    shape = shape_of(value)
    return any(recognises(shape) for recognises, _ in _IN_ORDER)
