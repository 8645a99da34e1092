"""The status of both stores, each reported independently of the other."""

import os
import signal

import pytest

from chatdata import Settings
from chatdata.services.connect import connect
from chatdata.services.health import StoreLocations, check_stores, store_locations


def environment(**settings: str) -> Settings:
    return Settings.from_environment({"INSPECTOR_DATA_DIR": os.environ["INSPECTOR_DATA_DIR"], **settings})


def test_embedded_stores_answer_and_may_be_written() -> None:
    with connect(environment()) as connected:
        status = check_stores(connected)
    assert (status.database.answer, status.cache.answer) == ("ok", "ok")
    assert status.embedded
    assert status.access == "write"
    assert status.database.facts is not None
    assert status.database.facts.sessions == 0
    assert status.cache.facts is not None
    assert status.cache.facts.version.startswith("Valkey ")


def test_one_store_alone_leaves_the_other_not_configured(redis_url: str) -> None:
    with connect(environment(REDIS_URL=redis_url)) as connected:
        status = check_stores(connected)
    assert (status.database.answer, status.cache.answer) == ("not configured", "ok")
    assert "DATABASE_URL" in (status.database.problem or "")
    assert status.access == "read"


def test_a_store_that_is_down_is_told_without_its_password(redis_url: str) -> None:
    with connect(environment(DATABASE_URL="postgresql://u:secret@127.0.0.1:1/x", REDIS_URL=redis_url)) as connected:
        status = check_stores(connected)
    assert (status.database.answer, status.cache.answer) == ("unavailable", "ok")
    assert "secret" not in f"{status}"


def test_stores_are_located_without_a_query_or_a_password() -> None:
    nowhere = environment(DATABASE_URL="postgresql://u:secret@127.0.0.1:1/x")
    with connect(nowhere) as connected:
        assert store_locations(connected.stores) == StoreLocations("postgresql://u:***@127.0.0.1:1/x", None)


def test_an_embedded_server_that_was_killed_is_started_again() -> None:
    with connect(environment()) as connected:
        assert connected.valkey is not None
        assert connected.stores.cache is not None
        info = connected.stores.cache._client.info("server")
        os.kill(info["process_id"], signal.SIGKILL)
        assert check_stores(connected).cache.answer == "ok"


@pytest.mark.parametrize("access", ["read", "write"])
def test_read_only_is_said(tmp_path, redis_url: str, access: str) -> None:
    made = f"sqlite:///{tmp_path}/x.db"
    with connect(environment(DATABASE_URL=made, INSPECTOR_ACCESS="write")) as connected:
        check_stores(connected)
    with connect(environment(DATABASE_URL=made, REDIS_URL=redis_url, INSPECTOR_ACCESS=access)) as connected:
        status = check_stores(connected)
    assert status.database.facts is not None
    assert status.cache.facts is not None
    assert status.database.facts.writable == status.cache.facts.writable == (access == "write")
