"""The cost of sessions at list prices, by time, user, title word or session."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from chatdata.domain.tokens import TokenPrice, token_price
from chatdata.domain.usage import Amounts
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.usage_reader import FiguresReader, rows_of
from chatdata.stores.database import SEVERAL, ModelsBy, SessionFilter

Costs = Mapping[Any, Decimal]
"""The cost by key; a key without a known cost is missing."""


def costs_of(reader: FiguresReader, where: SessionFilter, by: ModelsBy, model: str) -> Costs:
    """The cost of the sessions with recorded tokens whose model has a known price.

    The keys are the starts of quarter hours (None if unreadable), users, title words, session IDs, or numbers of bins
    of tokens. `model`, from the settings, is assumed for sessions whose messages name none.
    """
    prices = dict[str | None, TokenPrice | None]()
    found = dict[Any, Decimal]()
    for key, models in reader.models_by(where, by).items():
        for name, amounts in models.items():
            if name not in prices:
                known = model if name is None else name
                prices[name] = token_price(known) if known != SEVERAL else None
            cost = _cost(amounts, prices[name])
            if cost is not None:
                found[key] = found.get(key, Decimal()) + cost
    return found


def session_costs(stores: SessionStores, session_ids: frozenset[str], model: str) -> Costs:
    """The cost of each of these sessions.

    Raises NotConfigured without a database, and DatabaseError, including StatementTimeout, when it fails.
    """
    with rows_of(stores) as (reader, _):
        return costs_of(reader, SessionFilter(only_ids=session_ids), "session", model)


def with_cost(amounts: Amounts, cost: Decimal | None) -> Amounts:
    """The amounts with their cost."""
    return replace(amounts, cost=cost)


def _cost(amounts: Amounts, price: TokenPrice | None) -> Decimal | None:
    """The price of the tokens that are known, so that a total is the same however the sessions are grouped."""
    if price is None or (amounts.prompt_tokens is None and amounts.completion_tokens is None):
        return None
    return price.of(amounts.prompt_tokens or 0, amounts.completion_tokens or 0).amount
