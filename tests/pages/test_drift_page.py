"""The Cache vs database page: status and impact, issues, timeline, both payloads, expected differences."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from sqlalchemy import text as sql
from streamlit.testing.v1 import AppTest

from chatdata import ChatMessage, ChatSession, ChatSessions, DatabaseUnavailable
from chatdata.domain.drift import ExpectedRule
from chatdata.domain.labels import FINDING_LABELS
from chatdata.domain.tokens import model_facts
from chatdata.services.lint_all import lint_and_keep
from chatdata.services.scan import keep, scan
from pages.ui.server import services
from pages.ui.session.compare import expected_differences
from tests.pages.conftest import OpenPage, component, conversation
from tests.pages.test_conversation_page import facts
from tests.pages.test_sessions_page import shown
from tests.support.tables import tables

TABS = {"issues": 1, "timeline": 2, "impact": 3, "expected": 4}


def stale(sessions: ChatSessions) -> None:
    """The cached document lacks the last two messages."""
    conversation(sessions, "s1", "apples", "pears")
    sessions.update_session_title("s1", "Fruit")
    assert sessions.stores.cache is not None
    raw = sessions.stores.cache.read_raw("s1")
    for text in ("plums", "figs"):
        sessions.append_and_save_message("s1", ChatMessage(role="user", content=text))
    sessions.stores.cache.put_raw("s1", raw or b"")


def drift_facts(app: AppTest) -> dict[str, str]:
    return {fact["label"]: fact["value"] for row in component(app, "drift_facts")["rows"] for fact in row}


def part(open_page: OpenPage, name: str) -> AppTest:
    """The page with this part of the tab open."""
    return open_page("session", tab="compare", id="s1", part=name)


def test_a_stale_cache_is_said_with_what_it_costs(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    app = open_page("session", tab="compare", id="s1")
    assert "missing the last 2 messages" in app.error[0].value.replace("\\", "")
    assert facts(app)["Sync"] == "Cache is behind"
    assert "Status" not in facts(app)
    assert drift_facts(app)["Status"] == "Out of sync"
    assert drift_facts(app)["Row updated"] != "Unknown"
    assert component(part(open_page, "diff"), "drift", "s1")["session"] == "s1"


def test_findings_name_causes_and_what_would_end_them(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    text = shown(part(open_page, "issues")).replace("\\", "")
    assert "**Cache is behind**" in text
    assert "Likely cause: **An older version overwrote the cache**" in text
    assert "Suggested fix:" in text


def test_words_that_only_wait_are_told_with_what_to_do_and_when_they_are_lost(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "s1", "apples", "pears")
    sessions.stores.require_cache().put_waiting("s1", ["And plums?"])
    app = open_page("session", tab="compare", id="s1", part="issues")
    assert not app.exception
    told = shown(app).replace("\\", "")
    assert told.count("send a message in this session or restart the worker before ") == 2
    assert told.count("Nothing in the inspector can save it.") == 2
    assert "(missing)" not in told
    assert "Waiting list" in [caption.value for caption in app.caption]
    assert drift_facts(app)["Status"] == facts(app)["Sync"] == "Messages only in a waiting list"
    assert "2 messages · waiting list expires in " in facts(app)["Cache"]
    assert " · expires in" not in facts(app)["Cache"]


def test_what_the_same_cause_also_made_is_told_in_its_issue(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples", "pears", "plums", "figs", "dates", "limes")
    with sessions.stores.require_database().writing() as connection:
        connection.execute(sql('DELETE FROM "ChatMessage" WHERE sequence IN (1, 4)'))
    words = shown(part(open_page, "issues")).replace("\\", "")
    assert "**Message missing in database**" in words
    assert "cache #1, #4" in words
    assert "Same cause: **Gap in message numbers**. The stored sequence continues with 2 after 0" in words
    assert "**Gap in message numbers** :gray" not in words


def test_a_suggested_fix_is_reviewed_applied_and_checked_in_its_issue(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    stale(sessions)
    app = part(open_page, "issues")
    fixes = [button for button in app.button if (button.key or "").startswith("fix-0-")]
    assert [button.label for button in fixes] == ["Delete cache entry", "Rebuild cache from database"]
    for label in ("Delete cache entry", "Rebuild cache from database"):
        next(button for button in app.button if button.label == label).click().run()
        assert f"**{label}** This resolves: Cache is behind." in shown(app)
        assert next(button for button in app.button if button.label == "Apply repair").disabled
    app.checkbox[0].check().run()
    next(button for button in app.button if button.label == "Apply repair").click().run()
    assert any("Resolved: Cache is behind. Checked again: no issue is left." in told.value for told in app.success)
    assert "Apply repair" not in [button.label for button in app.button]


def test_a_repair_on_its_page_resolves_the_session_on_cache_health(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    scanned(datetime.now(UTC))
    app = part(open_page, "issues")
    next(button for button in app.button if button.label == "Rebuild cache from database").click().run()
    app.checkbox[0].check().run()
    next(button for button in app.button if button.label == "Apply repair").click().run()
    table = tables(open_page("cache_health"))[0].value
    assert list(table["state"]) == ["resolved"]
    assert "(web): Rebuild cache from database, " in table["meaning"][0]


def test_a_repair_on_its_page_keeps_the_provider_check_of_the_list_known(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    session = conversation(sessions, "s1", "apples", "pears")
    session.messages.append(ChatMessage(role="tool", content="4 degrees", tool_call_id="call_9"))
    sessions.cache_chat_session(session)
    lint_and_keep(sessions.stores, services.connected().app_db, "database", model_facts("gpt-4o"))
    assert list(tables(open_page("sessions"))[0].value["provider"]) == ["● Accepted"]
    app = part(open_page, "issues")
    next(button for button in app.button if button.label == "Save to database").click().run()
    app.checkbox[0].check().run()
    next(button for button in app.button if button.label == "Apply repair").click().run()
    (told,) = tables(open_page("sessions"))[0].value["provider"]
    assert told.endswith("reject it")


def test_fixes_are_words_where_nothing_may_be_written(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale(sessions)
    monkeypatch.setenv("INSPECTOR_ACCESS", "read")
    services.close()
    app = part(open_page, "issues")
    text = shown(app).replace("\\", "")
    assert "Suggested fix: Delete cache entry, Rebuild cache from database" in text
    assert not [button for button in app.button if (button.key or "").startswith("fix-")]


def test_issues_tell_times_in_the_readers_zone(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    app = open_page("session", tab="compare", id="s1", tz="Asia/Tokyo")
    text = shown(app).replace("\\", "")
    written = drift_facts(app)["Cache written"]
    assert f"written at {written}" in text
    assert " UTC" not in text


def test_the_clock_gives_times_for_the_logs(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    app = part(open_page, "times")
    since, until = (datetime.fromisoformat(box.value) for box in app.main.code[:2])
    assert since < until
    assert {"From", "To"} <= {caption.value for caption in app.caption}
    assert "First differing message (#2)" in list(tables(app)[0].value["what"])


def test_both_payloads_are_weighed(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    app = part(open_page, "impact")
    text = shown(app).replace("\\", "")
    assert "From the cache the model misses 2 messages that the database has, among them the user's “figs”." in text
    assert "2 messages" in text
    assert "4 messages" in text
    assert "valid for all providers" in text


def test_each_message_that_the_model_misses_is_listed_with_its_place(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    stale(sessions)
    table = tables(part(open_page, "impact"))[0].value
    assert list(table["what"]) == ["Missing in cache"] * 2
    assert list(table["database"]) == ["2", "3"]
    assert list(table["role"]) == ["user", "user"]
    assert list(table["words"]) == ["plums", "figs"]


def test_a_windowed_cache_does_not_read_as_missing_words(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", *(f"words {number}" for number in range(1200)))
    assert sessions.stores.cache is not None
    document = json.loads(sessions.stores.cache.read_raw("s1") or b"")
    document["messages"] = document["messages"][200:]
    sessions.stores.cache.put_raw("s1", json.dumps(document).encode())
    text = shown(part(open_page, "impact")).replace("\\", "")
    assert "The cache keeps only the newest 1,000 messages" in text
    assert "misses" not in text


def test_normal_differences_can_be_switched_on(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    app = part(open_page, "expected")
    assert not app.exception
    app.toggle[0].set_value(True)
    rule = str(app.toggle[0].key).removeprefix("ledger_")
    assert any(f"**{FINDING_LABELS[rule]}**" in text.value.replace("\\", "") for text in app.run().markdown)


def test_every_expected_difference_is_described() -> None:
    assert set(expected_differences.DESCRIPTIONS) == set(get_args(ExpectedRule))


def test_in_sync_is_said(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    assert "same conversation" in open_page("session", tab="compare", id="s1").success[0].value


def test_words_at_risk_come_with_the_time_left(sessions: ChatSessions, open_page: OpenPage) -> None:
    session = conversation(sessions, "s1", "apples", "pears")
    session.messages.append(ChatMessage(role="user", content="plums"))
    sessions.cache_chat_session(session)
    assert "11 h 59 min (" in open_page("session", tab="compare", id="s1").error[0].value.replace("\\", "")


@pytest.mark.parametrize("state", ["ghost", "uncached", "corrupt", "missing"])
def test_every_state_has_words(sessions: ChatSessions, open_page: OpenPage, state: str) -> None:
    if state == "ghost":
        sessions.cache_chat_session(ChatSession.new("mia", session_id="s1"))
    elif state != "missing":
        conversation(sessions, "s1", "apples")
        sessions.invalidate_session_cache("s1")
    if state == "corrupt":
        assert sessions.stores.cache is not None
        sessions.stores.cache.put_raw("s1", b"{broken")
    app = open_page("session", tab="compare", id="s1")
    assert not app.exception
    if state == "missing":  # which has no tabs, so the header says it
        facts = [fact for row in component(app, "head")["rows"] for fact in row]
        assert [fact["value"] for fact in facts if fact["label"] == "Sync"] == ["Not found"]
    else:
        words = {"ghost": "Cache only", "uncached": "Not cached", "corrupt": "Unreadable"}
        assert drift_facts(app)["Status"] == words[state]
    for name in ("issues", "times", "impact", "expected"):
        assert not part(open_page, name).exception


def test_a_cache_that_is_down_is_said_and_nothing_is_judged(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    conversation(sessions, "s1", "apples")
    services.close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/data/chat.db")
    monkeypatch.setenv("REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    app = open_page("session", tab="compare", id="s1")
    assert "the cache is unavailable" in app.warning[0].value
    assert "secret" not in shown(app)


def test_without_a_session_it_says_where_to_pick_one(open_page: OpenPage) -> None:
    assert "No session selected" in open_page("compare").info[0].value


def diff(app: AppTest) -> list[str]:
    """The lines of the proposal."""
    return next(box.value for box in app.main.code if box.language == "diff").splitlines()


def proposed(open_page: OpenPage, action: str) -> AppTest:
    app = part(open_page, "repair")
    app.radio[0].set_value(action).run()
    return next(button for button in app.button if button.label == "Preview changes").click().run()


def test_a_repair_is_proposed_reviewed_and_done(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    app = proposed(open_page, "rewarm_cache")
    assert "This resolves: Cache is behind." in shown(app).replace("\\", "")
    told = diff(app)
    added = told.index("@@ cache messages[2] @@")
    assert told[added + 1 : added + 5] == ["+{", '+  "role": "user",', '+  "content": "plums"', "+}"]
    assert next(button for button in app.button if button.label == "Apply repair").disabled
    before = sessions.stores.read_copies("s1").cached
    app.checkbox[0].check().run()
    next(button for button in app.button if button.label == "Apply repair").click().run()
    assert not app.exception
    outcome = "Resolved: Cache is behind. Checked again: no issue is left."
    assert any(outcome in box.value.replace("\\", "") for box in app.success)
    assert sessions.stores.read_copies("s1").cached != before
    assert "same conversation" in open_page("session", tab="compare", id="s1").success[0].value
    assert list(tables(part(open_page, "repair"))[0].value["Result"]) == ["Done"]


def scanned(at: datetime) -> None:
    """A scan of all sessions is kept, as if it had begun at this time."""
    connected = services.connected()
    keep(connected.app_db, replace(scan(connected.stores, grace=0), started_at=at))


def test_an_issue_is_new_then_open_and_then_resolved_by_who_repaired_it(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    stale(sessions)
    assert "Open" not in shown(part(open_page, "issues"))
    sessions.delete_chat_session("s1")
    scanned(datetime(2026, 3, 1, 9, tzinfo=UTC))
    stale(sessions)
    assert ":blue-badge[New] not in the last scan" in shown(part(open_page, "issues"))
    for hour in (10, 11):
        scanned(datetime(2026, 3, 1, hour, tzinfo=UTC))
    assert ":gray-badge[Open] since the scan of 1 Mar 2026, 10:00:00" in shown(part(open_page, "issues")).replace(
        "\\", ""
    )
    app = proposed(open_page, "rewarm_cache")
    app.checkbox[0].check().run()
    next(button for button in app.button if button.label == "Apply repair").click().run()
    text = shown(part(open_page, "issues")).replace("\\", "")
    assert re.search(r"Resolved\] \*\*Cache is behind\*\* by .+ \(web\), .+: Rebuild cache from database", text)


def test_an_issue_that_went_without_a_repair_is_resolved_by_nobody(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    scanned(datetime(2026, 3, 1, 9, tzinfo=UTC))
    sessions.invalidate_session_cache("s1")
    text = shown(part(open_page, "issues")).replace("\\", "")
    assert "Resolved] **Cache is behind** since the scan of 1 Mar 2026, 09:00:00" in text


def test_a_repair_is_refused_if_a_copy_moved_since_it_was_shown(sessions: ChatSessions, open_page: OpenPage) -> None:
    stale(sessions)
    app = proposed(open_page, "rewarm_cache")
    app.checkbox[0].check().run()
    sessions.append_and_save_message("s1", ChatMessage(role="user", content="meanwhile"))
    next(button for button in app.button if button.label == "Apply repair").click().run()
    assert "Nothing was written" in shown(app)


def test_what_would_be_lost_is_shown_before(sessions: ChatSessions, open_page: OpenPage) -> None:
    session = conversation(sessions, "s1", "apples", "pears")
    session.messages.append(ChatMessage(role="user", content="plums"))
    sessions.cache_chat_session(session)
    app = proposed(open_page, "save_cached_tail")
    assert "This resolves: Unsaved messages." in shown(app).replace("\\", "")
    assert "No data loss" in shown(app)


def test_a_longer_life_is_told_in_words_and_apart(sessions: ChatSessions, open_page: OpenPage) -> None:
    session = conversation(sessions, "s1", "apples", "pears")
    session.messages.append(ChatMessage(role="user", content="plums"))
    sessions.cache_chat_session(session)
    assert sessions.stores.cache is not None
    raw = sessions.stores.cache.read_raw("s1") or b""
    sessions.stores.cache.put_raw("s1", raw, ttl_seconds=7_230)
    found = shown(part(open_page, "issues")).replace("\\", "")
    assert found.index("Suggested fix:") < found.index("Workaround:")
    app = proposed(open_page, "keep_alive")
    assert "This resolves no issue. It gains time." in shown(app).replace("\\", "")
    assert diff(app) == ["@@ cache time to live @@", "-2 h", "+12 h"]


def test_while_the_database_is_down_what_is_cached_can_be_given_more_time(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation(sessions, "s1", "apples", "pears")
    cache = sessions.stores.cache
    assert cache is not None
    cache.put_raw("s1", cache.read_raw("s1") or b"", ttl_seconds=7_230)
    database = services.connected().stores.database
    assert database is not None

    def down(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("The database is down.")

    for name in ("read_copy", "session_lock", "writing"):
        monkeypatch.setattr(type(database), name, down)
    app = proposed(open_page, "keep_alive")
    assert "The database is unavailable" in shown(app)
    app.checkbox[0].check().run()
    next(button for button in app.button if button.label == "Apply repair").click().run()
    assert not app.exception
    assert any(box.value.startswith("Repaired at") for box in app.success)


def test_read_only_offers_no_repair(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale(sessions)
    services.close()
    monkeypatch.setenv("INSPECTOR_ACCESS", "read")
    app = part(open_page, "repair")
    assert "Repair is disabled" in shown(app)
    assert "Preview changes" not in [button.label for button in app.button]


def test_the_sentence_above_the_tabs_leads_to_the_preview_of_its_fix(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    stale(sessions)
    app = open_page("session", id="s1")
    assert "missing the last 2 messages" in app.error[0].value
    assert "Likely cause: An older version overwrote the cache" in app.error[0].value.replace("\\", "")
    app.button(key="alert_repair").click().run()
    assert (app.query_params["tab"], app.query_params["part"]) == ("compare", "repair")
    assert "Apply repair" in [button.label for button in app.button]
