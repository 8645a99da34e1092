"""The Cache health page: a scan that outlives reruns, its figures, new sessions, and every state in words."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from chatdata import ChatMessage, ChatSession, ChatSessions
from chatdata.domain.drift import Repair
from chatdata.services.repair import Done, Proposal, apply, propose
from chatdata.stores.app_db import FILE_NAME
from pages.ui.server import scan_job, services
from tests.pages.conftest import OpenPage, component, conversation
from tests.pages.test_drift_page import stale
from tests.pages.test_sessions_page import shown
from tests.support.tables import click_row, tables, tick_rows


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look comes at once: nothing writes here."""
    monkeypatch.setattr(scan_job, "GRACE", 0)


def scanned(open_page: OpenPage) -> AppTest:
    """The page after a scan that was started on it."""
    app = open_page("cache_health")
    next(button for button in app.button if button.label == "Scan now").click().run()
    finish()
    return open_page("cache_health")


def finish() -> None:
    end = time.monotonic() + 60
    while services.scan_job().running:
        assert time.monotonic() < end
        time.sleep(0.02)


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_before_the_first_scan_it_says_what_a_scan_does(open_page: OpenPage) -> None:
    app = open_page("cache_health")
    assert "No scans yet" in app.info[0].value
    assert not app.metric


