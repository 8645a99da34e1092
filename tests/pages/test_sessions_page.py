"""The list of sessions and the list of users, as pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from chatdata import ChatMessage, ChatSession, ChatSessions, Usage
from chatdata.domain.annotations import Annotation
from chatdata.domain.dialects import DIALECTS
from chatdata.services.lint_all import LintRun
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from pages.ui.server import services
from tests.pages.conftest import OpenPage, component, conversation
from tests.support.builders import message, tool_call
from tests.support.tables import click_row, press_head, tables, tick_rows


def shown(app: AppTest) -> str:
    """Every word that an element of Streamlit shows, tables and components apart."""
    kinds = (app.title, app.markdown, app.caption, app.info, app.warning, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def titles(app: AppTest) -> list[str]:
    return list(tables(app)[0].value["title"])


def test_without_sessions_the_page_says_what_to_do(open_page: OpenPage) -> None:
    app = open_page()
    assert "No sessions yet" in app.info[0].value
    assert not tables(app)
    assert not app.exception


def test_all_sessions_are_listed_newest_first_with_totals(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "first question", "first answer")
    conversation(sessions, "s2", "second question", "second answer", user="noah")
    sessions.update_session_title("s1", "Named")
    app = open_page()
    assert titles(app) == ["Named", "“second question”"]
    assert list(tables(app)[0].value["messages"]) == [2, 2]
    assert "2 sessions** · 4 messages · 200 input and 40 output tokens" in shown(app)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"words": "apples"}, ["“apples and pears”"]),
        ({"words": "s2"}, ["“oranges”"]),
        ({"user": "oa"}, ["“oranges”"]),
        ({"user": '"noah"'}, ["“oranges”"]),
        ({"user": '"noa"'}, None),
        ({"user": '""'}, None),
        ({"messages_min": "3"}, ["“apples and pears”"]),
        ({"cached": "uncached"}, ["“oranges”"]),
        ({"user": '"noah" "zoe"'}, ["“oranges”"]),
        ({"title": "apples"}, None),
        ({"started": "2000-01-01..2001-01-01"}, None),
        ({"started": "2020-01-01.."}, ["“oranges”", "“apples and pears”"]),
        ({"since": "2000-01-01", "until": "2100-01-01"}, ["“oranges”", "“apples and pears”"]),
    ],
    ids=str,
)
def test_filters_come_from_the_url(
    sessions: ChatSessions, open_page: OpenPage, query: dict[str, str], expected: list[str] | None
) -> None:
    conversation(sessions, "s1", "apples and pears", "ok", "thanks")
    conversation(sessions, "s2", "oranges", user="noah")
    sessions.invalidate_session_cache("s2")
    app = open_page(**query)
    assert (titles(app) if tables(app) else None) == expected


def test_a_search_without_a_match_offers_the_way_back(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page(words="nothing-like-it")
    assert "No sessions match" in app.info[0].value
    app.button[-1].click().run()
    assert titles(app) == ["“apples”"]


def test_the_way_back_to_all_undoes_a_time_of_start_and_words_of_the_title_too(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page(started="2000-01-01..2000-01-02", title="pears")
    assert "No sessions match" in app.info[0].value
    assert [chip.label for chip in app.button if "Started: 1 Jan 2000 to 2 Jan" in chip.label.replace("\\", "")]
    app.button[-1].click().run()
    assert titles(app) == ["“apples”"]
    assert "started" not in app.query_params


def test_older_sessions_are_on_the_next_page_and_the_last_one_ends(sessions: ChatSessions, open_page: OpenPage) -> None:
    for number in range(60):
        conversation(sessions, f"s{number:02}", f"question {number:02}")
    app = open_page()
    assert len(titles(app)) == 50
    assert "1 to 50 of 60 sessions" in shown(app)
    next(button for button in app.button if button.label == "Next").click().run()
    assert titles(app) == [f"“question {number:02}”" for number in range(9, -1, -1)]
    assert "51 to 60 of 60 sessions" in shown(app)
    assert next(button for button in app.button if button.label == "Next").disabled
    next(button for button in app.button if button.label == "First").click().run()
    assert titles(app)[0] == "“question 59”"


def test_a_click_on_a_cell_opens_the_conversation(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page()
    click_row(app, 0)
    assert component(app, "navigate")["to"] == "session?id=s1"


def test_two_ticked_sessions_are_compared(sessions: ChatSessions, open_page: OpenPage) -> None:
    for session_id in ("s1", "s2", "s3"):
        conversation(sessions, session_id, "apples")
    app = open_page()
    for rows in ([0], [0, 1, 2]):
        assert tick_rows(app, rows).button(key="compare_ticked").disabled
    tick_rows(app, [0, 2]).button(key="compare_ticked").click().run()
    assert component(app, "navigate")["to"] == "compare?a=s3&b=s1"


def test_a_stopped_search_says_what_to_narrow(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation(sessions, "s1", *["many words " * 50] * 400)
    services.close()
    monkeypatch.setenv("INSPECTOR_STATEMENT_TIMEOUT", "0.0001")
    app = open_page(words="words")
    assert "timed out after 0.0001 s" in app.warning[0].value
    assert app.text_input(key="words").value == "words"
    assert not app.exception


def select(app: AppTest, row: int, column: str = "title") -> None:
    click_row(app, row)


def button(app: AppTest, label: str) -> Any:
    return next(item for item in app.button if item.label == label)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("active", ["“third”", "“second”", "“first”"]),
        ("started", ["“third”", "“second”", "“first”"]),
        ("messages", ["“first”", "“second”", "“third”"]),
        ("tokens", ["“second”", "“first”", "“third”"]),
    ],
)
def test_an_order_in_the_url_sorts_all_sessions(
    sessions: ChatSessions, open_page: OpenPage, sort: str, expected: list[str]
) -> None:
    for name, messages, tokens in (("first", 4, 20), ("second", 2, 90), ("third", 1, 10)):
        session = ChatSession.new("mia", session_id=name, now=datetime.now(UTC))
        session.messages = [ChatMessage(role="user", content=name)] * messages
        session.usage = [Usage.of(tokens, 1)]
        sessions.upsert_chat_session(session)
    assert titles(open_page(sort=sort)) == expected


def test_a_column_s_head_sorts_all_sessions_from_their_first_page(sessions: ChatSessions, open_page: OpenPage) -> None:
    for number in range(60):
        conversation(sessions, f"s{number:02}", *["words"] * (60 - number))
    app = open_page(place="oldest")
    assert tables(app)[0].data["sorted"] == "active"
    press_head(app, "messages")
    assert list(tables(app)[0].value["messages"]) == list(range(60, 10, -1))
    assert tables(app)[0].data["sorted"] == "messages"
    assert app.query_params["sort"] == "messages"
    assert "place" not in app.query_params
    assert app.selectbox(key="sort").value == "messages"


def test_pages_of_another_order_follow_it_and_a_new_order_begins_at_the_first(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    for number in range(60):
        conversation(sessions, f"s{number:02}", *["words"] * (1 + number % 30))
    app = open_page(sort="messages")
    counts = list(tables(app)[0].value["messages"])
    button(app, "Next").click().run()
    counts += list(tables(app)[0].value["messages"])
    assert counts == sorted(counts, reverse=True)
    assert len(counts) == 60
    assert "51 to 60 of 60 sessions" in shown(app)
    app.selectbox(key="sort").select("started").run()
    assert "place" not in app.query_params
    assert len(titles(app)) == 50


def test_a_search_shows_the_best_match_and_a_click_opens_it_with_the_word_to_find(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "s1", "apples", "Ripe PEARS, and pears again", "thanks for the pears")
    conversation(sessions, "s2", "plums")
    sessions.update_session_title("s2", "Pears")
    table = tables(open_page(words="pears"))[0]
    assert list(table.value["below"]) == ["In title, user or ID", "#1 Ripe PEARS, and pears again"]
    assert table.data["rows"][1][0]["below"] == ["#1 Ripe ", "PEARS", ", and pears again"]
    assert list(table.value["matches"]) == [0, 2]
    assert list(tables(open_page())[0].value["below"]) == ["", "Ripe PEARS, and pears again"]
    app = open_page(words="pears")
    select(app, 1)
    assert component(app, "navigate")["to"] == "session?id=s1&message=1&find=PEARS"
    app = open_page("session", id="s1", message="1", find="PEARS")
    assert component(app, "timeline", "s1", "database")["find"] == "PEARS"


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("s1-long-enough", "session?id=s1-long-enough&source=database"),
        ("https://inspector.example/session?id=s1-long-enough&message=1", "&source=database&message=1"),
        ("GET chat:session:s1-long-enough", "session?id=s1-long-enough&source=database"),
        ("2026-02-20 10:00:07 ERROR [s1-long-enough] turn failed", "session?id=s1-long-enough&source=database"),
    ],
)
def test_a_text_that_names_a_session_offers_to_open_it(
    sessions: ChatSessions, open_page: OpenPage, text: str, to: str
) -> None:
    conversation(sessions, "s1-long-enough", "apples", "pears")
    app = open_page(words=text)
    offer = next(item for item in app.button if item.label.startswith("Open session"))
    offer.click().run()
    assert component(app, "navigate")["to"].endswith(to)
    assert not [item for item in open_page(words="apples").button if item.label.startswith("Open session")]


def test_each_filter_that_is_set_is_a_chip_that_a_click_removes(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    query = {
        "since": "2020-01-01",
        "started": "2020-01-01..",
        "title": "*pears*",
        "messages_min": "1",
        "tokens_max": "900",
        "cached": "uncached",
        "turns": "failed",
        "tool": "look_up",
        "notes": "noted",
    }
    app = open_page(**query)
    chips = [item for item in app.button if item.key and item.key.startswith("chip-")]
    assert [chip.label.replace("\\", "") for chip in chips] == [
        "Last activity: from 2020-01-01",
        "Started: since 1 Jan 2020",
        "Title: *pears*",
        "Messages: from 1",
        "Tokens: up to 900",
        "Cache status: Not cached",
        "Turns: Failed",
        "Tool: look_up",
        "With notes",
    ]
    for left in range(len(query), 0, -1):
        assert len(set(query) & set(app.query_params)) == left
        next(item for item in app.button if item.key and item.key.startswith("chip-")).click().run()
    assert titles(app) == ["“apples”"]
    assert not set(query) & set(app.query_params)


def test_sessions_are_listed_by_a_tool_that_was_called_and_by_notes(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "s1", "apples")
    session = ChatSession.new("mia", session_id="s2", now=datetime.now(UTC))
    session.messages = [ChatMessage(role="user", content="pears"), message("assistant", None, tool_calls=[tool_call()])]
    sessions.upsert_chat_session(session)
    assert titles(open_page(tool="find_agent")) == ["“pears”"]
    assert not tables(open_page(tool="find"))
    assert not tables(open_page(notes="noted"))
    services.connected().app_db.keep_notes(
        [Annotation("a" * 32, "s1", 0, "", None, "ana", datetime(2026, 2, 20, tzinfo=UTC))]
    )
    assert titles(open_page(notes="noted")) == ["“apples”"]


def test_long_user_ids_are_cut_and_whole_in_a_column_of_their_own(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples", user="159d8719-f37e-4a79-b86f-125876eeb41f")
    conversation(sessions, "s2", "pears", user="mia")
    table = tables(open_page(columns="user,user_id"))[0].value
    assert list(table["user"]) == ["mia", "159d8719…"]
    assert list(table["user_id"]) == ["mia", "159d8719-f37e-4a79-b86f-125876eeb41f"]


def test_a_match_of_a_system_prompt_is_called_one(sessions: ChatSessions, open_page: OpenPage) -> None:
    session = ChatSession.new("mia", session_id="s1", now=datetime.now(UTC))
    session.messages = [message("system", "Be kind about pears."), message("user", "apples")]
    sessions.upsert_chat_session(session)
    assert list(tables(open_page(words="pears"))[0].value["below"]) == ["#0 system: Be kind about pears."]


def test_columns_can_be_chosen_and_are_kept_in_the_url(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page()
    usual = ["title", "user", "active", "messages", "tokens", "cost", "drift", "cached"]
    assert tables(app)[0].columns == usual
    picker = next(group for group in app.button_group if group.label == "Columns")
    picker.set_value(["messages", "started"]).run()
    assert app.query_params["columns"] == "messages,started"
    assert tables(app)[0].columns == ["title", "messages", "started"]
    assert tables(open_page(columns="user,nonsense"))[0].columns == ["title", "user"]
    next(group for group in app.button_group if group.label == "Columns").set_value([]).run()
    assert tables(app)[0].columns == usual


def test_a_view_is_saved_opened_and_deleted_by_who_made_it(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page(words="apples", turns="failed", sort="tokens", place="newer", tz="Asia/Tokyo")
    button(app, "Save view").click().run()
    assert "needs a name" in app.error[0].value
    app.text_input(key="saved_view_name").input("*Failed* turns").run()
    button(app, "Save view").click().run()
    (kept,) = services.connected().app_db.saved_views()
    assert (kept.name, kept.query, kept.shared) == ("*Failed* turns", "words=apples&turns=failed&sort=tokens", False)
    app = open_page()
    next(item for item in app.button if item.key == f"view-{kept.id}").click().run()
    assert component(app, "navigate")["to"] == "sessions?words=apples&turns=failed&sort=tokens"
    next(item for item in open_page().button if item.key == f"view-delete-{kept.id}").click().run()
    assert services.connected().app_db.saved_views() == ()


def test_a_cost_is_known_where_the_tokens_and_the_price_are(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = ChatSession.new("mia", session_id="s1", now=datetime.now(UTC))
    session.usage = [Usage.of(1_000_000, 100_000)]
    sessions.upsert_chat_session(session)
    sessions.upsert_chat_session(ChatSession.new("mia", session_id="s2", now=datetime.now(UTC)))
    services.close()
    monkeypatch.setenv("INSPECTOR_MODEL", "gpt-4o")
    table = tables(open_page())[0].value
    assert table["cost"].fillna(-1).tolist() == [-1, 3.5]
    assert table["tokens"].fillna("").tolist() == ["", "1.0M / 100k"]
    services.close()
    monkeypatch.setenv("INSPECTOR_MODEL", "nobody-sells-this")
    assert tables(open_page())[0].value["cost"].isna().all()


def test_a_provider_check_says_nothing_of_a_session_that_changed_since(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    for session_id in ("s1", "s2"):
        conversation(sessions, session_id, "apples")
    assert "provider" not in tables(open_page())[0].value.columns
    connected = services.connected()
    checked = datetime.now(UTC)
    run = LintRun("database", checked, checked, 2, {"s1": ("anthropic",)})
    connected.app_db.keep_lint(connected.settings.model, run)
    conversation(sessions, "s3", "pears")
    assert list(tables(open_page())[0].value["provider"].fillna("")) == ["", "● Accepted", "▲ Anthropic"]


def test_hostile_titles_reach_no_element_that_reads_markdown(sessions: ChatSessions, open_page: OpenPage) -> None:
    hostile = "![x](http://tracker.example/x.png) :red[big] <b>"
    conversation(sessions, "s1", hostile, hostile, user=hostile)
    sessions.update_session_title("s1", hostile)
    app = open_page()
    assert titles(app) == [hostile]
    assert "tracker" not in shown(app)
    assert "tracker" not in shown(open_page("users"))


def test_users_are_listed_last_seen_first_and_a_click_opens_their_sessions(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "s1", "apples", user="mia")
    conversation(sessions, "s2", "pears", user="noah")
    app = open_page("users")
    assert list(tables(app)[0].value["user"]) == ["noah", "mia"]
    click_row(app, 1)
    assert component(app, "navigate")["to"] == "sessions?user=%22mia%22"


def test_a_page_of_users_is_in_the_url_and_a_search_begins_at_the_first(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    for number in range(105):
        conversation(sessions, f"s{number}", "hello", user=f"user-{number:03}")
    app = open_page("users", page="2")
    assert list(tables(app)[0].value["user"]) == [f"user-{number:03}" for number in range(4, -1, -1)]
    app.text_input(key="user_search").input("user-10").run()
    assert list(tables(app)[0].value["user"]) == [f"user-{number}" for number in range(104, 99, -1)]
    assert "page" not in app.query_params


def test_an_old_link_beyond_the_end_offers_the_newest_sessions(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page(place="older~2020-01-01T00:00:00+00:00~x")
    assert "No more results" in app.info[0].value
    app.button[-1].click().run()
    assert titles(app) == ["“apples”"]


def test_the_import_offers_every_format_and_recognises_it_by_default(open_page: OpenPage) -> None:
    app = open_page()
    (button,) = [button for button in app.button if button.label == "Import"]
    button.click().run()
    (chosen,) = [box for box in app.selectbox if box.label == "Format"]
    assert not app.exception
    assert chosen.value is None
    assert [chosen.options[0], len(chosen.options)] == ["Recognized by its keys", len(DIALECTS) + 1]
    assert {"Anthropic Messages", "ChatGPT export", "Codex session"} <= set(chosen.options)


def test_a_deployment_is_read_only_and_says_so(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    made = Database.open(f"sqlite:///{tmp_path}/deployment.db", write=True)
    made.facts()
    made.close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/deployment.db")
    app = open_page()
    assert "Read-only mode" in shown(app)
    assert "No cache is configured" in shown(app).replace("\\", "")
    assert "Import" not in [button.label for button in app.button]


def test_a_database_that_is_down_is_said_in_words_and_the_cached_sessions_are_shown(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=60, write=True)
    session = ChatSession.new("mia", session_id="s1", now=datetime.now(UTC) - timedelta(days=1))
    session.title = "Only cached"
    cache.put(session)
    cache.close()
    monkeypatch.setenv("DATABASE_URL", "postgresql://reader:secret@127.0.0.1:1/chat")
    monkeypatch.setenv("REDIS_URL", redis_url)
    app = open_page()
    assert titles(app) == ["Only cached"]
    assert "can't be reached" in app.warning[0].value
    assert "secret" not in shown(app)
    assert not app.exception


def test_a_wrong_setting_is_named(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECTOR_ACCESS", "sometimes")
    app = open_page()
    assert "INSPECTOR_ACCESS" in app.error[0].value.replace("\\", "")
    assert not app.exception


def test_the_list_counts_notes_where_there_are_some(sessions: ChatSessions, open_page: OpenPage) -> None:
    for session_id in ("s1", "s2"):
        conversation(sessions, session_id, "apples", "pears")
    assert "notes" not in tables(open_page())[0].value.columns
    made = [Annotation(f"{n:032x}", "s1", n, "", None, "ana", datetime(2026, 2, 20, tzinfo=UTC)) for n in range(2)]
    services.connected().app_db.keep_notes(made)
    table = tables(open_page())[0].value
    assert sorted(table["notes"].fillna(0)) == [0, 2]


def test_a_choice_shows_labels_keeps_its_code_in_the_url_and_is_cleared_with_the_filters(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page()
    status = next(group for group in app.button_group if group.label == "Cache status")
    assert list(status.options) == ["Any", "Cached", "Not cached"]
    status.set_value("uncached").run()
    assert app.query_params["cached"] == "uncached"
    assert not tables(app)
    next(button for button in app.button if button.label == "Clear filters").click().run()
    assert titles(app) == ["“apples”"]
    assert "cached" not in app.query_params


def test_sessions_with_a_failed_turn_are_listed_by_a_filter_in_the_url(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "s1", "apples", "[__COPILOT_ERROR_f7a1__] The model is unavailable.")
    conversation(sessions, "s2", "pears", "[__COPILOT_SYSTEM_e3b0__] Execution stopped by user.")
    conversation(sessions, "s3", "plums", "Ripe.")
    app = open_page()
    turns = next(group for group in app.button_group if group.label == "Turns")
    assert list(turns.options) == ["Any", "Failed", "Stopped by user"]
    turns.set_value("failed").run()
    assert (titles(app), app.query_params["turns"]) == (["“apples”"], "failed")
    assert titles(open_page(turns="stopped")) == ["“pears”"]
    app = open_page(turns="stopped", messages_min="9")
    next(button for button in app.button if button.label == "Clear filters").click().run()
    assert len(titles(app)) == 3
