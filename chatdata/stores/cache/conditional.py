"""Writes to one key that are done only if it still holds the bytes that were seen, and a lock. One trip each.

A script compares and writes in one step, in a cluster too, as it has one key. A client whose connection breaks sends
a command again, so each script says yes when what it was to do is done already.
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
"""What the key holds: of a string its bytes, of any other type its serialised value, as SessionCache reads it."""
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


def compare_and_set(client: Client, key: bytes, seen: bytes | None, raw: bytes, ttl_seconds: int) -> bool:
    """Writes `raw` if the key holds `seen` (None: if there is no key)."""
    if seen is not None:
        return _run(client, _SWAP, key, seen, raw, ttl_seconds)
    return bool(client.set(key, raw, ex=ttl_seconds, nx=True)) or client.get(key) == raw


def delete(client: Client, key: bytes, seen: bytes) -> bool:
    """Deletes the key if it holds `seen`, or is gone by now."""
    return _run(client, _DELETE, key, seen)


def extend_ttl(client: Client, key: bytes, seen: bytes, ttl_seconds: int) -> bool:
    """Gives the key at least this time to live if it holds `seen`."""
    return _run(client, _EXTEND, key, seen, ttl_seconds * 1000)


def acquire(client: Client, key: bytes, token: bytes) -> bool:
    """Takes a lock for ten seconds; False if somebody else holds it."""
    return bool(client.set(key, token, px=LOCK_MILLISECONDS, nx=True)) or client.get(key) == token


def release(client: Client, key: bytes, token: bytes) -> None:
    """Ends the lock if it is still the one of this token."""
    delete(client, key, token)


def _run(client: Client, script: str, key: bytes, *arguments: Any) -> bool:
    return bool(client.eval(script, 1, key, *arguments))
