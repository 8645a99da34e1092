"""The cache on a real Valkey: reading, expiry, and that reading never writes."""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis

from chatdata.domain.copies import CachedCopy, CorruptDocument, Expiry
from chatdata.domain.document import encode, key_of
from chatdata.errors import ReadOnlyError, RedisError, RedisUnavailable
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.cache.client import _Remap, connect
from tests.support import servers
from tests.support.builders import document_bytes, message, new_session, texts

TTL = 600
NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
KEY = key_of("s-1")
READING = {"get", "pttl", "scan", "info", "ping", "mget", "lrange", "exists"}
OF_CONNECTIONS = {"hello", "client|setinfo", "client|setname", "select", "config|resetstat", "auth", "command", "quit"}


@pytest.fixture
def cache(redis_url: str) -> Iterator[SessionCache]:
    settings = RedisSettings(url=redis_url)
    with closing(SessionCache(settings, session_ttl=TTL, write=True, now=lambda: NOW)) as cache:
        yield cache


@pytest.fixture
def reader(redis_url: str) -> Iterator[SessionCache]:
    with closing(SessionCache(RedisSettings(url=redis_url), session_ttl=TTL, now=lambda: NOW)) as reader:
        yield reader


def read_everything(cache: SessionCache, session_id: str = "s-1") -> None:
    """Each method that reads, once."""
    cache.facts()
    cache.read_raw(session_id)
    cache.read_copy(session_id)
    cache.read_session(session_id)
    cache.expiries([session_id, "nobody"])
    list(cache.session_ids())
    list(cache.copies(10))
    cache.read_turns([session_id])
    list(cache.waiting_sessions())
    cache.bot_sessions()


# The time to live


@pytest.mark.parametrize(
    ("pttl", "expected"),
    [
        (-1, Expiry(None, None, None)),
        (0, Expiry(0.0, NOW, NOW - timedelta(seconds=600))),
        (599_500, Expiry(599.5, NOW + timedelta(seconds=599.5), NOW - timedelta(seconds=0.5))),
        (600_000, Expiry(600.0, NOW + timedelta(seconds=600), NOW)),
        (600_001, Expiry(600.001, NOW + timedelta(seconds=600.001), None)),
    ],
    ids=["none", "just ending", "half a second old", "just written", "more than any write gives"],
)
def test_the_last_write_follows_from_the_time_left(pttl: int, expected: Expiry) -> None:
    assert Expiry.read(pttl, TTL, NOW) == expected


@pytest.mark.parametrize("pttl", [10**16, 2**63 - 1])
def test_a_key_that_outlives_the_calendar_has_no_end(pttl: int) -> None:
    assert Expiry.read(pttl, TTL, NOW) == Expiry(pttl / 1000, None, None)


def test_a_write_gives_the_full_time_to_live_anew(cache: SessionCache, valkey: servers.ValkeyServer) -> None:
    cache.put(new_session())
    valkey.run("PEXPIRE", KEY, 1000)
    cache.put(new_session())
    assert 1000 < valkey.run("PTTL", KEY) <= TTL * 1000
    valkey.run("PEXPIRE", KEY, 1000)
    cache.put_title("s-1", encode(new_session()), "Trip")
    assert 1000 < valkey.run("PTTL", KEY) <= TTL * 1000


def test_reading_never_touches_a_time_to_live(
    cache: SessionCache, reader: SessionCache, valkey: servers.ValkeyServer
) -> None:
    cache.put(new_session(messages=2))
    valkey.run("PEXPIRE", KEY, 100_000)
    until = valkey.run("PEXPIRETIME", KEY)
    read_everything(cache)
    read_everything(reader)
    assert valkey.run("PEXPIRETIME", KEY) == until


def test_an_expiry_is_read_with_the_document(cache: SessionCache, valkey: servers.ValkeyServer) -> None:
    cache.put(new_session())
    valkey.run("PERSIST", KEY)
    copy = cache.read_copy("s-1")
    assert isinstance(copy, CachedCopy)
    assert copy.expiry == Expiry(None, None, None)
    valkey.run("PEXPIREAT", KEY, 2**62)
    copy = cache.read_copy("s-1")
    assert isinstance(copy, CachedCopy)
    assert copy.expiry.ttl_seconds is not None
    assert (copy.expiry.expires_at, copy.expiry.last_written_at) == (None, None)


