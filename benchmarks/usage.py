"""Measures usage queries on a large PostgreSQL against bare SQL that returns the same figures."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import astuple, dataclass
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from benchmarks import bare_usage, deployment
from benchmarks.bare_usage import BareUsage
from benchmarks.deployment import LAST_DAY, Made, Size
from benchmarks.measure import Spread, always, in_turns
from benchmarks.report import Goal, Section, Table, console, ratio, seconds
from chatdata import ChatSessions, StatementTimeout
from chatdata.domain.usage import Amounts, SessionUsage, fold
from chatdata.domain.usage.distribution import EDGES, number_of
from chatdata.services import usage
from chatdata.services.session_stores import SessionStores
from chatdata.stores.database import Database, SessionFilter
from tests.support.servers import postgres_server

TARGET = 1.5
LARGE = Size(200_000, 4_000_000, 5_000, 20_000)
SMALL = Size(5_000, 100_000, 250, 1_000)
POINTS, LISTED = 500, 100
PATIENCE_SECONDS = 600.0
LONG_SECONDS = 30.0
"""A query that takes longer than this, both ways together, is timed only once."""
ZONE = ZoneInfo("America/New_York")
_INNER = EDGES[1:-1]
_FAILURES = """UPDATE "ChatMessage" SET content = '{"type":"error","message":"The run has no such output."}'
WHERE role = 'tool' AND sequence % 37 = 2"""


@dataclass(frozen=True)
class Scope:
    """A filter of the page, as a SessionFilter and as SQL."""

    name: str
    wanted: SessionFilter
    where: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One query of the page, run by our code and by bare SQL; both results must be equal."""

    name: str
    ours: Callable[[], object]
    bare: Callable[[], object]


