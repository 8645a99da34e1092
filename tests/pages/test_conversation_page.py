"""The Conversation page: header, both copies, and a message for every state."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from chatdata import ChatSession, ChatSessions, Usage
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from pages.ui.server import services
from pages.ui.session.messages import timeline
from pages.ui.session.tokens import panel
from tests.pages.conftest import OpenPage, component, conversation
from tests.pages.test_sessions_page import shown
from tests.support.tables import tables


def facts(app: AppTest) -> dict[str, str]:
    return {fact["label"]: fact["value"] for row in component(app, "head")["rows"] for fact in row}


def test_without_a_session_in_the_url_the_page_says_where_to_pick_one(open_page: OpenPage) -> None:
    assert "No session selected" in open_page("session").info[0].value


def test_the_head_tells_what_it_is_and_where_its_copies_are(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples", "pears")
    sessions.update_session_title("s1", "Fruit")
    app = open_page("session", id="s1")
    assert component(app, "head")["title"] == "Fruit"
    told = facts(app)
    assert told["Session"] == "s1"
    assert told["User"] == "mia"
    assert told["Tokens"] == "100 input, 20 output"
    assert told["Database"] == "2 messages"
    assert told["Cache"].startswith("2 messages · expires in 11 h 59 min")
    given = component(app, "timeline", "s1", "database")
    assert (given["session"], given["title"]) == ("s1", "Fruit")


def test_the_switch_shows_the_cached_copy(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples", "pears")
    app = open_page("session", id="s1", source="cache", message="1")
    given = component(app, "timeline", "s1", "cache")
    assert (given["source"], given["message"]) == ("cache", 1)


@pytest.mark.parametrize(
    ("asked", "shown"), [("Asia/Tokyo", "Asia/Tokyo"), ("US/Eastern", "UTC"), ("Mars/Phobos", "UTC"), ("", "UTC")]
)
def test_the_timeline_is_drawn_before_the_settings_and_has_what_they_then_show(
    sessions: ChatSessions, open_page: OpenPage, asked: str, shown: str
) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page("session", id="s1", tz=asked, view="masked")
    given = component(app, "timeline", "s1", "database")
    assert (given["zone"], given["view"]) == (shown, "masked")
    settings = {box.key: box.value for box in app.selectbox}
    assert (settings["tz"] or "UTC", settings["view"]) == (shown, "masked")
    again = component(app.run(), "timeline", "s1", "database")
    assert again == given


def test_a_timeline_that_breaks_leaves_the_settings_and_the_side_bar(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_options: object) -> bool:
        raise RuntimeError

    conversation(sessions, "s1", "apples")
    monkeypatch.setattr(timeline, "show", broken)
    app = open_page("session", id="s1")
    assert "Something went wrong" in app.error[0].value
    assert {box.key for box in app.selectbox} == {"tz", "view"}
    assert app.sidebar.caption


def test_looking_leaves_both_stores_as_they_were(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    sessions.invalidate_session_cache("s1")
    before = sessions.stores.read_copies("s1").stored
    open_page("session", id="s1")
    after = sessions.stores.read_copies("s1")
    assert after.stored == before
    assert facts(open_page("session", id="s1"))["Cache"] == "Not cached"


def test_a_session_that_neither_store_has_is_said_to_be_missing(open_page: OpenPage) -> None:
    app = open_page("session", id="![x](http://tracker.example/x.png)")
    assert "Session not found in the database or the cache" in app.warning[0].value
    assert "tracker" not in shown(app)
    assert not app.tabs
    assert [link.proto.query_string for link in app.get("page_link")] == [
        "words=%21%5Bx%5D%28http%3A%2F%2Ftracker.example%2Fx.png%29",
        "",
    ]


def test_a_truncated_id_is_answered_by_the_sessions_that_begin_alike(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    for session_id in ("fruit-1234", "fruit-1299", "vegetable"):
        conversation(sessions, session_id, "apples")
    app = open_page("session", id="fruit-12")
    links = {link.proto.label.replace("\\", ""): link.proto.query_string for link in app.get("page_link")}
    assert links == {
        "fruit-1234": "id=fruit-1234",
        "fruit-1299": "id=fruit-1299",
        "Search messages for “fruit-12”": "words=fruit-12",
        "Search all sessions": "",
    }
    assert "vegetable" not in shown(app)


def test_a_session_that_only_the_cache_has_opens_there_with_a_warning(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    sessions.cache_chat_session(ChatSession.new("mia", session_id="ghost"))
    app = open_page("session", id="ghost")
    assert component(app, "timeline", "ghost", "cache")["source"] == "cache"
    assert "not in the database: only the cached copy is left" in app.warning[0].value


def test_the_cache_chosen_for_an_uncached_session_says_why_it_is_empty(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "s1", "apples")
    sessions.invalidate_session_cache("s1")
    app = open_page("session", id="s1", source="cache")
    assert "not cached" in app.info[0].value


def test_unreadable_cached_bytes_are_shown_with_where_they_break(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw("s1", b'{"session_id": "s1", \xff broken')
    app = open_page("session", id="s1", source="cache")
    assert "byte 21 is wrong" in app.error[0].value.replace("\\", "")
    assert "\\xff broken" in app.main.code[0].value
    assert facts(app)["Cache"] == "Unreadable · expires in 11 h 59 min"
    stored = open_page("session", id="s1", source="database")
    assert "can't be read" in stored.warning[0].value
    assert component(stored, "timeline", "s1", "database")


def test_a_cache_that_is_down_leaves_the_rows_on_screen(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    conversation(sessions, "s1", "apples")
    services.close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/data/chat.db")
    monkeypatch.setenv("REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    app = open_page("session", id="s1")
    assert component(app, "timeline", "s1", "database")
    assert "cache is unavailable" in app.warning[0].value
    assert facts(app)["Cache"] == "Unreachable"
    assert "secret" not in shown(app)


def test_a_database_that_is_down_leaves_the_cached_copy_on_screen(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=60, write=True)
    cache.put(ChatSession.new("mia", session_id="s1"))
    cache.close()
    monkeypatch.setenv("DATABASE_URL", "postgresql://reader:secret@127.0.0.1:1/chat")
    monkeypatch.setenv("REDIS_URL", redis_url)
    app = open_page("session", id="s1")
    assert component(app, "timeline", "s1", "cache")
    assert facts(app)["Database"] == "Unreachable"


def test_a_database_that_is_not_configured_is_said(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)
    app = open_page("session", id="s1", source="database")
    assert facts(app)["Database"] == "Not configured"
    assert "No database is configured" in shown(app).replace("\\", "")


def test_a_session_that_was_missing_is_found_once_it_is_there(sessions: ChatSessions, open_page: OpenPage) -> None:
    app = open_page("session", id="s1")
    assert "Session not found" in app.warning[0].value
    conversation(sessions, "s1", "apples")
    assert facts(app.run())["Database"] == "1 message"


def test_copies_of_different_length_are_marked(sessions: ChatSessions, open_page: OpenPage) -> None:
    session = conversation(sessions, "s1", "apples", "pears")
    session.messages.pop()
    sessions.cache_chat_session(session)
    assert facts(open_page("session", id="s1"))["Cache"] == "1 of 2 messages · expires in 11 h 59 min"


def test_looking_again_reads_what_was_written_since(sessions: ChatSessions, open_page: OpenPage) -> None:
    session = conversation(sessions, "s1", "apples")
    app = open_page("session", id="s1")
    session.messages.append(session.messages[0])
    sessions.upsert_chat_session(session)
    assert facts(app.run())["Database"] == "1 message"
    next(button for button in app.button if button.label == "Refresh").click()
    assert facts(app.run())["Database"] == "2 messages"


def test_tokens_by_turn_cost_nothing_until_they_are_asked_for(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation(sessions, "s1", "question", "answer")
    asked: list[str] = []
    monkeypatch.setattr(panel, "_usage", lambda session_id, *_rest: asked.append(session_id))
    assert not open_page("session", id="s1").get("vega_lite_chart")
    assert asked == []


def test_recorded_cached_and_estimated_tokens_are_three_things(sessions: ChatSessions, open_page: OpenPage) -> None:
    session = conversation(sessions, "s1", "question", "answer", "again", "yes")
    session.usage = [Usage.of(100, 20), Usage.of(130, 7)]
    sessions.cache_chat_session(session)
    app = open_page("session", id="s1", tab="tokens")
    assert not app.exception
    assert len(app.get("vega_lite_chart")) == 1
    assert "**Recorded (database)** 100 input, 20 output" in shown(app)
    assert "**Recorded (cache)** 230 input, 27 output" in shown(app)
    assert "**Estimated** about" in shown(app)
    assert "Token counts differ in cache and database" in shown(app)


def test_without_a_cached_copy_turns_are_unknown_and_the_estimate_stands_alone(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "s1", "question", "answer")
    sessions.invalidate_session_cache("s1")
    app = open_page("session", id="s1", tab="tokens")
    assert "stored nowhere else" in shown(app)
    assert "**Recorded (cache)** unknown" in shown(app)
    assert "**Token usage per response (estimated)**" in shown(app)


def test_a_list_that_does_not_fit_the_answers_leads_nowhere_and_says_so(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    session = conversation(sessions, "s1", "question", "answer")
    session.usage = [Usage.of(100, 20)] * 3
    sessions.cache_chat_session(session)
    assert "3 token counts for 1 assistant message" in shown(open_page("session", id="s1", tab="tokens"))


@pytest.mark.parametrize("recorded", [0, 1, 2])
@pytest.mark.parametrize("source", ["database", "cache"])
def test_the_tab_has_the_number_of_responses_that_its_chart_has_whichever_copy_is_shown(
    sessions: ChatSessions, open_page: OpenPage, source: str, recorded: int
) -> None:
    session = conversation(sessions, "s1", "one", "two", "three", "four", "five", "six", "seven")
    del session.messages[4:]
    session.usage = [Usage.of(100, 20)] * recorded
    sessions.cache_chat_session(session)
    app = open_page("session", id="s1", tab="tokens", source=source)
    app.segmented_control(key="turn_tokens_as").set_value("table").run()
    bars = len(tables(app)[0].value)
    assert bars == (recorded or 3)  # without recorded counts all three responses of the database are estimated
    badges = next(html.proto.body for html in app.get("html") if "nth-of-type(4)" in html.proto.body)
    assert re.search(r'nth-of-type\(4\)[^{]*\{ content: "(\d+)"', badges)[1] == str(bars)  # type: ignore[index]


def test_a_page_that_breaks_shows_no_trace_and_logs_no_words(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    backwards = "noitasrevnoc a fo sdrow terces"

    def breaks(*_anything: object, **_named: object) -> None:
        raise RuntimeError(backwards[::-1])

    monkeypatch.setattr(services.inspections(), "take", breaks)
    app = open_page("session", id="s1")
    assert "Something went wrong. Error ID: " in app.error[0].value
    assert "secret" not in shown(app)
    assert not app.exception
    assert "in breaks" in caplog.text
    assert "secret" not in caplog.text
