"""Following a session: what is asked, what each reader sees, and that all share one reading."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from chatdata.domain.live import LiveView, changes, live_json
from chatdata.services.live import Followers, SessionFollower, TurnsNow, turns_now
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.cache.streams import TaskIndex
from chatdata.stores.database import Database
from chatdata.stores.database.tables import chat_session
from tests.support import servers
from tests.support.builders import DIALECTS, database_url, fill, message, new_session
from tests.support.stream_writer import VERSIONS, StreamVersion, StreamWriter


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=DIALECTS)
def stores(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Iterator[SessionStores]:
    database = Database.open(database_url(request.param, request, tmp_path), write=True)
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=43_200, write=True)
    with closing(SessionStores(database, cache)) as made:
        session = new_session("s-1", messages=3, at=datetime.now(UTC) - timedelta(hours=2))
        fill(database, session)
        cache.put(session)
        yield made


@pytest.fixture(params=VERSIONS)
def turn(request: pytest.FixtureRequest, redis_url: str) -> Iterator[StreamWriter]:
    version: StreamVersion = request.param
    with closing(StreamWriter(redis_url, "s-1", "turn-1", version)) as writer:
        yield writer


def full(follower: SessionFollower) -> LiveView:
    return follower.view("full", lambda: b"")


def pieces(view: LiveView, part: int = 0) -> list[tuple[str, int]]:
    assert view.turn is not None
    return list(view.turn.parts[part].places)


def test_words_move_from_the_stream_into_the_copies(stores: SessionStores, turn: StreamWriter) -> None:
    follower = SessionFollower(stores, "s-1", interval=0.0)
    turn.begin()
    turn.add("text-start", id="t")
    turn.add("text-delta", id="t", delta="Hello there")
    first = full(follower)
    assert first.running
    assert pieces(first) == [("stream", 11)]

    session = new_session("s-1", messages=3, at=datetime.now(UTC) - timedelta(hours=2))
    session.messages.append(message("assistant", "Hello there"))
    stores.require_cache().put(session)
    turn.add("text-delta", id="t", delta=", friend")
    second = full(follower)
    assert pieces(second) == [("cache", 11), ("stream", 8)]
    assert second.number > first.number

    turn.add("text-end", id="t")
    turn.end()
    third = full(follower)
    assert third.turn is not None
    assert (third.turn.outcome, third.turn.unsaved, third.running) == ("completed", 1, False)


def test_nothing_is_read_again_while_nothing_changes(stores: SessionStores, turn: StreamWriter) -> None:
    follower = SessionFollower(stores, "s-1", interval=0.0)
    turn.begin()
    turn.say("Hello")

    numbers = {full(follower).number for _ in range(5)}

    assert (follower.polls, follower.readings, len(numbers)) == (5, 1, 1)


def test_a_session_that_only_a_task_knows_is_running(stores: SessionStores, redis_url: str) -> None:
    with closing(StreamWriter(redis_url, "s-new", "turn-9", "may")) as writer:
        writer.begin()
        running = full(SessionFollower(stores, "s-new", interval=0.0))
        writer.end()
        ended = full(SessionFollower(stores, "s-new", interval=0.0))

    assert [(view.activity, view.running) for view in (running, ended)] == [("running", True), ("idle", False)]


def test_the_number_of_the_copies_tells_of_the_end_of_a_turn_but_not_of_its_words(
    stores: SessionStores, turn: StreamWriter
) -> None:
    follower = SessionFollower(stores, "s-1", interval=0.0)
    turn.begin()
    first = follower.copies()[1]
    turn.say("Hello")
    spoken = follower.copies()[1]
    turn.end()
    ended = follower.copies()[1]

    assert (first, spoken, ended) == (1, 1, 2)
    assert (follower.copies()[1], follower.readings) == (2, 1)


def test_a_cache_that_stays_away_is_told_once() -> None:
    with (
        servers.valkey_server() as valkey,
        closing(SessionCache(RedisSettings(url=valkey.url), session_ttl=43_200, write=True)) as cache,
        closing(SessionStores(None, cache)) as stores,
    ):
        cache.put(new_session("s-1", messages=3))
        follower = SessionFollower(stores, "s-1", interval=0.0)
        there = follower.copies()[1]
        valkey.stop()
        away = [follower.copies()[1] for _ in range(3)]

    assert [there, *away] == [1, 2, 2, 2]


@pytest.mark.parametrize("side", ["cache", "database"])
def test_a_copy_is_read_again_once_it_was_written(stores: SessionStores, side: str) -> None:
    follower = SessionFollower(stores, "s-1", interval=0.0)
    before = full(follower)
    session = new_session("s-1", messages=4, at=datetime.now(UTC) - timedelta(hours=2))
    if side == "cache":
        stores.require_cache().put(session)
    else:
        with stores.require_database().writing() as connection:
            connection.execute(text('DELETE FROM "ChatMessage" WHERE sequence = 2'))

    after = full(follower)

    assert follower.readings == 2
    assert before.messages == {"database": 3, "cache": 3}
    assert after.messages == ({"database": 3, "cache": 4} if side == "cache" else {"database": 2, "cache": 3})


def test_fifty_followers_cost_one_reading_per_interval(stores: SessionStores, turn: StreamWriter) -> None:
    turn.begin()
    turn.say("Write to ann.canary77@example-mail.org")
    clock = Clock()
    follower = SessionFollower(stores, "s-1", interval=1.0, clock=clock)
    seen: list[LiveView] = []

    def follow() -> None:
        seen.append(follower.view("masked", lambda: b"k" * 16))

    for _ in range(2):
        threads = [threading.Thread(target=follow) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clock.now += 1.5

    assert (follower.polls, follower.readings) == (2, 1)
    assert len(seen) == 100
    assert len({id(view) for view in seen}) == 1, "redacted once for all"


def test_followers_of_one_session_share_one(stores: SessionStores) -> None:
    clock = Clock()
    followers = Followers(stores, clock=clock)

    assert followers.of("s-1") is followers.of("s-1")
    assert followers.of("s-1") is not followers.of("s-2")
    for number in range(40):
        followers.of(f"t-{number}")
    assert len(followers._held) == 32
    clock.now += 61
    followers.of("s-1")
    assert list(followers._held) == ["s-1"]


def test_each_view_shows_what_it_may(stores: SessionStores, turn: StreamWriter) -> None:
    turn.begin()
    turn.say("Write to ann.canary77@example-mail.org today.")
    turn.end()
    follower = SessionFollower(stores, "s-1", interval=0.0)

    told = {view: str(live_json(follower.view(view, lambda: b"k" * 16))) for view in ("full", "masked", "structure")}

    assert "ann.canary77" in told["full"]
    assert "ann.canary77" not in told["masked"]
    assert "Write to" in told["masked"]
    assert "Write" not in told["structure"]


def test_a_cache_that_fails_is_a_value_and_the_rows_are_still_there(
    stores: SessionStores, turn: StreamWriter, valkey: servers.ValkeyServer
) -> None:
    nobody = SessionCache(RedisSettings(url="redis://127.0.0.1:9"), session_ttl=43_200)
    with closing(nobody):
        view = full(SessionFollower(replace(stores, cache=nobody), "s-1", interval=0.0))

    assert (view.unavailable, view.messages["database"], view.turn) == (("cache",), 3, None)


def test_a_task_that_expires_before_its_stream_is_followed_on(stores: SessionStores, turn: StreamWriter) -> None:
    follower = SessionFollower(stores, "s-1", interval=0.0)
    turn.begin()
    turn.say("Hello")
    full(follower)

    turn.redis.delete(turn.task_key)
    turn.say(" again")
    view = full(follower)

    assert view.turn is not None
    assert str(live_json(view)).count("Hello again") == 1


def test_a_stream_that_expires_leaves_what_was_read(stores: SessionStores, turn: StreamWriter) -> None:
    follower = SessionFollower(stores, "s-1", interval=0.0)
    turn.begin()
    turn.say("Hello")
    full(follower)

    turn.redis.delete(turn.stream_key)
    view = full(follower)

    assert view.turn is not None
    assert view.turn.turn.problem == "its stream has expired"
    assert "Hello" in str(live_json(view))


def test_changes_tell_only_what_is_new(stores: SessionStores, turn: StreamWriter) -> None:
    follower = SessionFollower(stores, "s-1", interval=0.0)
    turn.begin()
    turn.add("text-delta", id="t", delta="Hello")
    first = full(follower)
    turn.add("text-delta", id="t", delta=" there")
    turn.use("call_1", "bash_exec", {"command": "ls"}, "a.txt")
    second = full(follower)

    assert [event["event"] for event in changes(None, first)] == ["activity", "messages", "messages", "turn", "text"]
    assert [(event["event"], event.get("text"), event.get("output")) for event in changes(first, second)] == [
        ("text", " there", None),
        ("call", None, "a.txt"),
    ]
    assert list(changes(second, second)) == []


# ---- how many turns there are now


def test_turns_are_counted_by_their_tasks_where_rows_have_no_status(stores: SessionStores, turn: StreamWriter) -> None:
    assert turns_now(stores) == TurnsNow(0, 0, 0, all_counted=True, by_status=False)
    turn.begin()
    stores.require_cache()._tasks = TaskIndex()  # a search is not repeated at once

    assert turns_now(stores) == TurnsNow(1, 0, 0, all_counted=True, by_status=False)


def test_turns_are_counted_by_status_and_lock(stores: SessionStores, valkey: servers.ValkeyServer) -> None:
    database = stores.require_database()
    database.add_status_column()
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    fill(database, *(new_session(f"t-{number}", messages=2, at=long_ago) for number in range(4)))
    for number, status in enumerate(("running", "running", "queued", "idle")):
        database.put_status(f"t-{number}", status)
    valkey.run("SET", "copilot:session:t-1:lock", "worker-7")

    assert turns_now(stores) == TurnsNow(1, 1, 1, all_counted=True)


def test_a_turn_that_stored_a_message_just_now_is_not_stuck_however_old_its_row_is(stores: SessionStores) -> None:
    database = stores.require_database()
    database.add_status_column()
    fill(database, new_session("t-1", messages=2, at=datetime.now(UTC)))
    database.put_status("t-1", "running")
    with database.writing() as connection:
        connection.execute(update(chat_session).values(updatedAt=datetime.now(UTC) - timedelta(hours=2)))

    assert turns_now(stores) == TurnsNow(1, 0, 0, all_counted=True)


def test_one_message_without_a_readable_time_does_not_make_its_turn_stuck(stores: SessionStores) -> None:
    database = stores.require_database()
    database.add_status_column()
    fill(database, new_session("t-1", messages=3, at=datetime.now(UTC)))
    database.put_status("t-1", "running")
    with database.writing() as connection:
        unreadable = "'infinity'" if connection.dialect.name == "postgresql" else "'unreadable'"
        connection.execute(text(f"""UPDATE "ChatMessage" SET "createdAt" = {unreadable} WHERE sequence = 1"""))
        connection.execute(update(chat_session).values(updatedAt=datetime.now(UTC) - timedelta(hours=2)))

    assert turns_now(stores) == TurnsNow(1, 0, 0, all_counted=True)
