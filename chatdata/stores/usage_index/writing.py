"""The index that is being built or renewed.

Both are the same work: all sessions' rows are read, those that the index does not have as they are now are counted
again, and those that are gone are removed. A build begins with nothing, and one that was killed with what it had.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from chatdata.domain.usage.facts import CountedSession, SessionMark
from chatdata.errors import UsageIndexError
from chatdata.stores import private_files
from chatdata.stores.usage_index.files import UsageIndex, failures, opened, remove, reported

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMAT = "1"
"""The version of the tables; an index of another one is built anew."""
SHARES = 20
"""How many renewals verify every session once."""
_FACTS = {
    "key": "VARCHAR",
    "user_id": "VARCHAR",
    "plain_user": "BOOLEAN",
    "quarter": "INTEGER",
    "started": "BIGINT",
    "stamp": "BIGINT",
    "prompt": "BIGINT",
    "completion": "BIGINT",
    "damaged": "BOOLEAN",
}
_SESSION = {
    "n": "INTEGER",
    **_FACTS,
    "messages": "INTEGER",
    "last": "BIGINT",
    "turns": "INTEGER",
    "calls": "INTEGER",
    "model": "VARCHAR",
}
_TOOL = {
    "n": "INTEGER",
    "tool": "VARCHAR",
    "known": "BOOLEAN",
    "messages": "INTEGER",
    "calls": "INTEGER",
    "failures": "INTEGER",
    "sizes": "INTEGER[]",
}
_SEEN = {"key": "VARCHAR", "stamp": "BIGINT"}
_values_of = attrgetter(*_FACTS)


@dataclass(frozen=True, slots=True)
class IndexShape:
    """What decides whether an index can be renewed; one of another shape is built anew."""

    deployment: str
    names_models: bool
    """Whether messages can name their model."""


class IndexWriter:
    """An index in the making. Methods raise UsageIndexError."""

    def __init__(self, index: UsageIndex, connection: "DuckDBPyConnection") -> None:
        self._index = index
        self._connection = connection
        self._next = self._number("SELECT coalesce(max(n), 0) + 1 FROM session")
        self._connection.execute(f"CREATE TEMP TABLE seen ({_columns(_SEEN)})")
        self._connection.execute("CREATE TEMP TABLE wrong (key VARCHAR)")

    def see(self, stamps: Sequence[tuple[str, int]]) -> None:
        """Takes note of sessions as their rows are now, by key and stamp."""
        self._insert("seen", _SEEN, stamps)

    def share(self, turn: int) -> dict[str, SessionMark]:
        """The share of the sessions to verify at this turn, those of them whose rows have not changed."""
        rows = self._connection.execute(
            "SELECT key, messages, last FROM session JOIN seen USING (key, stamp) WHERE n % ? = ?",
            [SHARES, turn % SHARES],
        ).fetchall()
        return {key: SessionMark(messages, last) for key, messages, last in rows}

    def distrust(self, keys: Sequence[str]) -> None:
        """Has these sessions counted again."""
        self._insert("wrong", {"key": "VARCHAR"}, [(key,) for key in keys])

    def drop_outdated(self) -> int:
        """Removes the sessions that are gone or have changed; returns how many are gone."""
        gone = self._number("SELECT count(*) FROM session WHERE key NOT IN (SELECT key FROM seen)")
        self._connection.begin()
        self._connection.execute(
            "CREATE TEMP TABLE outdated AS SELECT n FROM session a WHERE key IN (SELECT key FROM wrong) "
            "OR NOT EXISTS (SELECT 1 FROM seen b WHERE a.key = b.key AND a.stamp = b.stamp)"
        )
        self._connection.execute("DELETE FROM tool WHERE n IN (SELECT n FROM outdated)")
        self._connection.execute("DELETE FROM session WHERE n IN (SELECT n FROM outdated)")
        self._connection.commit()
        return gone

    def missing(self) -> list[str]:
        """The keys of the sessions to count, in the order in which they were seen."""
        rows = self._connection.execute(
            "SELECT key FROM seen WHERE key NOT IN (SELECT key FROM session) ORDER BY rowid"
        ).fetchall()
        return [key for (key,) in rows]

    def add(self, sessions: Sequence[CountedSession]) -> None:
        """Adds sessions, which stay if the build is interrupted afterwards."""
        numbered = list(enumerate(sessions, self._next))
        self._next += len(numbered)
        self._connection.begin()
        self._insert("session", _SESSION, [_session_row(n, one) for n, one in numbered])
        self._insert(
            "tool",
            _TOOL,
            [
                (n, one.tool, one.known, one.messages, one.calls, one.failures, list(one.sizes))
                for n, session in numbered
                for one in session.tools
            ],
        )
        self._connection.commit()

    def counts(self) -> tuple[int, int]:
        """The number of sessions and of messages in the index."""
        found = self._connection.execute("SELECT count(*), coalesce(sum(messages), 0) FROM session").fetchone()
        assert found is not None
        return int(found[0]), int(found[1])

    @property
    def turn(self) -> int:
        """The number of renewals so far."""
        return int(read_meta(self._connection).get("turn", "0"))

    def finish(self, as_of: datetime, *, strays: bool) -> None:
        """Writes the finished index, compacted and in the order of the starts, and replaces the one that is read."""
        fresh = self._index.path.with_suffix(".new")
        remove(fresh)
        private_files.make_folder(fresh.parent)
        values = {"as_of": as_of.isoformat(), "strays": str(int(strays)), "turn": str(self.turn + 1)}
        for name, value in values.items():
            _put_meta(self._connection, name, value)
        with private_files.private_umask():
            self._connection.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
        self._connection.execute("CREATE TABLE fresh.session AS SELECT * FROM session ORDER BY started, n")
        self._connection.execute("CREATE TABLE fresh.tool AS SELECT * FROM tool ORDER BY n, tool")
        self._connection.execute("CREATE TABLE fresh.meta AS SELECT * FROM meta")
        self._connection.execute("CHECKPOINT fresh")
        self._connection.execute("DETACH fresh")
        private_files.close_to_others(fresh)
        fresh.replace(self._index.path)

    def _insert(self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> None:
        if rows:
            lists = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
            values = [list(column) for column in zip(*rows, strict=True)]
            self._connection.execute(f"INSERT INTO {table} SELECT {lists}", values)

    def _number(self, statement: str) -> int:
        found = self._connection.execute(statement).fetchone()
        assert found is not None
        return int(found[0])


@contextmanager
def writer(index: UsageIndex, shape: IndexShape) -> Iterator[IndexWriter]:
    """The index in the making: what an interrupted build left, else a copy of the finished one, else an empty one.

    The caller holds the lock. Raises UsageIndexError.
    """
    if not index.building.exists():
        _copy(index)
    with ExitStack() as stack:
        connection = _continued(stack, index, shape)
        if connection is None:
            remove(index.building)
            connection = stack.enter_context(opened(index.building, read_only=False))
            _create(connection, shape)
        yield IndexWriter(index, connection)


def discard(index: UsageIndex) -> None:
    """Removes what is being built, once it is finished or can't be used."""
    remove(index.building)


