"""The list of sessions: the rows' summaries with the time to live of their cached copies.

If the database is unavailable, the cached sessions are listed instead, so that one store never hides the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from chatdata.domain.copies import CachedCopy, Expiry, StoredCopy
from chatdata.domain.messages import ALL_KNOWN, UnknownCounts
from chatdata.domain.messages.markers import turn_end
from chatdata.domain.messages.unknown import TOKEN_COUNTS
from chatdata.domain.summaries import Cursor, Page, SessionSummary, SessionTotals, Sort, UserSummary, summary_of
from chatdata.domain.word_matches import called_tools, searched_texts
from chatdata.errors import AppDatabaseError, DatabaseError, DatabaseUnavailable, RedisError
from chatdata.services.session_stores import DATABASE_HINT, SessionStores
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Direction, SessionFilter
from chatdata.stores.database.filters import MOST_WORDS, left_out, split_words

__all__ = [
    "MOST_CACHED_SESSIONS",
    "CachedOnly",
    "Direction",
    "SessionFilter",
    "SessionLine",
    "SessionList",
    "Sort",
    "UserList",
    "existing_ids",
    "holds_words",
    "list_sessions",
    "list_users",
    "place_of",
    "sum_sessions",
    "with_cached",
]

CachedOnly = Literal["any", "cached", "uncached"]
MOST_CACHED_SESSIONS = 2000
"""The maximum number of cached documents read for a list without the database."""


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A line of the list; `cached` is None if the cache is unavailable or not configured."""

    summary: SessionSummary
    cached: bool | None
    expiry: Expiry | None


@dataclass(frozen=True, slots=True)
class SessionList:
    """One page of the list of sessions."""

    lines: tuple[SessionLine, ...]
    has_newer: bool
    has_older: bool
    source: Literal["database", "cache"]
    """`cache` if the database was unavailable."""
    problems: tuple[str, ...]
    """Sentences about an unavailable store, or about an incomplete result."""


@dataclass(frozen=True, slots=True)
class UserList:
    """One page of the list of users."""

    users: tuple[UserSummary, ...]
    total: int
    problems: tuple[str, ...]


def list_sessions(
    stores: SessionStores,
    where: SessionFilter,
    *,
    cached: CachedOnly = "any",
    cursor: Cursor | None = None,
    direction: Direction = "older",
    limit: int = 50,
    sort: Sort = "active",
) -> SessionList:
    """A page of the list, latest or most first. Raises StatementTimeout if the search took too long."""
    if stores.database is None:
        return _with_unknown(stores, _from_cache(stores.cache, where, limit, sort, DATABASE_HINT))
    narrowed, problems = with_cached(stores.cache, where, cached)
    if ignored := left_out(where.words):
        problems = (*problems, f"Only the first {MOST_WORDS} words are used; {ignored:,} more are ignored.")
    try:
        page = stores.database.page(narrowed, cursor, direction, limit, sort)
    except DatabaseUnavailable as error:
        return _with_unknown(stores, _from_cache(stores.cache, where, limit, sort, str(error)))
    return _with_unknown(stores, _with_expiries(stores.cache, page, problems))


def _with_unknown(stores: SessionStores, found: SessionList) -> SessionList:
    """The list with the token counts marked that are unknown although the stores hold numbers."""
    try:
        unknown = stores.unknown_counts()
    except AppDatabaseError as error:
        return replace(found, problems=(*found.problems, str(error)))
    return replace(found, lines=tuple(_marked(line, unknown) for line in found.lines))


def _marked(line: SessionLine, unknown: UnknownCounts) -> SessionLine:
    more = unknown.of(line.summary.session_id)
    if not more:
        return line
    both = tuple(name for name in TOKEN_COUNTS if name in more or name in line.summary.unknown)
    return replace(line, summary=replace(line.summary, unknown=both))


def _unknown_if_readable(stores: SessionStores) -> UnknownCounts:
    """The sessions with unknown totals; none where that can't be read, which the list of sessions says."""
    try:
        return stores.unknown_counts()
    except AppDatabaseError:
        return ALL_KNOWN


