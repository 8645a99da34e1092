"""Conditional writes, which change a key only if it still holds the expected bytes, and a lock. One round trip each.

A script compares and writes atomically, also in a cluster, since it uses a single key. A client whose connection breaks
repeats the command, so each script succeeds as well if its change has already been made.
"""

from typing import Any

from chatdata.stores.cache.client import Client

LOCK_PREFIX = "copilot:session_lock:"
LOCK_MILLISECONDS = 10_000

_NOW = """
local held = redis.call('TYPE', KEYS[1]).ok
local now = false
if held == 'string' then now = redis.call('GET', KEYS[1])
elseif held ~= 'none' then now = redis.call('DUMP', KEYS[1]) end
"""
"""Lua for the key's value as SessionCache reads it: a string's bytes, or the serialized value of another type."""
_SWAP = f"""{_NOW}
if now ~= ARGV[1] and now ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""
_DELETE = f"""{_NOW}
if now and now ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
"""
_EXTEND = f"""{_NOW}
if now ~= ARGV[1] then return 0 end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
"""


def compare_and_set(client: Client, key: bytes, expected: bytes | None, raw: bytes, ttl_seconds: int) -> bool:
    """Writes `raw` if the key holds `expected`, or if there is no key for None; returns whether it did."""
    if expected is not None:
        return _run(client, _SWAP, key, expected, raw, ttl_seconds)
    return bool(client.set(key, raw, ex=ttl_seconds, nx=True)) or client.get(key) == raw


def delete(client: Client, key: bytes, expected: bytes) -> bool:
    """Deletes the key if it holds `expected`; returns whether it no longer exists."""
    return _run(client, _DELETE, key, expected)


def extend_ttl(client: Client, key: bytes, expected: bytes, ttl_seconds: int) -> bool:
    """Extends the time to live to at least this many seconds if the key holds `expected`; returns whether it did."""
    return _run(client, _EXTEND, key, expected, ttl_seconds * 1000)


def acquire(client: Client, key: bytes, token: bytes) -> bool:
    """Acquires a lock for ten seconds; returns False if somebody else holds it."""
    return bool(client.set(key, token, px=LOCK_MILLISECONDS, nx=True)) or client.get(key) == token


def release(client: Client, key: bytes, token: bytes) -> None:
    """Releases the lock if it is still held with this token."""
    delete(client, key, token)


def _run(client: Client, script: str, key: bytes, *arguments: Any) -> bool:
    return bool(client.eval(script, 1, key, *arguments))
