"""The database of a deployment: opened as it is, or made where that is allowed."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.schema import CreateSchema

from chatdata.domain.copies import StoredCopy
from chatdata.domain.messages import ChatSessionInfo
from chatdata.domain.summaries import Cursor, Page, SessionTotals, UserSummary
from chatdata.domain.text import is_queryable, sanitize
from chatdata.errors import DatabaseUnavailable
from chatdata.stores.database import listing, lookup, many, rows
from chatdata.stores.database.backend import Backend, Columns
from chatdata.stores.database.filters import SessionFilter
from chatdata.stores.database.many import PlainRows
from chatdata.stores.database.postgres import Postgres
from chatdata.stores.database.sqlite import Sqlite
from chatdata.stores.database.tables import OPTIONAL_COLUMNS, chat_message, chat_session, metadata
from chatdata.stores.database.url import parse_url
from chatdata.stores.database.usage.reader import UsageReader

_SECONDS_TO_WAIT = 30.0
_IDS_AT_ONCE = 500
_ALL = SessionFilter()


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What a look at the database found."""

    where: str
    """Its URL without a password."""
    schema: str | None
    version: str
    writable: bool
    sessions: int
    optional_columns: tuple[str, ...]
    """As ChatMessage.model: columns that only some versions have and that were found."""
    unknown_columns: tuple[str, ...] = ()
    """Columns of the two tables that no version we know has: they are not read."""


def unknown_columns(columns: Columns) -> tuple[str, ...]:
    """The columns that no version we know has, as ChatSession.colour."""
    return tuple(
        f"{table.name}.{name}"
        for table in (chat_session, chat_message)
        for name in sorted(columns[table.name] - set(table.columns.keys()) - OPTIONAL_COLUMNS[table.name].keys())
    )


