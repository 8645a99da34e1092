"""The distribution of tokens and messages over sessions.

All functions raise NotConfigured without a database, and DatabaseError, including StatementTimeout, when it fails.
"""

from dataclasses import dataclass, field
from datetime import datetime

from chatdata.domain.usage import Cell, SessionUsage, Spread
from chatdata.domain.usage.distribution import EDGES
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.costs import Costs, costs_of
from chatdata.services.usage.usage_reader import FiguresReader, answered
from chatdata.stores.database import SessionFilter


@dataclass(frozen=True, slots=True)
class Spreads:
    """The distributions of tokens and messages per session."""

    as_of: datetime
    tokens: Spread
    """Tokens per session, over sessions with recorded tokens."""
    messages: Spread
    """Messages per session, over all sessions."""
    unknown: int
    """The number of sessions that are not in `tokens`, because a count of theirs is unknown."""
    costs: Costs = field(default_factory=dict)
    """The cost of the sessions in each bin of `tokens`, by its low edge; empty without a model to assume."""

    @property
    def unrecorded(self) -> int:
        """The number of sessions that are not in `tokens`, because theirs were not recorded."""
        return self.messages.sessions - self.tokens.sessions - self.unknown


@dataclass(frozen=True, slots=True)
class Scatter:
    """Sessions by messages and tokens: the largest as single points, all others counted in grid cells."""

    as_of: datetime
    points: tuple[SessionUsage, ...]
    """The sessions with the most tokens and those with the most messages, most tokens first."""
    cells: tuple[Cell, ...]
    """Counts of the other sessions. Sessions without recorded tokens, or with unknown ones, are in neither list."""

    @property
    def sessions(self) -> int:
        """The number of sessions in points and cells together."""
        return len(self.points) + sum(cell.sessions for cell in self.cells)


def spread(stores: SessionStores, where: SessionFilter, model: str | None = None) -> Spreads:
    """Median, percentiles, maximum and histogram of tokens and of messages per session; with costs for a `model`."""

    def ask(reader: FiguresReader, as_of: datetime) -> Spreads:
        costs = {} if model is None else costs_of(reader, where, "bin", model)
        by_low = {EDGES[number]: cost for number, cost in costs.items()}
        spreads = reader.token_spread(where), reader.message_spread(where)
        return Spreads(as_of, *spreads, reader.count_unknown(where), by_low)

    return answered(stores, where, ask)


def scatter(stores: SessionStores, where: SessionFilter, points: int = 500) -> Scatter:
    """The scatter plot of the sessions, with at most `points` points by tokens and as many by messages."""

    def ask(reader: FiguresReader, as_of: datetime) -> Scatter:
        found, cells = reader.scatter(where, points)
        ordered = sorted(found, key=lambda one: (-(one.total_tokens or 0), one.session_id))
        return Scatter(as_of, tuple(ordered), cells)

    return answered(stores, where, ask)