def test_expiries_leave_out_what_is_not_cached(cache: SessionCache) -> None:
    assert cache.expiries([]) == {}
    cache.put(new_session("s-1"))
    cache.put_raw("s-2", b"x", ttl_seconds=None)
    cache.put_raw("s-3", b"x", ttl_seconds=30)
    found = cache.expiries(["s-1", "nobody", "s-2", "s-3"])
    assert list(found) == ["s-1", "s-2", "s-3"]
    assert found["s-2"].ttl_seconds is None
    assert (found["s-3"].ttl_seconds or 99) <= 30 < (found["s-1"].ttl_seconds or 0)


# Documents


def test_a_session_comes_back_as_it_was_put(cache: SessionCache) -> None:
    session = new_session(messages=3, usage=[(3, 1), (4, 1)], title="Größe")
    cache.put(session)
    copy = cache.read_copy("s-1")
    assert cache.read_session("s-1") == session
    assert cache.read_raw("s-1") == encode(session)
    assert isinstance(copy, CachedCopy)
    assert copy.session() == session


def test_what_no_store_can_hold_is_cleaned_on_the_way_in(cache: SessionCache) -> None:
    cache.put(new_session(messages=[message("tool", "a\x00b\ud800")], title="\x1b[1m"))
    session = cache.read_session("s-1")
    assert session is not None
    assert (session.messages[0].content, session.title) == ("ab\ufffd", "[1m")


def test_what_is_not_there_is_none(cache: SessionCache) -> None:
    assert cache.read_raw("s-1") is None
    assert cache.read_copy("s-1") is None
    assert cache.read_session("s-1") is None
    cache.delete("s-1")


def test_unreadable_bytes_are_a_value_with_their_time_left(cache: SessionCache) -> None:
    cache.put_raw("s-1", b'{"session_id": "s-1"')
    copy = cache.read_copy("s-1")
    assert isinstance(copy, CorruptDocument)
    assert (copy.raw, copy.offset) == (b'{"session_id": "s-1"', 20)
    assert copy.expiry.ttl_seconds is not None


def test_a_key_of_another_type_is_damage_with_a_sentence(cache: SessionCache, valkey: servers.ValkeyServer) -> None:
    valkey.run("RPUSH", KEY, "a")
    copy = cache.read_copy("s-1")
    assert isinstance(copy, CorruptDocument)
    assert (copy.reason, copy.damage) == ("the key holds a list where a string was expected", "wrong_type")
    assert cache.read_raw("s-1") == copy.raw
    (document,) = cache.read_documents(["s-1"]).values()
    told = cache.copy_of(document)
    assert isinstance(told, CorruptDocument)
    assert (told.reason, told.damage) == (copy.reason, copy.damage)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (["title"], ", with the field title"),
        (["user_id", "title", "messages"], ", with the fields messages, title, user_id"),
        (["title", "what she said", "mia@example.com"], ", with the fields title and 2 other fields"),
        (["what she said"], ", with 1 field"),
        ([f"m{number}" for number in range(1001)], ", with 1,001 fields"),
    ],
)
def test_the_fields_of_a_hash_are_named_and_texts_among_them_counted(
    reader: SessionCache, valkey: servers.ValkeyServer, fields: list[str], said: str
) -> None:
    with closing(redis.Redis.from_url(valkey.url)) as client:
        client.hset(KEY, mapping=dict.fromkeys(fields, "secret"))
    copy = reader.read_copy("s-1")
    told = reader.copy_of(reader.read_documents(["s-1"])["s-1"])
    for read in (copy, told):
        assert isinstance(read, CorruptDocument)
        assert read.reason == f"the key holds a hash where a string was expected{said}"


def test_a_title_is_changed_inside_the_document_and_nothing_else(cache: SessionCache) -> None:
    raw = document_bytes(chat_status="idle", messages=[{"role": "user", "sequence": 7}])
    cache.put_title("s-1", raw, "Neu")
    assert cache.read_raw("s-1") == raw.replace(b'"title":"Trip"', b'"title":"Neu"')


def test_a_title_leaves_unreadable_bytes_as_they_are(cache: SessionCache) -> None:
    cache.put_title("s-1", b"\xff", "Neu")
    assert cache.read_raw("s-1") == b"\xff"


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, "rows"), (b"{", "rows"), (document_bytes(title="cached"), "cached")],
    ids=["missing", "unreadable", "readable"],
)
def test_a_refill_writes_where_nothing_can_be_read(cache: SessionCache, before: bytes | None, after: str) -> None:
    if before is not None:
        cache.put_raw("s-1", before)
    cache.put_missing(new_session(title="rows"))
    session = cache.read_session("s-1")
    assert session is not None
    assert session.title == after


def test_a_session_that_json_cannot_hold_is_a_sentence(cache: SessionCache) -> None:
    deep: list[Any] = []
    innermost = deep
    for _ in range(50_000):
        deep = [deep]
    session = new_session(credentials={"x": deep})
    with pytest.raises(RedisError, match="nested too deeply"):
        cache.put(session)
    while deep is not innermost:
        deep = deep.pop()


