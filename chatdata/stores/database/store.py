"""The database of a deployment, whose tables are created in an empty database if writing is allowed."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.schema import CreateSchema

from chatdata.domain.copies import StoredCopy
from chatdata.domain.messages import ALL_KNOWN, ChatSession, ChatSessionInfo, UnknownCounts
from chatdata.domain.summaries import Cursor, Page, SessionTotals, Sort, UserSummary
from chatdata.domain.text import is_queryable, sanitize
from chatdata.errors import DatabaseUnavailable, ReadOnlyError
from chatdata.settings.stores import DEFAULT_CONNECT_TIMEOUT
from chatdata.stores.database import listing, lookup, many, rows
from chatdata.stores.database.backend import Backend, Columns
from chatdata.stores.database.cost_log import CostLogState, PaidBy, PaidRow, cost_log, paid
from chatdata.stores.database.damage import as_text, readable_session
from chatdata.stores.database.filters import SessionFilter
from chatdata.stores.database.other_tables import unread_tables
from chatdata.stores.database.paging import Direction
from chatdata.stores.database.plain import PlainRows, read_plain
from chatdata.stores.database.sqlite import Sqlite
from chatdata.stores.database.tables import OPTIONAL_COLUMNS, chat_message, chat_session, have_items, metadata
from chatdata.stores.database.url import parse_url
from chatdata.stores.database.usage.reader import UsageReader
from chatdata.stores.database.word_index import NO_WORD_INDEX, WordIndex, word_index

_SECONDS_TO_WAIT = 30.0
_IDS_AT_ONCE = 500
_ALL = SessionFilter()


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The version, permissions, number of sessions and optional columns of a database."""

    where: str
    """The database's URL without a password."""
    schema: str | None
    version: str
    writable: bool
    sessions: int
    optional_columns: tuple[str, ...]
    """The columns found that only some versions have, such as "ChatMessage.model"."""
    unknown_columns: tuple[str, ...] = ()
    """The columns of the two tables that no known version has; they are not read."""
    unread_tables: tuple[str, ...] = ()
    """The other tables that are named like conversations or have their columns; they are not read."""
    cost_log: CostLogState = "missing"
    """Whether the log of paid costs can be read."""
    views: tuple[str, ...] = ()
    """Which of the two tables are views, such as "ChatMessage"; views are never written."""
    word_index: WordIndex = NO_WORD_INDEX
    """Whether a search of words can use an index."""


def _explained(other_stores: Sequence[str]) -> str:
    if not other_stores:
        return ""
    return f" It has {', '.join(other_stores)}: docs/other-stores.md says how views open it."


def unknown_columns(columns: Columns) -> tuple[str, ...]:
    """Returns the columns that no known version has, such as "ChatSession.colour"."""
    return tuple(
        f"{table.name}.{name}"
        for table in (chat_session, chat_message)
        for name in sorted(columns[table.name] - set(table.columns.keys()) - OPTIONAL_COLUMNS[table.name].keys())
    )


