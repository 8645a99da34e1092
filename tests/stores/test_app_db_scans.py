"""Scans in the app database: their history, and which sessions are new, open or resolved."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatdata.domain.copies import Absent, Copies, Expiry
from chatdata.domain.document import copy_of
from chatdata.domain.drift import Comparison, compare
from chatdata.errors import AppDatabaseError
from chatdata.services.scan import ScanResult, Shard, first_seen, issue_states, keep, last_scans, news
from chatdata.services.scan.counters import lean
from chatdata.stores.app_db import FILE_NAME, AppDatabase
from chatdata.stores.app_db.scans import SESSIONS_KEPT, SUMMARIES_KEPT
from tests.stores.conftest import AnyPlace
from tests.support.builders import document_bytes

START = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)
HERE = "sqlite:///chat.db + redis://here"


def ghost(session_id: str) -> Comparison:
    expiry = Expiry(3600.0, START + timedelta(hours=1), START)
    copies = Copies(session_id, Absent(), copy_of(document_bytes(session_id=session_id), expiry), START)
    return lean(compare(copies))


def result(number: int = 0, *sessions: Comparison, deployment: str = HERE) -> ScanResult:
    started = START + timedelta(minutes=number)
    return ScanResult(
        deployment=deployment,
        user=None,
        limit=None,
        shard=None,
        status="finished",
        reason=None,
        unavailable=(),
        started_at=started,
        finished_at=started + timedelta(seconds=3),
        cached_keys=100 + number,
        in_sync=100 + number - len(sessions),
        drifted=0,
        ghost=len(sessions),
        corrupt=0,
        moving=0,
        unreadable=0,
        unconfirmed=0,
        gone=0,
        findings_by_kind={"ghost_session": len(sessions)} if sessions else {},
        messages_at_risk=2 * len(sessions),
        at_risk_by_hour={START + timedelta(hours=1): 2 * len(sessions)} if sessions else {},
        sessions=sessions,
        not_listed=0,
        in_both=100,
        database_sessions=500,
    )


def test_nothing_was_kept_and_looking_makes_no_file(tmp_path: Path) -> None:
    assert last_scans(AppDatabase(tmp_path, HERE)) == []
    assert list(tmp_path.iterdir()) == []


def test_the_last_scans_of_each_deployment_are_there_again_the_newest_first(place: AnyPlace) -> None:
    kept, scans = (
        AppDatabase(place, HERE),
        [result(number, ghost("s-1"), ghost(f"s-{number}")) for number in (2, 3, 4)],
    )
    assert all(keep(kept, scan) for scan in scans)
    assert keep(AppDatabase(place, "there"), result(9, deployment="there"))
    assert last_scans(AppDatabase(place, HERE), 2) == [scans[2], scans[1]]
    assert last_scans(AppDatabase(place, "there")) == [result(9, deployment="there")]


def test_a_scan_that_is_kept_again_is_there_once(place: AnyPlace) -> None:
    scans = [result(number, ghost("s-1")) for number in (1, 2)]
    assert [keep(AppDatabase(place, HERE), scan) for scan in (*scans, *scans)] == [True] * 4
    assert keep(AppDatabase(place, "there"), result(1, deployment="there"))
    assert last_scans(AppDatabase(place, HERE), 9) == scans[::-1]


def test_ids_that_no_database_text_can_hold_come_back(place: AnyPlace) -> None:
    scan = result(0, replace(ghost("s-1"), session_id="\ud800\x00"))
    keep(AppDatabase(place, HERE), scan)
    assert last_scans(AppDatabase(place, HERE)) == [scan]


@pytest.mark.parametrize(
    "part",
    [
        replace(result(), user="u-1"),
        replace(result(), limit=10),
        replace(result(), shard=Shard.parse("0/2")),
        replace(result(), status="cancelled"),
        replace(result(), status="stopped", reason="It can't be reached.", unavailable=("cache",)),
    ],
    ids=["user", "limit", "shard", "cancelled", "stopped"],
)
def test_only_a_whole_scan_is_kept(place: AnyPlace, part: ScanResult) -> None:
    assert not keep(AppDatabase(place, HERE), part)
    assert last_scans(AppDatabase(place, HERE)) == []


def test_older_scans_keep_their_counts_and_lose_their_sessions(place: AnyPlace) -> None:
    kept = AppDatabase(place, HERE)
    for number in range(SESSIONS_KEPT + 3):
        keep(kept, result(number, ghost("s-1")))
    found = last_scans(kept, 100)
    assert [len(scan.sessions) for scan in found] == [1] * SESSIONS_KEPT + [0] * 3
    assert [scan.to_look_at for scan in found] == [1] * (SESSIONS_KEPT + 3)
    assert [scan.cached_keys for scan in found] == list(range(107, 99, -1))


def test_since_when_a_session_is_listed_outlives_the_lists(place: AnyPlace) -> None:
    """With a scan each minute, the lists that are kept cover a few minutes only."""
    kept = AppDatabase(place, HERE)
    for number in range(4 * SESSIONS_KEPT):
        found = [ghost("s-1")] if number != 3 else []
        keep(kept, result(number, *found, *([ghost("s-2")] if number > 9 else [])))
    seen = {"s-1": START + timedelta(minutes=4), "s-2": START + timedelta(minutes=10)}
    assert first_seen(last_scans(kept, 9)) == first_seen(last_scans(kept, 1)) == seen
    states = issue_states(ghost("s-1"), last_scans(kept, 5))
    assert [(state.kind, state.name, state.seen) for state in states] == [("ghost_session", "open", seen["s-1"])]
    unkept = result(99, ghost("s-1"), ghost("s-3"))
    assert first_seen([unkept, *last_scans(kept, 9)]) == {"s-1": seen["s-1"], "s-3": unkept.started_at}


def test_the_oldest_summaries_go(place: AnyPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SUMMARIES_KEPT >= 500
    monkeypatch.setattr("chatdata.stores.app_db.scans.SUMMARIES_KEPT", 8)
    kept = AppDatabase(place, HERE)
    for number in range(12):
        keep(kept, result(number, ghost("s-1")))
    assert [scan.cached_keys for scan in last_scans(kept, 100)] == list(range(111, 103, -1))
    with kept.place.reading() as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("scan", "scan_session")]
    assert counts == [8, SESSIONS_KEPT]


def test_what_a_later_version_kept_is_left_out(place: AnyPlace) -> None:
    kept = AppDatabase(place, HERE)
    keep(kept, result(0))
    keep(kept, result(1, ghost("s-1")))
    with kept.place.writing() as connection:
        stored = json.loads(connection.execute("SELECT session FROM scan_session").fetchone()[0])
        stored["findings"][0]["kind"] = "a_kind_of_tomorrow"
        connection.execute("UPDATE scan_session SET session = ?", (json.dumps(stored),))
    assert last_scans(kept) == [result(0)]


def test_a_file_that_can_not_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all" * 100)
    with pytest.raises(AppDatabaseError, match=f"{FILE_NAME} can't be used"):
        keep(AppDatabase(tmp_path, HERE), result())


def test_no_words_of_a_conversation_are_kept(place: AnyPlace) -> None:
    keep(AppDatabase(place, HERE), result(0, ghost("s-1")))
    with (
        AppDatabase(place, HERE).place.reading() as connection,
        closing(connection.execute("SELECT session FROM scan_session")) as found,
    ):
        assert "Good day" not in str(found.fetchall())


def test_news_are_new_still_there_and_gone() -> None:
    before, after = result(0, ghost("a"), ghost("b")), result(1, ghost("b"), ghost("c"))
    found = news(before, after)
    assert [[one.session_id for one in group] for group in (found.new, found.still, found.gone)] == [
        ["c"],
        ["b"],
        ["a"],
    ]
    assert found.whole
    assert not news(replace(before, not_listed=1), after).whole


def test_a_session_that_was_not_judged_is_no_news() -> None:
    def moving(session_id: str) -> Comparison:
        return replace(ghost(session_id), status="moving", findings=())

    found = news(result(0, ghost("a"), moving("b"), moving("c")), result(1, moving("a"), ghost("b"), moving("d")))
    assert [[one.session_id for one in group] for group in (found.new, found.still, found.gone)] == [["b"], ["a"], []]