def test_scanning_finds_every_session_and_only_sessions(cache: SessionCache, valkey: servers.ValkeyServer) -> None:
    ids = {f"s-{number}" for number in range(2_500)}
    for session_id in ids:
        cache.put_raw(session_id, b"x")
    valkey.run("SET", "copilot:session_lock:s-1", "x")
    assert set(cache.session_ids()) == ids
    assert len(dict(cache.copies(150))) == 150
    assert (cache.facts().sessions, cache.facts().counted_all) == (2_500, True)


@pytest.mark.parametrize("name", [b"\xff\xfe", "ü ไ".encode(), b"", b"a b\n*[?", b"\xed\xa0\x80"])
def test_an_id_of_any_bytes_that_a_scan_gives_is_read_and_deleted(
    cache: SessionCache, valkey: servers.ValkeyServer, name: bytes
) -> None:
    valkey.run("SET", KEY.encode().removesuffix(b"s-1") + name, document_bytes())
    (session_id,) = cache.session_ids()
    assert cache.read_raw(session_id) == document_bytes()
    assert list(cache.expiries([session_id])) == [session_id]
    cache.delete(session_id)
    assert valkey.run("DBSIZE") == 0


@pytest.mark.parametrize("session_id", ["\ud800", "\x00", "x" * 10_000])
def test_an_id_that_nobody_has_is_none(reader: SessionCache, session_id: str) -> None:
    assert reader.read_copy(session_id) is None
    assert reader.expiries([session_id]) == {}


def test_facts_say_what_it_is(cache: SessionCache, redis_url: str) -> None:
    cache.put(new_session())
    facts = cache.facts()
    assert facts.version.startswith("Valkey 9.")
    assert (facts.where, facts.writable, facts.sessions, facts.session_ttl) == (redis_url, True, 1, TTL)


# Read-only


def test_a_reader_sends_the_server_nothing_but_reads(
    cache: SessionCache, reader: SessionCache, valkey: servers.ValkeyServer
) -> None:
    cache.put(new_session(messages=2))
    valkey.run("CONFIG", "RESETSTAT")
    read_everything(reader)
    sent = {name.removeprefix("cmdstat_") for name in valkey.run("INFO", "commandstats")}
    assert {"get", "pttl", "scan"} <= sent
    assert sent <= READING | OF_CONNECTIONS


def test_a_reader_refuses_each_method_that_writes(reader: SessionCache, valkey: servers.ValkeyServer) -> None:
    writes = [
        lambda: reader.put(new_session()),
        lambda: reader.put_missing(new_session()),
        lambda: reader.put_raw("s-1", b"x"),
        lambda: reader.put_title("s-1", document_bytes(), "x"),
        lambda: reader.delete("s-1"),
    ]
    for write in writes:
        with pytest.raises(ReadOnlyError, match="INSPECTOR_ACCESS=write"):
            write()
    assert not reader.writable
    assert valkey.run("DBSIZE") == 0


WRITES = [
    ("SET", KEY, "x"),
    ("set", KEY, "x"),
    ("GETEX", KEY, "PERSIST"),
    ("GETDEL", KEY),
    ("DEL", KEY),
    ("UNLINK", KEY),
    ("EXPIRE", KEY, 1),
    ("PERSIST", KEY),
    ("TOUCH", KEY),
    ("RENAME", KEY, "other"),
    ("EVAL", "return redis.call('DEL', KEYS[1])", 1, KEY),
    ("FLUSHALL",),
    ("FLUSHDB",),
    ("CONFIG SET", "maxmemory", "1"),
    ("PUBLISH", "channel", "x"),
    ("SHUTDOWN",),
]


@pytest.mark.parametrize("command", WRITES, ids=lambda command: command[0])
def test_no_command_that_writes_leaves_a_readers_client(
    redis_url: str, valkey: servers.ValkeyServer, command: tuple[Any, ...]
) -> None:
    valkey.run("SET", KEY, "kept", "EX", 100)
    client: Any = connect(RedisSettings(url=redis_url), write=False)
    with closing(client):
        with pytest.raises(ReadOnlyError):
            client.execute_command(*command)
        for transaction in (False, True):
            with client.pipeline(transaction=transaction) as pipeline:
                with pytest.raises(ReadOnlyError):
                    pipeline.execute_command(*command)
                assert pipeline.get(KEY).execute() == [b"kept"]
    assert 0 < valkey.run("TTL", KEY) <= 100


