"""Every wait for a store ends after a deadline of ours: servers that hang, addresses and names that say nothing."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import pytest

from chatdata.errors import DatabaseTimeout, RedisTimeout, StatementTimeout
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache, Timeouts
from chatdata.stores.database import Database
from chatdata.stores.waiting import CircuitBreaker, Deadline, NoAnswer, Workers
from tests.support import servers
from tests.support.builders import new_session

LONG = servers.WAIT_SECONDS
SOON = Deadline(0.1, "A_SETTING")


@pytest.fixture(scope="module")
def postgres_of_our_own() -> Iterator[servers.PostgresServer]:
    with servers.postgres_server(own=True) as server:
        server.create_database("waits")
        yield server


@pytest.fixture(scope="module")
def valkey_of_our_own() -> Iterator[servers.ValkeyServer]:
    with servers.valkey_server() as server:
        yield server


@contextmanager
def database(server: servers.PostgresServer, *, connect: float = LONG, statement: float = LONG) -> Iterator[Database]:
    opened = Database.open(server.url("waits"), write=True, connect_timeout=connect, statement_timeout=statement)
    with closing(opened):
        yield opened


@contextmanager
def cache_of(url: str, *, connect: float = LONG, command: float = LONG) -> Iterator[SessionCache]:
    timeouts = Timeouts(connect, command)
    with closing(SessionCache(RedisSettings(url=url), session_ttl=600, write=True, timeouts=timeouts)) as cache:
        yield cache


@pytest.fixture(scope="module")
def hole() -> Iterator[int]:
    """The port of somebody who accepts connections and never says a word.

    It outlives each test: Python's ssl leaves a socket open whose peer goes before the handshake begins.
    """
    with socket.create_server((servers.HOST, 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def silent_name(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A host name for which the name server has no answer."""
    name, over, resolve = "silent.invalid", threading.Event(), socket.getaddrinfo

    def getaddrinfo(host: object, *rest: object, **options: object) -> object:
        if host != name:
            return resolve(host, *rest, **options)  # type: ignore[arg-type]
        over.wait(LONG)
        raise socket.gaierror("it never answered")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield name
    over.set()


# PostgreSQL


def test_a_pooled_connection_to_a_silent_server_is_given_up_and_the_next_caller_is_told_at_once(
    postgres_of_our_own: servers.PostgresServer,
) -> None:
    with database(postgres_of_our_own, connect=1) as opened:
        assert opened.count_sessions() == 0
        with postgres_of_our_own.silent():
            for words in ("", "retrying in the background"):
                with pytest.raises(
                    DatabaseTimeout, match="did not answer within 1 s .INSPECTOR_CONNECT_TIMEOUT"
                ) as told:
                    opened.count_sessions()
                assert words in str(told.value)
        servers.wait_until(lambda: answers(opened.count_sessions), "an answer after the silence")


def test_a_new_connection_to_a_silent_server_is_given_up(postgres_of_our_own: servers.PostgresServer) -> None:
    with database(postgres_of_our_own, connect=1) as opened, postgres_of_our_own.silent():
        with pytest.raises(DatabaseTimeout, match="INSPECTOR_CONNECT_TIMEOUT"):
            opened.facts()
        with pytest.raises(DatabaseTimeout), opened.session_lock("s-1"):
            pass


def test_a_statement_is_given_up_two_seconds_after_its_timeout(postgres_of_our_own: servers.PostgresServer) -> None:
    with database(postgres_of_our_own, statement=0.5) as opened:
        with pytest.raises(DatabaseTimeout, match="within 2.5 s .INSPECTOR_STATEMENT_TIMEOUT and 2 s more"):
            ask_in_silence(opened, postgres_of_our_own)
        servers.wait_until(lambda: answers(opened.count_sessions), "an answer after the silence")


def ask_in_silence(opened: Database, server: servers.PostgresServer) -> None:
    with opened.reading() as connection:
        connection.exec_driver_sql("SELECT 1")
        with server.silent():
            connection.exec_driver_sql("SELECT 2")


