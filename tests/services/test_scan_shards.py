"""Shards are disjoint and complete, and their results add up."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.drift import Comparison
from chatdata.services.scan import ScanResult, Shard, merge, scan, scan_from, scan_json
from chatdata.services.scan.fingerprints import SessionDigests
from chatdata.services.scan.shards import number_of
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from tests.services.test_scan import both
from tests.support import servers
from tests.support.builders import new_session


@pytest.fixture
def sessions(tmp_path: Path, valkey_cluster: servers.ValkeyCluster) -> Iterator[ChatSessions]:
    """200 sessions in a cluster of three: ghosts, drifted, repeating and damaged ones among them."""
    valkey_cluster.flush()
    where = RedisSettings(cluster_host=valkey_cluster.host, cluster_port=valkey_cluster.port)
    with (
        closing(Database.open(f"sqlite:///{tmp_path / 'chat.db'}", write=True)) as database,
        closing(SessionCache(where, session_ttl=600, write=True)) as cache,
    ):
        database.facts()
        sessions = ChatSessions(SessionStores(database, cache))
        both(sessions, *(new_session(f"s-{number}", messages=3) for number in range(200)))
        for number in range(0, 200, 20):
            cache.put(new_session(f"s-{number}", messages=4))
            cache.put(new_session(f"ghost-{number}", messages=1))
        cache.put_raw("s-7", b"{")
        yield sessions


def shards_of(sessions: ChatSessions, count: int) -> list[ScanResult]:
    return [scan(sessions.stores, grace=0, shard=Shard.parse(f"{number}/{count}")) for number in range(count)]


@pytest.mark.parametrize("count", [1, 2, 5, 16])
def test_shards_are_disjoint_and_add_up_to_the_whole(sessions: ChatSessions, count: int) -> None:
    whole, parts = scan(sessions.stores, grace=0), shards_of(sessions, count)
    listed = [one.session_id for part in parts for one in part.sessions]
    assert sorted(listed) == sorted(one.session_id for one in whole.sessions)
    if count > 1:
        assert all(0 < part.cached_keys < 210 and not part.whole and part.uncached is None for part in parts)
        merged = merge([scan_from(json.loads(json.dumps(scan_json(part)))) for part in parts])
    else:
        (merged,) = parts
    assert merged.whole
    assert merged.uncached == whole.uncached == 0
    assert (merged.messages_at_risk, merged.in_both) == (20, 200)
    same = {"started_at": whole.started_at, "finished_at": whole.finished_at, "sessions": whole.sessions}
    assert replace(merged, **same, at_risk_by_hour=whole.at_risk_by_hour, measures=whole.measures) == whole
    assert merged.measures is not None
    assert whole.measures is not None
    assert replace(merged.measures, ages={}, age_seconds=0) == replace(whole.measures, ages={}, age_seconds=0)
    assert sum(merged.measures.ages.values()) == sum(whole.measures.ages.values()) == 21
    assert sum(merged.at_risk_by_hour.values()) == 20
    assert [*map(worst, merged.sessions)] == [*map(worst, whole.sessions)]


def worst(one: Comparison) -> tuple[str, int]:
    """What comes first; sessions that expire in one moment are in no order."""
    return one.findings[0].severity, one.at_risk


def test_some_shards_are_not_the_whole(sessions: ChatSessions) -> None:
    first, _, third = shards_of(sessions, 3)
    merged = merge([third, first])
    assert str(merged.shard) == "0,2/3"
    assert not merged.whole
    assert merged.cached_keys == first.cached_keys + third.cached_keys
    assert scan_from(scan_json(merged)) == merged


def test_a_shard_that_was_stopped_stops_the_whole(sessions: ChatSessions) -> None:
    first, second = shards_of(sessions, 2)
    merged = merge([first, replace(second, status="stopped", reason="It can't be reached.", unavailable=("cache",))])
    assert (merged.status, merged.reason, merged.unavailable) == ("stopped", "It can't be reached.", ("cache",))
    assert not merged.whole


def test_a_merged_scan_lasts_from_the_first_start_to_the_last_end(sessions: ChatSessions) -> None:
    first, second = shards_of(sessions, 2)
    later = timedelta(hours=1)
    merged = merge(
        [replace(second, started_at=second.started_at + later, finished_at=second.finished_at + later), first]
    )
    assert merged.seconds == (second.finished_at + later - first.started_at).total_seconds()


def test_what_does_not_add_up_is_refused_with_a_sentence(sessions: ChatSessions) -> None:
    first, second = shards_of(sessions, 2)
    for wrong, problem in (
        ([], "nothing to add up"),
        ([first, second, first], "Shard 0/2 occurs more than once"),
        ([first, replace(second, deployment="elsewhere")], "different stores: .*, elsewhere"),
        ([first, scan(sessions.stores, grace=0, shard=Shard.parse("1/3"))], "different totals don't add up: 0/2, 1/3"),
        ([first, scan(sessions.stores, grace=0)], "Only results of shards"),
        ([first, replace(second, user="u-1")], "Only results of shards"),
        ([first, replace(second, limit=5)], "Only results of shards"),
    ):
        with pytest.raises(ValueError, match=problem):
            merge(wrong)


def test_the_share_of_a_session_is_the_same_on_every_machine() -> None:
    assert number_of("4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55") == 0x56B8689757468B8E
    assert number_of("\udcff") == number_of(b"\xff".decode("utf-8", "surrogateescape"))
    assert 0 <= number_of("\ud800") < 2**64


@pytest.mark.parametrize("text", ["", "3", "3/", "/4", "a/4", "4/4", "-1/4", "0/0", "0,4/4", "0/4/5"])
def test_what_is_no_shard_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="shard"):
        Shard.parse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0/0", "There is no shard 0/0: the number of shards, after the slash, must be at least 1."),
        ("1/-2", "There is no shard 1/-2: the number of shards, after the slash, must be at least 1."),
        ("1/1", "There is no shard 1/1: the only shard of 1 is 0/1."),
        ("4/4", "There is no shard 4/4: shards of 4 are counted from 0/4 to 3/4."),
    ],
)
def test_a_shard_that_does_not_exist_is_said_to_and_which_do(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match="shard") as wrong:
        Shard.parse(text)
    assert str(wrong.value) == reason


@given(st.integers(0, 2**64 - 1), st.integers(1, 40))
def test_each_session_is_in_one_shard(number: int, of: int) -> None:
    assert sum(Shard.parse(f"{index}/{of}").takes(number) for index in range(of)) == 1


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 50), max_size=200))
def test_a_session_that_is_given_twice_is_seen_once(numbers: list[int]) -> None:
    seen = SessionDigests()
    assert [number for number in numbers if seen.add(number)] == list(dict.fromkeys(numbers))


def test_what_was_seen_long_ago_is_still_known() -> None:
    seen, count = SessionDigests(), 50_000
    numbers = [number_of(str(number)) for number in range(count)]
    assert sum(map(seen.add, numbers)) == count
    assert sum(map(seen.add, numbers)) == 0
    assert sum(map(len, seen._runs)) + len(seen._recent) == count
    assert len(seen._runs) < 10


def test_keys_that_a_scan_of_the_cache_gives_twice_are_compared_once(
    sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sessions.stores.cache is not None
    twice = [*sessions.stores.cache.session_ids(), *sessions.stores.cache.session_ids()]
    monkeypatch.setattr(sessions.stores.cache, "session_ids", lambda: iter(twice))
    assert scan(sessions.stores, grace=0).cached_keys == len(twice) // 2 == 210
