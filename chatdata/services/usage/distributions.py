"""How tokens and messages are spread over sessions. Raises as `chatdata.services.usage.totals` does."""

from dataclasses import dataclass
from datetime import datetime

from chatdata.domain.usage import Cell, SessionUsage, Spread
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.usage_reader import rows_of
from chatdata.stores.database import SessionFilter


@dataclass(frozen=True, slots=True)
class Spreads:
    """Tokens and messages a session."""

    as_of: datetime
    tokens: Spread
    """Of the sessions with tokens recorded."""
    messages: Spread
    """Of all sessions."""

    @property
    def unrecorded(self) -> int:
        """Sessions that are not in the spread of tokens, since nobody recorded theirs."""
        return self.messages.sessions - self.tokens.sessions


@dataclass(frozen=True, slots=True)
class Scatter:
    """Sessions between messages and tokens: the largest by themselves, all others counted in cells."""

    as_of: datetime
    points: tuple[SessionUsage, ...]
    """Those with the most tokens and those with the most messages, the most tokens first."""
    cells: tuple[Cell, ...]
    """The others. Sessions without recorded tokens are in neither."""

    @property
    def sessions(self) -> int:
        """How many are in the picture."""
        return len(self.points) + sum(cell.sessions for cell in self.cells)


def spread(stores: SessionStores, where: SessionFilter) -> Spreads:
    """Median, percentiles, the largest and a histogram."""
    with rows_of(stores) as (reader, as_of):
        return Spreads(as_of, reader.token_spread(where), reader.message_spread(where))


def scatter(stores: SessionStores, where: SessionFilter, points: int = 500) -> Scatter:
    """At most so many points of either kind, however many sessions there are."""
    with rows_of(stores) as (reader, as_of):
        found, cells = reader.scatter(where, points)
        ordered = sorted(found, key=lambda one: (-(one.total_tokens or 0), one.session_id))
        return Scatter(as_of, tuple(ordered), cells)