def test_a_server_that_does_not_keep_its_own_timeout_is_told_to_cancel(
    postgres_of_our_own: servers.PostgresServer,
) -> None:
    with database(postgres_of_our_own, statement=0.5) as opened:
        with pytest.raises(StatementTimeout, match="INSPECTOR_STATEMENT_TIMEOUT"), opened.reading() as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql("SELECT pg_sleep(3600)")
        assert opened.count_sessions() == 0
    sleeping = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"
    servers.wait_until(lambda: not postgres_of_our_own.run(sleeping), "the end of the statement")


def test_the_end_of_a_transaction_and_of_a_lock_is_not_waited_for_longer(
    postgres_of_our_own: servers.PostgresServer,
) -> None:
    with database(postgres_of_our_own, connect=1, statement=0.5) as opened:
        with ExitStack() as silence, pytest.raises(DatabaseTimeout), opened.writing() as connection:
            connection.exec_driver_sql("SELECT 1")
            silence.enter_context(postgres_of_our_own.silent())
        servers.wait_until(lambda: answers(lambda: lock(opened)), "a lock after the silence")
        with ExitStack() as silence, opened.session_lock("s-1"):
            silence.enter_context(postgres_of_our_own.silent())
        servers.wait_until(lambda: answers(lambda: lock(opened)), "the lock of before")


def lock(opened: Database) -> None:
    with opened.session_lock("s-1"):
        pass


def test_a_pool_without_a_free_connection_is_a_sentence(postgres_of_our_own: servers.PostgresServer) -> None:
    with database(postgres_of_our_own, connect=0.5) as opened, ThreadPoolExecutor(8) as threads:
        servers.wait_until(lambda: answers(opened.count_sessions), "the tables")
        over, held = threading.Event(), threading.Barrier(9)

        def hold() -> None:
            with opened.reading():
                held.wait(LONG)
                over.wait(LONG)

        holders = [threads.submit(hold) for _ in range(8)]
        held.wait(LONG)
        with pytest.raises(DatabaseTimeout, match="had no free connection for 0.5 s .INSPECTOR_CONNECT_TIMEOUT"):
            opened.count_sessions()
        over.set()
        for holder in holders:
            holder.result()


def test_a_crowd_that_asks_a_silent_server_ends_in_words(postgres_of_our_own: servers.PostgresServer) -> None:
    with database(postgres_of_our_own, connect=1) as opened:
        assert opened.count_sessions() == 0
        with postgres_of_our_own.silent(), ThreadPoolExecutor(60) as threads:
            asked = [threads.submit(opened.count_sessions) for _ in range(60)]
            ends = [one.exception() for one in asked]
        assert {type(end) for end in ends} == {DatabaseTimeout}


# The cache


def test_a_command_to_a_silent_cache_is_given_up_and_the_next_caller_is_told_at_once(
    valkey_of_our_own: servers.ValkeyServer,
) -> None:
    with cache_of(valkey_of_our_own.url, command=1) as cache:
        cache.put(new_session())
        with valkey_of_our_own.silent():
            asked: tuple[Callable[[], object], ...] = (
                lambda: cache.read_copy("s-1"),
                cache.facts,
                lambda: cache.put(new_session()),
            )
            for ask in asked:
                with pytest.raises(RedisTimeout, match="did not answer within 1 s .INSPECTOR_CACHE_TIMEOUT"):
                    ask()
        servers.wait_until(lambda: answers(cache.facts), "an answer after the silence")
        assert cache.read_copy("s-1") is not None


