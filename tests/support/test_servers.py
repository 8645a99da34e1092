"""The test servers: real ones that can really be killed."""

import socket
from itertools import pairwise

import psycopg
import pytest
from redis.cluster import RedisCluster

from tests.support import servers
from tests.support.databases import Databases


@pytest.fixture(scope="module")
def pg_template() -> str:
    """Without tables: the tests here make their own."""
    return "template0"


def count_rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert row is not None
        return int(row[0])


def test_each_database_is_its_own_and_can_be_copied(postgres: servers.PostgresServer) -> None:
    with psycopg.connect(postgres.create_database("original")) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    assert count_rows(postgres.create_database("copied", "original")) == 0
    postgres.drop_database("copied")
    postgres.drop_database("original")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        count_rows(postgres.url("copied"))


def test_a_database_for_a_test_starts_empty(pg_url: str) -> None:
    with psycopg.connect(pg_url) as connection:
        assert connection.execute("SELECT * FROM pg_tables WHERE schemaname = 'public'").fetchall() == []


def test_a_database_that_a_test_left_otherwise_is_given_to_no_other(postgres: servers.PostgresServer) -> None:
    databases, given = Databases(postgres), list[str]()
    changes = [
        "SELECT 1",
        "INSERT INTO kept VALUES (1)",
        "ALTER TABLE kept ADD m int",
        "CREATE VIEW seen AS SELECT * FROM kept",
        "GRANT SELECT ON kept TO PUBLIC",
        "CREATE TYPE mood AS ENUM ('glad')",
        "CREATE INDEX ON kept (n)",
        "ALTER TABLE kept ENABLE ROW LEVEL SECURITY",
        "CREATE SCHEMA other",
        "ALTER TABLE kept ALTER n SET DEFAULT 1",
    ]
    with psycopg.connect(postgres.create_database("like_this")) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    for change in changes:
        with databases.database("like_this") as url, psycopg.connect(url, autocommit=True) as connection:
            given.append(url)
            assert connection.execute("SELECT * FROM kept").fetchall() == []
            connection.execute(change.encode())
    used_again = [before == after for before, after in pairwise(given)]
    assert used_again == [True, True] + [False] * (len(changes) - 3)
    postgres.drop_database("like_this")


def test_a_connection_that_a_test_left_open_is_ended(postgres: servers.PostgresServer) -> None:
    databases = Databases(postgres)
    with databases.database("template0") as url:
        left = psycopg.connect(url)
        left.execute("SELECT pg_advisory_lock(1)")
    with pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")
    with databases.database("template0") as again:
        assert again == url


def test_postgres_killed_and_started_again_keeps_committed_rows() -> None:
    with servers.postgres_server(own=True) as server:
        url = server.create_database("fault")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            count_rows(url)
        server.start()
        assert count_rows(url) == 1000


def test_a_cache_for_a_test_starts_empty(redis_url: str, valkey: servers.ValkeyServer) -> None:
    assert redis_url == valkey.url
    assert valkey.run("DBSIZE") == 0
    valkey.run("SET", "left", "behind")


def test_valkey_killed_and_started_again_is_at_the_same_address_and_empty() -> None:
    with servers.valkey_server(password="pass word/@") as server:
        server.run("SET", "key", "value")
        server.kill()
        server.start()
        assert server.run("DBSIZE") == 0


def test_valkey_listens_on_a_unix_socket() -> None:
    with servers.valkey_server(unix=True, password="secret") as server:
        assert server.url.startswith("unix://")
        assert server.run("PING") is True


def test_the_cluster_is_complete_with_three_primaries(valkey_cluster: servers.ValkeyCluster) -> None:
    info = valkey_cluster.nodes[2].run("CLUSTER INFO")
    assert (info["cluster_state"], info["cluster_size"], info["cluster_slots_ok"]) == ("ok", "3", "16384")


def test_the_cluster_announces_an_address_that_only_remapping_reaches(
    valkey_cluster: servers.ValkeyCluster,
) -> None:
    slots = valkey_cluster.nodes[0].run("CLUSTER SLOTS")
    announced = {(primary[0].decode(), primary[1]) for _, _, primary in slots}
    assert announced == {(servers.UNREACHABLE, node.port) for node in valkey_cluster.nodes}
    for address in announced:
        with pytest.raises(OSError):
            socket.create_connection(address, timeout=1)
    host, port = valkey_cluster.host, valkey_cluster.port
    with RedisCluster(host=host, port=port, address_remap=lambda address: (host, address[1])) as client:
        for number in range(30):
            client.set(f"key:{number}", number)
    assert all(node.run("DBSIZE") > 0 for node in valkey_cluster.nodes)
    valkey_cluster.flush()
