"""Connects to Redis, Valkey or a cluster of either; a read-only client never sends anything but read commands."""

import socket
import time
from collections.abc import Callable
from typing import Any

from redis import BlockingConnectionPool, Redis, exceptions
from redis.backoff import NoBackoff
from redis.cluster import LoadBalancingStrategy, RedisCluster
from redis.retry import Retry

from chatdata.errors import ReadOnlyError, SettingsError
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache.deadlines import Timeouts, Waits, punctual

Client = Redis | RedisCluster
Address = tuple[str, int]

_MOST_CONNECTIONS = 16
_TIMEOUTS = Timeouts()
_REACH_SECONDS = 0.5
_REMAP_SECONDS = 30.0
_READS = frozenset(
    {"GET", "MGET", "PTTL", "EXISTS", "STRLEN", "SCAN", "PING", "INFO", "DBSIZE", "TYPE", "DUMP", "LRANGE"}
    | {"HGETALL", "HLEN", "HKEYS", "XRANGE"}
)


def waits_for(settings: RedisSettings, timeouts: Timeouts = _TIMEOUTS) -> Waits:
    """The waits for the server of these settings."""
    return Waits(settings.shown, timeouts, lambda seconds: _probe(settings, Timeouts(seconds, seconds)))


def connect(settings: RedisSettings, *, write: bool, waits: Waits | None = None) -> Client:
    """A client for these settings, which connects on first use; a cluster's client connects immediately.

    Raises SettingsError for an invalid URL, and RedisTimeout or redis.exceptions.RedisError when a cluster is
    unreachable.
    """
    client: Client
    waits = waits or waits_for(settings)
    if settings.cluster_host:
        client = waits.of_cluster(lambda: _cluster(settings, waits.timeouts))
        _send_with(client, waits.of_cluster)
    else:
        client = _single(settings, waits.timeouts)
        _send_with(client, waits.of_server)
    if not write:
        _only_reads(client)
    return client


def check(settings: RedisSettings) -> None:
    """Raises SettingsError for an invalid URL."""
    if not settings.cluster_host:
        _single(settings, _TIMEOUTS).close()


def _single(settings: RedisSettings, timeouts: Timeouts, retries: int = 1) -> Redis:
    password = {"password": settings.password} if settings.password else {}
    try:
        pool = BlockingConnectionPool.from_url(
            settings.url or "",
            max_connections=_MOST_CONNECTIONS,
            timeout=timeouts.connect,
            retry=Retry(NoBackoff(), retries, (exceptions.ConnectionError,)),
            **password,
        )
    except ValueError:  # its message may contain part of the password
        raise SettingsError("REDIS_URL can't be read; it should look like redis://:password@host:6379/0.") from None
    pool.connection_kwargs.update(_seconds(timeouts))  # whatever the URL says
    pool.connection_class = punctual(pool.connection_class)
    return Redis.from_pool(pool)


def _cluster(settings: RedisSettings, timeouts: Timeouts) -> RedisCluster:
    return RedisCluster(
        host=settings.cluster_host,
        port=settings.cluster_port,
        password=settings.password,
        address_remap=_Remap(settings.cluster_host or ""),
        load_balancing_strategy=LoadBalancingStrategy.ROUND_ROBIN if settings.from_replicas else None,
        **_seconds(timeouts),
    )


def _probe(settings: RedisSettings, timeouts: Timeouts) -> None:
    """Returns once the server, or the first node of a cluster, responds."""
    if settings.cluster_host:
        _cluster(settings, timeouts).close()
        return
    with _single(settings, timeouts, retries=0) as client:
        client.ping()


def _seconds(timeouts: Timeouts) -> dict[str, Any]:
    return {"socket_connect_timeout": timeouts.connect, "socket_timeout": timeouts.command}


def _send_with(client: Any, within: Callable[[Callable[[], Any]], Any]) -> None:
    """Applies the deadline to every command and pipeline of this client."""
    send, pipeline = client.execute_command, client.pipeline

    def execute_command(*args: Any, **options: Any) -> Any:
        return within(lambda: send(*args, **options))

    def pipeline_within(*args: Any, **options: Any) -> Any:
        made = pipeline(*args, **options)
        execute = made.execute
        made.execute = lambda *args, **options: within(lambda: execute(*args, **options))
        return made

    client.execute_command, client.pipeline = execute_command, pipeline_within


def _only_reads(client: Any) -> None:
    """Makes this client, and each pipeline it creates, refuse all but read commands before sending anything."""
    send, pipeline = client.execute_command, client.pipeline

    def execute_command(*args: Any, **options: Any) -> Any:
        if str(args[0]).upper() not in _READS:
            raise ReadOnlyError(f"The cache is opened read-only: {args[0]} was not sent.")
        return send(*args, **options)

    def guarded_pipeline(*args: Any, **options: Any) -> Any:
        created = pipeline(*args, **options)
        _only_reads(created)
        return created

    client.execute_command, client.pipeline = execute_command, guarded_pipeline


class _Remap:
    """Maps announced cluster addresses that are unreachable from here, as in a container network, to the given host.

    A reachable address is never mapped; an unreachable one is tried again after a while, as it may have been down.
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
