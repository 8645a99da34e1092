"""The cost of tokens, at the list prices on the date of the price data."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from chatdata.domain.tokens.catalogue import PRICES_DATED, find

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

# Some prices start on a date or apply only at night; a fixed time, noon on the data's date, gives equal results.
_PRICED_AT = datetime.combine(PRICES_DATED, time(12), UTC)
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """An amount of money and the date of the prices behind it."""

    amount: Decimal
    currency: Literal["USD"]
    dated: date
    """The date of the price data."""


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """The list prices of a single token, for pricing sums over many completions."""

    prompt: Decimal
    completion: Decimal
    currency: Literal["USD"]
    dated: date
    """The date of the price data."""

    def of(self, prompt_tokens: int, completion_tokens: int) -> Price:
        """Returns the price of these numbers of tokens."""
        return Price(self.prompt * prompt_tokens + self.completion * completion_tokens, self.currency, self.dated)


def price(model: str, prompt_tokens: int, completion_tokens: int, cached_prompt_tokens: int = 0) -> Price | None:
    """Returns the list price of one completion; cached prompt tokens are part of the prompt tokens, at their own price.

    Returns None where the model's price is unknown and for impossible counts: negative, or more cached than prompt
    tokens.
    """
    found = find(model)
    possible = 0 <= cached_prompt_tokens <= prompt_tokens and completion_tokens >= 0
    if found is None or not possible or not priced(found[1]):
        return None
    from genai_prices import Usage

    usage = Usage(input_tokens=prompt_tokens, output_tokens=completion_tokens, cache_read_tokens=cached_prompt_tokens)
    provider, info = found
    calculated = info.calc_price(usage, provider, genai_request_timestamp=_PRICED_AT)
    return Price(calculated.total_price, "USD", PRICES_DATED)


def token_price(model: str) -> TokenPrice | None:
    """Returns the list prices of a token of this model, or None where they are unknown.

    They ignore higher prices of long prompts (a sum does not tell how long each prompt was), lower prices of cached
    prompt tokens and batches, prices per request, contracts and taxes.
    """
    found = find(model)
    if found is None or not priced(found[1]):
        return None
    prices = found[1].get_prices(_PRICED_AT)
    return TokenPrice(_each(prices, "input_mtok"), _each(prices, "output_mtok"), "USD", PRICES_DATED)


def priced(info: "ModelInfo") -> bool:
    """Returns whether the model has prices per input and output token; others are priced per page or hour."""
    prices = info.get_prices(_PRICED_AT)
    return prices.input_mtok is not None and prices.output_mtok is not None


def _each(prices: "ModelPrice", name: str) -> Decimal:
    """Returns the price of one token; of prices tiered by prompt length, the one for the shortest prompts."""
    million = getattr(prices, name)
    return Decimal(getattr(million, "base", million)) / _MILLION