class Database:
    """Sessions in SQLite or PostgreSQL. Methods raise DatabaseError; ids that no row can have find nothing."""

    def __init__(self, backend: Backend, schema: str | None) -> None:
        self._backend = backend
        self._schema = schema
        self._columns: Columns | None = None

    @classmethod
    def open(cls, url: str, *, write: bool = False, statement_timeout: float = 15.0) -> "Database":
        """The database of a DATABASE_URL. Connects lazily; SettingsError for a URL that can't be read."""
        target = parse_url(url)
        kind = Sqlite if target.schema is None else Postgres
        return cls(kind(target, write=write, statement_timeout=statement_timeout), target.schema)

    @property
    def where(self) -> str:
        """Its URL without a password."""
        return self._backend.where

    @property
    def schema(self) -> str | None:
        """PostgreSQL's schema that the tables are in; None in SQLite."""
        return self._schema

    @property
    def writable(self) -> bool:
        """True where writing is allowed."""
        return self._backend.writable

    def close(self) -> None:
        """Closes all connections."""
        self._backend.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only transaction on tables that are there."""
        self._known_columns()
        with self._backend.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at its end, on tables that are there."""
        self._known_columns()
        with self._backend.writing() as connection:
            yield connection

    def session_lock(self, session_id: str, wait: float = _SECONDS_TO_WAIT) -> AbstractContextManager[None]:
        """One writer a session, across processes, for longer than a transaction."""
        self._known_columns()  # tables that are still to be made take a lock of their own, which must not be inside
        return self._backend.session_lock(session_id, wait)

    def facts(self) -> DatabaseFacts:
        """Looks at it anew: version, sessions, columns."""
        columns = self._columns = self._look_for_tables()
        with self._backend.reading() as connection:
            sessions = connection.execute(select(func.count()).select_from(chat_session)).scalar_one()
            version = self._backend.version(connection)
        found = tuple(
            f"{table}.{name}"
            for table, optional in OPTIONAL_COLUMNS.items()
            for name in optional
            if name in columns[table]
        )
        unknown = unknown_columns(columns)
        return DatabaseFacts(self.where, self._schema, version, self.writable, sessions, found, unknown)

    def unread_columns(self) -> tuple[str, ...]:
        """Columns of the two tables that are not read, since no version we know has them."""
        return unknown_columns(self._known_columns())

    def read_copy(self, session_id: str) -> StoredCopy | None:
        """The rows of a session; None where there are none."""
        if not is_queryable(session_id):
            return None
        with self.reading() as connection:
            return rows.read_session(connection, self._known_columns(), session_id)

    def read_copies(self, session_ids: Sequence[str]) -> dict[str, StoredCopy]:
        """The rows of several sessions in one transaction; those that have none are left out."""
        with self.reading() as connection:
            return many.read_sessions(connection, self._known_columns(), session_ids)

    def read_plain(self, session_ids: Sequence[str]) -> dict[str, PlainRows]:
        """The same rows hardly touched, as a scan compares them first."""
        with self.reading() as connection:
            return many.read_plain(connection, self._known_columns(), session_ids)

    def count_sessions(self, where: SessionFilter = _ALL) -> int:
        """How many sessions there are that the filter lets through; no message is read unless the filter needs one."""
        with self.reading() as connection:
            return listing.count_sessions(connection, self._known(where))

    def read_locked(self, connection: Connection, session_id: str) -> StoredCopy | None:
        """The rows of a session, its row locked until this writing transaction ends; None where there are none."""
        if not is_queryable(session_id):
            return None
        rows.lock_session(connection, session_id)
        return rows.read_session(connection, self._known_columns(), session_id)

    def user_sessions(self, user_id: str, limit: int, offset: int) -> tuple[list[ChatSessionInfo], int]:
        """A user's sessions by last update, newest first, and how many there are."""
        mine = chat_session.c.userId == sanitize(user_id)
        statement = (
            select(chat_session)
            .where(mine)
            .order_by(chat_session.c.updatedAt.desc(), chat_session.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        with self.reading() as connection:
            found = [ChatSessionInfo.from_db(row) for row in connection.execute(statement).mappings()]
            total = connection.execute(select(func.count()).select_from(chat_session).where(mine)).scalar_one()
        return found, total

    def page(
        self,
        where: SessionFilter,
        cursor: Cursor | None = None,
        direction: listing.Direction = "older",
        limit: int = 50,
    ) -> Page:
        """Lines of the list of sessions; see listing.list_page."""
        with self.reading() as connection:
            found = self._known(where)
            return listing.list_page(connection, found, cursor, direction, limit, status=self.has_status)

    def totals(self, where: SessionFilter) -> SessionTotals:
        """Sums over all sessions that the filter lets through."""
        with self.reading() as connection:
            return listing.totals(connection, self._known(where))

    def count_before(self, where: SessionFilter, first: Cursor) -> int:
        """How many lines of the list are newer than this one."""
        with self.reading() as connection:
            return listing.count_before(connection, self._known(where), first)

    def users(self, search: str = "", limit: int = 50, offset: int = 0) -> tuple[tuple[UserSummary, ...], int]:
        """Users whose id contains `search`, last seen first, and how many there are."""
        with self.reading() as connection:
            return listing.list_users(connection, search, limit, offset)

    @contextmanager
    def usage(self) -> Iterator[UsageReader]:
        """Sums of sessions, messages, calls and tokens, of one read-only transaction."""
        columns = self._known_columns()
        with self._backend.reading() as connection:
            yield UsageReader(connection, columns)

    def existing(self, ids: list[str]) -> list[str]:
        """Those of the ids that are sessions, in the order given."""
        with self.reading() as connection:
            return lookup.existing(connection, [item for item in ids if is_queryable(item)])

    def session_ids(self) -> Iterator[str]:
        """Every session's id, in no order that means something; a few hundred are read at once."""
        after: str | None = None
        while True:
            with self.reading() as connection:
                found = lookup.ids_after(connection, after, _IDS_AT_ONCE)
            yield from found
            if len(found) < _IDS_AT_ONCE:
                return
            after = found[-1]

    def find_tool_call(self, call_ids: list[str]) -> tuple[str, int] | None:
        """Session and position of a message that makes or answers one of these calls, the newest first."""
        with self.reading() as connection:
            return lookup.find_tool_call(connection, [item for item in call_ids if is_queryable(item)])

    @property
    def has_status(self) -> bool:
        """Whether the table of sessions has a column of their status."""
        return "chatStatus" in self._known_columns()["ChatSession"]

    def _known(self, where: SessionFilter) -> SessionFilter:
        """The filter for the columns that there are: without one of the status no session has the status asked for."""
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
            empty = not self._backend.holds_tables(connection)
        if empty and self.writable:
            self._create_tables()
            return self._look_for_tables()
        for table in (chat_session, chat_message):
            lacking = {column.name for column in table.columns} - columns[table.name]
            if lacking:
                raise DatabaseUnavailable(self._unlike(table.name, columns[table.name], lacking))
        return columns

    def _create_tables(self) -> None:
        with self._backend.writing() as connection:
            self._backend.lock_tables(connection)
            if self._schema is not None and not inspect(connection).has_schema(self._schema):
                connection.execute(CreateSchema(self._schema))
            metadata.create_all(connection)

    def _unlike(self, table: str, found: frozenset[str], lacking: set[str]) -> str:
        place = f"schema {self._schema} of {self.where}" if self._schema else self.where
        if found:
            return f'The table "{table}" in {place} lacks {", ".join(sorted(lacking))}: not a chat deployment.'
        return f'There is no table "{table}" in {place}. Check the path, or ?schema= in DATABASE_URL.'
