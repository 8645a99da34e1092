"""The prompt tokens and the cost that the results of each tool caused, over many sessions.

`chatdata.domain.usage.tool_growth` defines both. The usage of each turn is recorded in cached copies only, so other
sessions are estimated, and both numbers are kept apart.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from chatdata.domain.copies import CachedCopy
from chatdata.domain.tokens import TokenPrice, token_price
from chatdata.domain.usage.tool_growth import (
    CausedTokens,
    can_be_metered,
    estimated_growth,
    outline_of,
    recorded_growth,
)
from chatdata.errors import RedisError
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.usage_reader import rows_of
from chatdata.stores.database import SessionFilter, SessionOutline

MOST_SESSIONS = 1_000
"""The maximum number of sessions that are read, those that started last."""
MOST_MESSAGES = 100_000
"""The number of messages after which no more sessions are read."""
_AT_ONCE = 50


@dataclass(slots=True)
class ToolGrowth:
    """What the results of one tool added to the prompts of all sessions that were read."""

    result_tokens: int = 0
    """Each result counted once."""
    caused_tokens: int = 0
    """Each result counted in every later prompt of its session."""
    estimated_tokens: int = 0
    """The part of `caused_tokens` that is estimated; the rest follows from recorded counts."""
    cost: Decimal | None = None
    """The list price of the caused tokens; None if the price of none of them is known."""
    unpriced_tokens: int = 0
    """The part of `caused_tokens` that the cost does not include, since their model or its price is unknown."""


@dataclass(frozen=True, slots=True)
class ToolGrowthTable:
    """The growth by tool, and what it covers."""

    as_of: datetime
    tools: Mapping[str, ToolGrowth]
    """By the name of the tool."""
    recorded: int
    """The number of sessions with the usage of each turn."""
    estimated: int
    """The number of sessions that were estimated."""
    count: int
    """The number of sessions with tool results, including those that were not read."""
    cache_problem: str
    """Why no cached copies could be read; empty if they could."""
    currency: str | None
    prices_dated: date | None

    def of(self, tool: str | None) -> ToolGrowth | None:
        """The growth of a tool; None if no session with a result of it was read, so that it is unknown."""
        nothing = ToolGrowth() if tool is not None and self.complete else None
        return nothing if tool is None else self.tools.get(tool, nothing)

    @property
    def complete(self) -> bool:
        """Whether all sessions with tool results were read."""
        return self.recorded + self.estimated == self.count


def tool_growth(
    stores: SessionStores, where: SessionFilter, model: str, limits: tuple[int, int] = (MOST_SESSIONS, MOST_MESSAGES)
) -> ToolGrowthTable:
    """The growth by tool; `model`, from the settings, is assumed for sessions whose messages name none.

    `limits` are the numbers of sessions and messages to read. Raises NotConfigured without a database, and
    DatabaseError, including StatementTimeout, when it fails. A failing cache makes all sessions estimates.
    """
    with rows_of(stores) as (reader, as_of):
        found = reader.outlines(where, limits)
    run = _Attribution(stores, model)
    for start in range(0, len(found.sessions), _AT_ONCE):
        run.add(found.sessions[start : start + _AT_ONCE])
    prices = [price for price in run.prices.values() if price is not None]
    return ToolGrowthTable(
        as_of,
        dict(run.tools),
        run.recorded,
        run.estimated,
        found.count,
        run.cache_problem,
        prices[0].currency if prices else None,
        prices[0].dated if prices else None,
    )


@dataclass
class _Attribution:
    stores: SessionStores
    model: str
    tools: dict[str, ToolGrowth] = field(default_factory=lambda: defaultdict(ToolGrowth))
    prices: dict[str, TokenPrice | None] = field(default_factory=dict)
    recorded: int = 0
    estimated: int = 0
    cache_problem: str = ""

    def add(self, sessions: Sequence[SessionOutline]) -> None:
        """Adds the growth in these sessions."""
        copies = self._copies([session.session_id for session in sessions if not session.unknown])
        for session in sessions:
            metered = _metered(session, copies.get(session.session_id))
            self.recorded += metered is not None
            self.estimated += metered is None
            caused = estimated_growth(session.messages, session.prompt_tokens) if metered is None else metered
            price = self._price(session)
            for tool, tokens in caused.items():
                _add(self.tools[tool], tokens, price, recorded=metered is not None)

    def _copies(self, session_ids: Sequence[str]) -> dict[str, CachedCopy]:
        cache = self.stores.cache
        if cache is None or self.cache_problem:
            self.cache_problem = self.cache_problem or self.stores.cache_problem or self.stores.cache_hint
            return {}
        try:
            documents = cache.read_documents(session_ids)
        except RedisError as error:
            self.cache_problem = str(error)
            return {}
        copies = {session_id: cache.copy_of(document) for session_id, document in documents.items()}
        return {session_id: copy for session_id, copy in copies.items() if isinstance(copy, CachedCopy)}

    def _price(self, session: SessionOutline) -> TokenPrice | None:
        """The price of the session's model; None where it is unknown, or the messages name several."""
        if len(session.models) > 1:
            return None
        name = next(iter(session.models), self.model)
        if name not in self.prices:
            self.prices[name] = token_price(name) if name else None
        return self.prices[name]


def _metered(session: SessionOutline, copy: CachedCopy | None) -> dict[str, CausedTokens] | None:
    """The growth by the cached usage; None unless it covers each answer that the database has."""
    if copy is None:
        return None
    messages = [outline_of(message.message) for message in copy.messages]
    answers = sum(message.role == "assistant" for message in session.messages)
    usage = copy.info.usage
    if len(usage) < answers or not can_be_metered(messages, usage):
        return None
    return recorded_growth(messages, usage)


def _add(to: ToolGrowth, tokens: CausedTokens, price: TokenPrice | None, *, recorded: bool) -> None:
    to.result_tokens += tokens.result_tokens
    to.caused_tokens += tokens.caused_tokens
    if not recorded:
        to.estimated_tokens += tokens.caused_tokens
    if price is None:
        to.unpriced_tokens += tokens.caused_tokens
    else:
        to.cost = (to.cost or Decimal()) + price.of(tokens.caused_tokens, 0).amount