def measure(quick: bool) -> Section:
    """Fills a database and runs every query of the page both ways."""
    size = SMALL if quick else LARGE
    with postgres_server() as postgres:
        url = postgres.create_database("usage")
        made = _fill(url, size)
        tables = [_table(url, scope, 2 if quick else 3) for scope in _scopes(made)]
        tables.append(_stopped(url))
    return Section(
        "python -m benchmarks usage",
        f"PostgreSQL with {size.sessions:,} sessions from one year, {size.messages:,} messages and {size.users:,} "
        "users on this machine; 32 MB of shared buffers, 4 MB of work memory, the rest in the system's cache; both "
        f"results are compared before timing; medians of 3 runs, or a single run if it takes more than "
        f"{LONG_SECONDS:g} s; in brackets the minimum and the maximum; one client.",
        tables,
        [
            f"Target: at most {TARGET} times the bare SQL. Ours also folds quarter hours into days of a time zone, "
            "reads damaged and older calls, and sorts names alike in both databases.",
            "Only usage by tool reads the contents of messages: a whole year takes longer than the default statement "
            "timeout of 15 s on this machine, so the page says what to narrow.",
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
    yield Scope("the whole year", SessionFilter(), bare_usage.ALL, {})
    for days in (30, 7):
        low, high = LAST_DAY - timedelta(days=days), LAST_DAY
        values = {"low": low.replace(tzinfo=None), "high": high.replace(tzinfo=None)}
        yield Scope(f"{days} days", SessionFilter(started_since=low, started_until=high), bare_usage.STARTED, values)
    user = made.heavy_user
    yield Scope("one user", SessionFilter(user_id=user), bare_usage.USER, {"user": user})


def _table(url: str, scope: Scope, repetitions: int) -> Table:
    with (
        closing(BareUsage(url, scope.where, scope.values)) as bare,
        closing(ChatSessions(SessionStores(Database.open(url, statement_timeout=PATIENCE_SECONDS), None))) as sessions,
    ):
        found = {case.name: _timed(case, repetitions) for case in _cases(sessions, bare, scope.wanted)}
    rows = [[name, seconds(base), seconds(ours), ratio(ours, base)] for name, (ours, base) in found.items()]
    goals = [Goal(name, ours.ratio(base), TARGET) for name, (ours, base) in found.items()]
    return Table(f"The page's queries, {scope.name}", ("query", "bare SQL", "ours", "ratio"), rows, goals=goals)


def _timed(case: Case, repetitions: int) -> list[Spread]:
    console.print(f"[dim]{case.name} …[/]")
    start = time.monotonic()
    found, expected = case.ours(), case.bare()
    if time.monotonic() - start > LONG_SECONDS:
        repetitions = 1
    if found != expected:
        raise AssertionError(f"{case.name}: ours gives other figures than the bare SQL\n{found}\n{expected}"[:2_000])
    return in_turns([always(case.ours), always(case.bare)], repetitions, warmups=0)


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


def _cases(sessions: ChatSessions, bare: BareUsage, wanted: SessionFilter) -> Iterator[Case]:
    yield Case("over time, folded into days", lambda: _quarters(sessions, wanted), lambda: _bare_quarters(bare))
    yield Case("sums of all", lambda: _figures(usage.totals(sessions.stores, wanted).amounts), bare.totals)
    yield Case(f"users: the first {LISTED}", lambda: _users(sessions, wanted), lambda: _bare_users(bare))
    yield Case(
        f"the {LISTED} largest sessions, and sums of all",
        lambda: _largest(sessions, wanted),
        lambda: (bare.largest(LISTED), bare.totals()),
    )
    yield Case("distribution of tokens and messages", lambda: _spread(sessions, wanted), lambda: _bare_spread(bare))
    yield Case(
        f"scatter with {POINTS} points of each kind",
        lambda: _scatter(sessions, wanted),
        lambda: bare.scatter(_INNER, POINTS),
    )
    yield Case("title words", lambda: _words(sessions, wanted), bare.words)
    yield Case("tools and their results", lambda: _tools(sessions, wanted), lambda: _bare_tools(bare))


def _quarters(sessions: ChatSessions, wanted: SessionFilter) -> dict[Any, Any]:
    found = usage.overview(sessions.stores, wanted)
    assert fold(found.quarters, ZONE)
    return {quarter.start: _figures(quarter.amounts) for quarter in found.quarters}


def _bare_quarters(bare: BareUsage) -> dict[Any, Any]:
    return {start.replace(tzinfo=UTC): row for start, row in bare.quarters().items()}


def _users(sessions: ChatSessions, wanted: SessionFilter) -> tuple[dict[Any, Any], int]:
    found = usage.by_user(sessions.stores, wanted, LISTED)
    return {user.user_id: _figures(user.amounts) for user in found.users}, found.count


def _bare_users(bare: BareUsage) -> tuple[dict[Any, Any], int]:
    found = bare.users()
    top = sorted(found, key=lambda user: (-found[user][4] - found[user][5], -found[user][0], user))[:LISTED]
    return {user: found[user] for user in top}, len(found)


def _largest(sessions: ChatSessions, wanted: SessionFilter) -> tuple[list[Any], Any]:
    found = usage.largest_sessions(sessions.stores, wanted, limit=LISTED)
    return [_line(one) for one in found.sessions], _figures(found.totals)


def _figures(amounts: Amounts) -> tuple[Any, ...]:
    """The figures that bare SQL counts too, which are all but the turns."""
    return astuple(amounts)[:6]


def _line(one: SessionUsage) -> tuple[Any, ...]:
    return one.session_id, one.title or one.first_user_message, one.total_tokens, one.messages, one.tool_calls


def _spread(sessions: ChatSessions, wanted: SessionFilter) -> list[Any]:
    found = usage.spread(sessions.stores, wanted)
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


def _scatter(sessions: ChatSessions, wanted: SessionFilter) -> tuple[set[Any], set[Any]]:
    found = usage.scatter(sessions.stores, wanted, POINTS)
    cells = {(number_of(cell.messages.low), number_of(cell.tokens.low), cell.sessions) for cell in found.cells}
    return {_line(one) for one in found.points}, cells


def _words(sessions: ChatSessions, wanted: SessionFilter) -> list[Any]:
    return [(one.word, one.sessions, one.total_tokens) for one in usage.by_title_word(sessions.stores, wanted).words]


def _tools(sessions: ChatSessions, wanted: SessionFilter) -> tuple[Any, Any]:
    found = usage.by_tool(sessions.stores, wanted).tools
    calls = {tool.name: (tool.sessions, tool.messages, tool.calls) for tool in found}
    results = {tool.name: astuple(tool)[4:] for tool in found if tool.results}
    return calls, results


def _bare_tools(bare: BareUsage) -> tuple[Any, Any]:
    calls, results = bare.tools()
    return calls, {name: row for name, row in results.items() if name is not None}