def test_a_silent_cluster_is_given_up() -> None:
    with servers.valkey_cluster() as cluster:
        settings = RedisSettings(cluster_host=cluster.host, cluster_port=cluster.port)
        with closing(SessionCache(settings, session_ttl=600, timeouts=Timeouts(1, 1))) as cache:
            servers.wait_until(lambda: answers(cache.facts), "the cluster")
            with cluster.nodes[0].silent(), cluster.nodes[1].silent(), cluster.nodes[2].silent():
                with pytest.raises(RedisTimeout, match="did not answer within 1 s"):
                    cache.facts()
            servers.wait_until(lambda: answers(cache.facts), "an answer after the silence")


def answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (DatabaseTimeout, RedisTimeout):
        return False
    return True


# Addresses and names


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_a_cache_that_accepts_and_says_nothing_is_given_up(hole: int, scheme: str) -> None:
    with cache_of(f"{scheme}://{servers.HOST}:{hole}", connect=0.5, command=0.5) as cache:
        with pytest.raises(RedisTimeout, match="did not answer within 0.5 s"):
            cache.facts()


def test_a_database_that_accepts_and_says_nothing_is_given_up(hole: int) -> None:
    for parameters, words in (
        ("", "INSPECTOR_CONNECT_TIMEOUT"),
        ("?connect_timeout=1", "connect_timeout in DATABASE_URL"),
    ):
        url = f"postgresql://reader@{servers.HOST}:{hole}/chat{parameters}"
        with closing(Database.open(url, connect_timeout=0.5)) as opened, pytest.raises(DatabaseTimeout, match=words):
            opened.facts()


def test_a_name_server_that_does_not_answer_is_given_up(silent_name: str, hole: int) -> None:
    with cache_of(f"redis://{silent_name}:{hole}", connect=0.5) as cache, pytest.raises(RedisTimeout, match="CONNECT"):
        cache.facts()
    url = f"postgresql://reader@{silent_name}:{hole}/chat"
    with closing(Database.open(url, connect_timeout=0.5)) as opened, pytest.raises(DatabaseTimeout, match="CONNECT"):
        opened.facts()
    settings = RedisSettings(cluster_host=silent_name, cluster_port=hole)
    with closing(SessionCache(settings, session_ttl=600, timeouts=Timeouts(0.5, 0.5))) as cluster:
        with pytest.raises(RedisTimeout, match="did not answer within 0.5 s"):
            cluster.facts()


# The number of those who wait


def test_more_than_may_wait_are_refused_at_once() -> None:
    breaker = CircuitBreaker(lambda: None, most_waiting=2)
    with breaker.attempt(), breaker.attempt():
        with pytest.raises(NoAnswer, match="2 requests waiting"), breaker.attempt():
            pass
    with breaker.attempt():
        pass


def test_silence_is_told_at_once_until_the_question_that_stays_open_is_answered() -> None:
    answered = threading.Event()
    breaker = CircuitBreaker(lambda: answered.wait(LONG))
    breaker.trip(SOON)
    with (
        pytest.raises(NoAnswer, match="did not answer within 0.1 s .A_SETTING.; retrying in the background"),
        breaker.attempt(),
    ):
        pass
    answered.set()
    breaker.wait_for_answer(LONG)
    with breaker.attempt():
        pass


def test_a_server_that_refuses_is_not_silent() -> None:
    def refuse() -> None:
        raise ConnectionRefusedError

    breaker = CircuitBreaker(refuse)
    breaker.trip(SOON)
    breaker.wait_for_answer(LONG)


def test_threads_that_are_stuck_are_bounded_and_what_they_bring_late_is_closed() -> None:
    workers, over, closed = Workers(most=1), threading.Event(), threading.Event()

    def late() -> str:
        over.wait(LONG)
        return "a connection"

    for _ in range(2):
        with pytest.raises(TimeoutError):
            workers.call(late, 0.1, lambda _late: closed.set())
    over.set()
    assert closed.wait(LONG)
    servers.wait_until(lambda: is_free(workers), "a free thread")


def is_free(workers: Workers) -> bool:
    try:
        return workers.call(lambda: True, LONG, lambda _late: None)
    except TimeoutError:
        return False
