"""What tokens cost, at the prices of the day that the price data came out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from chatdata.domain.tokens.catalogue import PRICES_DATED, find

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

# Some prices begin on a day or hold at night only: those of noon on the day of the data, the same on every run.
_PRICED_AT = datetime.combine(PRICES_DATED, time(12), UTC)
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """An amount of money."""

    amount: Decimal
    currency: Literal["USD"]
    dated: date
    """The day of the price data."""


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """The list price of a single token, by which sums over many completions can be priced."""

    prompt: Decimal
    completion: Decimal
    currency: Literal["USD"]
    dated: date
    """The day of the price data."""

    def of(self, prompt_tokens: int, completion_tokens: int) -> Price:
        """What so many tokens cost."""
        return Price(self.prompt * prompt_tokens + self.completion * completion_tokens, self.currency, self.dated)


def price(model: str, prompt_tokens: int, completion_tokens: int, cached_prompt_tokens: int = 0) -> Price | None:
    """The list price of one completion; cached prompt tokens are part of the prompt tokens, at their own price.

    None where the model's price is not known, and for counts that can't be: negative, more cached than prompt tokens.
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
    """The list price of a token of this model; None where it is not known.

    Not in it: the higher price of long prompts that some models have (a sum doesn't say how long each prompt was),
    the lower one of cached prompt tokens and of batches, prices of single requests, contracts, and taxes.
    """
    found = find(model)
    if found is None or not priced(found[1]):
        return None
    prices = found[1].get_prices(_PRICED_AT)
    return TokenPrice(_each(prices, "input_mtok"), _each(prices, "output_mtok"), "USD", PRICES_DATED)


def priced(info: "ModelInfo") -> bool:
    """True for a model with a price of text in and text out; others are priced by the page, the hour or not at all."""
    prices = info.get_prices(_PRICED_AT)
    return prices.input_mtok is not None and prices.output_mtok is not None


def _each(prices: "ModelPrice", name: str) -> Decimal:
    """The price of one token from that of a million; of several by the length of the prompt the lowest length's."""
    million = getattr(prices, name)
    return Decimal(getattr(million, "base", million)) / _MILLION
