"""The Payload page: every state in words, consistent verdicts, truncation, error lookup and export."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from chatdata import ChatMessage, ChatSession, ChatSessions, Usage
from chatdata.domain.lint import PROVIDERS
from chatdata.domain.payload import PROVIDER_NAMES
from chatdata.domain.tokens import model_facts
from chatdata.services.lint_all import lint_and_keep
from chatdata.stores.app_db import FILE_NAME
from pages.ui.server import services
from tests.pages.conftest import OpenPage, component
from tests.pages.test_sessions_page import shown, titles
from tests.support.builders import message, new_session, talk, tool_call
from tests.support.command_line import at_once
from tests.support.openai_server import KEY
from tests.support.tables import tables

CALLING = message("assistant", None, tool_calls=[tool_call()])
DONE = message("tool", "done", tool_call_id="call_1")
FINE = [message("system", "Be brief."), *talk(2), message(), CALLING, DONE, message("assistant", "ok")]
ORPHAN = [*talk(2), message("tool", "late", tool_call_id="call_x"), message("assistant", "ok")]
MISTRAL = [message(), CALLING, DONE]
BLANK = [message(content=" "), message("assistant", "ok")]
HOSTILE = "![x](http://tracker.example/x.png) :red[big] <b> $x$ \ud83d \u202e"


def store(sessions: ChatSessions, messages: list[ChatMessage], session_id: str = "s1", **fields: Any) -> ChatSession:
    fields = {"title": "Fruit", "usage": [(100, 20)], **fields}
    return sessions.upsert_chat_session(new_session(session_id, messages=messages, **fields))


def facts(app: AppTest) -> dict[str, str]:
    return {fact["label"]: fact["value"] for row in component(app, "payload_facts")["rows"] for fact in row}


SESSION_TABS = ("Messages", "Cache vs database", "Payload", "Tokens")


def everything(app: AppTest) -> str:
    """Every word of elements that read Markdown, tables apart, as people see it."""
    kinds = (app.success, app.get("page_link"), app.button, app.checkbox)
    labels = [getattr(element, "label", "") or getattr(element, "value", "") for kind in kinds for element in kind]
    return "\n".join([shown(app), *map(str, labels)]).replace("\\", "")


def part(open_page: OpenPage, name: str, **query: str) -> AppTest:
    app = open_page("session", tab="payload", id="s1", part=name, **query)
    assert not app.exception
    return app


def tab_labels(app: AppTest) -> list[str]:
    return [tab.label for tab in app.tabs]


def verdict(app: AppTest) -> str:
    (told,) = [fact for row in component(app, "head")["rows"] for fact in row if fact["label"] == "Providers"]
    return str(told["value"])


# States


def test_without_a_session_in_the_url_the_page_says_where_to_pick_one(open_page: OpenPage) -> None:
    app = open_page("session", tab="payload")
    assert (app.title[0].value, "No session selected" in app.info[0].value) == ("Session", True)


def test_a_session_that_neither_store_has_is_said_to_be_missing(open_page: OpenPage) -> None:
    app = open_page("session", tab="payload", id="![x](http://tracker.example/x.png)")
    assert "Session not found in the database or the cache" in app.warning[0].value
    labels = [link.label for link in app.get("page_link")]
    assert "![x](http://tracker.example/x.png)" in "".join(labels).replace("\\", "")
    assert not any("](" in label for label in labels), "it is escaped, so that nothing is loaded"
    assert tab_labels(app) == []


def test_the_head_says_what_the_payload_is_and_what_it_weighs(sessions: ChatSessions, open_page: OpenPage) -> None:
    store(sessions, [*talk(2), message("critic"), message(), message("assistant", "a"), message("assistant", "b")])
    app = open_page("session", tab="payload", id="s1", message="4")
    told = facts(app)
    assert component(app, "head")["title"] == "Fruit"
    assert told["Messages"] == "6 stored → 4 sent (1 not sent)"
    assert told["Estimated tokens"].startswith("about ")
    assert told["Recorded tokens"] == "100 input tokens (all turns)"
    assert told["Context window"] == "0.023% of 128,000"
    assert told["Input price"] == "about <$0.001"
    given = component(app, "payload", "s1", "database")
    assert [given[name] for name in ("session", "source", "model", "message")] == ["s1", "database", "gpt-4o", 4]


def test_the_cached_copy_has_a_payload_of_its_own(sessions: ChatSessions, open_page: OpenPage) -> None:
    cached = store(sessions, talk(4))
    cached.messages, cached.usage = talk(1), [Usage.of(7, 1), Usage.of(9, 1)]
    sessions.cache_chat_session(cached)
    app = open_page("session", tab="payload", id="s1", source="cache")
    assert component(app, "payload", "s1", "cache")["source"] == "cache"
    assert facts(app)["Messages"] == "1 stored → 1 sent"
    assert facts(app)["Recorded tokens"] == "9 input tokens (last turn)"


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-4", {"Context window": "of 8,192", "Estimated tokens": "about"}),
        ("no-such-model", dict.fromkeys(("Context window", "Estimated tokens"), "Unknown")),
        (HOSTILE, {"Context window": "Unknown", "Input price": "Unknown"}),
    ],
)
def test_the_model_comes_from_the_url(
    sessions: ChatSessions, open_page: OpenPage, model: str, expected: dict[str, str]
) -> None:
    store(sessions, FINE)
    app = open_page("session", tab="payload", id="s1", model=model.replace("\ud83d", ""))
    assert not app.exception
    told = facts(app)
    assert all(words in told[label] for label, words in expected.items())
    assert "tracker" not in everything(app)


def test_a_cache_that_is_down_leaves_the_stored_payload(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store(sessions, FINE)
    services.close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/data/chat.db")
    monkeypatch.setenv("REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    app = open_page("session", tab="payload", id="s1")
    assert component(app, "payload", "s1", "database")
    assert "cache is unavailable" in app.warning[0].value
    assert "secret" not in everything(app)
    assert "can't be reached" in everything(open_page("session", tab="payload", id="s1", source="cache"))


def test_copies_that_have_no_payload_say_why(sessions: ChatSessions, open_page: OpenPage) -> None:
    store(sessions, FINE)
    sessions.invalidate_session_cache("s1")
    app = open_page("session", tab="payload", id="s1", source="cache")
    assert ("not cached" in app.info[0].value, tab_labels(app)) == (True, list(SESSION_TABS))
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw("s1", b"{broken")
    services.inspections().forget("s1")
    app = open_page("session", tab="payload", id="s1", source="cache")
    assert ("can't be read" in app.error[0].value, tab_labels(app)) == (True, list(SESSION_TABS))
    stored = open_page("session", tab="payload", id="s1")
    assert component(stored, "payload", "s1", "database")
    assert "can't be read" in stored.warning[0].value


# Verdicts


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        (FINE, "Valid for all"),
        (ORPHAN, "Fails on all providers"),
        (MISTRAL, "Fails on Mistral"),
        (BLANK, "Fails on Anthropic and 2 more"),
        ([], "Valid for all"),
    ],
    ids=["fine", "orphan", "mistral", "blank", "empty"],
)
def test_the_head_the_page_the_list_and_the_command_line_agree(
    sessions: ChatSessions, open_page: OpenPage, messages: list[ChatMessage], words: str
) -> None:
    store(sessions, messages)
    assert verdict(open_page("session", id="s1")) == words
    lint_and_keep(sessions.stores, services.connected().app_db, "database", model_facts("gpt-4o"))
    verdicts = at_once("lint", "s1", "--json").json["verdicts"]
    for summed in services.inspections().preview("s1", "database", "gpt-4o").summary["verdicts"]:
        assert (verdicts[summed["provider"]] == "reject") == bool(summed["rejections"])
    for provider in ("mistral", "anthropic"):
        listed = open_page(next_turn=f"rejected by {provider}")
        assert bool(tables(listed)) == (verdicts[provider] == "reject")


def test_the_list_shows_only_sessions_that_would_be_rejected(sessions: ChatSessions, open_page: OpenPage) -> None:
    for session_id, messages in (("s1", FINE), ("s2", ORPHAN), ("s3", MISTRAL)):
        store(sessions, messages, session_id, title=session_id)
    app = open_page()
    assert "not checked yet" in everything(app)
    assert "lint --all" in everything(app)
    assert at_once("lint", "--all").code == 1
    app = open_page()
    assert sorted(titles(app)) == ["s1", "s2", "s3"]
    app.selectbox(key="next_turn").select("would be rejected").run()
    assert sorted(titles(app)) == ["s2", "s3"]
    assert "3 sessions checked" in everything(app)
    app.selectbox(key="next_turn").select("rejected by openai").run()
    assert titles(app) == ["s2"]
    assert not app.exception


def test_a_broken_file_of_its_own_takes_only_the_filter_away(
    sessions: ChatSessions, open_page: OpenPage, tmp_path: Path
) -> None:
    store(sessions, FINE)
    (tmp_path / "data" / FILE_NAME).write_bytes(b"no database at all" * 100)
    app = open_page()
    assert titles(app) == ["Fruit"]
    assert f"{FILE_NAME} can't be used" in everything(app)


# Cutting


def test_a_cut_says_who_would_reject_what_is_left(sessions: ChatSessions, open_page: OpenPage) -> None:
    store(sessions, FINE)
    app = part(open_page, "truncate", cut_messages="2")
    assert "3 messages of 7** would be sent" in everything(app)
    assert all(PROVIDER_NAMES[provider] in app.error[0].value.replace("\\", "") for provider in PROVIDERS)
    assert tables(app)[0].value["Rule"].iloc[0] == "Orphaned tool result"
    assert tables(app)[0].value["Message"].iloc[0] == "#5"
    assert "1 cut point of 7 splits a tool call from its result" in everything(app)
    app.checkbox(key="cut_system").uncheck().run()
    assert "2 messages of 7** would be sent" in everything(app)
    app.number_input(key="cut_messages").set_value(4).run()
    assert "4 messages of 7** would be sent" in everything(app)
    store(sessions, FINE[3:] * 20, "s2")
    many = everything(open_page("session", tab="payload", id="s2", part="truncate"))
    assert "20 cut points of 80 split a tool call" in many
    assert "the last 2, 6, 10, 14, 18, 22, 26, 30, 34, 38, 42, 46 messages, and 8 more." in many


def test_a_cut_by_tokens_is_offered_where_they_are_known(sessions: ChatSessions, open_page: OpenPage) -> None:
    store(sessions, FINE)
    app = part(open_page, "truncate", cut_by="tokens", cut_tokens="1")
    assert "1 message of 7** would be sent" in everything(app)
    assert "7 messages of 7** would be sent" in everything(part(open_page, "truncate", cut_by="tokens"))
    assert "Token count unknown" in everything(part(open_page, "truncate", cut_by="tokens", model="no-such-model"))
    store(sessions, [], "s2")
    empty = open_page("session", tab="payload", id="s2", part="truncate")
    assert "Nothing to truncate" in empty.info[0].value


# The banner of the session


def test_the_banner_gives_the_reason_that_the_providers_share(sessions: ChatSessions, open_page: OpenPage) -> None:
    asked_again = [*MISTRAL, message(content="Are you there?"), message("assistant", "Yes.")]
    store(sessions, [*asked_again, message("tool", "late", tool_call_id="call_x"), message("assistant", "ok")])
    said = everything(open_page("session", id="s1"))
    assert "Every provider would reject the next request. A tool result" in said
    assert "A user message follows a tool result" not in said


def test_the_banner_names_the_only_provider_and_its_rule(sessions: ChatSessions, open_page: OpenPage) -> None:
    store(sessions, [*MISTRAL, message(content="Are you there?"), message("assistant", "Yes.")])
    said = everything(open_page("session", id="s1"))
    assert "Mistral would reject the next request. A user message follows a tool result" in said


@pytest.mark.parametrize(
    ("messages", "figure", "words"),
    [
        (ORPHAN, len(PROVIDERS), "All providers reject the next request"),
        ([*MISTRAL, message(content="Are you there?")], 1, f"1 of {len(PROVIDERS)} providers rejects the next request"),
    ],
)
def test_the_tab_counts_the_providers_that_reject(
    sessions: ChatSessions, open_page: OpenPage, messages: list[ChatMessage], figure: int, words: str
) -> None:
    store(sessions, [*messages, message("assistant", "Yes.")])
    styles = next(
        one.proto.body for one in open_page("session", id="s1").get("html") if "nth-of-type(3):not" in one.proto.body
    )
    assert f':nth-of-type(3):not([role="tabpanel"] *)::after {{ content: "{figure}"' in styles
    assert words in styles


# Pasting


def test_a_pasted_error_finds_its_message_and_opens_it(sessions: ChatSessions, open_page: OpenPage) -> None:
    store(sessions, ORPHAN)
    app = part(open_page, "explain")
    assert "Shows the rule behind the error" in everything(app)
    said = at_once("lint", "s1", "--json").json["findings"][0]["rejected_by"]
    for rejection in said:
        app.text_area(key="pasted_error").input(json.dumps({"log": rejection["text"]})).run()
        assert "Caused by message #2" in everything(app), rejection["provider"]
    app.button(key="open_0").click().run()
    assert component(app, "navigate")["to"] == "session?id=s1&source=database&message=2"
    app = part(open_page, "explain")
    app.text_area(key="pasted_error").input(f"something else {HOSTILE}".replace("\ud83d", "")).run()
    assert "Not a known provider error" in everything(app)
    assert "tracker" not in everything(app)


def test_an_innocent_message_that_an_error_names_is_not_called_its_cause(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    store(sessions, [*talk(2), message(content="x")])
    app = part(open_page, "explain")
    long = "Expected a string with maximum length 1048576, but got a string with length 2000000 instead."
    app.text_area(key="pasted_error").input(f"Invalid 'messages[2].content': string too long. {long}").run()
    assert "The error names message #2." in everything(app)
    texts = [one.value for one in app.text]
    assert any("These messages don't have that fault there" in text for text in texts)
    assert not any(text.startswith("Change:") for text in texts)
    assert "Caused by" not in everything(app)


def test_the_payload_after_the_change_is_shown_in_each_form(sessions: ChatSessions, open_page: OpenPage) -> None:
    store(sessions, ORPHAN)
    app = part(open_page, "explain")
    said = at_once("lint", "s1", "--json").json["findings"][0]["rejected_by"][0]["text"]
    app.text_area(key="pasted_error").input(said).run()
    assert "Leave this message out." in [one.value for one in app.text]
    for form, words in (("json", '"role"'), ("curl", "curl https://"), ("python", "OpenAI(")):
        app.segmented_control(key="repaired_0_form").select(form).run()
        assert not app.exception
        assert words in app.code[-1].value
        assert "tool_call_id" not in app.code[-1].value
    app.text_area(key="pasted_error").input("Rate limit reached for gpt-4o").run()
    assert any("No message is at fault." in one.value for one in app.text)
    assert "repaired_0_form" not in [one.key for one in app.segmented_control]


def test_the_payload_with_all_fixes_is_shown_first_where_one_is_not_enough(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    store(sessions, [message(), CALLING, *ORPHAN])
    said = at_once("lint", "s1", "--json").json["findings"]
    orphaned = next(one for one in said if one["code"] == "orphan_tool_result")
    error = next(one["text"] for one in orphaned["rejected_by"] if one["provider"] == "openai")
    app = part(open_page, "explain")
    app.text_area(key="pasted_error").input(error).run()
    assert "Accepted by OpenAI" in everything(app)
    app.segmented_control(key="repaired_0_form").select("curl").run()
    assert "call_x" not in app.code[-1].value
    assert "No result was recorded." in app.code[-1].value
    app.segmented_control(key="fixes_0").select("With this fix only").run()
    assert "Still refused: Missing tool result." in "".join(one.value for one in app.text)
    assert "Accepted by OpenAI" not in everything(app)
    assert "No result was recorded." not in app.code[-1].value


def test_an_error_that_is_said_twice_has_one_box(sessions: ChatSessions, open_page: OpenPage) -> None:
    store(sessions, ORPHAN)
    app = part(open_page, "explain")
    followed = "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
    text = f"{followed} 'tool_call_id'. The following tool_call_ids did not have response messages: call_"
    app.text_area(key="pasted_error").input(f"{text}1 (retry) {text}2").run()
    assert everything(app).count("**Missing tool result**") == 1


# Taking along


@pytest.mark.parametrize(("form", "words"), [("json", '"role"'), ("curl", "curl https://"), ("python", "OpenAI(")])
def test_the_payload_is_offered_in_each_form_without_a_key(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, form: str, words: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"https://ann:{KEY}@models.example/v1")
    services.close()
    store(services.connected().sessions, [*FINE, message(content=f"{HOSTILE}" + "long " * 20_000)])
    app = part(open_page, "export")
    app.segmented_control(key="export_form").select(form).run()
    assert not app.exception
    text = app.code[0].value
    assert (words in text, KEY in text, len(text) <= 60_000) == (True, False, True)
    assert "the download has all" in everything(app)
    assert "tracker" not in everything(app)


# Other APIs


def test_an_api_format_is_chosen_by_its_name_and_kept_in_the_url(sessions: ChatSessions, open_page: OpenPage) -> None:
    store(sessions, FINE)
    app = open_page("session", tab="payload", id="s1")
    assert component(app, "payload", "s1", "database")["format"] == "openai"
    app.selectbox(key="format").select("anthropic").run()
    given = component(app, "payload", "s1", "database")
    assert (given["format"], given["api"]) == ("anthropic", "Anthropic Messages")
    assert app.query_params["format"] == "anthropic"
    assert "1 change" in [one.proto.popover.label for one in app.get("popover")]
    assert "1 system message is moved out of the messages (payload messages[0])" in everything(app)
    told = everything(open_page("session", tab="payload", id="s1", format="responses"))
    assert "The translation changes the form only." in told
    assert (
        component(open_page("session", tab="payload", id="s1", format=HOSTILE[:-5]), "payload", "s1", "database")["api"]
        == ""
    )


@pytest.mark.parametrize(
    ("form", "words"),
    [("json", '"tool_use"'), ("curl", "https://api.anthropic.com/v1/messages"), ("python", "Anthropic()")],
)
def test_the_body_of_an_api_is_exported_in_each_form_whatever_its_text(
    sessions: ChatSessions, open_page: OpenPage, form: str, words: str
) -> None:
    store(sessions, [*FINE, message(content=HOSTILE, name=HOSTILE)])
    app = part(open_page, "export", format="anthropic", model="anthropic/claude-sonnet-5.5")
    app.segmented_control(key="export_form").select(form).run()
    assert not app.exception
    assert words in app.code[0].value
    assert "tool_call_id" not in app.code[0].value
    assert "tracker" not in everything(app)
    assert "ANTHROPIC_API_KEY" in everything(app)
    assert ("anthropic/claude-sonnet-5.5" in everything(app)) == (form != "json")
