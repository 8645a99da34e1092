"""The cached copies of sessions: keys `chat:session:<id>` with a JSON document and a time to live."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Literal

from redis.cluster import ClusterPipeline, RedisCluster
from redis.exceptions import ResponseError

from chatdata.domain.copies import CachedCopy, CorruptDocument, Expiry
from chatdata.domain.document import (
    KEY_PREFIX,
    Broken,
    HashFields,
    copy_of,
    decode,
    encode_storable,
    key_of,
    patch,
    usage_of,
    wrong_type,
)
from chatdata.domain.messages import ChatSession, Usage
from chatdata.domain.streams import OutputReader, StreamedTurn, Task, newest_first
from chatdata.domain.text import compact_json
from chatdata.domain.turns import STUCK_AFTER, TurnState
from chatdata.errors import ReadOnlyError, RedisError
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import conditional, streams, turns
from chatdata.stores.cache.client import Client, check, connect, waits_for
from chatdata.stores.cache.deadlines import Timeouts
from chatdata.stores.cache.failures import cache_failures

log = logging.getLogger(__name__)

_BATCH = 100
_COUNT_SECONDS = 2.0
_SEARCH_SECONDS = 0.5
_NO_KEY = -2
_MOST_FIELDS = 1000
"""A hash with more fields than this has nothing to do with a session."""
_TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class CacheFacts:
    """The version, permissions and number of sessions of a cache."""

    where: str
    """The cache's URL without a password."""
    version: str
    writable: bool
    sessions: int
    """The number of cached sessions counted."""
    counted_all: bool
    """Whether all sessions were counted; counting stops after two seconds."""
    session_ttl: int
    """The time to live of a newly written document in seconds."""


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A cached document as bytes, with its time to live."""

    raw: bytes | None
    """The document's bytes; None for a key whose value is not a string."""
    pttl: int
    read_at: datetime
    held: str = "string"
    """The key's type as Redis names it; "" if it is unknown."""
    fields: HashFields | None = None
    """The fields of a hash."""


