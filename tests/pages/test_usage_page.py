"""The Usage page: its filters and URL, its figures, and its messages without data or a store."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from chatdata import ChatMessage, ChatSessions
from pages.ui.base.formatting import plain
from pages.ui.server import services
from pages.ui.usage import queries
from tests.pages.conftest import OpenPage, component
from tests.pages.test_sessions_page import shown
from tests.support.builders import fill, message, new_session, tool_call
from tests.support.tables import tables
from tests.support.usage_rows import amounts, read_all

NOW = datetime.now(UTC).replace(microsecond=0)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def plant(sessions: ChatSessions) -> None:
    """Two users within 30 days, one conversation without recorded tokens, one long ago."""
    assert sessions.stores.database is not None
    calls = [ChatMessage(role="assistant", content="", tool_calls=[tool_call("c1"), tool_call("c2", "run_agent")])]
    results = [ChatMessage(role="tool", tool_call_id="c1", content='{"type":"error"}')]
    fill(
        sessions.stores.database,
        new_session("s1", "mia", 4, [(100, 20), (300, 30)], days_ago(1), title="Weekly report"),
        new_session("s2", "mia", [message(), *calls, *results], [(1_000, 50)], days_ago(2), title="Report, again"),
        new_session("s3", "noah", 2, [(7, 3)], days_ago(3), title="Trip"),
        new_session("s4", "noah", 6, (), days_ago(4)),
        new_session("s5", "mia", 8, [(9_000, 1_000)], days_ago(60), title="Long ago"),
    )


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def in_url(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def frame(app: AppTest, column: str) -> pd.DataFrame:
    """The table that has this column."""
    return next(table.value for table in tables(app) if column in table.value)


def as_table(app: AppTest, *keys: str) -> AppTest:
    for key in keys:
        app.session_state[f"{key}_as"] = "table"
    return app.run()


def test_the_last_thirty_days_are_shown_with_how_many_lie_outside(sessions: ChatSessions, open_page: OpenPage) -> None:
    plant(sessions)
    app = open_page("usage")
    assert not app.exception
    assert figures(app) | {"Cost": ""} == {
        "Sessions": "4", "Messages": "15", "Tokens": "1,510", "Tool calls": "2", "Cost": "",
    }  # fmt: skip
    assert "$" in figures(app)["Cost"]
    assert "**4 sessions** started" in shown(app)
    assert "7 model responses" in shown(app)
    assert "1 session has no recorded tokens (excluded)" in shown(app)
    next(button for button in app.button if button.label == "Outside this range: 1").click().run()
    assert in_url(app, "period") == "all"
    assert figures(app)["Tokens"] == "11,510"


def test_figures_agree_with_a_plain_loop_the_list_and_the_conversation(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    plant(sessions)
    assert sessions.stores.database is not None
    held, _, messages, calls, prompt, completion, turns, *_ = amounts(read_all(sessions.stores.database))
    whole = open_page("usage", period="all")
    told, numbers = figures(whole), (held, messages, prompt + completion, calls)
    assert f"{turns:,} model responses" in shown(whole)
    assert [told[name] for name in ("Sessions", "Messages", "Tokens", "Tool calls")] == [f"{n:,}" for n in numbers]
    since = days_ago(10).date().isoformat()
    app = as_table(open_page("usage", started=f"{since}..", usage_user='"mia"'), "usage_time", "usage_users")
    by_day, by_user = frame(app, "period"), frame(app, "user")
    assert (sum(by_day["prompt_tokens"].dropna()), sum(by_day["completion_tokens"].dropna())) == (1_400, 100)
    assert list(by_user["total_tokens"]) == [1_500]
    assert sorted(by_day["share"].dropna()) == [pytest.approx(450 / 1_500), pytest.approx(1_050 / 1_500)]
    listed = shown(open_page("sessions", started=f"{since}..", user='"mia"'))
    assert "2 sessions** · 7 messages · 1,400 input and 100 output tokens" in listed
    rows = [component(open_page("session", id=name), "head")["rows"] for name in ("s1", "s2")]
    heads = [fact["value"] for row in rows for facts in row for fact in facts if fact["label"] == "Tokens"]
    assert heads == ["400 input, 50 output", "1,000 input, 50 output"]


def test_inputs_go_into_the_url_and_come_back_from_it(sessions: ChatSessions, open_page: OpenPage) -> None:
    plant(sessions)
    app = open_page("usage")
    app.text_input(key="usage_user_shown").input("noah").run()
    app.text_input(key="usage_title_shown").input("trip").run()
    assert in_url(app, "usage_user") == "noah"
    assert in_url(app, "usage_title") == "trip"
    assert figures(app)["Tokens"] == "10"
    app = open_page("usage", usage_user="noah", usage_title="trip", period="7")
    assert app.text_input(key="usage_user_shown").value == "noah"
    assert figures(app)["Tokens"] == "10"
    app.date_input(key="started_first_day").set_value(days_ago(20).date()).run()
    assert in_url(app, "started").startswith(days_ago(20).date().isoformat())
    next(button for button in app.button if button.label == "Reset zoom").click().run()
    assert "started" not in app.query_params
    assert in_url(app, "period") == "7"


def test_calendar_weeks_are_those_of_the_reader_and_a_change_is_a_percentage_or_nothing(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    assert sessions.stores.database is not None
    today = NOW.astimezone(ZoneInfo("Asia/Tokyo")).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), datetime.min.time(), ZoneInfo("Asia/Tokyo"))
    fill(
        sessions.stores.database,
        new_session("last", "mia", 4, [(1_000, 20)], monday - timedelta(minutes=30)),
        new_session("before", "mia", 2, [(1, 1)], monday - timedelta(days=8)),
    )
    app = open_page("usage", period="last-week", tz="Asia/Tokyo")
    assert figures(app)["Sessions"] == "1"
    sunday = monday - timedelta(days=1)
    assert f"started {monday - timedelta(days=7):%-d %b %Y} to {sunday:%-d %b %Y}" in shown(app)
    changes = {metric.label: metric.delta for metric in app.metric}
    assert changes == {"Sessions": "0%", "Messages": "+100%", "Tokens": "", "Tool calls": "", "Cost": ""}
    app.button_group(key="usage_period_shown").set_value("this-week").run()
    assert in_url(app, "period") == "this-week"
    assert "No sessions in this time range" in app.info[0].value


def test_the_list_of_the_same_sessions_is_a_click_away(sessions: ChatSessions, open_page: OpenPage) -> None:
    plant(sessions)
    app = open_page(
        "usage", started="2020-01-01..2100-01-01", usage_user='"mia" "noah"', usage_title="report", tz="Asia/Tokyo"
    )
    next(button for button in app.button if button.label == "View sessions").click().run()
    target = component(app, "navigate")["to"]
    assert target == ("sessions?started=2020-01-01..2100-01-01&user=%22mia%22+%22noah%22&title=report&tz=Asia%2FTokyo")
    listed = open_page("sessions", started="2020-01-01..2100-01-01", user='"mia" "noah"', title="report")
    assert sorted(tables(listed)[0].value["title"]) == ["Report, again", "Weekly report"]


def test_a_time_without_sessions_says_so_and_leads_to_all(sessions: ChatSessions, open_page: OpenPage) -> None:
    plant(sessions)
    app = open_page("usage", started="2001-01-01..2001-01-02")
    assert "Outside this range: 5" in app.info[0].value
    assert not app.metric
    next(button for button in app.button if button.label == "Show all time").click().run()
    assert figures(app)["Sessions"] == "5"


def test_nobody_and_nothing_are_said_in_words(sessions: ChatSessions, open_page: OpenPage) -> None:
    assert "No usage yet" in open_page("usage").info[0].value
    plant(sessions)
    queries.forget()
    app = open_page("usage", usage_user="nobody")
    assert "No sessions match" in app.info[0].value
    next(button for button in app.button if button.label == "Clear filters").click().run()
    assert figures(app)["Sessions"] == "4"


def test_unknown_usage_is_unknown_and_messages_are_drawn_instead(sessions: ChatSessions, open_page: OpenPage) -> None:
    assert sessions.stores.database is not None
    fill(
        sessions.stores.database,
        new_session("s1", "mia", 4, (), days_ago(1)),
        new_session("s2", None, 2, (), days_ago(1)),
    )
    app = open_page("usage")
    assert not app.exception
    assert (figures(app)["Tokens"], figures(app)["Cost"]) == ("unknown", "unknown")
    assert "These sessions have no recorded tokens" in shown(app)
    assert "**Top users by messages**" in shown(app)
    assert "None of these sessions has recorded tokens" in shown(app)


PARTS: Sequence[tuple[str, str]] = (
    ("Conversations", "Tokens vs messages per conversation"),
    ("Tools", "Top tools"),
    ("Activity heatmap", "Tokens by weekday and hour"),
    ("Title keywords", "Title keywords by tokens"),
    ("Cost by model", "list prices of"),
    ("Token mismatches", "None of these sessions is cached"),
)


@pytest.mark.parametrize(("part", "words"), PARTS, ids=[name for name, _ in PARTS])
def test_each_part_is_drawn_when_it_is_open_and_only_then(
    sessions: ChatSessions, open_page: OpenPage, part: str, words: str
) -> None:
    plant(sessions)
    app = open_page("usage", usage_part=part)
    assert not app.exception
    assert not app.error
    assert words in shown(app)
    assert [other for _, other in PARTS if other in shown(app)] == [words]


def test_tools_tell_calls_failures_and_sizes(sessions: ChatSessions, open_page: OpenPage) -> None:
    plant(sessions)
    app = open_page("usage", usage_part="Tools")
    found = {row["tool"]: row for row in frame(app, "tool").to_dict("records")}
    assert found["find_agent"] | {"failing": 1} == {
        "tool": "find_agent", "caused_tokens": 0, "cost": 0, "estimated": None, "result_tokens": 4,
        "calls": 1, "failing": 1, "median_characters": 16, "sessions": 1,
    }  # fmt: skip


def test_each_filter_is_a_chip_that_removes_it(sessions: ChatSessions, open_page: OpenPage) -> None:
    plant(sessions)
    app = open_page("usage", usage_user='"mia" "noah"', usage_title="report", usage_tool="find_agent")
    chips = {button.label for button in app.button if str(button.key).startswith("usage_chip")}
    assert chips == {"User: mia", "User: noah", "Title: report", "Tool: find\\_agent"}
    assert figures(app)["Sessions"] == "1"
    next(button for button in app.button if button.label == "View sessions").click().run()
    assert component(app, "navigate")["to"].endswith("user=%22mia%22+%22noah%22&title=report&tool=find_agent")
    next(button for button in app.button if button.label == "Tool: find\\_agent").click().run()
    assert "usage_tool" not in app.query_params
    assert figures(app)["Sessions"] == "2"
    next(button for button in app.button if button.label == "User: mia").click().run()
    assert in_url(app, "usage_user") == '"noah"'
    next(button for button in app.button if button.label == "Title: report").click().run()
    next(button for button in app.button if button.label == "User: noah").click().run()
    assert figures(app)["Sessions"] == "4"
    assert not [button for button in app.button if str(button.key).startswith("usage_chip")]
    assert "User: No user" in {button.label for button in open_page("usage", usage_user='""').button}


def test_an_outlier_is_cut_and_said_until_the_full_scale_is_chosen(sessions: ChatSessions, open_page: OpenPage) -> None:
    plant(sessions)
    assert sessions.stores.database is not None
    fill(sessions.stores.database, new_session("s6", "zoe", 2, [(90_000, 10_000)], days_ago(6)))
    app = open_page("usage", grain="day")
    assert plain(f"Bars are cut at 1,312 tokens ({days_ago(6):%a %-d %b %Y}: 100,000).") in shown(app)
    app.toggle(key="usage_scale_shown").set_value(True).run()
    assert in_url(app, "scale") == "full"
    assert "Bars are cut" not in shown(app)


COSTS = {
    "Conversations": ("usage_conversations_as", "session_id"),
    "Tools": ("", "tool"),
    "Activity heatmap": ("usage_hours_as", "hour"),
    "Title keywords": ("", "word"),
    "Cost by model": ("usage_cost_as", "model"),
}


@pytest.mark.parametrize("part", COSTS)
def test_every_table_and_csv_has_the_cost(sessions: ChatSessions, open_page: OpenPage, part: str) -> None:
    plant(sessions)
    app = as_table(open_page("usage", usage_part=part), "usage_time", "usage_spread")
    switch, column = COSTS[part]
    if switch:
        app.session_state[switch] = "table"
        app = app.run()
    assert not app.exception
    shown = [table.value for table in tables(app)]
    assert all("cost" in table for table in shown)
    total = float(figures(app)["Cost"].removeprefix("$"))
    for name in ("period", "user", *((column,) if column in ("session_id", "hour", "model") else ())):
        assert frame(app, name)["cost"].sum() == pytest.approx(total, abs=5e-4)


def test_counts_that_part_are_three_numbers(sessions: ChatSessions, open_page: OpenPage) -> None:
    plant(sessions)
    copy = sessions.stores.read_copies("s1").stored.session()
    copy.usage[0].prompt_tokens += 77
    sessions.cache_chat_session(copy)
    app = open_page("usage", usage_part="Token mismatches")
    row = frame(app, "recorded_prompt").to_dict("records")[0]
    assert (row["recorded_prompt"], row["cached_prompt"]) == (400, 477)
    assert row["estimated_prompt"] not in (None, 400, 477)
    assert row["session_id"] == "s1"


def test_days_are_those_of_the_chosen_zone(sessions: ChatSessions, open_page: OpenPage) -> None:
    assert sessions.stores.database is not None
    late = datetime(2026, 10, 25, 20, 30, tzinfo=UTC)  # in Tokyo the 26th
    fill(sessions.stores.database, new_session("s1", "mia", 2, [(5, 5)], late))
    for zone, day in (("Asia/Tokyo", "2026-10-26"), ("UTC", "2026-10-25"), ("Europe/Berlin", "2026-10-25")):
        app = as_table(open_page("usage", started=f"{day}..{day}", tz=zone, grain="day"), "usage_time")
        assert list(frame(app, "period")["period"]) == [day]
        assert "1 session" in shown(open_page("sessions", started=f"{day}..{day}", tz=zone))
        assert app.selectbox(key="tz").value == zone
    assert (
        "No sessions in this time range" in open_page("usage", started="2026-10-26..2026-10-26", tz="UTC").info[0].value
    )


def test_an_answer_is_kept_with_its_time_until_it_is_asked_for_anew(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    plant(sessions)
    assert "As of" in shown(open_page("usage"))
    assert sessions.stores.database is not None
    fill(sessions.stores.database, new_session("s9", "mia", 2, [(1, 1)], days_ago(1)))
    app = open_page("usage")
    assert figures(app)["Sessions"] == "4"
    next(button for button in app.button if button.label == "Refresh").click().run()
    assert figures(app)["Sessions"] == "5"


def test_a_stopped_question_says_what_to_narrow_and_leaves_the_inputs(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(sessions)
    assert sessions.stores.database is not None
    for part in range(10):
        many = [new_session(f"m{part}-{n}", "mia", 20, [(5, 5)], days_ago(1), title="words") for n in range(100)]
        fill(sessions.stores.database, *many)
    services.close()
    monkeypatch.setenv("INSPECTOR_STATEMENT_TIMEOUT", "0.0001")
    app = open_page("usage")
    assert "timed out after 0.0001 s" in app.warning[0].value
    assert "choose a shorter time range" in app.warning[0].value
    assert app.text_input(key="usage_user_shown").value == ""


def test_one_part_that_is_stopped_leaves_the_others(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(sessions)
    app = open_page("usage", usage_part="Tools")
    services.close()
    monkeypatch.setenv("INSPECTOR_STATEMENT_TIMEOUT", "0.0000001")
    app.session_state["usage_part"] = "Title keywords"
    app = app.run()
    assert figures(app)["Sessions"] == "4"
    assert not app.exception


def test_a_database_that_is_down_or_not_set_is_said(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, redis_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none?connect_timeout=1")
    app = open_page("usage")
    assert app.error
    assert not app.exception
    services.close()
    st.cache_resource.clear()
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("REDIS_URL", redis_url)
    app = open_page("usage")
    assert "DATABASE\\_URL" in app.error[0].value
    assert not app.exception
