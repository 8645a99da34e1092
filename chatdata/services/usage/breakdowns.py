"""Usage by tool, by word of the title and by model. Raises as `chatdata.services.usage.totals` does."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from chatdata.domain.tokens import TokenPrice, token_price
from chatdata.domain.usage import Amounts, ToolUsage, Unanswerable, WordUsage
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.usage_reader import rows_of
from chatdata.stores.database import SEVERAL, SessionFilter

ToldBy = Literal["messages", "settings", "several"]
"""How a session's model is known: its messages name one; they name none, so the one of the settings stands for it;
they name several, and how the tokens were split isn't stored."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Calls of tools and what came back."""

    as_of: datetime
    tools: tuple[ToolUsage, ...]
    """The most calls first."""
    unanswerable: Unanswerable
    """Results that answer no call of their session: they are in no tool's counts."""


@dataclass(frozen=True, slots=True)
class Words:
    """Usage by word of the title. A session has several words, so the rows add up to more than all sessions."""

    as_of: datetime
    words: tuple[WordUsage, ...]
    """The most tokens first."""
    count: int
    """How many words there are."""


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """Sessions whose tokens one model used, as far as that is known."""

    model: str | None
    """None for `several`."""
    told_by: ToldBy
    sessions: int
    recorded: int
    prompt_tokens: int | None
    completion_tokens: int | None
    price: TokenPrice | None
    """None where it is not known: then neither is the cost."""

    @property
    def cost(self) -> Decimal | None:
        """At the list price of a token; None where price or tokens are unknown."""
        if self.price is None or self.prompt_tokens is None or self.completion_tokens is None:
            return None
        return self.price.of(self.prompt_tokens, self.completion_tokens).amount


@dataclass(frozen=True, slots=True)
class Cost:
    """What some sessions cost together, and how many are not in it."""

    amount: Decimal | None
    """None where nothing could be priced."""
    currency: str | None
    prices_dated: date | None
    sessions: int
    """Those that are in the amount."""
    unpriced: int
    """Sessions with tokens recorded that are not in it, since their model's price or their model isn't known."""
    unrecorded: int
    """Sessions that are not in it, since nobody recorded their tokens."""


@dataclass(frozen=True, slots=True)
class Models:
    """Usage by model."""

    as_of: datetime
    models: tuple[ModelUsage, ...]
    """The most tokens first."""

    @property
    def cost(self) -> Cost:
        """Of all sessions of the filter."""
        priced = [one for one in self.models if one.cost is not None and one.price is not None]
        prices = [one.price for one in priced if one.price is not None]
        covered, recorded = sum(one.recorded for one in priced), sum(one.recorded for one in self.models)
        return Cost(
            amount=sum((one.cost for one in priced if one.cost is not None), Decimal()) if priced else None,
            currency=prices[0].currency if prices else None,
            prices_dated=prices[0].dated if prices else None,
            sessions=covered,
            unpriced=recorded - covered,
            unrecorded=sum(one.sessions for one in self.models) - recorded,
        )


def by_tool(stores: SessionStores, where: SessionFilter) -> Tools:
    """Usage by tool: the only question here that reads tool results, for their sizes and failures."""
    with rows_of(stores) as (reader, as_of):
        return Tools(as_of, *reader.tools(where))


def by_tool_with_totals(stores: SessionStores, where: SessionFilter) -> tuple[Tools, Amounts]:
    """The same and the sums of all sessions, in one transaction."""
    with rows_of(stores) as (reader, as_of):
        return Tools(as_of, *reader.tools(where)), reader.totals(where)


def by_title_word(stores: SessionStores, where: SessionFilter, limit: int = 300) -> Words:
    """Usage by word of the title."""
    with rows_of(stores) as (reader, as_of):
        return Words(as_of, *reader.title_words(where, limit))


def by_model(stores: SessionStores, where: SessionFilter, model: str) -> Models:
    """Usage by model, priced; `model` (of the settings) stands for what the messages don't name."""
    with rows_of(stores) as (reader, as_of):
        found = reader.models(where)
    models = [_model(name, amounts, model) for name, amounts in found.items()]
    ordered = sorted(
        models, key=lambda one: (-(one.prompt_tokens or 0) - (one.completion_tokens or 0), one.model or "")
    )
    return Models(as_of, tuple(ordered))


def _model(name: str | None, amounts: Amounts, chosen: str) -> ModelUsage:
    told_by: ToldBy = "settings" if name is None else "several" if name == SEVERAL else "messages"
    known = chosen if name is None else name or None
    tokens = amounts.prompt_tokens, amounts.completion_tokens
    return ModelUsage(
        known, told_by, amounts.sessions, amounts.recorded, *tokens, token_price(known) if known else None
    )
