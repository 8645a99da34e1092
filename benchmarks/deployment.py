"""A large deployment in PostgreSQL, written with COPY: many sessions, skewed users, realistic texts."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from benchmarks.content import Speaker
from chatdata import ChatMessage
from chatdata.stores.database import Database

MEAN_BYTES = 400
DAYS = 365
LAST_DAY = datetime(2026, 11, 20, tzinfo=UTC)
RARE_WORD = "heliotrope"
"""A word that occurs in a single message."""
_POOL = 4_000
_TITLES = ("Weekly newsletter digest", "Renew the credential", "Refund of an order", "Compare three agents", None)


@dataclass(frozen=True)
class Size:
    """The size of a deployment."""

    sessions: int
    messages: int
    users: int
    cached: int


FULL = Size(100_000, 2_000_000, 5_000, 20_000)
LARGEST = Size(1_000_000, 20_000_000, 20_000, 20_000)
QUICK = Size(5_000, 100_000, 250, 1_000)


@dataclass(frozen=True)
class Made:
    """The parts of a deployment that the measurements refer to."""

    ids: tuple[str, ...]
    heavy_user: str
    """The user with the most sessions."""
    cached_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Session:
    id: str
    user: str
    started: datetime
    messages: int

    @property
    def updated(self) -> datetime:
        return self.started + timedelta(seconds=40 * self.messages)


def fill(url: str, size: Size) -> Made:
    """Creates the tables as chatdata does, fills them and analyzes them."""
    Database.open(url, write=True).facts()
    rng = random.Random(size.sessions)
    sessions = _sessions(rng, size)
    with psycopg.connect(url) as connection:
        with connection.cursor() as cursor:
            _copy(cursor, "ChatSession", _SESSION_COLUMNS, (_session_row(rng, session) for session in sessions))
            _copy(cursor, "ChatMessage", _MESSAGE_COLUMNS, _message_rows(rng, sessions))
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    ids = tuple(session.id for session in sessions)
    return Made(ids, _user(0), frozenset(rng.sample(ids, size.cached)))


def _sessions(rng: random.Random, size: Size) -> list[_Session]:
    counts = _counts(rng, size)
    return [
        _Session(
            id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            user=_user(int(size.users * rng.random() ** 3)),
            started=LAST_DAY - timedelta(milliseconds=rng.randrange(DAYS * 86_400_000)),
            messages=count,
        )
        for count in counts
    ]


def _counts(rng: random.Random, size: Size) -> list[int]:
    """The number of messages per session, with a long tail and exactly the requested sum."""
    mean = size.messages / size.sessions
    counts = [2 + int(rng.expovariate(1 / (mean - 2.5))) for _ in range(size.sessions)]
    while left := size.messages - sum(counts):
        for at in rng.choices(range(size.sessions), k=abs(left)):
            counts[at] = max(2, counts[at] + (1 if left > 0 else -1))
    return counts


def _user(number: int) -> str:
    return f"user-{number:06d}"


_SESSION_COLUMNS = ("id", "createdAt", "updatedAt", "userId", "title", "totalPromptTokens", "totalCompletionTokens")
_MESSAGE_COLUMNS = ("id", "createdAt", "sessionId", "role", "content", "toolCallId", "toolCalls", "sequence")


def _copy(cursor: psycopg.Cursor[Any], table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN'.encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _session_row(rng: random.Random, session: _Session) -> tuple[Any, ...]:
    started, updated = (moment.replace(tzinfo=None) for moment in (session.started, session.updated))
    prompt = session.messages * rng.randint(200, 3_000)
    return session.id, started, updated, session.user, rng.choice(_TITLES), prompt, prompt // 12


def _message_rows(rng: random.Random, sessions: list[_Session]) -> Iterator[tuple[Any, ...]]:
    pool = _pool()
    rare = rng.randrange(len(sessions))
    number = 0
    for place, session in enumerate(sessions):
        start = rng.randrange(_POOL // 4) * 4
        for sequence in range(session.messages):
            role, content, call_id, calls = pool[(start + sequence) % _POOL]
            if place == rare and sequence == 1:
                role, content, call_id, calls = "assistant", f"Agent {RARE_WORD} is done.", None, None
            at = session.started.replace(tzinfo=None) + timedelta(seconds=40 * sequence)
            yield f"m-{number:09d}", at, session.id, role, content, call_id, calls, sequence
            number += 1


def _pool() -> list[tuple[str, str | None, str | None, Jsonb | None]]:
    return [_values(message) for message in Speaker(5).talk(_POOL, MEAN_BYTES)]


def _values(message: ChatMessage) -> tuple[str, str | None, str | None, Jsonb | None]:
    calls = Jsonb(message.tool_calls) if message.tool_calls else None
    return message.role, message.content, message.tool_call_id, calls
