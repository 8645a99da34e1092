"""Measures a full scan against the floor (fetching the same bytes without decoding) and the plain way."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg.types.json import Jsonb

from benchmarks.content import Speaker
from benchmarks.measure import Spread, always, in_turns
from benchmarks.report import Goal, Section, Table, console, ratio, seconds
from chatdata import ChatMessage, ChatSession, ChatSessions, Settings, Usage
from chatdata.domain.document import KEY_PREFIX, encode
from chatdata.domain.drift import compare
from chatdata.services.scan import scan, scan_with_workers
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from tests.support.servers import postgres_server, valkey_server

MESSAGES, MEAN_BYTES = 20, 1_300
TALKS = 400
"""The number of distinct conversations, which the sessions share under their own ids."""
BATCH = 100
WORKERS = 2
TTL_SECONDS = 43_200
START = datetime(2026, 11, 1, tzinfo=UTC)
_SESSIONS = 'COPY "ChatSession" ("id", "createdAt", "updatedAt", "userId", "title") FROM STDIN'
_MESSAGES = (
    'COPY "ChatMessage" ("id", "createdAt", "sessionId", "role", "content", "toolCallId", "toolCalls", "sequence") '
    "FROM STDIN"
)
_SELECTS = (
    b'SELECT * FROM "ChatSession" WHERE "id" = ANY($1)',
    b'SELECT * FROM "ChatMessage" WHERE "sessionId" = ANY($1)',
)


def measure(quick: bool) -> Section:
    """Fills both stores, times the three ways in turns, then measures the memory of two sizes."""
    size, part, repetitions = (2_000, 500, 3) if quick else (20_000, 2_000, 7)
    with postgres_server() as postgres, valkey_server() as valkey:
        url = postgres.create_database("scan")
        document_bytes = _fill(url, valkey.url, size)
        with closing(_sessions(url, valkey.url)) as sessions:
            spreads = _times(url, valkey.url, sessions, part, repetitions)
        memory = _memory_table(url, valkey.url, (size // 10, size))
    return Section(
        "python -m benchmarks scan",
        f"{size:,} cached sessions of {MESSAGES} messages, documents of {document_bytes / 1024:.0f} KB, all in sync; "
        f"PostgreSQL and Valkey on this machine; medians of {repetitions} alternating repetitions, in brackets the "
        "minimum and the maximum; the start of the processes counts too.",
        [_times_table(spreads, size, part), memory],
        [
            f"Floor: MGET and two SELECTs for {BATCH} sessions at a time on bare connections, without decoding any "
            "value of the results.",
            "The plain way: both copies of each session read separately through the models, then compared; timed with "
            f"{part:,} sessions.",
        ],
    )


def _times(url: str, redis_url: str, sessions: ChatSessions, part: int, repetitions: int) -> list[Spread]:
    console.print("[dim]floor, scans and the plain way in turns …[/]")
    with psycopg.connect(url) as connection, redis.Redis.from_url(redis_url) as client:
        steps: list[Callable[[], object]] = [
            lambda: _floor(connection, client),
            lambda: _scan(sessions),
            lambda: _scan_with_workers(url, redis_url),
            lambda: _plain(sessions, part),
        ]
        return in_turns([always(step) for step in steps], repetitions, warmups=1)


def _floor(connection: psycopg.Connection[Any], client: "redis.Redis") -> None:
    keys = client.scan_iter(match=KEY_PREFIX + "*", count=1000)
    while batch := list(islice(keys, BATCH)):
        client.mget(batch)
        ids = b"{" + b",".join(key.removeprefix(KEY_PREFIX.encode()) for key in batch) + b"}"
        for select in _SELECTS:
            connection.pgconn.exec_params(select, [ids])


def _scan(sessions: ChatSessions) -> None:
    result = scan(sessions.stores)
    assert result.in_sync == result.cached_keys, result


def _scan_with_workers(url: str, redis_url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        deployment = {"DATABASE_URL": url, "REDIS_URL": redis_url, "INSPECTOR_DATA_DIR": folder}
        result = scan_with_workers(Settings.from_environment(deployment), WORKERS)
    assert result.in_sync == result.cached_keys, result


def _plain(sessions: ChatSessions, part: int) -> None:
    assert sessions.stores.cache is not None
    for session_id in islice(sessions.stores.cache.session_ids(), part):
        assert compare(sessions.stores.read_copies(session_id)).status == "in_sync"


def _times_table(spreads: Sequence[Spread], size: int, part: int) -> Table:
    floor, ours, several, plain = spreads
    scaled = Spread(tuple(value * size / part for value in plain.values))
    rows = [
        ["floor", seconds(floor), f"{size / floor.median:,.0f}", "1.00"],
        ["scan", seconds(ours), f"{size / ours.median:,.0f}", f"{floor.ratio(ours):.2f}"],
        [
            f"scan, {WORKERS} processes",
            seconds(several),
            f"{size / several.median:,.0f}",
            f"{floor.ratio(several):.2f}",
        ],
        ["the plain way", seconds(scaled), f"{size / scaled.median:,.0f}", f"{floor.ratio(scaled):.2f}"],
        ["scan, in plain ways", "", ratio(scaled, ours), ""],
    ]
    goals = [
        Goal(f"scan, {WORKERS} processes, of the floor", floor.ratio(several), 0.7, at="least"),
        Goal("scan, of the plain way", scaled.ratio(ours), 4, at="least"),
    ]
    columns = ("", "wall time", "sessions per second", "of the floor")
    return Table("Sessions compared", columns, rows, goals=goals)


def _memory_table(url: str, redis_url: str, sizes: Sequence[int]) -> Table:
    console.print("[dim]memory …[/]")
    peaks = {size: _megabytes(url, redis_url, size) for size in (0, *sizes)}
    rows = [[f"{size:,} sessions" if size else "before the scan", f"{peak:.0f} MB"] for size, peak in peaks.items()]
    goals = [Goal(f"{max(sizes):,} sessions", peaks[max(sizes)], 150, "MB")]
    return Table("Memory (peak RSS of the scanning process)", ("", "peak"), rows, goals=goals)


def _megabytes(url: str, redis_url: str, size: int) -> float:
    command = [sys.executable, "-m", "benchmarks.scanning", url, redis_url, str(size)]
    found = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return float(found.stdout)


def _in_own_process(url: str, redis_url: str, size: int) -> None:
    with closing(_sessions(url, redis_url)) as sessions:
        if size:
            assert scan(sessions.stores, limit=size).compared == size
    print(_peak_kilobytes() / 1024)


def _peak_kilobytes() -> int:
    """The peak memory of this program alone; getrusage would include the process that it was forked from."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def _sessions(url: str, redis_url: str) -> ChatSessions:
    return ChatSessions(
        SessionStores(Database.open(url), SessionCache(RedisSettings(url=redis_url), session_ttl=TTL_SECONDS))
    )


