"""Facts about a model by its name: tokenizer, context window, and whether its price is known."""

import re
from dataclasses import dataclass
from datetime import date

from chatdata.domain.tokens.catalogue import PRICES_DATED, find
from chatdata.domain.tokens.counting import Encoding
from chatdata.domain.tokens.prices import priced

# Families and encodings as in tiktoken 0.14; families that it does not name yet are left out.
_FAMILIES: tuple[tuple[Encoding, re.Pattern[str]], ...] = (
    (
        "o200k_base",
        re.compile(r"(?:ft:)?(?:chatgpt-4o|gpt-4o|gpt-4\.[15]|gpt-5(?:\.\d+)?|gpt-oss|o1|o3|o4-mini)(?![a-z0-9.])"),
    ),
    ("cl100k_base", re.compile(r"(?:ft:)?(?:gpt-4|gpt-3\.5|gpt-35)(?![a-z0-9.])")),
)
_SERVING_OPENAI = frozenset({"openai", "azure", "openrouter"})

_OFFERED = (
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5.5",
    "gpt-6-sol",
    "o3",
    "o4-mini",
    "gpt-4-turbo",
    "gpt-3.5-turbo",
    "anthropic/claude-haiku-5.5",
    "anthropic/claude-sonnet-5.5",
    "anthropic/claude-opus-5.5",
    "google/gemini-3.8-flash",
    "google/gemini-2.5-flash",
    "deepseek-v4-pro",
    "mistral/mistral-large-4",
    "x-ai/grok-4.7",
)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Facts about a model; None means unknown."""

    name: str
    """The name as it was given."""
    provider: str | None
    """The ID of the provider whose prices apply, such as openai or openrouter."""
    encoding: Encoding | None
    """The tokenizer, known only for families of OpenAI's models, even where the price data does not have the model."""
    context_window: int | None
    """The size of the context window in tokens."""
    price_known: bool
    prices_dated: date | None
    """The date of the price data; None where the price is unknown."""


def model_facts(name: str) -> ModelFacts:
    """Returns the facts about a model with a name such as gpt-4o, openai/gpt-4o or azure/gpt-4o."""
    encoding, found = _encoding(name), find(name)
    if found is None:
        return ModelFacts(name, None, encoding, None, False, None)
    provider, info = found
    known = priced(info)
    return ModelFacts(name, provider.id, encoding, info.context_window, known, PRICES_DATED if known else None)


def known_models() -> tuple[str, ...]:
    """Returns the names for a select box: current models and models that are common in stored conversations."""
    return _OFFERED


def _encoding(name: str) -> Encoding | None:
    *providers, model = name.strip().lower().split("/")
    if not _SERVING_OPENAI.issuperset(providers):
        return None
    return next((encoding for encoding, family in _FAMILIES if family.match(model)), None)
