"""Usage figures of the index by the filters of the database; titles and first questions come from the rows."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chatdata.domain.messages import ALL_KNOWN
from chatdata.domain.text import sanitize
from chatdata.domain.usage import (
    Amounts,
    Cell,
    QuarterHour,
    SessionUsage,
    Spread,
    ToolUsage,
    Unanswerable,
    UserUsage,
)
from chatdata.errors import NotIndexable
from chatdata.stores.database import Database, LargestBy, ModelsBy, SessionFilter
from chatdata.stores.usage_index import IndexFilter, IndexReader

_MOST_LINES = 2_000
"""The most sessions whose titles are read; beyond it the rows answer in one statement."""
_INDEXED = {"user_id": None, "user_ids": None, "without_user": False, "started_since": None, "started_until": None}


def indexable(where: SessionFilter) -> IndexFilter | None:
    """The same filter for the index; None if it asks for something that only the rows tell, such as words."""
    if replace(where, **_INDEXED) != SessionFilter():  # type: ignore[arg-type]
        return None
    users = where.user_ids
    return IndexFilter(
        user_id=None if where.user_id is None else sanitize(where.user_id),
        user_ids=None if users is None else frozenset(None if user is None else sanitize(user) for user in users),
        without_user=where.without_user,
        started_since=_microseconds(where.started_since),
        started_until=_microseconds(where.started_until),
    )


class IndexedReader:
    """The figures that the index has. Methods raise UsageIndexError; NotIndexable asks for the rows in its place."""

    def __init__(self, index: IndexReader, database: Database) -> None:
        self._index = index
        self._database = database

    def totals(self, where: SessionFilter) -> Amounts:
        """The sums of all sessions that match the filter."""
        return self._index.totals(_filter(where))

    def quarters(self, where: SessionFilter) -> tuple[QuarterHour, ...]:
        """Sums by quarter hour of the start, in chronological order; sessions without a readable start are omitted."""
        return self._index.quarters(_filter(where))

    def undated(self, where: SessionFilter) -> Amounts:
        """The sums of sessions whose start can't be read; empty if the filter restricts the start."""
        return self._index.undated(_filter(where))

    def users(self, where: SessionFilter, limit: int) -> tuple[tuple[UserUsage, ...], Amounts, int]:
        """The users with the most tokens, then sessions; the sums of all other users; and the number of users."""
        return self._index.users(_filter(where), limit)

    def largest(self, where: SessionFilter, by: LargestBy, limit: int) -> tuple[SessionUsage, ...]:
        """The sessions with the most tokens or messages; ties are ordered by id."""
        if limit > _MOST_LINES:
            raise NotIndexable("titles of many sessions are asked for")
        return self._lines(self._index.largest(_filter(where), by, limit))

    def count_unknown(self, where: SessionFilter) -> int:
        """The number of sessions with an unknown token count."""
        return self._index.count_unknown(_filter(where))

    def token_spread(self, where: SessionFilter) -> Spread:
        """The distribution of tokens per session, over sessions with recorded tokens of which none are unknown."""
        return self._index.token_spread(_filter(where))

    def message_spread(self, where: SessionFilter) -> Spread:
        """The distribution of messages per session."""
        return self._index.message_spread(_filter(where))

    def scatter(self, where: SessionFilter, points: int) -> tuple[tuple[SessionUsage, ...], tuple[Cell, ...]]:
        """The sessions with the most tokens and those with the most messages; all others counted in cells."""
        keys, cells = self._index.scatter(_filter(where), points)
        return self._lines(sorted(keys)), cells

    def tools(self, where: SessionFilter) -> tuple[tuple[ToolUsage, ...], Unanswerable]:
        """The tools with their calls and results, most calls first; and the results without a call."""
        if self._index.strays and _filter(where).is_open:
            raise NotIndexable("there are messages without a session")
        return self._index.tools(_filter(where))

    def models(self, where: SessionFilter) -> dict[str | None, Amounts]:
        """Sessions and tokens by the model that messages name; None for no model, SEVERAL for more than one."""
        return self._index.models(_filter(where))

    def models_by(self, where: SessionFilter, by: ModelsBy) -> dict[Any, dict[str | None, Amounts]]:
        """The same by the start of a quarter hour (None if unreadable), a user, or the number of a bin of tokens."""
        if by == "word" or by == "session":
            raise NotIndexable("the rows tell words and single sessions")
        return self._index.models_by(_filter(where), by)

    def _lines(self, keys: list[str]) -> tuple[SessionUsage, ...]:
        """These sessions with the figures of the index; those that the rows don't have any more are omitted."""
        counted = self._index.sessions(keys)
        with self._database.usage(ALL_KNOWN) as reader:
            ids = {key: session_id for key in keys if (session_id := reader.id_of(key)) is not None}
            found = {line.session_id: line for line in reader.uncounted(list(ids.values()))}
        lines = []
        for key, session_id in ids.items():
            if session_id in found:
                amounts = counted[key].amounts
                lines.append(
                    replace(
                        found[session_id],
                        messages=amounts.messages,
                        tool_calls=amounts.tool_calls,
                        prompt_tokens=amounts.prompt_tokens,
                        completion_tokens=amounts.completion_tokens,
                        turns=amounts.turns,
                        damaged=bool(amounts.damaged),
                        unknown=counted[key].unknown,
                    )
                )
        return tuple(lines)


def _filter(where: SessionFilter) -> IndexFilter:
    found = indexable(where)
    if found is None:
        raise NotIndexable("the filter asks for what only the rows tell")
    return found


def _microseconds(moment: datetime | None) -> int | None:
    """A bound of a filter as the database compares it, which truncates it to milliseconds."""
    if moment is None:
        return None
    utc = moment.astimezone(UTC)
    return int((utc.replace(microsecond=0) - _EPOCH).total_seconds()) * 1_000_000 + utc.microsecond // 1_000 * 1_000


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