def _fill(url: str, redis_url: str, size: int) -> float:
    """Writes both copies of `size` sessions, and returns the mean size of a document in bytes."""
    console.print(f"[dim]filling: {size:,} sessions …[/]")
    Database.open(url, write=True).facts()
    speaker = Speaker(7)
    talks = [speaker.talk(MESSAGES, MEAN_BYTES) for _ in range(TALKS)]
    with psycopg.connect(url) as connection:
        with connection.cursor() as cursor:
            _copy(
                cursor,
                _SESSIONS,
                ((_id(n), *2 * (_naive(0),), f"user-{n % 997}", "Weekly digest") for n in range(size)),
            )
            _copy(cursor, _MESSAGES, (row for n in range(size) for row in _rows(n, talks[n % TALKS])))
            cursor.execute('UPDATE "ChatSession" SET "totalPromptTokens" = 5000, "totalCompletionTokens" = 500')
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM FULL ANALYZE")
    with redis.Redis.from_url(redis_url) as client:
        total = sum(_cache(client, n, talks[n % TALKS]) for n in range(size))
    return total / size


def _copy(cursor: psycopg.Cursor[Any], statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _rows(number: int, talk: Sequence[ChatMessage]) -> Iterator[tuple[Any, ...]]:
    for sequence, message in enumerate(talk):
        calls = Jsonb(message.tool_calls) if message.tool_calls else None
        yield (
            f"m-{number:06d}-{sequence}",
            _naive(sequence),
            _id(number),
            message.role,
            message.content,
            message.tool_call_id,
            calls,
            sequence,
        )


def _cache(client: "redis.Redis", number: int, talk: Sequence[ChatMessage]) -> int:
    session = ChatSession.new(f"user-{number % 997}", session_id=_id(number), now=START)
    session.title, session.messages = "Weekly digest", list(talk)
    session.usage = [Usage.of(1000, 100) for _ in range(5)]
    document = encode(session)
    client.set(KEY_PREFIX + session.session_id, document, ex=TTL_SECONDS)
    return len(document)


def _id(number: int) -> str:
    return f"5f0c3a52-77d1-4c55-9e0b-{number:012d}"


def _naive(number: int) -> datetime:
    return (START + timedelta(seconds=40 * number)).replace(tzinfo=None)


if __name__ == "__main__":
    _in_own_process(sys.argv[1], sys.argv[2], int(sys.argv[3]))
