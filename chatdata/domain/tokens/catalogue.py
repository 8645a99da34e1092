"""The models in the price data, found by the names that people write."""

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # importing genai_prices takes 0.2 s
    from genai_prices.types import ModelInfo, Provider

PRICES_RELEASE = "0.2.3"
PRICES_DATED = date(2026, 11, 10)
"""The release date of this version of genai-prices, whose data has no date of its own."""

_LONGEST_NAME = 200


@lru_cache(maxsize=256)
def find(name: str) -> "tuple[Provider, ModelInfo] | None":
    """Returns the provider and model of a name such as gpt-4o, openai/gpt-4o or azure/gpt-4o, or None if it is unknown.

    A name with a slash is tried as OpenRouter's ID of a model first, then as provider and model.
    """
    try:
        from genai_prices.data import providers
        from genai_prices.data_snapshot import DataSnapshot
    except ImportError:
        return None
    if len(name) > _LONGEST_NAME:
        return None
    for provider, model in _readings(name.strip()):
        try:  # a new snapshot each time, since each one caches every name it has looked up
            return DataSnapshot(providers, from_auto_update=False).find_provider_model(model, None, provider, None)
        except LookupError:
            continue
    return None


def _readings(name: str) -> list[tuple[str | None, str]]:
    provider, slash, model = name.partition("/")
    if slash:
        return [("openrouter", name), (provider, model)]
    return [(None, name), ("openai", name)]  # some of OpenAI's names are found only with the provider
