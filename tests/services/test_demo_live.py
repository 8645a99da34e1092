"""The demo's running conversation: in sync until it is played, and then through the stream into both copies."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chatdata.services.connect import Connected
from chatdata.services.demo import demo_sessions
from chatdata.services.demo.live_writer import LiveWriter
from chatdata.services.demo.running_talk import RUNNING_TALK, TURNS
from chatdata.services.demo.seeding import DEMO_SEED, refresh_demo, seed_demo
from chatdata.services.inspection import compare_session
from chatdata.services.live import SessionFollower
from chatdata.services.session_stores import SessionStores

NOW = datetime.now(UTC)
TALK = next(item for item in demo_sessions(NOW, DEMO_SEED) if item.slug == RUNNING_TALK.slug)
SESSION_ID = TALK.session.session_id


@pytest.fixture
def demo(connected: Connected) -> Connected:
    seed_demo(connected, NOW)
    return connected


@pytest.fixture
def writer(demo: Connected) -> Iterator[LiveWriter]:
    made = LiveWriter(demo, pace=0.0)
    yield made
    made.stop()


def stored(stores: SessionStores) -> int:
    copy = stores.require_database().read_copy(SESSION_ID)
    assert copy is not None
    return len(copy.messages)


def test_until_it_is_played_it_is_in_sync_and_has_no_turn(demo: Connected) -> None:
    reading, comparison = compare_session(demo.stores, SESSION_ID)

    assert (comparison.status, comparison.findings, comparison.activity) == ("in_sync", (), "idle")
    assert reading.copies.turn is not None
    assert reading.copies.turn.streams == ()


def test_a_played_turn_ends_in_both_copies(demo: Connected, writer: LiveWriter) -> None:
    before = stored(demo.stores)

    writer.opened(SESSION_ID)
    assert writer.wait(60)

    comparison = compare_session(demo.stores, SESSION_ID)[1]
    assert (comparison.status, comparison.findings, comparison.activity) == ("in_sync", (), "idle")
    assert stored(demo.stores) == before + 4
    view = SessionFollower(demo.stores, SESSION_ID).view("full", lambda: b"")
    assert view.turn is not None
    assert (view.turn.outcome, view.turn.unsaved) == ("completed", 0)
    assert [part.places for part in view.turn.parts] == [
        (("both", len(TURNS[0].before) + 1),),
        (("both", 2),),
        (("both", len(TURNS[0].after) + 1),),
        (),
    ]


def test_each_opening_plays_the_next_turn(demo: Connected, writer: LiveWriter) -> None:
    for _ in range(len(TURNS) + 1):
        writer.opened(SESSION_ID)
        assert writer.wait(60)

    copy = demo.stores.require_database().read_copy(SESSION_ID)
    assert copy is not None
    asked = [item.message.content for item in copy.messages if item.message.role == "user"][-len(TURNS) - 1 :]
    assert asked == [turn.question for turn in (*TURNS, TURNS[0])]


def test_while_it_runs_the_words_are_in_the_stream_and_a_second_opening_starts_nothing(demo: Connected) -> None:
    writer = LiveWriter(demo, pace=0.05)
    follower = SessionFollower(demo.stores, SESSION_ID, interval=0.0)
    try:
        writer.opened(SESSION_ID)
        seen = set()
        while not writer.wait(0.02):
            writer.opened(SESSION_ID)
            view = follower.view("full", lambda: b"")
            seen |= {place for part in (view.turn.parts if view.turn else ()) for place, _ in part.places}
            seen.add(view.activity)
    finally:
        writer.stop()

    assert seen >= {"stream", "both", "running"}
    assert stored(demo.stores) == len(TALK.rows) + 4


def test_a_turn_that_is_stopped_leaves_no_lock_and_says_that_it_failed(demo: Connected) -> None:
    writer = LiveWriter(demo, pace=5.0)
    writer.opened(SESSION_ID)
    writer.stop()

    turn = demo.stores.read_copies(SESSION_ID).turn
    assert turn is not None
    assert (turn.locked, [streamed.task.status for streamed in turn.streams]) in (
        (False, ["failed"]),
        (False, []),
    )
    assert compare_session(demo.stores, SESSION_ID)[1].activity == "idle"


def test_no_other_session_and_no_store_without_the_demo_is_written(demo: Connected, writer: LiveWriter) -> None:
    other = next(item for item in demo_sessions(NOW, DEMO_SEED) if item.document and item.slug != RUNNING_TALK.slug)
    assert other.document is not None

    writer.opened(other.session.session_id)
    writer.opened("s-nowhere")

    assert writer.wait(0)
    assert demo.stores.require_cache().read_raw(other.session.session_id) == other.document


def test_what_was_played_survives_the_next_start(demo: Connected, writer: LiveWriter) -> None:
    writer.opened(SESSION_ID)
    assert writer.wait(60)
    after = stored(demo.stores)

    refresh_demo(demo)

    assert stored(demo.stores) == after
    assert compare_session(demo.stores, SESSION_ID)[1].status == "in_sync"
