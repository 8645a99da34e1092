"""A client of Redis, Valkey or a cluster of either; without permission to write it sends nothing but reads."""

import socket
import time
from collections.abc import Callable
from typing import Any

from redis import BlockingConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.retry import Retry

from chatdata.errors import ReadOnlyError, SettingsError
from chatdata.settings.stores import RedisSettings

Client = Redis | RedisCluster
Address = tuple[str, int]

_TIMEOUTS: dict[str, Any] = {"socket_connect_timeout": 3.0, "socket_timeout": 15.0}
_MOST_CONNECTIONS = 16
_REACH_SECONDS = 0.5
_REMAP_SECONDS = 30.0
_READS = frozenset(
    {"GET", "MGET", "PTTL", "EXISTS", "STRLEN", "SCAN", "PING", "INFO", "DBSIZE", "TYPE", "DUMP", "LRANGE"}
)


def connect(settings: RedisSettings, *, write: bool) -> Client:
    """A client for these settings; it connects when first used, that of a cluster now.

    SettingsError for a URL that can't be read, redis.exceptions.RedisError where a cluster does not answer.
    """
    client = _cluster(settings) if settings.cluster_host else _single(settings)
    if not write:
        _only_reads(client)
    return client


def check(settings: RedisSettings) -> None:
    """SettingsError for a URL that the client can't read."""
    if not settings.cluster_host:
        _single(settings).close()


def _single(settings: RedisSettings) -> Redis:
    password = {"password": settings.password} if settings.password else {}
    try:
        pool = BlockingConnectionPool.from_url(
            settings.url or "", max_connections=_MOST_CONNECTIONS, retry=Retry(NoBackoff(), 1), **_TIMEOUTS, **password
        )
        return Redis.from_pool(pool)
    except ValueError:  # its text may hold a piece of the password
        raise SettingsError("REDIS_URL can't be read; it should look like redis://:password@host:6379/0.") from None


def _cluster(settings: RedisSettings) -> RedisCluster:
    return RedisCluster(
        host=settings.cluster_host,
        port=settings.cluster_port,
        password=settings.password,
        address_remap=_Remap(settings.cluster_host or ""),
        **_TIMEOUTS,
    )


def _only_reads(client: Any) -> None:
    """Lets this client, and each pipeline it makes, refuse what is not a read before it leaves the process."""
    send, pipeline = client.execute_command, client.pipeline

    def execute_command(*args: Any, **options: Any) -> Any:
        if str(args[0]).upper() not in _READS:
            raise ReadOnlyError(f"The cache is opened read-only: {args[0]} was not sent.")
        return send(*args, **options)

    def guarded_pipeline(*args: Any, **options: Any) -> Any:
        made = pipeline(*args, **options)
        _only_reads(made)
        return made

    client.execute_command, client.pipeline = execute_command, guarded_pipeline


class _Remap:
    """Announced addresses that can't be reached from here, as in a container network, at the given host.

    One that was reached stays as it is; another is tried anew after a while, since it may only have been down.
    """

    def __init__(self, host: str, now: Callable[[], float] = time.monotonic) -> None:
        self._host = host
        self._now = now
        self._reached: set[Address] = set()
        self._unreached: dict[Address, float] = {}

    def __call__(self, address: Address) -> Address:
        if address in self._reached:
            return address
        if self._now() < self._unreached.get(address, 0.0):
            return self._host, address[1]
        if _reachable(address):
            self._reached.add(address)
            return address
        self._unreached[address] = self._now() + _REMAP_SECONDS
        return self._host, address[1]


def _reachable(address: Address) -> bool:
    try:
        with socket.create_connection(address, timeout=_REACH_SECONDS):
            return True
    except OSError:
        return False