def test_a_scan_counts_and_lists_the_worst_first(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    conversation(sessions, "fine", "apples")
    sessions.cache_chat_session(ChatSession.new("mia", session_id="ghost"))
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw("broken", b"{")
    app = scanned(open_page)
    assert not app.exception
    told = figures(app)
    assert (told["In sync"], told["Out of sync"], told["Cache only"], told["Unreadable"]) == ("1", "1", "1", "1")
    assert list(tables(app)[0].value["found"]) == [
        "Cache only (no database row)",
        "Cache is behind",
        "Unreadable cache entry",
    ]
    assert list(tables(app)[0].value["severity"]) == ["◆ Critical", "▲ High", "■ Medium"]
    assert list(tables(app)[0].value["state"]) == ["open"] * 3
    assert "25.0% in sync** of all 4 cached sessions" in shown(app)


def unsaved(sessions: ChatSessions, session_id: str, left: int) -> None:
    """A session with a message that only the cache has, for so many seconds."""
    session = conversation(sessions, session_id, "apples", "pears")
    sessions.update_session_title(session_id, f"About {session_id}")
    session.title = f"About {session_id}"
    session.messages.append(ChatMessage(role="user", content="plums"))
    sessions.cache_chat_session(session)
    cache = sessions.stores.cache
    assert cache is not None
    cache.put_raw(session_id, cache.read_raw(session_id) or b"", ttl_seconds=left)


def test_what_is_lost_first_is_on_top_with_its_title_and_the_time_left(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    sessions.cache_chat_session(ChatSession.new("mia", session_id="ghost"))
    unsaved(sessions, "later", 7200)
    unsaved(sessions, "sooner", 600)
    table = tables(scanned(open_page))[0]
    assert list(table.value["session"]) == ["About sooner", "About later", "ghost"]
    assert "expires at" in table.value["meaning"][0]
    assert "UTC" not in table.value["meaning"][0]  # but in the reader's time zone, and written like other times
    assert [left and left.split()[0] for left in table.words("left")] == ["9", "1", None]


def test_ticked_sessions_are_repaired_where_nothing_is_lost_and_scanned_again(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    stale(sessions)
    unsaved(sessions, "unsaved", 600)
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw("broken", b"{")
    app = scanned(open_page)
    tick_rows(app, [0, 1, 2])
    next(button for button in app.button if button.label == "Preview repair of 3 sessions").click().run()
    told = tables(app)[-1].value.set_index("Conversation")
    assert dict(told["Repair"]) == {
        "About unsaved": "Save to database",
        "Fruit": "Delete cache entry",
        "broken": "None without a loss",
    }
    app.button(key="bulk_repair_apply").click().run()
    finish()
    app = open_page("cache_health")
    table = tables(app)[0].value.query("state == 'resolved'")
    assert sorted(how.partition(" (web): ")[2].partition(", ")[0] for how in table["meaning"]) == [
        "Delete cache entry",
        "Save to database",
    ]
    assert all(how.startswith("Repaired by ") for how in table["meaning"])
    assert sessions.stores.cache.read_raw("broken") == b"{"
    assert len(sessions.get_chat_session("unsaved").messages) == 3


def test_channels_that_refer_to_a_session_without_a_row_are_counted_and_listed(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "fine", "apples")
    assert sessions.stores.cache is not None
    for channel, session_id in {"discord:42": "fine", "telegram:7": "gone"}.items():
        sessions.stores.cache._client.set(f"copilot-bot:session:{channel}", session_id)
    app = scanned(open_page)
    assert "1 channel of chat platforms refers to a session without a row" in shown(app)
    assert tables(app)[0].value.values.tolist() == [["telegram:7", "gone"]]


def checked(open_page: OpenPage, last: int | None) -> AppTest:
    """The page after a provider check of all sessions."""
    app = open_page("cache_health")
    app.number_input(key="lint_last").set_value(last)
    app.button(key="lint_all").click().run()
    end = time.monotonic() + 60
    while services.lint_job().running:
        assert time.monotonic() < end
        time.sleep(0.02)
    return open_page("cache_health")


def test_a_window_of_the_last_messages_can_be_checked_for_all_sessions(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "fine", "apples", "pears")
    call = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    session = conversation(sessions, "uses", "apples")
    session.messages += [
        ChatMessage(role="assistant", content="Looking.", tool_calls=[call]),
        ChatMessage(role="tool", content="found", tool_call_id="call_1"),
        ChatMessage(role="assistant", content="Found."),
    ]
    sessions.upsert_chat_session(session)
    app = checked(open_page, None)
    assert "0 of 2 sessions** would be rejected" in shown(app)
    app = checked(open_page, 2)
    assert not app.exception
    assert "1 of 2 sessions** would be rejected by a provider, with only the last 2 messages of each" in shown(app)
    table = tables(app)[-1]
    assert (list(table.value["session"]), list(table.value["rules"])) == (["uses"], ["Orphaned tool result"])
    assert component(click_row(app, 0, -1), "navigate")["to"] == "session?id=uses&tab=payload&part=truncate"
    assert services.connected().app_db.last_lint("database", "gpt-4o").rejected == {}


def test_nothing_to_look_at_is_said(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "fine", "apples")
    app = scanned(open_page)
    assert "No session needs attention" in app.success[0].value


def test_the_second_scan_says_what_is_new_and_what_is_still_there(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    scanned(open_page)
    sessions.cache_chat_session(ChatSession.new("mia", session_id="ghost"))
    app = scanned(open_page)
    assert "1 new · 1 open · 0 resolved" in shown(app)
    assert next(metric for metric in app.metric if metric.label == "Cache only").delta == "+1"


def test_a_running_scan_can_be_ended_and_says_how_far_it_is(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale(sessions)
    monkeypatch.setattr(scan_job, "GRACE", 600)
    app = open_page("cache_health")
    next(button for button in app.button if button.label == "Scan now").click().run()
    job = services.scan_job()
    job.start(services.connected(), None)
    app = open_page("cache_health")
    assert "Stop scan" in [button.label for button in app.button]
    job.cancel()
    finish()
    assert job.last is not None
    assert (job.last.result.status, job.last.kept) == ("cancelled", False)
    assert "cancelled" in shown(open_page("cache_health"))


def test_a_scan_that_could_judge_nothing_has_no_zeros(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    conversation(sessions, "fine", "apples")
    services.close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/data/chat.db")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    app = scanned(open_page)
    assert set(figures(app).values()) == {"–"}
    assert "Scan stopped" in shown(app)


def test_looking_changes_neither_store(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    assert sessions.stores.cache is not None
    before = sessions.stores.cache.read_raw("s1"), sessions.stores.read_copies("s1").stored
    scanned(open_page)
    assert (sessions.stores.cache.read_raw("s1"), sessions.stores.read_copies("s1").stored) == before


def test_the_scan_is_kept_beside_the_stores_and_not_in_them(
    sessions: ChatSessions, open_page: OpenPage, tmp_path
) -> None:
    conversation(sessions, "fine", "apples")
    scanned(open_page)
    assert (tmp_path / "data" / FILE_NAME).exists()


def test_a_scan_that_can_not_be_kept_is_shown_with_the_reason(
    sessions: ChatSessions, open_page: OpenPage, tmp_path
) -> None:
    stale(sessions)
    (tmp_path / "data" / FILE_NAME).mkdir(parents=True)
    app = scanned(open_page)
    assert not app.exception
    assert figures(app)["Out of sync"] == "1"
    assert "could not be kept for the trend" in app.error[0].value
    assert FILE_NAME in app.error[0].value.replace("\\", "")
    assert list(tables(app)[0].value["found"]) == ["Cache is behind"]


def test_without_a_cache_it_says_what_to_set(
    open_page: OpenPage, sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    conversation(sessions, "fine", "apples")
    services.close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/data/chat.db")
    app = open_page("cache_health")
    next(button for button in app.button if button.label == "Scan now").click().run()
    finish()
    assert "REDIS" in shown(open_page("cache_health")).replace("\\", "")


def test_words_of_a_conversation_never_reach_the_page(sessions: ChatSessions, open_page: OpenPage) -> None:
    session = conversation(sessions, "s1", "apples", "canary-one")
    session.messages.append(ChatMessage(role="user", content="canary-two"))
    sessions.cache_chat_session(session)
    text = shown(scanned(open_page))
    assert "canary" not in text


def repaired(sessions: ChatSessions, session_id: str, action: Repair) -> None:
    """Repairs the session as the command line and its page do."""
    connected = services.connected()
    proposal = propose(connected.stores, session_id, action)
    assert isinstance(proposal, Proposal)
    assert isinstance(apply(connected.stores, connected.app_db, proposal, who="mia"), Done)


def test_a_repaired_session_is_resolved_at_once_with_who_and_when(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    unsaved(sessions, "unsaved", 600)
    before = figures(scanned(open_page))
    assert (before["In sync"], before["Out of sync"], before["Unsaved messages"]) == ("0", "2", "1")
    repaired(sessions, "unsaved", "save_cached_tail")
    app = open_page("cache_health")
    now = figures(app)
    assert (now["In sync"], now["Out of sync"], now["Unsaved messages"]) == ("1", "1", "0")
    words = shown(app)
    assert "**1 session needs attention**" in words
    assert "Since this scan: 1 resolved" in words
    assert "1 session repaired and re-checked since." in words
    table = tables(app)[0].value.set_index("session")
    assert dict(table["state"]) == {"Fruit": "open", "About unsaved": "resolved"}
    assert table.loc["About unsaved", "meaning"].startswith("Repaired by mia: Save to database, ")
    assert table.loc["About unsaved", "left"] is None


def test_a_session_that_still_has_an_issue_after_a_repair_stays_open(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    unsaved(sessions, "unsaved", 600)
    scanned(open_page)
    repaired(sessions, "unsaved", "keep_alive")
    app = open_page("cache_health")
    assert list(tables(app)[0].value["state"]) == ["open"]
    assert tables(app)[0].words("left")[0] != "9 min"
    assert figures(app)["Unsaved messages"] == "1"
    assert "resolved" not in shown(app)
