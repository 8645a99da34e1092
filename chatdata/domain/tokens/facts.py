"""What is known of a model by its name: tokenizer, context window, and whether its price is known."""

import re
from dataclasses import dataclass
from datetime import date

from chatdata.domain.tokens.catalogue import PRICES_DATED, find
from chatdata.domain.tokens.counting import Encoding
from chatdata.domain.tokens.prices import priced

# Families and encodings as in tiktoken 0.14. Newer families are left out until it names them.
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
    """What is known of a model; None is unknown."""

    name: str
    """As it was given."""
    provider: str | None
    """Id of the provider whose prices these are, as openai or openrouter."""
    encoding: Encoding | None
    """Its tokenizer; of OpenAI's models only, by the family's name, also where nothing else is known."""
    context_window: int | None
    """Tokens."""
    price_known: bool
    prices_dated: date | None
    """The day of the price data; None where the price is unknown."""


def model_facts(name: str) -> ModelFacts:
    """The facts of a model, named as gpt-4o, openai/gpt-4o or azure/gpt-4o."""
    encoding, found = _encoding(name), find(name)
    if found is None:
        return ModelFacts(name, None, encoding, None, False, None)
    provider, info = found
    known = priced(info)
    return ModelFacts(name, provider.id, encoding, info.context_window, known, PRICES_DATED if known else None)


def known_models() -> tuple[str, ...]:
    """Names for a select box: current models and those that stored conversations often name."""
    return _OFFERED


def _encoding(name: str) -> Encoding | None:
    *providers, model = name.strip().lower().split("/")
    if not _SERVING_OPENAI.issuperset(providers):
        return None
    return next((encoding for encoding, family in _FAMILIES if family.match(model)), None)
