"""The cache in a real cluster of three primaries, whose announced addresses need remapping."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from chatdata.domain.document import key_of
from chatdata.errors import ReadOnlyError, RedisUnavailable
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.cache.client import connect
from tests.stores.test_cache import KEY, READING, WRITES, read_everything
from tests.support import servers
from tests.support.builders import new_session

IDS = [f"s-{number}" for number in range(60)]


def settings_of(cluster: servers.ValkeyCluster) -> RedisSettings:
    return RedisSettings(cluster_host=cluster.host, cluster_port=cluster.port)


@pytest.fixture
def cluster(valkey_cluster: servers.ValkeyCluster) -> servers.ValkeyCluster:
    valkey_cluster.flush()
    return valkey_cluster


@pytest.fixture
def cache(cluster: servers.ValkeyCluster) -> Iterator[SessionCache]:
    with closing(SessionCache(settings_of(cluster), session_ttl=600, write=True)) as cache:
        for session_id in IDS:
            cache.put(new_session(session_id, messages=2))
        yield cache


def test_sessions_of_every_primary_are_found(cluster: servers.ValkeyCluster, cache: SessionCache) -> None:
    assert all(node.run("DBSIZE") > 0 for node in cluster.nodes)
    assert sorted(cache.session_ids()) == sorted(IDS)
    facts = cache.facts()
    assert (facts.sessions, facts.counted_all) == (60, True)
    assert facts.version.endswith("a cluster of 3 primaries")
    assert facts.where == f"cluster at {cluster.host}:{cluster.port}"


def test_one_trip_reads_over_all_slots(cache: SessionCache) -> None:
    assert list(cache.expiries([*IDS, "nobody"])) == IDS
    assert {session_id for session_id, _ in cache.copies(1000)} == set(IDS)
    assert len(list(cache.copies(25))) == 25


def test_each_session_is_read_renamed_and_deleted_where_it_is(
    cluster: servers.ValkeyCluster, cache: SessionCache
) -> None:
    for session_id in IDS[:20]:
        raw = cache.read_raw(session_id)
        assert raw is not None
        cache.put_title(session_id, raw, "Trip")
        session = cache.read_session(session_id)
        assert session is not None
        assert (session.session_id, session.title) == (session_id, "Trip")
        cache.delete(session_id)
        assert cache.read_copy(session_id) is None
    assert sum(node.run("DBSIZE") for node in cluster.nodes) == 40


def test_a_reader_sends_the_cluster_nothing_but_reads(cluster: servers.ValkeyCluster, cache: SessionCache) -> None:
    for node in cluster.nodes:
        node.run("CONFIG", "RESETSTAT")
    with closing(SessionCache(settings_of(cluster), session_ttl=600)) as reader:
        for session_id in IDS:
            read_everything(reader, session_id)
    sent = {name.removeprefix("cmdstat_") for node in cluster.nodes for name in node.run("INFO", "commandstats")}
    assert {"get", "pttl", "scan"} <= sent
    written = sent - READING
    assert all(name.startswith(("cluster|", "client|", "command", "config|resetstat", "hello")) for name in written)


@pytest.mark.parametrize("command", WRITES, ids=lambda command: command[0])
def test_no_command_that_writes_leaves_a_readers_client(
    cluster: servers.ValkeyCluster, command: tuple[Any, ...]
) -> None:
    with closing(SessionCache(settings_of(cluster), session_ttl=600, write=True)) as cache:
        cache.put_raw("s-1", b"kept")
    client: Any = connect(settings_of(cluster), write=False)
    with closing(client):
        with pytest.raises(ReadOnlyError):
            client.execute_command(*command)
        pipeline = client.pipeline()
        with pytest.raises(ReadOnlyError):
            pipeline.execute_command(*command)
        assert pipeline.get(KEY).get(key_of("nobody")).execute() == [b"kept", None]


def test_a_primary_that_is_down_is_a_sentence_and_the_cluster_is_used_again_when_it_is_back() -> None:
    with servers.valkey_cluster() as cluster, closing(SessionCache(settings_of(cluster), session_ttl=600)) as cache:
        assert all(cache.read_copy(session_id) is None for session_id in IDS)
        cluster.nodes[1].kill()
        with pytest.raises(RedisUnavailable, match="cluster at"):
            for session_id in IDS:
                cache.read_copy(session_id)
        cluster.nodes[1].start()
        servers.wait_until(lambda: answers(cache), "the cluster")


def answers(cache: SessionCache) -> bool:
    try:
        return all(cache.read_copy(session_id) is None for session_id in IDS)
    except RedisUnavailable:
        return False


def test_replicas_answer_too_where_that_is_set() -> None:
    with servers.valkey_cluster() as cluster, servers.valkey_server("--cluster-enabled", "yes") as replica:
        first = cluster.nodes[0]
        first.run("CLUSTER MEET", servers.HOST, replica.port)
        name = first.run("CLUSTER MYID")
        servers.wait_until(
            lambda: str(name, "ascii") in str(replica.run("CLUSTER NODES")), "the replica to know the cluster"
        )
        replica.run("CLUSTER REPLICATE", name)
        with closing(SessionCache(settings_of(cluster), session_ttl=600, write=True)) as written:
            for session_id in IDS:
                written.put(new_session(session_id, messages=2))
        servers.wait_until(lambda: len(first.run("CLUSTER SLOTS")[0]) == 4, "the replica to follow")
        from_replicas = replace(settings_of(cluster), from_replicas=True)
        for settings, answered in ((settings_of(cluster), False), (from_replicas, True)):
            replica.run("CONFIG RESETSTAT")
            with closing(SessionCache(settings, session_ttl=600)) as cache:
                assert all(cache.read_raw(session_id) for session_id in IDS * 2)
                assert sorted(cache.session_ids()) == sorted(IDS)
            commands = set(replica.run("INFO", "commandstats"))
            assert ("cmdstat_get" in commands) == answered
