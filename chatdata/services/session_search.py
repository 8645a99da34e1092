"""The list of sessions as one privacy level may search it.

Searches never reveal values that the level hides. Below the full level, the stores only propose sessions that contain
the words; each proposal is redacted and counts only if the redacted text still contains all of them. Pages, totals and
positions are computed from those matches, so a hidden value gets the same answer as a value that does not exist. Only
time can still tell them apart, because redacting proposals takes longer than having none.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chatdata.domain.copies import CachedCopy, PrivacyLevel, Source, StoredCopy
from chatdata.domain.summaries import Cursor, SessionTotals, Sort
from chatdata.domain.word_matches import WordMatches, find_words
from chatdata.errors import DatabaseError, RedisError, StatementTimeout
from chatdata.services.catalog import (
    MOST_CACHED_SESSIONS,
    CachedOnly,
    SessionLine,
    SessionList,
    holds_words,
    list_sessions,
    place_of,
    sum_sessions,
    with_cached,
)
from chatdata.services.exporting.selecting import selected_lines
from chatdata.services.finder import NoSessionMatch, SessionMatch, call_ids, locate
from chatdata.services.inspection import Inspection, RedactionKey, no_key
from chatdata.services.session_stores import SessionStores
from chatdata.stores.database import Direction, SessionFilter
from chatdata.stores.database.filters import split_words

_BATCH = 200
"""Proposals that are listed at once."""
_KEPT_SEARCHES = 8
_FRESH_SECONDS = 10.0
"""How long the sessions of a search are reused, so that paging through them does not redact them again."""


@dataclass(frozen=True, slots=True)
class _Matches:
    """All sessions of one search, newest first, and where their messages have its words."""

    lines: tuple[SessionLine, ...]
    words: Mapping[str, WordMatches]
    """By session ID; without sessions that have the words in no message, but in their title, user or ID."""
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
        sort: Sort = "active",
    ) -> SessionList:
        """A page of the list, latest or most first. Raises StatementTimeout when the search took too long."""
        if not self._redacts(where):
            return list_sessions(
                self._stores, where, cached=cached, cursor=cursor, direction=direction, limit=limit, sort=sort
            )
        matches = self._matches(where, cached)
        lines = _sorted(matches.lines, sort)
        start, end = _span(lines, cursor, direction, limit, sort)
        return SessionList(tuple(lines[start:end]), start > 0, end < len(lines), matches.source, matches.problems)

    def word_matches(
        self, lines: Sequence[SessionLine], where: SessionFilter, cached: CachedOnly = "any"
    ) -> Mapping[str, WordMatches]:
        """Where the messages of listed sessions have the words of the filter, by session ID.

        Below the full level only redacted texts are read, and none at the structure level. Sessions that can't be read
        are omitted.
        """
        words = split_words(where.words)
        if not words or self._view == "structure":
            return {}
        if self._redacts(where):
            found = self._matches(where, cached).words
            return {_id(line): found[_id(line)] for line in lines if _id(line) in found}
        copies = self._copies([_id(line) for line in lines])
        matches = {session_id: _matches_in(copy, words) for session_id, copy in copies.items()}
        return {session_id: match for session_id, match in matches.items() if match is not None}

    def _copies(self, session_ids: Sequence[str]) -> Mapping[str, StoredCopy | CachedCopy]:
        """The copies of sessions as stored: of the database if it answers, else of the cache."""
        stores = self._stores
        try:
            if stores.database is not None:
                return stores.database.read_copies(session_ids)
        except DatabaseError:
            pass
        if stores.cache is None:
            return {}
        try:
            documents = stores.cache.read_documents(session_ids)
        except RedisError:
            return {}
        read = {session_id: stores.cache.copy_of(document) for session_id, document in documents.items()}
        return {session_id: copy for session_id, copy in read.items() if isinstance(copy, CachedCopy)}

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

    def count_before(self, where: SessionFilter, cached: CachedOnly, first: Cursor, sort: Sort = "active") -> int:
        """How many sessions of the filter the list has before `first`; 0 without a database."""
        if self._redacts(where):
            return _before(_sorted(self._matches(where, cached).lines, sort), first, sort)
        if self._stores.database is None:
            return 0
        narrowed, _ = with_cached(self._stores.cache, where, cached)
        return self._stores.database.count_before(narrowed, first, sort)

    def lines(self, where: SessionFilter, cached: CachedOnly = "any") -> Iterator[SessionLine]:
        """The lines of all sessions of the filter, newest first, one after the other.

        Raises, while it goes on, what `chatdata.services.exporting.selected_lines` raises.
        """
        proposed = selected_lines(self._stores, where, cached)
        if not self._redacts(where):
            return proposed
        return (line for line in proposed if self._shows(line, where))

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
        return self._view != "full" and bool(where.words or where.title_words or where.tool)

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
        words: dict[str, WordMatches] = {}
        while listed.lines:
            for line in listed.lines:
                self._stop_at(deadline)
                copy = self._shown_copy(line)
                if copy is None or not holds_words(where, _id(line), copy):
                    continue
                lines.append(line)
                if (match := _matches_in(copy, split_words(where.words))) is not None:
                    words[_id(line)] = match
            if not listed.has_older:
                break
            after = listed.lines[-1].summary.cursor
            listed = list_sessions(self._stores, where, cached=cached, cursor=after, limit=_BATCH)
        return _Matches(tuple(lines), words, source, problems, time.monotonic())

    def _stop_at(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise StatementTimeout(
                f"The search was stopped after {self._seconds:g} s. Narrow it (a user, a shorter time), or raise "
                "INSPECTOR_STATEMENT_TIMEOUT."
            )

    def _shows(self, line: SessionLine, where: SessionFilter) -> bool:
        copy = self._shown_copy(line)
        return copy is not None and holds_words(where, _id(line), copy)

    def _shown_copy(self, line: SessionLine) -> StoredCopy | CachedCopy | None:
        """The copy that the list is about, as the level shows it."""
        return next(iter(self._inspection(_id(line)).copies.readable.values()), None)

    def _inspection(self, session_id: str) -> Inspection:
        return Inspection(self._stores, session_id, self._view, self._key)


def _ids_of(tool_calls: object) -> Iterator[str]:
    for call in tool_calls if isinstance(tool_calls, list) else ():
        if isinstance(call, dict) and isinstance(call.get("id"), str):
            yield call["id"]


def _matches_in(copy: StoredCopy | CachedCopy, words: Sequence[str]) -> WordMatches | None:
    return find_words(((item.position, item.message) for item in copy.messages), words)


def _id(line: SessionLine) -> str:
    return line.summary.session_id


def _sorted(lines: Sequence[SessionLine], sort: Sort) -> Sequence[SessionLine]:
    """The lines in this order; they are found in the order of last updates, whose unreadable times keep their place."""
    return lines if sort == "active" else sorted(lines, key=lambda line: place_of(line.summary, sort), reverse=True)


def _span(
    lines: Sequence[SessionLine], cursor: Cursor | None, direction: Direction, limit: int, sort: Sort
) -> tuple[int, int]:
    """Returns the start and end of a page. The cursor's own row is excluded, as in the pages of the database."""
    if direction == "older":
        start = 0 if cursor is None else _before(lines, cursor, sort) + any(_is_at(line, cursor) for line in lines)
        return start, min(start + limit, len(lines))
    end = len(lines) if cursor is None else _before(lines, cursor, sort)
    return max(end - limit, 0), end


def _before(lines: Sequence[SessionLine], cursor: Cursor, sort: Sort) -> int:
    """Counts the lines before a cursor: those before its own line if it is listed, else those with a greater value."""
    for index, line in enumerate(lines):
        if _is_at(line, cursor):
            return index
    place = (cursor.value, cursor.session_id)
    return sum(place_of(line.summary, sort) > place for line in lines)


def _is_at(line: SessionLine, cursor: Cursor) -> bool:
    return _id(line) == cursor.session_id
