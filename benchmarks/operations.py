"""Measures the session operations on real servers against the plainest code on the same driver."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import redis

from benchmarks import plain
from benchmarks.content import Speaker, size_of
from benchmarks.measure import Spread, in_turns
from benchmarks.operation_steps import Bench, Operation, operations, replayed
from benchmarks.recorded import BarePostgres, BareSqlite, Replay, recording
from benchmarks.report import Goal, Section, Table, ratio, seconds
from chatdata import ChatMessage, ChatSession, ChatSessions, Usage
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from tests.support.servers import postgres_server, valkey_server

SIZES = (20, 100)
MEAN_BYTES = 600
TARGETS = {
    "get, cached": (1.15, None),
    "get, from the rows": (1.5, None),
    "get, from the rows, refilling the cache": (2.0, None),
    "upsert of one new message": (None, 1.3),
    "append_and_save_message": (None, 1.3),
    "to_openai_messages, without its rules": (3.0, None),
    "to_openai_messages, by its rules": (1.5, None),
}
"""The highest ratio to the plainest code, and to the round trips alone."""
COLUMNS = (
    "operation", "messages", "plainest code", "round trips alone", "ours", "of the plainest", "of the round trips",
    "round trips",
)  # fmt: skip
WHY = {
    "get, cached": "pydantic and GET dominate both; ours also takes its connection from a bounded pool, within a "
    "deadline, and remembers the state that was loaded",
    "get, from the rows": "validated models instead of dicts, after a look for damaged values, and what SQLAlchemy "
    "does around a statement and a transaction, which is the same for few messages as for many",
    "get, from the rows, refilling the cache": "the cost of reading the rows, and the session's lock over rows and "
    "cache on a connection of its own, with the row locked",
    "upsert of one new message": "the lock, under which all rows are read again, so that the cache matches the rows "
    "and concurrent writers lose nothing; the document is deleted before the commit, so that a killed writer leaves "
    "no stale one. Beside the round trips: what SQLAlchemy does around each, the models of all rows, the new document, "
    "and the session read from it",
    "append_and_save_message": "like upsert; the plainest code trusts the cached document",
}


def measure(quick: bool) -> Section:
    """Measures both databases with both sizes."""
    repetitions = 15 if quick else 200
    with valkey_server() as valkey:
        tables = [_on_postgres(valkey.url, repetitions), _on_sqlite(valkey.url, repetitions)]
    sizes = " and ".join(f"{size_of(_session(size).messages) / 1024:.0f} KB for {size} messages" for size in SIZES)
    return Section(
        "python -m benchmarks operations",
        f"medians of {repetitions} repetitions, alternating with the plainest code (benchmarks/plain.py) and with what "
        "ours sends, recorded and sent again on bare connections with nothing decoded (benchmarks/recorded.py); in "
        f"brackets the 10th and 90th percentiles; documents of {sizes}; servers on this machine, PostgreSQL without "
        "fsync, SQLite with synchronous = NORMAL, one client.",
        tables,
        [
            "Round trips are those to PostgreSQL and to the cache; SQLite's statements are calls in the process.",
            *(f"Why ours costs more, *{name}*: {why}." for name, why in WHY.items()),
        ],
    )


def _on_postgres(redis_url: str, repetitions: int) -> Table:
    with postgres_server() as postgres:
        url = postgres.create_database("operations")
        Database.open(url, write=True).facts()
        with closing(plain.PlainPostgres(url)) as rows:
            return _table("PostgreSQL (psycopg) and Valkey", url, rows, redis_url, repetitions)


def _on_sqlite(redis_url: str, repetitions: int) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "chat.db")
        url = f"sqlite:///{path}"
        Database.open(url, write=True).facts()
        with closing(plain.PlainSqlite(path)) as rows:
            return _table("SQLite (sqlite3) and Valkey", url, rows, redis_url, repetitions)


def _table(title: str, url: str, rows: plain.PlainDatabase, redis_url: str, repetitions: int) -> Table:
    by_name: dict[str, list[list[str]]] = {name: [] for name in TARGETS}
    goals: list[Goal] = []
    for size in SIZES:
        with _bench(url, rows, redis_url, size) as bench:
            for name, operation in operations(bench).items():
                bench.reset()
                times = _times(name, operation, bench, url, repetitions)
                by_name[name].append([name, str(size), *times.cells()])
                goals += times.goals(f"{name}, {size} messages", *TARGETS[name])
    return Table(title, COLUMNS, [line for lines in by_name.values() for line in lines], goals=goals)


@dataclass(frozen=True)
class _Times:
    plainest: Spread
    ours: Spread
    trips: Spread | None = None
    count: int = 0

    def cells(self) -> list[str]:
        compared = ratio(self.ours, self.plainest)
        if self.trips is None:
            return [seconds(self.plainest), "", seconds(self.ours), compared, "", ""]
        of_trips = ratio(self.ours, self.trips)
        times = [seconds(self.plainest), seconds(self.trips), seconds(self.ours)]
        return [*times, compared, of_trips, str(self.count)]

    def goals(self, what: str, of_plainest: float | None, of_trips: float | None) -> Iterator[Goal]:
        if of_plainest is not None:
            yield Goal(f"{what}, of the plainest", self.ours.ratio(self.plainest), of_plainest)
        if of_trips is not None and self.trips is not None:
            yield Goal(f"{what}, of the round trips", self.ours.ratio(self.trips), of_trips)


def _times(name: str, operation: Operation, bench: Bench, url: str, repetitions: int) -> _Times:
    if not operation.sends:
        return _Times(*in_turns([operation.plain, operation.ours], repetitions))
    with closing(_replay(operation, bench, url)) as replay:
        steps = [operation.plain, operation.ours, replayed(bench, name, replay)]
        return _Times(*in_turns(steps, repetitions), replay.round_trips)


def _replay(operation: Operation, bench: Bench, url: str) -> Replay:
    for _ in range(2):  # the first time, pools connect and tables are looked for
        act = operation.ours()
        with recording() as sent:
            act()
    if not url.startswith("sqlite"):
        return Replay(sent, lambda: BarePostgres(url), bench.client)
    writes = any(one.statement == "BEGIN IMMEDIATE" for one in sent)
    database = bench.writing.stores.require_database()
    lock = (lambda: database.session_lock(bench.session_id)) if writes else nullcontext
    return Replay(sent, lambda: BareSqlite(url.removeprefix("sqlite:///")), bench.client, lock)


@contextmanager
def _bench(url: str, rows: plain.PlainDatabase, redis_url: str, size: int) -> Iterator[Bench]:
    session, news = _session(size), ChatMessage(role="user", content=Speaker(3).question(MEAN_BYTES))
    with (
        closing(_sessions(url, redis_url, write=True)) as writing,
        closing(_sessions(url, redis_url, write=False)) as reading,
        redis.Redis.from_url(redis_url) as client,
    ):
        writing.delete_chat_session(session.session_id)
        writing.upsert_chat_session(session)
        yield Bench(rows, client, writing, reading, session.session_id, size, news)


def _sessions(url: str, redis_url: str, *, write: bool) -> ChatSessions:
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=plain.TTL_SECONDS, write=write)
    return ChatSessions(SessionStores(Database.open(url, write=write), cache))


def _session(size: int) -> ChatSession:
    session = ChatSession.new("u-000001", session_id=f"session-of-{size}", now=datetime(2026, 11, 1, tzinfo=UTC))
    session.messages = Speaker(size).talk(size, MEAN_BYTES)
    session.usage = [Usage.of(1000 + turn, 100) for turn in range(size // 4)]
    session.credentials = {"github": {"type": "oauth2", "scopes": ["repo"]}}
    return session