def read_meta(connection: "DuckDBPyConnection") -> dict[str, str]:
    """What the index says about itself."""
    return dict(connection.execute("SELECT name, value FROM meta").fetchall())


def is_of(meta: Mapping[str, str], deployment: str) -> bool:
    """Whether an index has this version's tables and belongs to the deployment."""
    return meta.get("format") == FORMAT and meta.get("deployment") == deployment


def _copy(index: UsageIndex) -> None:
    """Copies the finished index, if there is one."""
    if index.exists:
        with reported(index.building):
            private_files.make_file(index.building)
            shutil.copyfile(index.path, index.building)


def _continued(stack: ExitStack, index: UsageIndex, shape: IndexShape) -> "DuckDBPyConnection | None":
    """What is being built, if it can go on from there."""
    if not index.building.exists():
        return None
    with ExitStack() as attempt:
        try:
            connection = attempt.enter_context(opened(index.building, read_only=False))
            if not _fits(connection, shape):
                return None
        except UsageIndexError:
            return None
        stack.push(attempt.pop_all())
        return connection


def _fits(connection: "DuckDBPyConnection", shape: IndexShape) -> bool:
    try:
        meta = read_meta(connection)
        connection.execute("SELECT count(*), sum(messages) FROM session").fetchone()
        connection.execute("SELECT count(*), sum(calls) FROM tool").fetchone()
    except failures():
        return False
    return is_of(meta, shape.deployment) and meta.get("names_models") == str(int(shape.names_models))


def _create(connection: "DuckDBPyConnection", shape: IndexShape) -> None:
    connection.begin()
    connection.execute(f"CREATE TABLE session ({_columns(_SESSION)})")
    connection.execute(f"CREATE TABLE tool ({_columns(_TOOL)})")
    connection.execute("CREATE TABLE meta (name VARCHAR, value VARCHAR)")
    _put_meta(connection, "format", FORMAT)
    _put_meta(connection, "deployment", shape.deployment)
    _put_meta(connection, "names_models", str(int(shape.names_models)))
    connection.commit()


def _put_meta(connection: "DuckDBPyConnection", name: str, value: str) -> None:
    connection.execute("DELETE FROM meta WHERE name = ?", [name])
    connection.execute("INSERT INTO meta VALUES (?, ?)", [name, value])


def _columns(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def _session_row(number: int, session: CountedSession) -> tuple[object, ...]:
    mark = session.mark
    counted = mark.messages, mark.last, session.turns, session.tool_calls, session.model
    return number, *_values_of(session.facts), *counted
