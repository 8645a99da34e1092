"""Usage by tool, by title word and by model.

All functions raise NotConfigured without a database, and DatabaseError, including StatementTimeout, when it fails.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from chatdata.domain.tokens import TokenPrice, token_price
from chatdata.domain.usage import Amounts, ToolUsage, Unanswerable, WordUsage
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.costs import costs_of
from chatdata.services.usage.usage_reader import FiguresReader, answered, rows_of
from chatdata.stores.database import SEVERAL, SessionFilter

ToldBy = Literal["messages", "settings", "several"]
"""Where a session's model is taken from. messages: its messages name one model. settings: they name none, so the
configured model is assumed. several: they name several, and the split of the tokens between them is not stored."""


@dataclass(frozen=True, slots=True)
class ToolUsageTable:
    """Usage by tool: calls and their results."""

    as_of: datetime
    tools: tuple[ToolUsage, ...]
    """The tools, most calls first."""
    unanswerable: Unanswerable
    """Results without a call in their session, which are in no tool's counts."""


@dataclass(frozen=True, slots=True)
class WordUsageTable:
    """Usage by title word. A title has several words, so the rows add up to more than all sessions."""

    as_of: datetime
    words: tuple[WordUsage, ...]
    """The words, most tokens first."""
    count: int
    """The number of distinct words, including those beyond the limit."""


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """The sessions attributed to one model, with their tokens and price."""

    model: str | None
    """The model's name; None if `told_by` is "several"."""
    told_by: ToldBy
    sessions: int
    recorded: int
    unrecorded: int
    """The number of sessions without recorded tokens."""
    prompt_tokens: int | None
    completion_tokens: int | None
    price: TokenPrice | None
    """The list price per token; None if it is unknown, in which case the cost is too."""
    unknown: int = 0
    """The number of sessions with an unknown token count, of which no sum includes the unknown part."""

    @property
    def cost(self) -> Decimal | None:
        """The cost of the known tokens at list price; None if the price or all tokens are unknown."""
        if self.price is None or (self.prompt_tokens is None and self.completion_tokens is None):
            return None
        return self.price.of(self.prompt_tokens or 0, self.completion_tokens or 0).amount


@dataclass(frozen=True, slots=True)
class Cost:
    """The total cost of some sessions, and the number of sessions that it does not include."""

    amount: Decimal | None
    """The total cost; None if no session could be priced."""
    currency: str | None
    prices_dated: date | None
    sessions: int
    """The number of sessions included in the amount."""
    unpriced: int
    """The number of sessions excluded because their model or its price is unknown, although tokens are recorded."""
    unrecorded: int
    """The number of sessions excluded because no tokens were recorded."""
    unknown: int = 0
    """The number of sessions with an unknown token count, whose unknown part is excluded."""


@dataclass(frozen=True, slots=True)
class ModelUsageTable:
    """Usage by model."""

    as_of: datetime
    models: tuple[ModelUsage, ...]
    """The models, most tokens first."""

    @property
    def cost(self) -> Cost:
        """The total cost of all sessions that match the filter."""
        priced = [one for one in self.models if one.cost is not None and one.price is not None]
        prices = [one.price for one in priced if one.price is not None]
        covered, recorded = sum(one.recorded for one in priced), sum(one.recorded for one in self.models)
        return Cost(
            amount=sum((one.cost for one in priced if one.cost is not None), Decimal()) if priced else None,
            currency=prices[0].currency if prices else None,
            prices_dated=prices[0].dated if prices else None,
            sessions=covered,
            unpriced=recorded - covered,
            unrecorded=sum(one.unrecorded for one in self.models),
            unknown=sum(one.unknown for one in self.models),
        )


def by_tool(stores: SessionStores, where: SessionFilter) -> ToolUsageTable:
    """Usage by tool; of the rows, the only query that reads tool results, for their sizes and failures."""
    return answered(stores, where, lambda reader, as_of: ToolUsageTable(as_of, *reader.tools(where)))


def by_tool_with_totals(stores: SessionStores, where: SessionFilter) -> tuple[ToolUsageTable, Amounts]:
    """Usage by tool and the sums of all sessions, read in one transaction."""

    def ask(reader: FiguresReader, as_of: datetime) -> tuple[ToolUsageTable, Amounts]:
        return ToolUsageTable(as_of, *reader.tools(where)), reader.totals(where)

    return answered(stores, where, ask)


def by_title_word(
    stores: SessionStores, where: SessionFilter, limit: int = 300, model: str | None = None
) -> WordUsageTable:
    """Usage by title word, for the `limit` words with the most tokens; with costs if there is a `model` to assume."""
    with rows_of(stores) as (reader, as_of):
        words, count = reader.title_words(where, limit)
        costs = {} if model is None else costs_of(reader, where, "word", model)
        return WordUsageTable(as_of, tuple(replace(word, cost=costs.get(word.word)) for word in words), count)


def by_model(stores: SessionStores, where: SessionFilter, model: str) -> ModelUsageTable:
    """Usage and cost by model; `model`, from the settings, is assumed for sessions whose messages name none."""

    def ask(reader: FiguresReader, as_of: datetime) -> tuple[dict[str | None, Amounts], datetime]:
        return reader.models(where), as_of

    found, as_of = answered(stores, where, ask)
    models = [_model(name, amounts, model) for name, amounts in found.items()]
    ordered = sorted(
        models, key=lambda one: (-(one.prompt_tokens or 0) - (one.completion_tokens or 0), one.model or "", one.told_by)
    )
    return ModelUsageTable(as_of, tuple(ordered))


def _model(name: str | None, amounts: Amounts, chosen: str) -> ModelUsage:
    told_by: ToldBy = "settings" if name is None else "several" if name == SEVERAL else "messages"
    known = chosen if name is None else name or None
    tokens = amounts.prompt_tokens, amounts.completion_tokens
    price = token_price(known) if known else None
    return ModelUsage(
        known, told_by, amounts.sessions, amounts.recorded, amounts.unrecorded, *tokens, price, amounts.unknown
    )