def knows_status(stores: SessionStores) -> bool:
    """Whether sessions can be filtered by status; False if the database is unavailable."""
    try:
        return stores.database is not None and stores.database.has_status
    except DatabaseError:
        return False


def sum_sessions(stores: SessionStores, where: SessionFilter, cached: CachedOnly = "any") -> SessionTotals | None:
    """Sums over all sessions that match; None if the database is unavailable. Raises StatementTimeout."""
    if stores.database is None:
        return None
    try:
        return stores.database.totals(with_cached(stores.cache, where, cached)[0], _unknown_if_readable(stores))
    except DatabaseUnavailable:
        return None


def list_users(stores: SessionStores, search: str = "", limit: int = 50, offset: int = 0) -> UserList:
    """A page of users, latest activity first; from the cached sessions if the database is unavailable."""
    if stores.database is None:
        return _users_from_cache(stores.cache, search, limit, offset, DATABASE_HINT)
    try:
        users, total = stores.database.users(search, limit, offset, _unknown_if_readable(stores))
    except DatabaseUnavailable as error:
        return _users_from_cache(stores.cache, search, limit, offset, str(error))
    return UserList(users, total, ())


def existing_ids(stores: SessionStores, session_ids: Sequence[str]) -> frozenset[str]:
    """Those of the ids that have rows; none without a database. Raises DatabaseError."""
    if stores.database is None:
        return frozenset()
    return frozenset(stores.database.existing(list(session_ids)))


def nearest_ids(stores: SessionStores, session_id: str) -> tuple[str, ...]:
    """At most five session ids that share the longest beginning with this one, of three characters or more.

    Empty if there are none, or the database is missing or unavailable.
    """
    if stores.database is None:
        return ()
    try:
        for length in sorted({len(session_id), 16, 8, 5, 3}, reverse=True):
            if 3 <= length <= len(session_id) and (found := stores.database.ids_with_prefix(session_id[:length], 5)):
                return tuple(found)
    except DatabaseError:
        return ()
    return ()


def with_cached(
    cache: SessionCache | None, where: SessionFilter, cached: CachedOnly
) -> tuple[SessionFilter, tuple[str, ...]]:
    """The filter narrowed to cached or uncached sessions, and sentences that say why it could not be narrowed."""
    if cached == "any" or cache is None:
        return where, ()
    try:
        ids = frozenset(cache.session_ids())
    except RedisError as error:
        return where, (f"{error} Sessions are listed whether they are cached or not.",)
    if cached == "uncached":
        return replace(where, without_ids=ids), ()
    return replace(where, only_ids=ids if where.only_ids is None else ids & where.only_ids), ()


def _with_expiries(cache: SessionCache | None, page: Page, problems: tuple[str, ...]) -> SessionList:
    ids = [line.session_id for line in page.sessions]
    expiries: dict[str, Expiry] | None = None
    if cache is not None:
        try:
            expiries = cache.expiries(ids)
        except RedisError as error:
            problems = problems or (str(error),)
    lines = tuple(_line(summary, expiries) for summary in page.sessions)
    return SessionList(lines, page.has_newer, page.has_older, "database", problems)


def _line(summary: SessionSummary, expiries: dict[str, Expiry] | None) -> SessionLine:
    if expiries is None:
        return SessionLine(summary, None, None)
    expiry = expiries.get(summary.session_id)
    return SessionLine(summary, expiry is not None, expiry)


def _from_cache(cache: SessionCache | None, where: SessionFilter, limit: int, sort: Sort, problem: str) -> SessionList:
    lines, problems = _cached_lines(cache, where, problem, sort)
    if len(lines) > limit:
        first = "newest" if sort == "active" else "first"
        problems = (*problems, f"Only the {limit} {first} of {len(lines)} cached sessions are listed.")
    return SessionList(tuple(lines[:limit]), False, False, "cache", problems)


