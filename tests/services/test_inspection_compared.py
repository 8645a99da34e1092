"""Comparing a session in the stores: read twice before a difference is reported."""

from collections.abc import Callable

import pytest

from chatdata import ChatSessions, Connected, Settings
from chatdata.services.connect import connect
from chatdata.services.inspection import BOTH, Inspection, compare_page, compare_session, same
from chatdata.services.session_stores import Reading, SessionStores
from tests.support.builders import message, new_session


class Disturbed(SessionStores):
    """Something writes between the looks: what a live system does."""

    between: Callable[[int], None]
    looks: list[str]

    def __init__(self, real: SessionStores, between: Callable[[int], None]) -> None:
        super().__init__(real.database, real.cache)
        object.__setattr__(self, "between", between)
        object.__setattr__(self, "looks", [])

    def read_consistent(self, session_id: str) -> Reading:
        answer = super().read_consistent(session_id)
        self.between(len(self.looks))
        self.looks.append(session_id)
        return answer


def stale(sessions: ChatSessions) -> None:
    """Rows with one message more than the cached document."""
    session = sessions.upsert_chat_session(new_session(messages=4))
    assert sessions.stores.cache is not None
    raw = sessions.stores.cache.read_raw("s-1")
    session.messages.append(message("user", "more"))
    sessions.upsert_chat_session(session)
    assert raw is not None
    sessions.stores.cache.put_raw("s-1", raw)


def test_what_was_saved_is_in_sync(sessions: ChatSessions) -> None:
    sessions.upsert_chat_session(new_session(messages=4))
    assert compare_session(sessions.stores, "s-1")[1].status == "in_sync"


def test_a_difference_that_stays_is_drift(sessions: ChatSessions) -> None:
    stale(sessions)
    watched = Disturbed(sessions.stores, lambda _look: None)
    _, comparison = compare_session(watched, "s-1")
    assert (comparison.status, len(watched.looks)) == ("drifted", 2)


@pytest.mark.parametrize("what", ["cache", "rows"])
def test_a_difference_that_changes_between_the_looks_is_moving(sessions: ChatSessions, what: str) -> None:
    stale(sessions)

    def write(look: int) -> None:
        if look == 0 and what == "cache":
            sessions.invalidate_session_cache("s-1")
        elif look == 0:
            sessions.append_and_save_message("s-1", message("user", "and more"))

    _, comparison = compare_session(Disturbed(sessions.stores, write), "s-1")
    assert (comparison.status, comparison.findings) == ("moving", ())


def test_cached_bytes_that_change_while_the_rows_are_read_are_seen(
    sessions: ChatSessions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sessions.upsert_chat_session(new_session(messages=4))
    assert sessions.stores.database is not None
    read = sessions.stores.database.read_copy

    def read_and_write(session_id: str) -> object:
        found = read(session_id)
        sessions.append_and_save_message(session_id, message("user", "meanwhile"))
        return found

    monkeypatch.setattr(sessions.stores.database, "read_copy", read_and_write)
    reading = sessions.stores.read_consistent("s-1")
    assert reading.moved
    assert not same(reading.copies, sessions.stores.read_copies("s-1"))


def test_looking_changes_neither_store(sessions: ChatSessions) -> None:
    stale(sessions)
    assert sessions.stores.cache is not None
    before = sessions.stores.cache.read_raw("s-1"), sessions.stores.read_copies("s-1").stored
    compare_session(sessions.stores, "s-1")
    assert (sessions.stores.cache.read_raw("s-1"), sessions.stores.read_copies("s-1").stored) == before


def test_a_store_that_is_down_leaves_it_open(connected: Connected) -> None:
    connected.sessions.upsert_chat_session(new_session(messages=2))
    assert connected.stores.database is not None
    url = connected.stores.database.where
    settings = Settings.from_environment({"DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:1/0"})
    with connect(settings) as half:
        _, comparison = compare_session(half.stores, "s-1")
    assert (comparison.status, comparison.unavailable) == (None, ("cache",))


def test_a_page_of_sessions_is_compared_at_once(sessions: ChatSessions) -> None:
    stale(sessions)
    sessions.upsert_chat_session(new_session("s-2", messages=2))
    sessions.upsert_chat_session(new_session("s-3", messages=2))
    sessions.invalidate_session_cache("s-3")
    sessions.cache_chat_session(new_session("s-4", messages=2))
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw("s-5", b"{broken")
    found = compare_page(sessions.stores, ["s-1", "s-2", "s-3", "s-4", "s-5", "nosuch"])
    assert {name: comparison.status for name, comparison in found.items()} == {
        "s-1": "drifted",
        "s-2": "in_sync",
        "s-4": "ghost",
        "s-5": "corrupt",
    }
    assert compare_page(SessionStores(sessions.stores.database, None), ["s-1"]) == {}


def test_a_writer_between_the_two_readings_makes_no_difference(sessions: ChatSessions) -> None:
    session = sessions.upsert_chat_session(new_session(messages=4))
    inspection = Inspection(sessions.stores, "s-1")
    assert len(inspection.read("database").timeline("database")) == 4
    token = inspection.token
    session.messages.append(message("user", "more"))
    sessions.upsert_chat_session(session)
    assert inspection.comparison.status == "in_sync"
    copies = inspection.copies.readable
    assert [len(copies[source].messages) for source in BOTH] == [5, 5]
    assert len(inspection.timeline("database")) == 5
    assert inspection.token != token


def test_a_real_difference_is_confirmed_and_leaves_what_is_on_screen(sessions: ChatSessions) -> None:
    stale(sessions)
    inspection = Inspection(sessions.stores, "s-1")
    timeline, token = inspection.read("database").timeline("database"), inspection.token
    assert inspection.comparison.status == "drifted"
    assert inspection.timeline("database") is timeline
    assert inspection.token == token


def test_one_copy_alone_is_not_compared(sessions: ChatSessions) -> None:
    sessions.upsert_chat_session(new_session(messages=4))
    with pytest.raises(AssertionError, match="only one copy is inspected"):
        _ = Inspection(sessions.stores, "s-1", only="database").comparison
