"""Measures the list of sessions on a large PostgreSQL against bare SQL, and the server's memory while paging."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial

from benchmarks import deployment, list_cases, memory, searches
from benchmarks.bare_sql import BareSql
from benchmarks.deployment import FULL, LARGEST, QUICK, Made, Size
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
PATIENCE_SECONDS = 600.0
LONG_SECONDS = 1.0


def measure(quick: bool) -> Section:
    """Fills a database, runs all queries both ways, then searches, and pages through the list in a browser."""
    size = QUICK if quick else FULL
    with postgres_server() as postgres, valkey_server() as valkey:
        url = postgres.create_database("list")
        made = _fill(url, size)
        _cache(valkey, made)
        tables = list(_tables(url, valkey, made, 5 if quick else 21))
        tables.append(searches.table(url, made.heavy_user))
        tables.append(memory.table(url, valkey.url, views=20 if quick else 200, sessions=size.sessions))
    return _section("list", size, "medians, in brackets the 10th and 90th percentiles", tables)


def measure_large() -> Section:
    """The same queries over a million sessions and twenty million messages."""
    with postgres_server() as postgres, valkey_server() as valkey:
        url = postgres.create_database("list")
        made = _fill(url, LARGEST)
        _cache(valkey, made)
        tables = list(_tables(url, valkey, made, 21, few=True))
    spread = (
        f"medians of 21 runs, or of 3 where both ways together take more than {LONG_SECONDS:g} s; in brackets the 10th "
        "and 90th percentiles, or the minimum and the maximum"
    )
    return _section("list --large", LARGEST, spread, tables)


def _section(command: str, size: Size, spread: str, tables: list[Table]) -> Section:
    return Section(
        f"python -m benchmarks {command}",
        f"PostgreSQL with {size.sessions:,} sessions, {size.messages:,} messages and {size.users:,} users, "
        f"{size.cached:,} of the sessions in Valkey, on this machine; 32 MB of shared buffers, the rest in the "
        f"system's cache; both results are compared before timing; {spread}; one client.",
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


def _tables(url: str, valkey: ValkeyServer, made: Made, repetitions: int, few: bool = False) -> Iterator[Table]:
    """The tables of queries. `few` runs long ones three times only."""
    cache = SessionCache(RedisSettings(url=valkey.url), session_ttl=43200)
    database = Database.open(url, statement_timeout=PATIENCE_SECONDS)
    table = partial(_table, repetitions=repetitions, few=few)
    with (
        closing(BareSql(url)) as bare,
        valkey.client() as client,
        closing(ChatSessions(SessionStores(database, cache))) as sessions,
    ):
        pages = [*list_cases.pages(database, bare, len(made.ids))]
        pages += list_cases.filtered(database, bare, made)
        pages += list_cases.sorted_pages(database, bare, made)
        yield table("Pages of 50 lines", pages, target=TARGET)
        views = list_cases.whole_views(sessions, bare, client, made)
        yield table("Whole views of the Sessions and Users pages", views)


def _table(title: str, cases: Iterable[Case], *, repetitions: int, few: bool, target: float | None = None) -> Table:
    found = {case.name: _both(case, repetitions, few) for case in cases}
    rows = [[name, seconds(bare), seconds(ours), ratio(ours, bare)] for name, (ours, bare) in found.items()]
    goals = [Goal(name, ours.ratio(bare), target) for name, (ours, bare) in found.items()] if target else []
    return Table(title, COLUMNS, rows, goals=goals)


def _both(case: Case, repetitions: int, few: bool) -> list[Spread]:
    console.print(f"[dim]{case.name} …[/]")
    start = time.monotonic()
    found, expected = case.ours(), case.bare()
    if found != expected:
        raise AssertionError(f"{case.name}: ours gives other lines than the bare SQL")
    steps = [always(case.ours), always(case.bare)]
    if few and time.monotonic() - start > LONG_SECONDS:
        return in_turns(steps, 3, warmups=0)
    return in_turns(steps, repetitions, warmups=2)