class SessionCache:
    """Sessions in Redis, Valkey or a cluster. Methods raise RedisError; reading never changes a time to live.

    Connects on first use. The constructor raises SettingsError for an invalid URL.
    """

    def __init__(
        self,
        settings: RedisSettings,
        *,
        session_ttl: int,
        write: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeouts: Timeouts = _TIMEOUTS,
    ) -> None:
        check(settings)
        self.where = settings.shown
        """The cache's URL without a password."""
        self._waits = waits_for(settings, timeouts)
        self._settings = settings
        self._write = write
        self._now = now
        self._connected: Client | None = None
        self._tasks = streams.TaskIndex()
        self.session_ttl = session_ttl

    @property
    def writable(self) -> bool:
        """Whether writing is allowed."""
        return self._write

    def close(self) -> None:
        """Closes all connections."""
        self._waits.close()
        if self._connected is not None:
            self._connected.close()
            self._connected = None

    def facts(self) -> CacheFacts:
        """Queries the cache's version and its number of sessions."""
        with cache_failures(self.where):
            version = _version(self._client)
            sessions, counted_all = self._count()
        return CacheFacts(self.where, version, self._write, sessions, counted_all, self.session_ttl)

    def read_raw(self, session_id: str) -> bytes | None:
        """The bytes of a cached document, or the serialized value of a key that is not a string; None without a key."""
        key = _key(session_id)
        with cache_failures(self.where):
            try:
                raw: Any = self._client.get(key)
            except ResponseError as error:
                if not _is_other_type(error):
                    raise
                raw = self._read_with_expiry(key)[0]
        return raw  # type: ignore[no-any-return]

    def read_copy(self, session_id: str) -> CachedCopy | CorruptDocument | None:
        """The cached document of a session, readable or corrupt; None if it is not cached."""
        return self.read_copy_and_raw(session_id)[0]

    def read_copy_and_raw(self, session_id: str) -> tuple[CachedCopy | CorruptDocument | None, bytes | None]:
        """The cached document and the bytes it was parsed from; None and None if the session is not cached."""
        raw, pttl, held = self._read_with_expiry(_key(session_id))
        if raw is None or pttl == _NO_KEY:  # the key may expire between the two commands
            return None, None
        expiry = Expiry.read(pttl, self.session_ttl, self._now())
        if held == "string":
            return copy_of(raw, expiry), raw
        fields = self._fields([_key(session_id)] if held == "hash" else ())
        return wrong_type(held, raw, expiry, fields.get(_key(session_id))), raw

    def read_version(self, session_id: str) -> tuple[float | None, int | None]:
        """When a document expires, in seconds since 1970, and its length; both change when it is written.

        None and None without a document; the time is None for one without a time to live, the length for another type.
        """
        key = _key(session_id)
        with cache_failures(self.where), self._client.pipeline(transaction=False) as pipeline:
            pipeline.pttl(key)
            pipeline.strlen(key)
            pttl, length = pipeline.execute(raise_on_error=False)
        for answer in (pttl, length):
            if isinstance(answer, Exception) and not _is_other_type(answer):
                raise answer
        expires = self._now().timestamp() + pttl / 1000 if pttl >= 0 else None
        return expires, None if isinstance(length, Exception) or pttl == _NO_KEY else length

    def read_turns(self, session_ids: Sequence[str], stuck_after: timedelta = STUCK_AFTER) -> dict[str, TurnState]:
        """Each session's turn: whether a worker holds it, and the waiting messages. One round trip per node."""
        if not session_ids:
            return {}
        with cache_failures(self.where), self._client.pipeline(transaction=False) as pipeline:
            for session_id in session_ids:
                turns.ask(pipeline, _plain_id(session_id))
            answers = pipeline.execute(raise_on_error=False)
        now, size = self._now(), turns.ANSWERS
        return {
            session_id: turns.state(_plain_id(session_id), answers[at * size : (at + 1) * size], now, stuck_after)
            for at, session_id in enumerate(session_ids)
        }

    def with_streams(
        self, found: Mapping[str, TurnState], seconds: float | None = _SEARCH_SECONDS
    ) -> dict[str, TurnState]:
        """The same turns with what is in their streams.

        Tasks of early versions are searched for so many seconds at most, to the end for None.
        """
        tasks = self.tasks(list(found), seconds)
        return {
            session_id: replace(turn, streams=newest_first(map(self.read_stream, tasks.get(session_id, ()))))
            for session_id, turn in found.items()
        }

    def tasks(self, session_ids: Sequence[str], seconds: float | None = _SEARCH_SECONDS) -> dict[str, list[Task]]:
        """The tasks of those sessions that have any, whose search stops after so many seconds, or never for None."""
        with cache_failures(self.where), self._client.pipeline(transaction=False) as pipeline:
            keys = [streams.task_key(_plain_id(session_id)) for session_id in session_ids]
            current = list(streams.tasks_of(pipeline, keys))
            earlier = self._tasks.of(self._client, seconds)
        found: dict[str, dict[str, Task]] = {}
        for session_id in session_ids:
            found[session_id] = {**earlier.get(session_id, {})}
        for task in current:
            found.setdefault(task.session_id, {})[task.id] = task
        return {session_id: list(tasks.values()) for session_id, tasks in found.items() if tasks}

    def read_stream(self, task: Task, reader: OutputReader | None = None) -> StreamedTurn:
        """A turn with its output; a reader that has entries gets only those after them."""
        with cache_failures(self.where):
            return streams.read_turn(self._client, task, self._now, reader)

    def sessions_with_tasks(self) -> frozenset[str]:
        """The ids of all sessions that have a task."""
        with cache_failures(self.where):
            return frozenset(self._tasks.of(self._client, None))

    def running_tasks(self, seconds: float | None = _SEARCH_SECONDS) -> frozenset[str]:
        """The ids of the sessions with a task that is marked as running, of those found in so many seconds."""
        with cache_failures(self.where):
            found = self._tasks.of(self._client, seconds)
        return frozenset(
            name for name, tasks in found.items() if any(one.status == "running" for one in tasks.values())
        )

    def waiting_sessions(self) -> Iterator[str]:
        """Yields the id of every session with waiting messages; SCAN may return an id more than once."""
        with cache_failures(self.where):
            for key in self._client.scan_iter(match=turns.LISTS + "*", count=1000):
                if (session_id := turns.waiting_session(key)) is not None:
                    yield session_id

    def bot_sessions(self) -> dict[str, str]:
        """The session id of each channel of a chat platform, by the channel's key without its prefix."""
        with cache_failures(self.where):
            keys = list(dict.fromkeys(self._client.scan_iter(match=turns.BOTS + "*", count=1000)))
            with self._client.pipeline(transaction=False) as pipeline:
                for key in keys:
                    pipeline.get(key)
                held = pipeline.execute(raise_on_error=False) if keys else []
        pairs = ((key, value) for key, value in zip(keys, held, strict=True) if isinstance(value, bytes))
        return {_text_of(key).removeprefix(turns.BOTS): _text_of(value).strip('"') for key, value in pairs}

    def read_documents(self, session_ids: Sequence[str]) -> dict[str, RawDocument]:
        """The documents of those sessions that are cached, as bytes by session id. One round trip per node."""
        if not session_ids:
            return {}
        keys = [_key(session_id) for session_id in session_ids]
        with cache_failures(self.where), self._client.pipeline(transaction=False) as pipeline:
            raws, pttls = _raws_and_pttls(pipeline, keys)
            read_at = self._now()
            others = self._other_types([key for key, raw in zip(keys, raws, strict=True) if not isinstance(raw, bytes)])
            fields = self._fields([key for key, held in others.items() if held == "hash"])
            return {
                session_id: RawDocument(raw, pttl, read_at)
                if isinstance(raw, bytes)
                else RawDocument(None, pttl, read_at, others.get(key, ""), fields.get(key))
                for session_id, key, raw, pttl in zip(session_ids, keys, raws, pttls, strict=True)
                if pttl != _NO_KEY
            }

    def copy_of(self, document: RawDocument) -> CachedCopy | CorruptDocument:
        """The document parsed as a copy, or a CorruptDocument if it can't be parsed."""
        expiry = Expiry.read(document.pttl, self.session_ttl, document.read_at)
        if document.raw is None or document.held != "string":
            return wrong_type(document.held, document.raw or b"", expiry, document.fields)
        return copy_of(document.raw, expiry)

    def read_session(self, session_id: str) -> ChatSession | None:
        """The cached session; None if it is not cached. Raises document.Broken if the bytes are not a session."""
        raw = self.read_raw(session_id)
        return None if raw is None else decode(raw)

    def read_usage(self, session_id: str) -> list[Usage] | None:
        """The usage in the cached document; None if it is not cached. Raises document.Broken like `read_session`."""
        raw = self.read_raw(session_id)
        return None if raw is None else usage_of(raw)

    def expiries(self, session_ids: Sequence[str]) -> dict[str, Expiry]:
        """The expiry of those sessions that are cached, by session id. One round trip per node."""
        with cache_failures(self.where), self._client.pipeline(transaction=False) as pipeline:
            for session_id in session_ids:
                pipeline.pttl(_key(session_id))
            answers = pipeline.execute() if session_ids else []
        now = self._now()
        return {
            session_id: Expiry.read(pttl, self.session_ttl, now)
            for session_id, pttl in zip(session_ids, answers, strict=True)
            if pttl != _NO_KEY
        }

    def session_ids(self) -> Iterator[str]:
        """Yields the id of every cached session on every primary; SCAN may return an id more than once."""
        with cache_failures(self.where):
            for key in self._client.scan_iter(match=KEY_PREFIX + "*", count=1000):
                yield key.decode("utf-8", "surrogateescape").removeprefix(KEY_PREFIX)

    def count_sessions(self) -> int | None:
        """The number of cached sessions; None if counting takes more than two seconds."""
        sessions, counted_all = self._count()
        return sessions if counted_all else None

    def copies(self, limit: int) -> Iterator[tuple[str, CachedCopy | CorruptDocument]]:
        """Yields at most `limit` cached sessions in no particular order, keeping one batch in memory at a time."""
        ids = islice(dict.fromkeys(self.session_ids()), limit)
        while batch := list(islice(ids, _BATCH)):
            for session_id, document in self.read_documents(batch).items():
                yield session_id, self.copy_of(document)

    def put(self, session: ChatSession) -> bytes:
        """Writes a session's document with the full time to live, and returns it."""
        raw = _encoded(session)
        self.put_raw(session.session_id, raw)
        return raw

    def put_missing(self, session: ChatSession) -> None:
        """Writes a session's document if there is none yet, or only an unreadable one."""
        session_id, raw = session.session_id, _encoded(session)
        if self.put_raw(session_id, raw, only_if_missing=True):
            return
        there = self.read_raw(session_id)
        if there is not None and _is_broken(there):
            self.put_raw(session_id, raw)

    def put_raw(
        self,
        session_id: str,
        raw: bytes,
        *,
        ttl_seconds: int | Literal["full"] | None = "full",
        only_if_missing: bool = False,
    ) -> bool:
        """Writes a document's bytes with the full time to live, the given one, or none for None.

        Returns False for a document that was there already.
        """
        ttl = self.session_ttl if ttl_seconds == "full" else ttl_seconds
        with cache_failures(self.where):
            return bool(self._writing_client.set(_key(session_id), raw, ex=ttl, nx=only_if_missing))

    def put_waiting(self, session_id: str, texts: Sequence[str]) -> None:
        """Replaces the list of a session's waiting messages, in the form of later deployments."""
        key, now = turns.waiting_key(_plain_id(session_id)), self._now()
        with cache_failures(self.where), self._writing_client.pipeline(transaction=False) as pipeline:
            pipeline.delete(key)
            pipeline.rpush(key, *(turns.waiting_entry(text, now) for text in texts))
            pipeline.expire(key, turns.WAITING_SECONDS)
            pipeline.execute()

    def put_task(self, session_id: str, turn_id: str) -> None:
        """Writes the task of a turn that begins now, in the form of later deployments."""
        key, fields = streams.task_key(_plain_id(session_id)), streams.task_fields(session_id, turn_id, self._now())
        with cache_failures(self.where), self._writing_client.pipeline(transaction=False) as pipeline:
            pipeline.hset(key, mapping=fields)
            pipeline.expire(key, streams.KEPT_SECONDS)
            pipeline.execute()

    def end_task(self, session_id: str, status: str) -> None:
        """Sets the status of a session's task."""
        with cache_failures(self.where):
            self._writing_client.hset(streams.task_key(_plain_id(session_id)), "status", status)

    def add_to_stream(self, turn_id: str, chunks: Sequence[Mapping[str, Any]]) -> None:
        """Adds chunks to the stream of a turn, as deployments do."""
        key = streams.stream_key(turn_id)
        with cache_failures(self.where), self._writing_client.pipeline(transaction=False) as pipeline:
            for chunk in chunks:
                pipeline.xadd(key, {"data": compact_json(chunk)}, maxlen=streams.KEPT_ENTRIES)
            pipeline.expire(key, streams.KEPT_SECONDS)
            pipeline.execute()

    def take_turn(self, session_id: str, token: str, seconds: int) -> bool:
        """Takes the executor's lock of a session for so many seconds; returns False if another worker has it."""
        with cache_failures(self.where):
            return bool(self._writing_client.set(turns.lock_key(_plain_id(session_id)), token, nx=True, ex=seconds))

    def leave_turn(self, session_id: str, token: str) -> None:
        """Releases the executor's lock of a session if it is still held with this token."""
        with cache_failures(self.where):
            conditional.release(self._writing_client, turns.lock_key(_plain_id(session_id)), token.encode())

    def put_title(self, session_id: str, raw: bytes, title: str) -> None:
        """Writes a document back with a new title and nothing else changed; unreadable bytes are written unchanged."""
        try:
            changed = patch(raw, {"title": title})
        except Broken as broken:
            log.warning("session %s: the cached document keeps its title: %s", session_id, broken)
            changed = raw
        self.put_raw(session_id, changed)

    def delete(self, session_id: str) -> None:
        """Deletes a session's key, if there is one."""
        with cache_failures(self.where):
            self._writing_client.delete(_key(session_id))

    def put_if(self, session_id: str, raw: bytes, expected: bytes | None) -> bool:
        """Writes bytes with the full time to live if the key holds `expected` (None: no key), else returns False."""
        with cache_failures(self.where):
            return conditional.compare_and_set(self._writing_client, _key(session_id), expected, raw, self.session_ttl)

    def delete_if(self, session_id: str, expected: bytes) -> bool:
        """Deletes the key if it still holds `expected`; returns False if it holds something else."""
        with cache_failures(self.where):
            return conditional.delete(self._writing_client, _key(session_id), expected)

    def extend_if(self, session_id: str, expected: bytes, ttl_seconds: int) -> bool:
        """Extends the time to live to at least this many seconds if the key holds `expected`, else returns False."""
        with cache_failures(self.where):
            return conditional.extend_ttl(self._writing_client, _key(session_id), expected, ttl_seconds)

    @contextmanager
    def session_lock(self, session_id: str, token: str) -> Iterator[bool]:
        """Holds the session lock of later deployments for at most ten seconds; yields False if another holds it."""
        key = conditional.LOCK_PREFIX.encode() + _key(session_id).removeprefix(KEY_PREFIX.encode())
        with cache_failures(self.where):
            acquired = conditional.acquire(self._writing_client, key, token.encode())
        try:
            yield acquired
        finally:
            if acquired:
                self._release(key, token)

    def _release(self, key: bytes, token: str) -> None:
        try:
            with cache_failures(self.where):
                conditional.release(self._writing_client, key, token.encode())
        except RedisError as error:
            log.warning("a session's lock could not be released and will expire: %s", error)

    @property
    def _client(self) -> Client:
        if self._connected is None:
            self._connected = connect(self._settings, write=self._write, waits=self._waits)
        return self._connected

    @property
    def _writing_client(self) -> Client:
        if not self._write:
            raise ReadOnlyError(f"{self.where} is opened read-only; INSPECTOR_ACCESS=write allows writing.")
        return self._client

    def _read_with_expiry(self, key: bytes) -> tuple[bytes | None, int, str]:
        """The key's value (serialized if it is not a string), the answer to PTTL, and the key's type."""
        with cache_failures(self.where), self._client.pipeline(transaction=False) as pipeline:
            pipeline.get(key)
            pipeline.pttl(key)
            raw, pttl = pipeline.execute(raise_on_error=False)
            if not isinstance(raw, Exception):
                return raw, _answer(pttl), "string"
            if not _is_other_type(raw):
                raise raw
            pipeline.type(key)
            pipeline.dump(key)
            pipeline.pttl(key)
            held, raw, pttl = pipeline.execute()
        return raw, pttl, _text_of(held)

    def _other_types(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """The types of keys whose values are not strings."""
        if not keys:
            return {}
        with self._client.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.type(key)
            return dict(zip(keys, map(_text_of, pipeline.execute()), strict=True))

    def _fields(self, keys: Sequence[bytes]) -> dict[bytes, HashFields]:
        """The fields of those keys that are hashes; of one with very many only their number."""
        if not keys:
            return {}
        with cache_failures(self.where), self._client.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.hlen(key)
            sizes = dict(zip(keys, pipeline.execute(raise_on_error=False), strict=True))
            few = [key for key, size in sizes.items() if isinstance(size, int) and 0 < size <= _MOST_FIELDS]
            for key in few:
                pipeline.hkeys(key)
            names = dict(zip(few, pipeline.execute(raise_on_error=False) if few else (), strict=True))
        return {
            key: HashFields(size, tuple(map(_text_of, found if isinstance((found := names.get(key)), list) else ())))
            for key, size in sizes.items()
            if isinstance(size, int) and size > 0
        }

    def _count(self) -> tuple[int, bool]:
        end, ids = time.monotonic() + _COUNT_SECONDS, set()
        for session_id in self.session_ids():
            ids.add(session_id)
            if time.monotonic() > end:
                return len(ids), False
        return len(ids), True


def _key(session_id: str) -> bytes:
    """The key's bytes, also for an id that SCAN returned from bytes that are not UTF-8."""
    try:
        return key_of(session_id).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return key_of(session_id).encode("utf-8", "surrogatepass")


def _plain_id(session_id: str) -> bytes:
    """The session's id in bytes, as in its keys."""
    return _key(session_id).removeprefix(KEY_PREFIX.encode())


def _text_of(value: bytes | str) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def _is_other_type(answer: object) -> bool:
    return isinstance(answer, Exception) and str(answer).startswith("WRONGTYPE")


def _answer(pttl: Any) -> int:
    if isinstance(pttl, Exception):
        raise pttl
    return int(pttl)


def _raws_and_pttls(pipeline: Any, keys: Sequence[bytes]) -> tuple[Sequence[Any], Sequence[int]]:
    """The keys' values, with a ResponseError or None for one that is not a string, and their times to live.

    One MGET takes half the time of as many GETs, but in a cluster its keys would have to be in one slot.
    """
    several = isinstance(pipeline, ClusterPipeline)
    if several:
        for key in keys:
            pipeline.get(key)
    else:
        pipeline.mget(keys)
    for key in keys:
        pipeline.pttl(key)
    answers = pipeline.execute(raise_on_error=False)
    raws = answers[: len(keys)] if several else answers[0]
    for answer in answers if isinstance(raws, list) else [raws]:
        if isinstance(answer, Exception) and not _is_other_type(answer):
            raise answer
    return raws, answers[-len(keys) :]


def _encoded(session: ChatSession) -> bytes:
    try:
        return encode_storable(session)
    except Broken as broken:
        raise RedisError(f"Session {session.session_id} has no document: {broken}.") from None


def _is_broken(raw: bytes) -> bool:
    try:
        decode(raw)
    except Broken:
        return True
    return False


def _version(client: Client) -> str:
    info: Any = client.info("server")
    if isinstance(client, RedisCluster):
        info = next(iter(info.values())) if "redis_version" not in info else info
        primaries: Any = client.get_primaries()  # type: ignore[no-untyped-call]
        return f"{_product(info)}, a cluster of {len(primaries)} primaries"
    return _product(info)


def _product(info: dict[str, Any]) -> str:
    if "valkey_version" in info:
        return f"Valkey {info['valkey_version']}"
    return f"Redis {info.get('redis_version', '(version unknown)')}"