def _users_from_cache(cache: SessionCache | None, search: str, limit: int, offset: int, problem: str) -> UserList:
    lines, problems = _cached_lines(cache, SessionFilter(user_contains=search), problem)
    by_user: dict[str | None, list[SessionSummary]] = {}
    for line in lines:
        by_user.setdefault(line.summary.user_id, []).append(line.summary)
    users = [_user(user_id, theirs) for user_id, theirs in by_user.items()]
    return UserList(tuple(users[offset : offset + limit]), len(users), problems)


def _user(user_id: str | None, theirs: Sequence[SessionSummary]) -> UserSummary:
    return UserSummary(
        user_id=user_id,
        sessions=len(theirs),
        prompt_tokens=sum(line.prompt_tokens for line in theirs),
        completion_tokens=sum(line.completion_tokens for line in theirs),
        first_seen=min(line.started_at for line in theirs),
        last_seen=max(line.updated_at for line in theirs),
    )


def _cached_lines(
    cache: SessionCache | None, where: SessionFilter, problem: str, sort: Sort = "active"
) -> tuple[list[SessionLine], tuple[str, ...]]:
    """The cached sessions that match the filter, latest or most first, and the problems to report."""
    if cache is None:
        return [], (problem,)
    lines, unreadable = [], 0
    try:
        for session_id, copy in cache.copies(MOST_CACHED_SESSIONS):
            if not isinstance(copy, CachedCopy):
                unreadable += 1
            elif _lets_through(where, session_id, copy):
                lines.append(SessionLine(summary_of(copy, session_id), True, copy.expiry))
    except RedisError as error:
        return [], (problem, str(error))
    lines.sort(key=lambda line: place_of(line.summary, sort), reverse=True)
    what = "1 cached document" if unreadable == 1 else f"{unreadable} cached documents"
    notes = (f"Not listed: {what} that can't be read.",) if unreadable else ()
    return lines, (problem, *notes)


def _lets_through(where: SessionFilter, session_id: str, copy: CachedCopy) -> bool:
    info, tokens = copy.info, copy.info.prompt_tokens + copy.info.completion_tokens
    return (
        (where.only_ids is None or session_id in where.only_ids)
        and where.user_id in (None, info.user_id)
        and (where.user_ids is None or info.user_id in where.user_ids)
        and where.chat_status in (None, copy.document.get("chat_status"))
        and where.turn_end in (None, *(turn_end(item.message) for item in copy.messages))
        and not (where.without_user and info.user_id is not None)
        and where.user_contains.casefold() in (info.user_id or "").casefold()
        and _within(info.updated_at, where.active_since, where.active_until)
        and _within(info.started_at, where.started_since, where.started_until)
        and _within(len(copy.messages), where.min_messages, where.max_messages)
        and _within(tokens, where.min_tokens, where.max_tokens)
        and holds_words(where, session_id, copy)
    )


def place_of(summary: SessionSummary, sort: Sort) -> tuple[Any, str]:
    """What a list of this order compares; IDs decide between equal values."""
    cursor = summary.cursor_by(sort)
    return cursor.value, cursor.session_id


def holds_words(where: SessionFilter, session_id: str, copy: StoredCopy | CachedCopy) -> bool:
    """Whether a copy holds all words of the filter, its title all title words, and its calls the tool."""
    title = (copy.info.title or "").casefold()
    if where.tool and all(where.tool not in called_tools(item.message) for item in copy.messages):
        return False
    return all(word.casefold() in title for word in split_words(where.title_words)) and all(
        _has_word(word.casefold(), session_id, copy) for word in split_words(where.words)
    )


def _within(value: object, low: object, high: object) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)  # type: ignore[operator]


def _has_word(folded: str, session_id: str, copy: StoredCopy | CachedCopy) -> bool:
    if folded == session_id.casefold() or folded in (copy.info.user_id or "").casefold():
        return True
    texts = [copy.info.title, *(text for item in copy.messages for text in searched_texts(item.message))]
    return any(folded in text.casefold() for text in texts if text)
