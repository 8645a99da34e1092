"""Measures usage queries on a large PostgreSQL, and on the usage index, against bare SQL with the same figures."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from benchmarks import bare_usage, deployment
from benchmarks.bare_usage import BareUsage
from benchmarks.deployment import LARGEST, LAST_DAY, Made, Size
from benchmarks.measure import Spread, always, in_turns
from benchmarks.report import Goal, Section, Table, console, ratio, seconds
from chatdata import ChatSessions, StatementTimeout
from chatdata.domain.usage import Amounts, SessionUsage, fold
from chatdata.domain.usage.distribution import EDGES, number_of
from chatdata.services import usage
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.indexing import IndexRenewal, renew_index
from chatdata.stores.database import Database, SessionFilter
from chatdata.stores.usage_index import UsageIndex
from tests.support.servers import postgres_server

TARGET = 1.5
TIMES_FASTER, MOST_SECONDS = 20, 1
"""What the index is to reach beside bare SQL, over all sessions."""
RENEWAL_SHARE, BYTES = 0.05, 15
"""The share of a build that a renewal may take after one session in a hundred has changed; bytes for each message."""
LARGE = Size(200_000, 4_000_000, 5_000, 20_000)
SMALL = Size(5_000, 100_000, 250, 1_000)
POINTS, LISTED = 500, 100
PATIENCE_SECONDS = 600.0
LONG_SECONDS = 30.0
"""A query that takes longer than this, all ways together, is run only once."""
ZONE = ZoneInfo("America/New_York")
_INNER = EDGES[1:-1]
_CHANGES = b"""UPDATE "ChatSession" SET "updatedAt" = "updatedAt" + interval '1 day',
"totalPromptTokens" = "totalPromptTokens" + 1 WHERE hashtext(id) % 100 = 0"""
_FAILURES = """UPDATE "ChatMessage" SET content = '{"type":"error","message":"The run has no such output."}'
WHERE role = 'tool' AND sequence % 37 = 2"""


@dataclass(frozen=True)
class Scope:
    """A filter of the page, as a SessionFilter and as SQL."""

    name: str
    wanted: SessionFilter
    where: str
    values: Mapping[str, Any]


_WHOLE_YEAR = Scope("the whole year", SessionFilter(), bare_usage.ALL, {})


@dataclass(frozen=True)
class Case:
    """One query of the page, run by our code on the rows and, except for words, on the index, and by bare SQL.

    All results must be equal.
    """

    name: str
    ours: Callable[[SessionStores], object]
    bare: Callable[[], object]
    indexed: bool = True


def measure(quick: bool) -> Section:
    """Fills a database and runs every query of the page in all ways."""
    return _measured(SMALL if quick else LARGE, 2 if quick else 3, "python -m benchmarks usage", _scopes)


def measure_large() -> Section:
    """The whole year of a million sessions and twenty million messages."""
    return _measured(LARGEST, 3, "python -m benchmarks usage --large", lambda _made: [_WHOLE_YEAR])


def _measured(size: Size, repetitions: int, command: str, scopes: Callable[[Made], Iterable[Scope]]) -> Section:
    with postgres_server() as postgres, TemporaryDirectory() as folder:
        url = postgres.create_database("usage")
        made = _fill(url, size)
        with _stores(url) as rows:
            index = UsageIndex(Path(folder), "usage")
            built, seconds_to_build = _renewed(rows, index)
            assert built.as_of is not None
            begun = built.as_of
            indexed = replace(rows, usage_index=index, now=lambda: begun)
            large = size == LARGEST
            tables = [_table(url, scope, rows, indexed, repetitions, large) for scope in scopes(made)]
            tables.append(_upkeep(url, rows, index, built, seconds_to_build))
        tables.append(_stopped(url))
    return Section(
        command,
        f"PostgreSQL with {size.sessions:,} sessions from one year, {size.messages:,} messages and {size.users:,} "
        "users on this machine; 32 MB of shared buffers, 4 MB of work memory, the rest in the system's cache; both "
        f"results are compared before timing; medians of 3 runs, or a single run if it takes more than "
        f"{LONG_SECONDS:g} s; in brackets the minimum and the maximum; one client.",
        tables,
        [
            f"Target of the rows: at most {TARGET} times the bare SQL. Ours also folds quarter hours into days of a "
            "time zone, reads damaged and older calls, and sorts names alike in both databases.",
            f"Targets of the index, over all sessions: at most {MOST_SECONDS} s, and with {LARGEST.sessions:,} of them "
            f"at least {TIMES_FASTER} times faster than bare SQL, which takes longer the more there are. Each question "
            "opens the file anew; titles come from the rows.",
            "Of the rows, only usage by tool reads the contents of messages: a whole year takes longer than the "
            "default statement timeout of 15 s on this machine, so the page says what to narrow.",
        ],
    )


def _fill(url: str, size: Size) -> Made:
    start = time.monotonic()
    made = deployment.fill(url, size)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_FAILURES.encode())
        connection.execute("VACUUM ANALYZE")
    console.print(f"[dim]{size.messages:,} messages written in {time.monotonic() - start:.0f} s[/]")
    return made


def _scopes(made: Made) -> Iterator[Scope]:
    yield _WHOLE_YEAR
    for days in (30, 7):
        low, high = LAST_DAY - timedelta(days=days), LAST_DAY
        values = {"low": low.replace(tzinfo=None), "high": high.replace(tzinfo=None)}
        yield Scope(f"{days} days", SessionFilter(started_since=low, started_until=high), bare_usage.STARTED, values)
    user = made.heavy_user
    yield Scope("one user", SessionFilter(user_id=user), bare_usage.USER, {"user": user})


@contextmanager
def _stores(url: str) -> Iterator[SessionStores]:
    with closing(SessionStores(Database.open(url, statement_timeout=PATIENCE_SECONDS), None)) as stores:
        yield stores


def _table(url: str, scope: Scope, rows: SessionStores, indexed: SessionStores, repetitions: int, large: bool) -> Table:
    with closing(BareUsage(url, scope.where, scope.values)) as bare:
        found = {case.name: _timed(case, rows, indexed, repetitions) for case in _cases(bare, scope.wanted)}
    lines, goals = [], []
    for name, (ours, base, *of_index) in found.items():
        faster = [f"{base.ratio(one):,.0f}" for one in of_index] or ["–"]
        lines.append(
            [name, seconds(base), seconds(ours), ratio(ours, base), *(map(seconds, of_index) if of_index else "–")]
        )
        lines[-1] += faster
        goals.append(Goal(name, ours.ratio(base), TARGET))
        if scope.wanted == SessionFilter():
            for one in of_index:
                if large:
                    goals.append(Goal(f"{name}, index", base.ratio(one), TIMES_FASTER, at="least"))
                goals.append(Goal(f"{name}, index", one.median, MOST_SECONDS, "s"))
    columns = ("query", "bare SQL", "ours", "ratio", "index", "times faster")
    return Table(f"The page's queries, {scope.name}", columns, lines, goals=goals)


def _timed(case: Case, rows: SessionStores, indexed: SessionStores, repetitions: int) -> list[Spread]:
    """The seconds of ours, of bare SQL and, if it answers, of the index."""
    console.print(f"[dim]{case.name} …[/]")
    ways = [lambda: case.ours(rows), case.bare, *([lambda: case.ours(indexed)] if case.indexed else [])]
    (found, expected, *of_index), once = zip(*(_timed_once(way) for way in ways), strict=True)
    for result in (found, *of_index):
        if result != expected:
            text = f"{case.name}: ours gives other figures than the bare SQL\n{result}\n{expected}"
            raise AssertionError(text[:2_000])
    if sum(once) > LONG_SECONDS:
        return [Spread((seconds,)) for seconds in once]
    return in_turns([always(way) for way in ways], repetitions, warmups=0)


def _timed_once(way: Callable[[], object]) -> tuple[object, float]:
    start = time.perf_counter()
    return way(), time.perf_counter() - start


def _renewed(stores: SessionStores, index: UsageIndex) -> tuple[IndexRenewal, float]:
    start = time.monotonic()
    renewal = renew_index(replace(stores, usage_index=index))
    console.print(f"[dim]the index was renewed in {time.monotonic() - start:.1f} s[/]")
    return renewal, time.monotonic() - start


def _upkeep(url: str, stores: SessionStores, index: UsageIndex, built: IndexRenewal, seconds_to_build: float) -> Table:
    """A table of what building and renewing the index takes, and of its size."""
    _, unchanged = _renewed(stores, index)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_CHANGES)
    changed, took = _renewed(stores, index)
    rows = [
        ["build", f"{seconds_to_build:.1f} s", f"{built.counted:,}"],
        ["renewal without changes", f"{unchanged:.1f} s", "0"],
        ["renewal after 1 % of the sessions have changed", f"{took:.1f} s", f"{changed.counted:,}"],
    ]
    size = built.bytes / built.messages
    goals = [
        Goal("renewal after 1 %, of a build", took / seconds_to_build, RENEWAL_SHARE),
        Goal("size of the index", size, BYTES, "bytes for each message"),
    ]
    notes = [f"The index has {built.bytes / 1e6:,.1f} MB, {size:.1f} bytes for each message."]
    return Table("The index", ("", "takes", "sessions counted"), rows, notes=notes, goals=goals)


def _stopped(url: str) -> Table:
    """A table of how soon a query is stopped after its timeout, and with which message."""
    with closing(ChatSessions(SessionStores(Database.open(url, statement_timeout=0.05), None))) as sessions:
        start = time.perf_counter()
        try:
            usage.by_tool(sessions.stores, SessionFilter())
            outcome = "it finished"
        except StatementTimeout as error:
            outcome = str(error).partition("was stopped ")[2]
        took = time.perf_counter() - start
    rows = [["tools with a statement timeout of 0.05 s", f"{took:.2f} s", outcome]]
    return Table("A query that is stopped", ("query", "stopped after", "message"), rows, words=frozenset({"message"}))


def _cases(bare: BareUsage, wanted: SessionFilter) -> Iterator[Case]:
    yield Case("over time, folded into days", lambda stores: _quarters(stores, wanted), lambda: _bare_quarters(bare))
    yield Case("sums of all", lambda stores: _figures(usage.totals(stores, wanted).amounts), bare.totals)
    yield Case(f"users: the first {LISTED}", lambda stores: _users(stores, wanted), lambda: _bare_users(bare))
    yield Case(
        f"the {LISTED} largest sessions, and sums of all",
        lambda stores: _largest(stores, wanted),
        lambda: (bare.largest(LISTED), bare.totals()),
    )
    yield Case(
        "distribution of tokens and messages", lambda stores: _spread(stores, wanted), lambda: _bare_spread(bare)
    )
    yield Case(
        f"scatter with {POINTS} points of each kind",
        lambda stores: _scatter(stores, wanted),
        lambda: bare.scatter(_INNER, POINTS),
    )
    yield Case("title words", lambda stores: _words(stores, wanted), bare.words, indexed=False)
    yield Case("tools and their results", lambda stores: _tools(stores, wanted), lambda: _bare_tools(bare))


def _quarters(stores: SessionStores, wanted: SessionFilter) -> dict[Any, Any]:
    found = usage.overview(stores, wanted)
    assert fold(found.quarters, ZONE)
    return {quarter.start: _figures(quarter.amounts) for quarter in found.quarters}


def _bare_quarters(bare: BareUsage) -> dict[Any, Any]:
    return {start.replace(tzinfo=UTC): row for start, row in bare.quarters().items()}


def _users(stores: SessionStores, wanted: SessionFilter) -> tuple[dict[Any, Any], int]:
    found = usage.by_user(stores, wanted, LISTED)
    return {user.user_id: _figures(user.amounts) for user in found.users}, found.count


def _bare_users(bare: BareUsage) -> tuple[dict[Any, Any], int]:
    found = bare.users()
    top = sorted(found, key=lambda user: (-found[user][4] - found[user][5], -found[user][0], user))[:LISTED]
    return {user: found[user] for user in top}, len(found)


def _largest(stores: SessionStores, wanted: SessionFilter) -> tuple[list[Any], Any]:
    found = usage.largest_sessions(stores, wanted, limit=LISTED)
    return [_line(one) for one in found.sessions], _figures(found.totals)


def _figures(amounts: Amounts) -> tuple[Any, ...]:
    """The figures that bare SQL counts too, which are all but the turns."""
    return astuple(amounts)[:6]


def _line(one: SessionUsage) -> tuple[Any, ...]:
    return one.session_id, one.title or one.first_user_message, one.total_tokens, one.messages, one.tool_calls


def _spread(stores: SessionStores, wanted: SessionFilter) -> list[Any]:
    found = usage.spread(stores, wanted)
    return [
        (
            (each.sessions, [each.median, each.p90, each.p99], each.largest),
            {bin.low: bin.sessions for bin in each.bins if bin.sessions},
        )
        for each in (found.tokens, found.messages)
    ]


def _bare_spread(bare: BareUsage) -> list[Any]:
    tokens, messages, token_bins, message_bins = bare.spread(_INNER)
    return [
        (figures, {EDGES[number]: sessions for number, sessions in bins.items()})
        for figures, bins in ((tokens, token_bins), (messages, message_bins))
    ]


def _scatter(stores: SessionStores, wanted: SessionFilter) -> tuple[set[Any], set[Any]]:
    found = usage.scatter(stores, wanted, POINTS)
    cells = {(number_of(cell.messages.low), number_of(cell.tokens.low), cell.sessions) for cell in found.cells}
    return {_line(one) for one in found.points}, cells


def _words(stores: SessionStores, wanted: SessionFilter) -> list[Any]:
    return [(one.word, one.sessions, one.total_tokens) for one in usage.by_title_word(stores, wanted).words]


def _tools(stores: SessionStores, wanted: SessionFilter) -> tuple[Any, Any]:
    found = usage.by_tool(stores, wanted).tools
    calls = {tool.name: (tool.sessions, tool.messages, tool.calls) for tool in found}
    results = {tool.name: astuple(tool)[4:] for tool in found if tool.results}
    return calls, results


def _bare_tools(bare: BareUsage) -> tuple[Any, Any]:
    calls, results = bare.tools()
    return calls, {name: row for name, row in results.items() if name is not None}
