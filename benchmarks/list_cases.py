"""The queries of the list of sessions, each with the bare SQL that returns the same."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import redis

from benchmarks import bare_sql
from benchmarks.bare_sql import BareSql
from benchmarks.deployment import LAST_DAY, Made
from chatdata import ChatSessions
from chatdata.domain.summaries import Cursor, Page, Sort
from chatdata.services.catalog import list_sessions, list_users, sum_sessions
from chatdata.stores.database import Database, Direction, SessionFilter

LINES = 50
_ALL = SessionFilter()


@dataclass(frozen=True)
class Case:
    """One query, run by our code and by bare SQL; both results must be equal."""

    name: str
    ours: Callable[[], object]
    bare: Callable[[], object]


def pages(database: Database, bare: BareSql, sessions: int) -> Iterator[Case]:
    """Cases for pages of the whole list."""
    last_offset = (sessions - 1) // LINES * LINES
    for name, offset in (("first", 0), ("second", LINES), ("tenth", 9 * LINES), ("hundredth", 99 * LINES)):
        yield _page_case(f"page: {name}", database, bare, _cursor_at(bare, offset), offset)
    assert last_offset + LINES == sessions
    yield _page_case("page: last", database, bare, None, last_offset, direction="newer")


def filtered(database: Database, bare: BareSql, made: Made) -> Iterator[Case]:
    """Cases for the first page under each filter, and for the tenth page of one user."""
    for name, wanted, where, values in _filters(made):
        yield _filter_case(f"first page, {name}", database, bare, wanted, where, values)
    user = SessionFilter(user_id=made.heavy_user)
    values = {"user": made.heavy_user}
    cursor = _cursor_at(bare, 9 * LINES, bare_sql.USER, values)
    yield Case(
        "tenth page, one user",
        lambda: _ids(database.page(user, cursor)),
        lambda: [row[0] for row in bare.page(bare_sql.USER, values, 9 * LINES)],
    )


def sorted_pages(database: Database, bare: BareSql, made: Made) -> Iterator[Case]:
    """Cases for the first and the tenth page of each other order, and for the first page of one user."""
    orders: Mapping[Sort, str] = {"started": "latest start", "messages": "most messages", "tokens": "most tokens"}
    user, values = SessionFilter(user_id=made.heavy_user), {"user": made.heavy_user}
    for sort, name in orders.items():
        yield _sorted_case(f"first page, {name} first", database, bare, sort)
        yield _sorted_case(f"tenth page, {name} first", database, bare, sort, offset=9 * LINES)
        yield _sorted_case(f"first page, {name} first, one user", database, bare, sort, user, bare_sql.USER, values)


def _sorted_case(
    name: str,
    database: Database,
    bare: BareSql,
    sort: Sort,
    wanted: SessionFilter = _ALL,
    where: str = bare_sql.ALL,
    values: Mapping[str, Any] | None = None,
    offset: int = 0,
) -> Case:
    cursor = _cursor_at(bare, offset, where, values, sort)
    return Case(
        name,
        lambda: _ids(database.page(wanted, cursor, sort=sort)),
        lambda: [row[0] for row in bare.page(where, values, offset, sort)],
    )


def _filters(made: Made) -> Iterator[tuple[str, SessionFilter, str, Mapping[str, Any]]]:
    low, high = LAST_DAY - timedelta(days=60), LAST_DAY - timedelta(days=30)
    dates = {"low": low.replace(tzinfo=None), "high": high.replace(tzinfo=None)}
    part, count = made.heavy_user[-5:], f"{len(made.cached_ids):,}"
    ids = {"ids": sorted(made.cached_ids)}
    tokens, messages, many = {"low": 10_000, "high": 50_000}, {"low": 50, "high": 200}, {"low": 150, "high": 2_000}
    yield "one user", SessionFilter(user_id=made.heavy_user), bare_sql.USER, {"user": made.heavy_user}
    yield "part of a user id", SessionFilter(user_contains=part), bare_sql.PART_OF_USER, {"user": part}
    yield "30 days", SessionFilter(active_since=low, active_until=high), bare_sql.DATES, dates
    yield "tokens", SessionFilter(min_tokens=10_000, max_tokens=50_000), bare_sql.TOKENS, tokens
    yield "messages", SessionFilter(min_messages=50, max_messages=200), bare_sql.MESSAGES, messages
    yield "many messages", SessionFilter(min_messages=150, max_messages=2_000), bare_sql.MESSAGES, many
    yield f"{count} ids", SessionFilter(only_ids=made.cached_ids), bare_sql.IDS, ids
    yield f"without {count} ids", SessionFilter(without_ids=made.cached_ids), bare_sql.NOT_IDS, ids


def whole_views(sessions: ChatSessions, bare: BareSql, client: redis.Redis, made: Made) -> Iterator[Case]:
    """Cases for all queries of a page view together, and for its parts."""
    everything, cursor = SessionFilter(), _cursor_at(bare, 9 * LINES)
    yield Case("totals", lambda: _sums(sessions, everything), bare.totals)
    user, values = SessionFilter(user_id=made.heavy_user), {"user": made.heavy_user}
    yield Case("totals, one user", lambda: _sums(sessions, user), lambda: bare.totals(bare_sql.USER, values))
    yield Case("users: first 100 and how many", lambda: _users(sessions), lambda: _bare_users(bare))
    yield Case(
        "tenth page with times to live and totals",
        lambda: (_lines(sessions, cursor=cursor), _sums(sessions, everything)),
        lambda: (_bare_lines(bare, client, offset=9 * LINES), bare.totals()),
    )
    yield Case(
        "first page of the cached sessions",
        lambda: _lines(sessions, cached="cached"),
        lambda: _bare_lines(bare, client, bare_sql.IDS, {"ids": _bare_cached(client)}),
    )
    yield Case(
        "first page of those not cached",
        lambda: _lines(sessions, cached="uncached"),
        lambda: _bare_lines(bare, client, bare_sql.NOT_IDS, {"ids": _bare_cached(client)}),
    )


def _page_case(
    name: str, database: Database, bare: BareSql, cursor: Cursor | None, offset: int, direction: Direction = "older"
) -> Case:
    return Case(
        name,
        lambda: _ids(database.page(SessionFilter(), cursor, direction)),
        lambda: [row[0] for row in bare.page(offset=offset)],
    )


def _filter_case(
    name: str, database: Database, bare: BareSql, wanted: SessionFilter, where: str, values: Mapping[str, Any]
) -> Case:
    return Case(
        name,
        lambda: _ids(database.page(wanted)),
        lambda: [row[0] for row in bare.page(where, values)],
    )


def _cursor_at(
    bare: BareSql,
    offset: int,
    where: str = bare_sql.ALL,
    values: Mapping[str, Any] | None = None,
    sort: Sort = "active",
) -> Cursor | None:
    """The cursor of the line before an offset; None for the offset 0."""
    if not offset:
        return None
    session_id, *_, started, updated, messages, prompt, completion = bare.page(where, values, offset - LINES, sort)[-1]
    times = {"started": started, "active": updated}
    if sort in times:
        return Cursor(times[sort].replace(tzinfo=LAST_DAY.tzinfo), session_id)
    return Cursor(messages if sort == "messages" else prompt + completion, session_id)


def _ids(page: Page) -> list[str]:
    return [line.session_id for line in page.sessions]


def _lines(sessions: ChatSessions, **options: Any) -> list[tuple[str, bool | None]]:
    listed = list_sessions(sessions.stores, SessionFilter(), **options)
    return [(line.summary.session_id, line.cached) for line in listed.lines]


def _bare_lines(
    bare: BareSql,
    client: redis.Redis,
    where: str = bare_sql.ALL,
    values: Mapping[str, Any] | None = None,
    offset: int = 0,
) -> list[tuple[str, bool]]:
    ids = [row[0] for row in bare.page(where, values, offset)]
    with client.pipeline(transaction=False) as pipeline:
        for session_id in ids:
            pipeline.pttl(f"chat:session:{session_id}")
        return [(session_id, left != -2) for session_id, left in zip(ids, pipeline.execute(), strict=True)]


def _bare_cached(client: redis.Redis) -> list[str]:
    return [key.decode()[13:] for key in client.scan_iter(match="chat:session:*", count=1000)]


def _sums(sessions: ChatSessions, wanted: SessionFilter) -> tuple[int, ...]:
    totals = sum_sessions(sessions.stores, wanted)
    assert totals is not None
    assert totals.prompt_tokens is not None
    assert totals.completion_tokens is not None
    return totals.sessions, totals.messages, totals.prompt_tokens, totals.completion_tokens


def _users(sessions: ChatSessions) -> tuple[list[str | None], int]:
    listed = list_users(sessions.stores, limit=100)
    return [user.user_id for user in listed.users], listed.total


def _bare_users(bare: BareSql) -> tuple[list[str | None], int]:
    users, total = bare.users()
    return [row[0] for row in users], total
