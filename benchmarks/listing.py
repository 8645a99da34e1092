"""Measures the list of sessions on a large PostgreSQL against bare SQL, and the server's memory while paging."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing

from benchmarks import deployment, list_cases, memory, searches
from benchmarks.bare_sql import BareSql
from benchmarks.deployment import FULL, QUICK, Made, Size
from benchmarks.list_cases import Case
from benchmarks.measure import Spread, always, in_turns
from benchmarks.report import Goal, Section, Table, console, ratio, seconds
from chatdata import ChatSessions
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from tests.support.servers import ValkeyServer, postgres_server, valkey_server

TARGET = 1.5
COLUMNS = ("query", "bare SQL", "ours", "ratio")


def measure(quick: bool) -> Section:
    """Fills a database, runs all queries both ways, then pages through the list in a browser."""
    size = QUICK if quick else FULL
    with postgres_server() as postgres, valkey_server() as valkey:
        url = postgres.create_database("list")
        made = _fill(url, size)
        _cache(valkey, made)
        tables = list(_tables(url, valkey, made, quick))
        tables.append(memory.table(url, valkey.url, views=20 if quick else 200, sessions=size.sessions))
    return Section(
        "python -m benchmarks list",
        f"PostgreSQL with {size.sessions:,} sessions, {size.messages:,} messages and {size.users:,} users, "
        f"{size.cached:,} of the sessions in Valkey, on this machine; 32 MB of shared buffers, the rest in the "
        "system's cache; both results are compared before timing; medians, in brackets the 10th and 90th percentiles; "
        "one client.",
        tables,
    )


def _fill(url: str, size: Size) -> Made:
    start = time.monotonic()
    made = deployment.fill(url, size)
    console.print(f"[dim]{size.messages:,} messages written in {time.monotonic() - start:.0f} s[/]")
    return made


def _cache(valkey: ValkeyServer, made: Made) -> None:
    with valkey.client() as client, client.pipeline(transaction=False) as pipeline:
        for session_id in made.cached_ids:
            pipeline.set(f"chat:session:{session_id}", "{}", ex=43200)
        pipeline.execute()


def _tables(url: str, valkey: ValkeyServer, made: Made, quick: bool) -> Iterator[Table]:
    repetitions = 5 if quick else 21
    cache = SessionCache(RedisSettings(url=valkey.url), session_ttl=43200)
    with (
        closing(BareSql(url)) as bare,
        valkey.client() as client,
        closing(ChatSessions(SessionStores(Database.open(url), cache))) as sessions,
    ):
        assert sessions.stores.database is not None
        pages = [*list_cases.pages(sessions.stores.database, bare, len(made.ids))]
        pages += list_cases.filtered(sessions.stores.database, bare, made)
        yield _table("Pages of 50 lines", pages, repetitions, TARGET)
        views = list_cases.whole_views(sessions, bare, client, made)
        yield _table("Whole views of the Sessions and Users pages", views, repetitions)
    yield searches.table(url, made.heavy_user)


def _table(title: str, cases: Iterable[Case], repetitions: int, target: float | None = None) -> Table:
    found = {case.name: _both(case, repetitions) for case in cases}
    rows = [[name, seconds(bare), seconds(ours), ratio(ours, bare)] for name, (ours, bare) in found.items()]
    goals = [Goal(name, ours.ratio(bare), target) for name, (ours, bare) in found.items()] if target else []
    return Table(title, COLUMNS, rows, goals=goals)


def _both(case: Case, repetitions: int) -> list[Spread]:
    found, expected = case.ours(), case.bare()
    if found != expected:
        raise AssertionError(f"{case.name}: ours gives other lines than the bare SQL")
    return in_turns([always(case.ours), always(case.bare)], repetitions, warmups=2)
