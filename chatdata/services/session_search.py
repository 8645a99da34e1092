"""The list of sessions as one privacy level may search it.

Searches never reveal values that the level hides. Below the full level, the stores only propose sessions that contain
the words; each proposal is redacted and counts only if the redacted text still contains all of them. Pages, totals and
positions are computed from those matches, so a hidden value gets the same answer as a value that does not exist. Only
time can still tell them apart, because redacting proposals takes longer than having none.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatdata.domain.copies import PrivacyLevel, Source
from chatdata.domain.summaries import Cursor, SessionTotals
from chatdata.errors import StatementTimeout
from chatdata.services.catalog import (
    MOST_CACHED_SESSIONS,
    CachedOnly,
    SessionLine,
    SessionList,
    holds_words,
    list_sessions,
    sum_sessions,
    with_cached,
)
from chatdata.services.exporting.selecting import selected_lines
from chatdata.services.finder import NoSessionMatch, SessionMatch, call_ids, locate
from chatdata.services.inspection import Inspection, RedactionKey, no_key
from chatdata.services.session_stores import SessionStores
from chatdata.stores.database import Direction, SessionFilter

_BATCH = 200
"""Proposals that are listed at once."""
_KEPT_SEARCHES = 8
_FRESH_SECONDS = 10.0
"""How long the sessions of a search are reused, so that paging through them does not redact them again."""


@dataclass(frozen=True, slots=True)
class _Matches:
    """All sessions of one search, newest first."""

    lines: tuple[SessionLine, ...]
    source: Source
    problems: tuple[str, ...]
    found_at: float
    """By the monotonic clock."""


class SessionSearch:
    """Pages, totals and lines of the list at one privacy level; safe for threads."""

    def __init__(
        self,
        stores: SessionStores,
        view: PrivacyLevel = "full",
        key: RedactionKey = no_key,
        *,
        seconds: float = 15.0,
    ) -> None:
        """`key` gives the secret behind the pseudonyms; `seconds` limits a search that has to redact."""
        self._stores = stores
        self._view: PrivacyLevel = view
        self._key = key
        self._seconds = seconds
        self._found: OrderedDict[tuple[SessionFilter, CachedOnly], _Matches] = OrderedDict()
        self._lock = threading.Lock()

    def page(
        self,
        where: SessionFilter,
        *,
        cached: CachedOnly = "any",
        cursor: Cursor | None = None,
        direction: Direction = "older",
        limit: int = 50,
    ) -> SessionList:
        """A page of the list, newest first. Raises StatementTimeout when the search took too long."""
        if not self._redacts(where):
            return list_sessions(self._stores, where, cached=cached, cursor=cursor, direction=direction, limit=limit)
        matches = self._matches(where, cached)
        start, end = _span(matches.lines, cursor, direction, limit)
        return SessionList(
            matches.lines[start:end], start > 0, end < len(matches.lines), matches.source, matches.problems
        )

    def totals(self, where: SessionFilter, cached: CachedOnly = "any") -> SessionTotals | None:
        """Sums over all sessions of the filter; None without a database that answers. Raises StatementTimeout."""
        if not self._redacts(where):
            return sum_sessions(self._stores, where, cached)
        matches = self._matches(where, cached)
        if matches.source == "cache":
            return None
        summaries = [line.summary for line in matches.lines]
        return SessionTotals(
            len(summaries),
            sum(summary.messages for summary in summaries),
            sum(summary.prompt_tokens for summary in summaries if "prompt" not in summary.unknown),
            sum(summary.completion_tokens for summary in summaries if "completion" not in summary.unknown),
            unknown=sum(bool(summary.unknown) for summary in summaries),
        )

    def count_before(self, where: SessionFilter, cached: CachedOnly, first: Cursor) -> int:
        """How many sessions of the filter are newer than `first`; 0 without a database."""
        if self._redacts(where):
            return _newer_than(self._matches(where, cached).lines, first)
        if self._stores.database is None:
            return 0
        narrowed, _ = with_cached(self._stores.cache, where, cached)
        return self._stores.database.count_before(narrowed, first)

    def lines(self, where: SessionFilter, cached: CachedOnly = "any") -> Iterator[SessionLine]:
        """The lines of all sessions of the filter, newest first, one after the other.

        Raises, while it goes on, what `chatdata.services.exporting.selected_lines` raises.
        """
        proposed = selected_lines(self._stores, where, cached)
        if not self._redacts(where):
            return proposed
        return (line for line in proposed if self._shows_words(line, where))

    def locate(self, text: str) -> SessionMatch | NoSessionMatch:
        """The conversation that a text points to; a tool call ID that the level hides points to none."""
        found = locate(self._stores, text)
        hidden = (
            self._view != "full"
            and isinstance(found, SessionMatch)
            and found.by == "tool call"
            and not self._shows_call(found, call_ids(text))
        )
        return NoSessionMatch(()) if hidden else found

    def _shows_call(self, found: SessionMatch, ids: Sequence[str]) -> bool:
        copy = self._inspection(found.session_id).copies.readable.get(found.source)
        messages = [] if copy is None else [item.message for item in copy.messages if item.position == found.position]
        shown = {call_id for message in messages for call_id in (message.tool_call_id, *_ids_of(message.tool_calls))}
        return not shown.isdisjoint(ids)

    def _redacts(self, where: SessionFilter) -> bool:
        return self._view != "full" and bool(where.words or where.title_words)

    def _matches(self, where: SessionFilter, cached: CachedOnly) -> _Matches:
        key = (where, cached)
        with self._lock:
            held = self._found.get(key)
        if held is not None and time.monotonic() - held.found_at < _FRESH_SECONDS:
            return held
        found = self._search(where, cached)
        with self._lock:
            self._found[key] = found
            self._found.move_to_end(key)
            while len(self._found) > _KEPT_SEARCHES:
                self._found.popitem(last=False)
        return found

    def _search(self, where: SessionFilter, cached: CachedOnly) -> _Matches:
        listed = list_sessions(self._stores, where, cached=cached, limit=_BATCH)
        if listed.source == "cache":
            # All at once, because the sentence that says how many were left out would count proposals.
            listed = list_sessions(self._stores, where, cached=cached, limit=MOST_CACHED_SESSIONS)
        source, problems = listed.source, listed.problems
        deadline = time.monotonic() + self._seconds
        lines: list[SessionLine] = []
        while listed.lines:
            for line in listed.lines:
                self._stop_at(deadline)
                if self._shows_words(line, where):
                    lines.append(line)
            if not listed.has_older:
                break
            after = listed.lines[-1].summary.cursor
            listed = list_sessions(self._stores, where, cached=cached, cursor=after, limit=_BATCH)
        return _Matches(tuple(lines), source, problems, time.monotonic())

    def _stop_at(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise StatementTimeout(
                f"The search was stopped after {self._seconds:g} s. Narrow it (a user, a shorter time), or raise "
                "INSPECTOR_STATEMENT_TIMEOUT."
            )

    def _shows_words(self, line: SessionLine, where: SessionFilter) -> bool:
        session_id = line.summary.session_id
        listed = next(iter(self._inspection(session_id).copies.readable.values()), None)
        return listed is not None and holds_words(where, session_id, listed)

    def _inspection(self, session_id: str) -> Inspection:
        return Inspection(self._stores, session_id, self._view, self._key)


def _ids_of(tool_calls: object) -> Iterator[str]:
    for call in tool_calls if isinstance(tool_calls, list) else ():
        if isinstance(call, dict) and isinstance(call.get("id"), str):
            yield call["id"]


def _span(lines: Sequence[SessionLine], cursor: Cursor | None, direction: Direction, limit: int) -> tuple[int, int]:
    """Returns the start and end of a page. The cursor's own row is excluded, as in the pages of the database."""
    if direction == "older":
        start = 0 if cursor is None else _newer_than(lines, cursor) + any(_is_at(line, cursor) for line in lines)
        return start, min(start + limit, len(lines))
    end = len(lines) if cursor is None else _newer_than(lines, cursor)
    return max(end - limit, 0), end


def _newer_than(lines: Sequence[SessionLine], cursor: Cursor) -> int:
    """Counts the lines newer than a cursor: those before its own line if it is listed, else those with a later time."""
    for index, line in enumerate(lines):
        if _is_at(line, cursor):
            return index
    place = (cursor.updated_at, cursor.session_id)
    return sum((line.summary.updated_at, line.summary.session_id) > place for line in lines)


def _is_at(line: SessionLine, cursor: Cursor) -> bool:
    return line.summary.session_id == cursor.session_id