class Database:
    """Sessions in SQLite or PostgreSQL. Methods raise DatabaseError; ids that no row can have match nothing."""

    def __init__(self, backend: Backend, schema: str | None) -> None:
        self._backend = backend
        self._schema = schema
        self._columns: Columns | None = None
        self._views: frozenset[str] = frozenset()

    @classmethod
    def open(
        cls,
        url: str,
        *,
        write: bool = False,
        statement_timeout: float = 15.0,
        connect_timeout: float = DEFAULT_CONNECT_TIMEOUT,
    ) -> "Database":
        """The database of a DATABASE_URL, which connects on first use. Raises SettingsError for an invalid URL."""
        target = parse_url(url)
        if target.schema is None:
            return cls(Sqlite(target, write=write, statement_timeout=statement_timeout), None)
        from chatdata.stores.database.postgres import Postgres  # and with it the driver, which SQLite does not need

        backend = Postgres(target, write=write, statement_timeout=statement_timeout, connect_timeout=connect_timeout)
        return cls(backend, target.schema)

    @property
    def where(self) -> str:
        """The database's URL without a password."""
        return self._backend.where

    @property
    def schema(self) -> str | None:
        """The PostgreSQL schema of the tables; None in SQLite."""
        return self._schema

    @property
    def writable(self) -> bool:
        """Whether writing is allowed, and not to views as far as the tables are known."""
        return self.why_read_only is None

    @property
    def why_read_only(self) -> str | None:
        """A sentence that says why nothing can be written, and what would change that; None if writing is allowed."""
        if self._views:
            names = " and ".join(f'"{name}"' for name in sorted(self._views, reverse=True))
            noun = "views, which are" if len(self._views) > 1 else "a view, which is"
            return f"{names} in {self._place} {noun} never written: change the data in the product they come from."
        if not self._backend.writable:
            return f"{self.where} is opened read-only; INSPECTOR_ACCESS=write allows writing."
        return None

    def _refuse_views(self) -> None:
        if self._views:
            raise ReadOnlyError(self.why_read_only or "")

    def close(self) -> None:
        """Closes all connections."""
        self._backend.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only transaction, after checking that the tables exist."""
        self._known_columns()
        with self._backend.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at its end, after checking that the tables exist."""
        self._known_columns()
        self._refuse_views()
        with self._backend.writing() as connection:
            yield connection

    def session_lock(self, session_id: str, wait: float = _SECONDS_TO_WAIT) -> AbstractContextManager[None]:
        """Locks a session across processes, also beyond a transaction. Raises LockTimeout after `wait` seconds."""
        self._known_columns()  # creating tables takes a lock of its own, which must not nest
        self._refuse_views()
        return self._backend.session_lock(session_id, wait)

    def facts(self) -> DatabaseFacts:
        """Queries the database's version, number of sessions and columns."""
        columns = self._columns = self._look_for_tables()
        with self._backend.reading() as connection:
            sessions = connection.execute(select(func.count()).select_from(chat_session)).scalar_one()
            version = self._backend.version(connection)
            tables = unread_tables(connection, self._schema, by_columns=not self._views)
            log = cost_log(connection, self._schema)
            words = word_index(connection, is_view="ChatMessage" in self._views)
        found = tuple(
            f"{table}.{name}"
            for table, optional in OPTIONAL_COLUMNS.items()
            for name in optional
            if name in columns[table]
        )
        unknown = unknown_columns(columns)
        views = tuple(sorted(self._views, reverse=True))
        return DatabaseFacts(
            self.where, self._schema, version, self.writable, sessions, found, unknown, tables, log.state, views, words
        )

    def paid(self, where: SessionFilter, by: PaidBy) -> tuple[CostLogState, tuple[PaidRow, ...]]:
        """What was paid by key and model, in one transaction; no rows unless the log can be read."""
        with self.reading() as connection:
            log = cost_log(connection, self._schema)
            return log.state, paid(connection, log, where, by) if log.state == "readable" else ()

    def unread_columns(self) -> tuple[str, ...]:
        """The columns of the two tables that are not read, since no known version has them."""
        return unknown_columns(self._known_columns())

    def read_copy(self, session_id: str) -> StoredCopy | None:
        """The stored copy of a session; None without a row."""
        if not is_queryable(session_id):
            return None
        with self.reading() as connection:
            return rows.read_session(connection, self._known_columns(), session_id)

    def read_session(self, session_id: str) -> ChatSession | None:
        """The session in the rows, as its stored copy has it; None without a row."""
        if not is_queryable(session_id):
            return None
        with self.reading() as connection:
            return rows.read_whole(connection, self._known_columns(), session_id)

    def read_version(self, session_id: str) -> tuple[object, ...] | None:
        """Values that change when the session is saved, to find out whether it has to be read; None without a row."""
        if not is_queryable(session_id):
            return None
        with self.reading() as connection:
            status = "chatStatus" in self._known_columns()["ChatSession"]
            return rows.read_version(connection, session_id, status=status)

    def read_copies(self, session_ids: Sequence[str]) -> dict[str, StoredCopy]:
        """The stored copies of several sessions by id, read in one transaction; sessions without a row are omitted."""
        with self.reading() as connection:
            return many.read_sessions(connection, self._known_columns(), session_ids)

    def read_plain(self, session_ids: Sequence[str]) -> dict[str, PlainRows]:
        """The rows of several sessions by id as raw values, for the first comparison of a scan."""
        with self.reading() as connection:
            return read_plain(connection, self._known_columns(), session_ids)

    def count_sessions(self, where: SessionFilter = _ALL) -> int:
        """The number of sessions that match the filter; reads messages only if the filter needs them."""
        with self.reading() as connection:
            return listing.count_sessions(connection, self._known(where))

    def read_locked(self, connection: Connection, session_id: str) -> StoredCopy | None:
        """The stored copy of a session, its row locked until this transaction ends; None without a row."""
        if not is_queryable(session_id):
            return None
        rows.lock_session(connection, session_id)
        return rows.read_session(connection, self._known_columns(), session_id)

    def user_sessions(self, user_id: str, limit: int, offset: int) -> tuple[list[ChatSessionInfo], int]:
        """A page of a user's sessions, latest update first, and the number of all of them."""
        mine = chat_session.c.userId == sanitize(user_id)
        statement = (
            select(chat_session)
            .where(mine)
            .order_by(chat_session.c.updatedAt.desc(), chat_session.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        with self.reading() as connection:
            rows_found = connection.execute(statement).mappings()
            found = [ChatSessionInfo.from_db(readable_session(row)[0]) for row in rows_found]
            total = connection.execute(select(func.count()).select_from(chat_session).where(mine)).scalar_one()
        return found, total

    def page(
        self,
        where: SessionFilter,
        cursor: Cursor | None = None,
        direction: Direction = "older",
        limit: int = 50,
        sort: Sort = "active",
    ) -> Page:
        """A page of the list of sessions; see listing.list_page."""
        with self.reading() as connection:
            found = self._known(where)
            facts = {"status": self.has_status, "views": bool(self._views)}
            return listing.list_page(connection, found, cursor, direction, limit, sort=sort, **facts)

    def totals(self, where: SessionFilter, unknown: UnknownCounts = ALL_KNOWN) -> SessionTotals:
        """Sums over all sessions that match the filter; `unknown` are sessions with unknown totals."""
        with self.reading() as connection:
            return listing.totals(connection, self._known(where), unknown)

    def count_before(self, where: SessionFilter, first: Cursor, sort: Sort = "active") -> int:
        """The number of matching sessions that the list has before the one at `first`."""
        with self.reading() as connection:
            return listing.count_before(connection, self._known(where), first, sort, views=bool(self._views))

    def users(
        self, search: str = "", limit: int = 50, offset: int = 0, unknown: UnknownCounts = ALL_KNOWN
    ) -> tuple[tuple[UserSummary, ...], int]:
        """A page of users whose id contains `search`, latest activity first, and the number of all of them."""
        with self.reading() as connection:
            return listing.list_users(connection, search, limit, offset, unknown)

    @contextmanager
    def usage(self, unknown: UnknownCounts = ALL_KNOWN) -> Iterator[UsageReader]:
        """A reader of usage figures in one read-only transaction; `unknown` are sessions with unknown totals."""
        columns = self._known_columns()
        with self._backend.reading() as connection:
            yield UsageReader(connection, columns, unknown)

    def existing(self, ids: list[str]) -> list[str]:
        """The ids that belong to sessions, in the given order."""
        with self.reading() as connection:
            return lookup.existing(connection, [item for item in ids if is_queryable(item)])

    def newest_messages(self, ids: Sequence[str]) -> dict[str, datetime]:
        """The time of the newest message of each session, where one is known."""
        with self.reading() as connection:
            return lookup.newest_messages(connection, [item for item in ids if is_queryable(item)])

    def ids_with_prefix(self, prefix: str, limit: int) -> list[str]:
        """At most `limit` session ids that begin with the prefix, found by the primary key."""
        if not is_queryable(prefix):
            return []
        with self.reading() as connection:
            found = map(as_text, lookup.ids_after(connection, prefix, limit))
            return [item for item in found if item.startswith(prefix)]

    def session_ids(self) -> Iterator[str]:
        """Yields every session's id in no particular order, reading a few hundred at a time."""
        after: str | None = None
        while True:
            with self.reading() as connection:
                found = lookup.ids_after(connection, after, _IDS_AT_ONCE)
            yield from map(as_text, found)
            if len(found) < _IDS_AT_ONCE:
                return
            after = found[-1]

    def find_tool_call(self, call_ids: list[str]) -> tuple[str, int] | None:
        """Session id and position of the newest message that makes or answers one of these calls; None without one."""
        with self.reading() as connection:
            queryable = [item for item in call_ids if is_queryable(item)]
            counted = have_items(self._known_columns()["ChatMessage"])
            return lookup.find_tool_call(connection, queryable, counted=counted)

    @property
    def has_status(self) -> bool:
        """Whether the session table has a status column."""
        return "chatStatus" in self._known_columns()["ChatSession"]

    def add_status_column(self) -> None:
        """Adds the status column of later versions to the session table, unless it is there."""
        if self.has_status:
            return
        with self.writing() as connection:
            connection.execute(text('ALTER TABLE "ChatSession" ADD COLUMN "chatStatus" TEXT NOT NULL DEFAULT \'idle\''))
        self._columns = None

    def unfinished_turns(self, limit: int) -> tuple[rows.UnfinishedTurn, ...]:
        """The sessions whose status is running or queued, in a table that has this column, in no particular order."""
        with self.reading() as connection:
            return rows.unfinished_turns(connection, limit)

    def put_status(self, session_id: str, status: str) -> None:
        """Sets the chatStatus of a session, in a table that has this column."""
        with self.writing() as connection:
            rows.set_statuses(connection, {session_id: status})

    def _known(self, where: SessionFilter) -> SessionFilter:
        """The filter for this table; without a status column it matches no session if a status is requested."""
        if where.chat_status is None or self.has_status:
            return where
        return replace(where, chat_status=None, only_ids=frozenset())

    def _known_columns(self) -> Columns:
        columns = self._columns
        if columns is None:
            columns = self._columns = self._look_for_tables()
        return columns

    def _look_for_tables(self) -> Columns:
        with self._backend.reading() as connection:
            columns = self._backend.columns(connection)
            self._views = self._backend.views(connection)
            empty = not self._backend.holds_tables(connection)
            others = () if all(columns.values()) else self._backend.other_stores(connection)
        if empty and self._backend.writable:
            self._create_tables()
            return self._look_for_tables()
        for table in (chat_session, chat_message):
            lacking = {column.name for column in table.columns} - columns[table.name]
            if lacking:
                raise DatabaseUnavailable(self._unlike(table.name, columns[table.name], lacking) + _explained(others))
        return columns

    def _create_tables(self) -> None:
        with self._backend.writing() as connection:
            self._backend.lock_tables(connection)
            if self._schema is not None and not inspect(connection).has_schema(self._schema):
                connection.execute(CreateSchema(self._schema))
            metadata.create_all(connection)

    @property
    def _place(self) -> str:
        return f"schema {self._schema} of {self.where}" if self._schema else self.where

    def _unlike(self, table: str, found: frozenset[str], lacking: set[str]) -> str:
        if found:
            return f'The table "{table}" in {self._place} lacks {", ".join(sorted(lacking))}: not a chat deployment.'
        return f'There is no table "{table}" in {self._place}. Check the path, or ?schema= in DATABASE_URL.'