def test_methods_of_a_readers_client_that_write_are_refused(redis_url: str, valkey: servers.ValkeyServer) -> None:
    client: Any = connect(RedisSettings(url=redis_url), write=False)
    writes = [
        lambda: client.set(KEY, "x"),
        lambda: client.delete(KEY),
        lambda: client.expire(KEY, 1),
        lambda: client.getex(KEY, ex=1),
        lambda: client.register_script("return 1")(),
        lambda: client.lock("x").acquire(blocking=False),
        lambda: client.transaction(lambda pipeline: pipeline.multi() or pipeline.set(KEY, "x"), KEY),
    ]
    with closing(client):
        for write in writes:
            with pytest.raises(ReadOnlyError):
                write()
    assert valkey.run("DBSIZE") == 0


# Failures are sentences


def test_a_password_is_used_and_never_shown() -> None:
    with servers.valkey_server(password="hush hush/@") as server:
        host = f"redis://127.0.0.1:{server.port}/0"
        for settings in (RedisSettings(url=server.url), RedisSettings(url=host, password="hush hush/@")):
            with closing(SessionCache(settings, session_ttl=TTL, write=True)) as cache:
                cache.put(new_session())
                assert cache.facts().sessions == 1
                assert "hush" not in cache.where
        for settings in (RedisSettings(url=host), RedisSettings(url=host, password="wrong-hush")):
            with closing(SessionCache(settings, session_ttl=TTL)) as cache:
                with pytest.raises(RedisUnavailable, match="rejected the user or password") as raised:
                    cache.read_copy("s-1")
                assert "hush" not in texts(raised.value)


def test_a_unix_socket_is_a_place_too() -> None:
    with servers.valkey_server(unix=True) as server:
        with closing(SessionCache(RedisSettings(url=server.url), session_ttl=TTL, write=True)) as cache:
            cache.put(new_session())
            assert list(cache.session_ids()) == ["s-1"]


@pytest.mark.parametrize(
    "settings",
    [
        RedisSettings(url="redis://:hush-hush@127.0.0.1:1/0"),
        RedisSettings(url="redis://no-such-host.invalid:6379/0", password="hush-hush"),
        RedisSettings(url="unix://:hush-hush@/no/such/valkey.sock"),
        RedisSettings(cluster_host="127.0.0.1", cluster_port=1, password="hush-hush"),
    ],
    ids=["port", "host", "socket", "cluster"],
)
def test_a_cache_that_cannot_be_reached_is_a_sentence_without_the_password(settings: RedisSettings) -> None:
    with closing(SessionCache(settings, session_ttl=TTL, write=True)) as cache:
        for use in (lambda: read_everything(cache), lambda: cache.put(new_session()), lambda: cache.delete("s-1")):
            with pytest.raises(RedisUnavailable, match="can't be reached") as raised:
                use()
            assert "hush-hush" not in texts(raised.value)
            assert "\n" not in str(raised.value)


def test_a_server_that_never_answers_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = RedisSettings(url=f"redis://127.0.0.1:{listener.getsockname()[1]}/0?socket_timeout=0.2")
        with closing(SessionCache(settings, session_ttl=TTL)) as cache, pytest.raises(RedisUnavailable):
            cache.read_copy("s-1")


def test_a_killed_server_is_a_sentence_and_is_used_again_when_it_is_back() -> None:
    with servers.valkey_server() as server:
        with closing(SessionCache(RedisSettings(url=server.url), session_ttl=TTL, write=True)) as cache:
            cache.put(new_session())
            server.kill()
            with pytest.raises(RedisUnavailable, match="can't be reached"):
                cache.read_copy("s-1")
            server.start()
            assert cache.read_copy("s-1") is None
            cache.put(new_session())
            assert cache.read_session("s-1") == new_session()


def test_a_cache_that_is_full_is_a_sentence(valkey: servers.ValkeyServer, cache: SessionCache) -> None:
    valkey.run("CONFIG", "SET", "maxmemory", "1")
    try:
        with pytest.raises(RedisError, match="memory"):
            cache.put(new_session())
    finally:
        valkey.run("CONFIG", "SET", "maxmemory", "0")


def test_an_announced_address_is_remapped_only_while_it_cannot_be_reached() -> None:
    clock = [0.0]
    remap = _Remap("given", now=lambda: clock[0])
    with socket.create_server(("127.0.0.1", 0)) as reached:
        there = reached.getsockname()
        assert remap(there) == there
    assert remap(there) == there
    with socket.create_server(("127.0.0.1", 0)) as down:
        later = down.getsockname()
    assert remap(later) == ("given", later[1])
    with socket.create_server(later):
        assert remap(later) == ("given", later[1])
        clock[0] += 31
        assert remap(later) == later
