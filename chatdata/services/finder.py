"""Finds the conversation that a pasted text refers to: an id, a URL, a log line or a provider's error."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from chatdata.domain.copies import Source
from chatdata.errors import DatabaseError, RedisError
from chatdata.services.session_stores import SessionStores

_KEY = re.compile(r"chat:session:([^\s\"',;]+)")
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
_CALL = re.compile(r"\b(?:call|toolu|chatcmpl-tool|fc)[_-][A-Za-z0-9_-]{4,}")
_TOKEN = re.compile(r"[^\s\"'`,;()\[\]{}<>=&?]{3,200}")
_MOST_CANDIDATES = 300


@dataclass(frozen=True, slots=True)
class SessionMatch:
    """A conversation that was found, and how it was recognised."""

    session_id: str
    source: Source
    position: int | None
    """The position of the message that the text refers to, if known."""
    by: Literal["session id", "tool call"]


@dataclass(frozen=True, slots=True)
class NoSessionMatch:
    """No conversation matches; the problems name stores that were unavailable."""

    problems: tuple[str, ...]


def locate(stores: SessionStores, text: str) -> SessionMatch | NoSessionMatch:
    """The conversation that a text refers to.

    Possible session ids in the text are tried most certain first, in the database and then in the cache; after them,
    tool call ids, which providers quote in their errors.
    """
    problems: list[str] = []
    candidates = session_candidates(text)
    found = _stored(stores, candidates, problems) or _cached(stores, candidates, problems)
    if found is not None:
        return SessionMatch(found[0], found[1], message_position(text), "session id")
    call = _tool_call(stores, call_ids(text), problems)
    if call is not None:
        return SessionMatch(call[0], "database", call[1], "tool call")
    return NoSessionMatch(tuple(dict.fromkeys(problems)))


def session_candidates(text: str) -> list[str]:
    """Possible session ids in a text, most certain first: a URL's `id`, a key, UUIDs, then each word."""
    words = [word.strip(".:!/") for word in _TOKEN.findall(text)]
    sure = [text.strip(), *_in_urls(text), *(unquote(key) for key in _KEY.findall(text)), *_UUID.findall(text)]
    parts = [part for word in words if "/" in word for part in word.split("/")]
    likely = [word for word in [*sure[1:], *words, *parts] if 2 < len(word) <= 200]
    return list(dict.fromkeys([*([sure[0]] if sure[0] else []), *likely]))[:_MOST_CANDIDATES]


def call_ids(text: str) -> list[str]:
    """The tool call ids in a text, in order of occurrence."""
    return list(dict.fromkeys(match.rstrip("-_") for match in _CALL.findall(text)))[:_MOST_CANDIDATES]


def message_position(text: str) -> int | None:
    """The message position in an inspector URL; None if the text has none."""
    for query in _queries(text):
        value = (query.get("message") or [""])[0]
        if value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
    return None


def _in_urls(text: str) -> list[str]:
    names = ("id", "session")  # the second is that of earlier versions
    return [value for query in _queries(text) for name in names for value in query.get(name, [])]


def _queries(text: str) -> list[dict[str, list[str]]]:
    found = []
    for word in text.split():
        if "?" in word:
            try:
                found.append(parse_qs(urlsplit(word.strip("<>\"'")).query))
            except ValueError:
                continue
    return found


def _stored(stores: SessionStores, ids: list[str], problems: list[str]) -> tuple[str, Source] | None:
    if stores.database is None:
        return None
    try:
        existing = stores.database.existing(ids)
    except DatabaseError as error:
        problems.append(str(error))
        return None
    return (existing[0], "database") if existing else None


def _cached(stores: SessionStores, ids: list[str], problems: list[str]) -> tuple[str, Source] | None:
    if stores.cache is None:
        return None
    try:
        cached = stores.cache.expiries(ids)
    except RedisError as error:
        problems.append(str(error))
        return None
    return next(((session_id, "cache") for session_id in ids if session_id in cached), None)


def _tool_call(stores: SessionStores, ids: list[str], problems: list[str]) -> tuple[str, int] | None:
    if stores.database is None:
        return None
    try:
        return stores.database.find_tool_call(ids)
    except DatabaseError as error:
        problems.append(str(error))
        return None
