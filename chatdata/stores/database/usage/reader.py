"""Reads usage figures in one read-only transaction, so that they are consistent with each other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Select, case, func, not_, select, true

from chatdata.domain.messages import ALL_KNOWN, UnknownCounts, is_stand_in
from chatdata.domain.messages.unknown import unknown_of
from chatdata.domain.usage import (
    Amounts,
    Cell,
    QuarterHour,
    SessionUsage,
    Spread,
    ToolUsage,
    Unanswerable,
    UserUsage,
    WordUsage,
)
from chatdata.domain.usage.facts import CountedSession, SessionMark
from chatdata.stores.database.backend import Columns
from chatdata.stores.database.damage import as_text
from chatdata.stores.database.filters import SessionFilter, among, conditions
from chatdata.stores.database.listing import asked, said
from chatdata.stores.database.tables import chat_message, chat_session
from chatdata.stores.database.usage import columns as column
from chatdata.stores.database.usage.counts import Counts
from chatdata.stores.database.usage.distributions import bin_number, bytewise, message_spread, scatter, token_spread
from chatdata.stores.database.usage.facts import (
    counted_sessions,
    has_messages,
    has_strays,
    id_of,
    marks,
    session_stamps,
)
from chatdata.stores.database.usage.models import tokens_by_key_and_model, tokens_by_model
from chatdata.stores.database.usage.outlines import Outlines, outlines
from chatdata.stores.database.usage.title_words import is_keyword, title_words, words_table
from chatdata.stores.database.usage.tools import tools
from chatdata.stores.database.usage.totals import amounts, amounts_by, messages_by
from chatdata.stores.database.usage.users import users

_s, _m = chat_session.c, chat_message.c
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER = timedelta(milliseconds=column.QUARTER_MILLISECONDS)

LargestBy = Literal["tokens", "messages"]
"""The measure by which sessions are the largest."""
ModelsBy = Literal["quarter", "user", "word", "session", "bin"]
"""The key by which tokens are summed for each model."""


class UsageReader:
    """Usage figures in one read-only transaction. Methods raise StatementTimeout and other DatabaseErrors."""

    def __init__(self, connection: Connection, columns: Columns, unknown: UnknownCounts = ALL_KNOWN) -> None:
        """`unknown` are the sessions whose totals are unknown although the rows hold numbers."""
        self._connection = connection
        self._columns = columns
        self._dialect = connection.dialect.name
        self._counts = Counts(self._dialect, unknown)
        if self._dialect == "postgresql":
            # The default, 4, is for spinning disks: with it the planner reads all messages for a fiftieth of the
            # sessions, which takes four times as long as using the index. With 2 it does so above a tenth.
            connection.exec_driver_sql("SET LOCAL random_page_cost = 2")

    def totals(self, where: SessionFilter) -> Amounts:
        """The sums of all sessions that match the filter."""
        return amounts(self._connection, self._counts, self._conditions(where))

    def quarters(self, where: SessionFilter) -> tuple[QuarterHour, ...]:
        """Sums by quarter hour of the start, in chronological order; sessions without a readable start are omitted."""
        conditions = [*self._conditions(where), column.is_dated(self._dialect)]
        found = amounts_by(self._connection, self._counts, conditions, column.quarter(self._dialect))
        return tuple(QuarterHour(_EPOCH + number * _QUARTER, found[number]) for number in sorted(found))

    def undated(self, where: SessionFilter) -> Amounts:
        """The sums of sessions whose start can't be read; empty if the filter restricts the start."""
        if where.started_since is not None or where.started_until is not None:
            return Amounts()
        return amounts(self._connection, self._counts, [*self._conditions(where), not_(column.is_dated(self._dialect))])

    def users(self, where: SessionFilter, limit: int) -> tuple[tuple[UserUsage, ...], Amounts, int]:
        """The users with the most tokens, then sessions; the sums of all other users; and the number of users."""
        return users(self._connection, self._counts, self._conditions(where), limit)

    def largest(self, where: SessionFilter, by: LargestBy, limit: int) -> tuple[SessionUsage, ...]:
        """The sessions with the most tokens or messages; ties are ordered by id."""
        conditions = self._conditions(where)
        chosen = self._most_tokens(conditions) if by == "tokens" else self._most_messages(conditions)
        return self.sessions(_texts(self._connection.execute(chosen.limit(limit)).scalars()))

    def sessions(self, ids: Sequence[str]) -> tuple[SessionUsage, ...]:
        """These sessions in the given order; unknown ids are omitted."""
        counted = messages_by(self._connection, [among(self._dialect, _s.id, ids)], _s.id)
        return tuple(
            replace(line, messages=sums.messages, tool_calls=sums.tool_calls, turns=sums.turns)
            for line in self.uncounted(ids)
            for sums in [counted.get((line.session_id,), Amounts())]
        )

    def uncounted(self, ids: Sequence[str]) -> tuple[SessionUsage, ...]:
        """These sessions in the given order with no messages counted; unknown ids are omitted."""
        rows = self._connection.execute(self._lines([among(self._dialect, _s.id, ids)])).all()
        found = {row.id: _session(row) for row in rows}
        return tuple(found[item] for item in ids if item in found)

    def unknown(self, where: SessionFilter, limit: int) -> tuple[SessionUsage, ...]:
        """The sessions with an unknown token count, latest start first."""
        chosen = select(_s.id).where(*self._conditions(where), self._counts.is_unknown)
        ordered = chosen.order_by(_s.createdAt.desc(), bytewise(self._dialect, _s.id)).limit(limit)
        return self.sessions(_texts(self._connection.execute(ordered).scalars()))

    def count_unknown(self, where: SessionFilter) -> int:
        """The number of sessions with an unknown token count."""
        chosen = select(func.count()).select_from(chat_session).where(*self._conditions(where), self._counts.is_unknown)
        return int(self._connection.execute(chosen).scalar_one())

    def chosen(self, where: SessionFilter, ids: Sequence[str]) -> tuple[SessionUsage, ...]:
        """Those of these sessions that match the filter, in the given order."""
        here = among(self._dialect, _s.id, ids)
        passing = self._connection.execute(select(_s.id).where(here, *self._conditions(where))).scalars()
        matching = set(passing)
        return self.sessions([item for item in dict.fromkeys(ids) if item in matching])

    def token_spread(self, where: SessionFilter) -> Spread:
        """The distribution of tokens per session, over sessions with recorded tokens of which none are unknown."""
        return token_spread(self._connection, self._counts, self._conditions(where))

    def message_spread(self, where: SessionFilter) -> Spread:
        """The distribution of messages per session."""
        return message_spread(self._connection, self._conditions(where))

    def scatter(self, where: SessionFilter, points: int) -> tuple[tuple[SessionUsage, ...], tuple[Cell, ...]]:
        """The sessions with the most tokens and those with the most messages; all others counted in cells."""
        ids, cells = scatter(self._connection, self._counts, self._conditions(where), points)
        return self.sessions(ids), cells

    def tools(self, where: SessionFilter) -> tuple[tuple[ToolUsage, ...], Unanswerable]:
        """The tools with their calls and results, most calls first; and the results without a call."""
        return tools(self._connection, self._conditions(where))

    def outlines(self, where: SessionFilter, limits: tuple[int, int]) -> Outlines:
        """The sessions with tool results that started last, up to a number of sessions and about one of messages."""
        return outlines(self._connection, self._counts, self._conditions(where), limits, self._names_models)

    def title_words(self, where: SessionFilter, limit: int) -> tuple[tuple[WordUsage, ...], int]:
        """The title words with the most tokens, and the number of distinct words."""
        return title_words(self._connection, self._counts, self._conditions(where), limit)

    def models(self, where: SessionFilter) -> dict[str | None, Amounts]:
        """Sessions and tokens by the model that messages name; None for no model, SEVERAL for more than one."""
        return tokens_by_model(self._connection, self._counts, self._conditions(where), self._names_models)

    def models_by(self, where: SessionFilter, by: ModelsBy) -> dict[Any, dict[str | None, Amounts]]:
        """The same by a key: the start of a quarter hour (None if unreadable), a user, a title word, a session's id, or
        the number of the bin that its tokens lie in."""
        conditions, also = self._conditions(where), list[Any]()
        joined: Any = chat_session
        key: Any = column.user(self._dialect) if by == "user" else _s.id
        if by == "quarter":
            key = case((column.is_dated(self._dialect), column.quarter(self._dialect)))
        elif by == "bin":
            key = bin_number(self._dialect, self._counts.total)
            conditions += [self._counts.is_recorded, ~self._counts.is_unknown]
        elif by == "word":
            words = words_table(self._connection)
            key, joined, also = words.c.value, chat_session.join(words, true()), [is_keyword(self._dialect, words)]
        sums = self._connection, self._counts, conditions, key, self._names_models, joined, also
        found = tokens_by_key_and_model(*sums)
        return {_start(number): models for number, models in found.items()} if by == "quarter" else found

    def stamps(self, after: str | None, limit: int) -> list[tuple[str, int]]:
        """Key and stamp of at most `limit` sessions in the order of the primary key; `after` is a key."""
        return session_stamps(self._connection, self._counts, after, limit)

    def counted(self, keys: Sequence[str]) -> list[CountedSession]:
        """These sessions with the counts of their messages, for the usage index; those that are gone are omitted."""
        return counted_sessions(self._connection, self._counts, keys, self._names_models)

    def marks(self, keys: Sequence[str]) -> dict[str, SessionMark]:
        """The number and the end of the messages of these sessions by key; sessions without messages are omitted."""
        return marks(self._connection, keys)

    def has_strays(self, schema: str | None) -> bool:
        """Whether there are messages without a session."""
        return has_strays(self._connection, schema)

    def has_messages(self, number: int) -> bool:
        """Whether there are at least this many messages."""
        return has_messages(self._connection, number)

    def id_of(self, key: str) -> str | None:
        """The id of a session by its key in the usage index; None if it can't be asked for by its id."""
        return id_of(self._dialect, key)

    @property
    def names_models(self) -> bool:
        """Whether messages can name their model."""
        return self._names_models

    @property
    def _names_models(self) -> bool:
        """Whether messages have a column for the name of their model."""
        return "model" in self._columns["ChatMessage"]

    def _conditions(self, where: SessionFilter) -> list[Any]:
        return conditions(self._connection, where)

    def _most_tokens(self, where: Sequence[Any]) -> Select[Any]:
        return select(_s.id).where(*where).order_by(self._counts.known.desc(), bytewise(self._dialect, _s.id))

    def _most_messages(self, where: Sequence[Any]) -> Select[Any]:
        joined = chat_session.outerjoin(chat_message, _s.id == _m.sessionId)
        grouped = select(_s.id).select_from(joined).where(*where).group_by(_s.id)
        return grouped.order_by(func.count(_m.sessionId).desc(), bytewise(self._dialect, _s.id))

    def _lines(self, where: Sequence[Any]) -> Select[Any]:
        untitled = case((func.coalesce(_s.title, "") == "", said("user", first=True)))
        return select(
            _s.id,
            _s.userId,
            _s.title,
            untitled.label("said"),
            _s.createdAt,
            self._counts.is_recorded.label("recorded"),
            self._counts.prompt.label("prompt"),
            self._counts.completion.label("completion"),
            self._counts.is_damaged.label("damaged"),
        ).where(*where)


def _start(quarter: int | None) -> datetime | None:
    return None if quarter is None else _EPOCH + quarter * _QUARTER


def _session(row: Any) -> SessionUsage:
    return SessionUsage(
        session_id=row.id,
        user_id=as_text(row.userId),
        title=as_text(row.title),
        first_user_message=asked(as_text(row.said)),
        started_at=None if is_stand_in(row.createdAt) else row.createdAt,
        messages=0,
        tool_calls=0,
        prompt_tokens=int(row.prompt) if row.recorded and row.prompt is not None else None,
        completion_tokens=int(row.completion) if row.recorded and row.completion is not None else None,
        turns=0,
        damaged=bool(row.damaged),
        unknown=unknown_of(row.prompt, row.completion),
    )


def _texts(ids: Iterable[Any]) -> list[str]:
    """The ids by which a session can be asked for: not bytes, which SQLite may hold there."""
    return [item for item in ids if isinstance(item, str)]
