"""The server's cache of recent inspections."""

import gc
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatdata import Absent, CachedCopy, ChatSessions, Copies, StoredCopy
from chatdata.services.inspection import BOTH, Inspection
from pages.ui.server import inspections, services
from pages.ui.server.inspections import Inspections
from pages.ui.server.prefetch import read_ahead
from tests.pages.conftest import OpenPage, component, conversation


def held_by(sessions: ChatSessions) -> Inspections:
    return Inspections(sessions.stores, "full", lambda: b"")


def test_a_conversation_is_read_once_until_it_is_forgotten(sessions: ChatSessions) -> None:
    conversation(sessions, "s1", "apples")
    kept = held_by(sessions)
    first = kept.take("s1")
    assert kept.take("s1") is first
    kept.forget("s1")
    assert kept.take("s1").token != first.token


def test_only_some_are_kept_and_the_oldest_goes_first(sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspections, "_MOST_CHARACTERS", 50)
    for name in ("s1", "s2", "s3"):
        conversation(sessions, name, "0123456789")
    kept = held_by(sessions)
    taken = [kept.take(name) for name in ("s1", "s2", "s3")]
    assert kept.take("s3") is taken[2]
    assert kept.take("s2") is taken[1]
    assert kept.take("s1") is not taken[0]


def test_one_that_is_larger_than_all_room_is_kept_alone(
    sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspections, "_MOST_CHARACTERS", 5)
    conversation(sessions, "s1", "0123456789")
    kept = held_by(sessions)
    assert kept.take("s1") is kept.take("s1")


@pytest.mark.parametrize(("source", "words"), [("database", "in the database"), ("attic", "either database or cache")])
def test_a_timeline_of_no_copy_says_so(sessions: ChatSessions, source: str, words: str) -> None:
    with pytest.raises(LookupError, match=words):
        held_by(sessions).timeline("nosuch", source)


def test_a_payload_in_no_known_format_says_which_there_are(sessions: ChatSessions) -> None:
    conversation(sessions, "s1", "apples")
    with pytest.raises(LookupError, match="one of openai, responses, anthropic, gemini, bedrock"):
        held_by(sessions).translated("s1", "database", "gpt-4o", "xml")
    assert held_by(sessions).translated("s1", "database", "gpt-4o", "bedrock").form == "bedrock"


def test_what_was_read_ahead_serves_the_page(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    read_ahead("s1", "database")
    ahead = services.inspections().take("s1")
    assert ahead.timeline("database") is services.inspections().timeline("s1", "database")
    assert component(open_page("session", id="s1"), "timeline", "s1", "database")["token"] == ahead.token


@pytest.mark.parametrize("source", ["database", "attic"])
def test_reading_ahead_of_nothing_fails_quietly(source: str) -> None:
    read_ahead("nosuch", source)


def test_many_who_ask_at_once_share_one_reading(sessions: ChatSessions) -> None:
    conversation(sessions, "s1", "apples")
    kept = held_by(sessions)
    with ThreadPoolExecutor(8) as pool:
        tokens = {inspection.token for inspection in pool.map(kept.take, ["s1"] * 24)}
    assert len(tokens) == 1


def test_a_page_that_was_left_open_holds_no_copies(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page("session", id="s1")
    services.inspections().forget("s1")
    gc.collect()
    assert [held for held in gc.get_objects() if isinstance(held, Copies)] == []
    assert not app.exception


def test_the_copy_that_is_shown_is_read_alone_and_the_other_joins_it(sessions: ChatSessions) -> None:
    conversation(sessions, "s1", "apples")
    kept = held_by(sessions)
    first = kept.take("s1", ("cache",))
    assert [type(copies.stored) for copies in first.read_so_far()] == [Absent]
    token = first.token
    both = kept.take("s1")
    assert (both is first, both.token) == (True, token)
    assert isinstance(both.copies.stored, StoredCopy)
    assert isinstance(both.copies.cached, CachedCopy)


def test_a_page_waits_for_each_browser_that_opens_it_to_show_the_beginning(
    sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspections, "_PATIENCE", 60)
    conversation(sessions, "s1", "apples")
    kept = held_by(sessions)
    kept.take("s1", ("database",))
    with ThreadPoolExecutor(1) as pool:
        for _ in range(2):
            kept.expect_browser("s1")
            waiting = pool.submit(kept.give_way, "s1")
            assert not waiting.done()
            kept.painted("s1")
            waiting.result()
    kept.give_way("s1")  # a rerun of the page, for which the browser asks for nothing
    for act in (kept.expect_browser, kept.give_way, kept.painted):
        act("nosuch")


def test_a_timeline_that_was_built_does_not_wait_for_the_comparison(
    sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation(sessions, "s1", "apples")
    kept = held_by(sessions)
    built = kept.timeline("s1", "database")
    comparing, asked = threading.Event(), threading.Event()
    compare = inspections._compare

    def compare_once_asked(inspection: Inspection) -> None:
        comparing.set()
        assert asked.wait(60), "the timeline waits for the comparison"
        compare(inspection)

    monkeypatch.setattr(inspections, "_compare", compare_once_asked)
    with ThreadPoolExecutor(1) as pool:
        compared = pool.submit(kept.compare, "s1")
        assert comparing.wait(60)
        assert kept.timeline("s1", "database") is built
        asked.set()
        assert compared.result().comparison.status == "in_sync"


def test_many_who_read_different_conversations_do_not_disturb_each_other(
    sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"s{number}" for number in range(20)]
    for name in names:
        conversation(sessions, name, *("apples" for _ in range(40)))
    monkeypatch.setattr(inspections, "_KEPT", 6)
    kept = held_by(sessions)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            tasks = [pool.submit(kept.take, name, (source,)) for _ in range(15) for name in names for source in BOTH]
            assert all(list(task.result().read_so_far()) for task in tasks)
    finally:
        sys.setswitchinterval(before)
