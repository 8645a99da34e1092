"""What each role finds on the pages: what it may not see is absent."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from chatdata import ChatMessage, ChatSessions
from chatdata.services.connect import EMBEDDED_DATABASE
from chatdata.services.scan import keep, scan
from chatdata.stores.app_db import FILE_NAME, AuditEntry
from pages.ui.auth import current_principal
from pages.ui.auth.current_principal import Credentials
from pages.ui.server import services
from tests.pages.conftest import OpenPage, SignIn, conversation, protos
from tests.support.tables import tables

ROLES = {"vera": "viewer", "ana": "analyst", "full-ana": "analyst", "otto": "operator"}


def labels(app: AppTest) -> set[str]:
    parts: list[Any] = [*app.button, *app.tabs, *app.text_input, *app.get("page_link")]
    return {str(getattr(part, "label", "")) for part in parts}


@pytest.mark.parametrize(
    ("person", "inputs", "columns"),
    [
        ("vera", set(), {"session"}),
        ("ana", {"Search"}, {"session"}),
        ("full-ana", {"Search", "User"}, {"title", "below", "user"}),
        ("otto", {"Search", "User", "Import"}, {"title", "below", "user"}),
    ],
)
def test_the_list_shows_what_a_role_may_see(
    sign_in: SignIn, open_page: OpenPage, person: str, inputs: set[str], columns: set[str]
) -> None:
    sign_in(person)
    app = open_page("sessions")
    assert not app.exception
    assert labels(app) & {"Search", "User", "Import"} == inputs
    assert set(tables(app)[0].value.columns) & {"session", "title", "below", "user"} == columns
    shown = protos(app)
    assert ("apples" in shown, "mia@example" in shown) == ("title" in columns, "title" in columns)
    assert f"{person}\n{ROLES[person]}" in app.sidebar.text[0].value


@pytest.mark.parametrize("person", ROLES)
@pytest.mark.parametrize(("status", "label"), [("running", "Running"), ("asks about her biopsy", None)])
def test_an_unknown_status_is_listed_for_who_may_read_texts(
    sign_in: SignIn, open_page: OpenPage, person: str, status: str, label: str | None
) -> None:
    with closing(sqlite3.connect(services.connected().settings.data_dir / EMBEDDED_DATABASE)) as database, database:
        database.execute("""ALTER TABLE "ChatSession" ADD COLUMN "chatStatus" TEXT NOT NULL DEFAULT 'idle'""")
        database.execute('UPDATE "ChatSession" SET "chatStatus" = ?', (status,))
    services.close()
    sign_in(person)
    (table,) = tables(open_page("sessions", columns="messages,status"))
    cells = " ".join(map(str, table.value.iloc[0]))
    assert (status in cells) == (label is None and person in ("full-ana", "otto"))
    assert label is None or label in cells


def test_a_structure_reader_finds_nothing_by_words_or_users_in_the_url(sign_in: SignIn, open_page: OpenPage) -> None:
    sign_in("vera")
    for query in ({"words": "nosuchword"}, {"user": "nobody"}):
        assert len(tables(open_page("sessions", **query))[0].value) == 1


def test_a_shared_view_is_offered_to_others_who_see_as_much_and_deleted_by_its_author_only(
    sign_in: SignIn, open_page: OpenPage
) -> None:
    def offered(person: str) -> set[str]:
        sign_in(person)
        keys = [str(item.key) for item in open_page("sessions").button]
        return {key.removeprefix("view-").split("-")[0] for key in keys if key.startswith("view-")}

    def save(person: str, name: str) -> None:
        sign_in(person)
        app = open_page("sessions", words="mia@example")
        app.text_input(key="saved_view_name").input(name).run()
        if app.checkbox:
            app.checkbox(key="saved_view_shared").check().run()
        next(item for item in app.button if item.label == "Save view").click().run()

    for person in ("otto", "ana", "vera"):
        save(person, f"Of {person}")
    ids = {view.name: view.id for view in services.connected().app_db.saved_views()}
    assert offered("full-ana") == {ids["Of otto"], ids["Of ana"]}
    assert offered("ana") == {"delete", ids["Of ana"]}
    assert offered("vera") == {"delete", ids["Of vera"]}  # a viewer's view can't be shared
    assert "Of otto" not in protos(open_page("sessions"))


def test_a_masked_reader_who_searches_a_hidden_value_sees_the_page_of_one_that_does_not_exist(
    sign_in: SignIn, open_page: OpenPage
) -> None:
    sign_in("ana")
    assert len(tables(open_page("sessions", words="apples"))[0].value) == 1
    for parameter in ("words", "title"):
        nothing = protos(open_page("sessions", **{parameter: "nosuchword"}))
        assert "No sessions match these filters." in nothing
        hidden = protos(open_page("sessions", **{parameter: "mia@example"}))
        assert hidden.replace("mia@example", "nosuchword") == nothing
    sign_in("full-ana")
    assert len(tables(open_page("sessions", words="mia@example"))[0].value) == 1


@pytest.mark.parametrize(("person", "words", "hint"), [("vera", False, True), ("ana", True, False)])
def test_the_body_for_another_api_shows_what_a_role_may_see(
    sign_in: SignIn, open_page: OpenPage, person: str, words: bool, hint: bool
) -> None:
    sign_in(person)
    app = open_page("session", tab="payload", id="s1", part="export", format="bedrock")
    assert not app.exception
    shown = protos(app)
    assert ('"content"' in app.code[0].value, "mia@example" in shown) == (True, False)
    assert ("apples and pears" in shown, "applies to the placeholders" in shown) == (words, hint)


@pytest.mark.parametrize(("person", "repair", "try_it"), [("full-ana", False, True), ("otto", True, True)])
def test_repairing_and_sending_are_there_for_who_may(
    sign_in: SignIn, open_page: OpenPage, person: str, repair: bool, try_it: bool
) -> None:
    sign_in(person)
    assert ("Repair" in labels(open_page("session", tab="compare", id="s1"))) is repair
    assert ("Send test request" in labels(open_page("session", tab="payload", id="s1", source="database"))) is try_it


@pytest.mark.parametrize("person", ["vera", "ana"])
@pytest.mark.parametrize(
    "page", ["overview", "sessions", "users", "cache_health", "messages", "compare", "payload", "/compare", "audit"]
)
def test_no_page_tells_words_or_users_to_who_may_not_read_them(
    sign_in: SignIn, open_page: OpenPage, person: str, page: str
) -> None:
    sign_in(person)
    app = open_page(page, id="s1", source="database", a="s1", b="s1")
    assert not app.exception
    told = protos(app)
    assert "apples" not in told
    assert "mia@example" not in told
    assert labels(app).isdisjoint({"Repair", "Send test request", "Import"})


@pytest.mark.parametrize("person", ["vera", "ana"])
@pytest.mark.parametrize("page", ["overview", "cache_health"])
def test_what_needs_attention_is_named_without_its_title_to_who_may_not_read_it(
    sessions: ChatSessions, sign_in: SignIn, open_page: OpenPage, person: str, page: str
) -> None:
    sessions.update_session_title("s1", "apples of the season")
    session = sessions.get_chat_session("s1")
    assert session is not None
    session.messages.append(ChatMessage(role="user", content="figs"))
    sessions.cache_chat_session(session)
    connected = services.connected()
    assert keep(connected.app_db, scan(connected.stores, grace=0))
    sign_in("full-ana")
    assert "apples of the season" in protos(open_page(page))
    sign_in(person)
    told = protos(open_page(page))
    assert "s1" in told
    assert "apples" not in told


@pytest.mark.parametrize(("person", "words"), [("", "did not identify you"), ("nina", "no role")])
@pytest.mark.parametrize("page", ["sessions", "session", "/compare", "audit"])
def test_who_may_see_nothing_gets_a_sentence_alone(
    sign_in: SignIn, open_page: OpenPage, person: str, words: str, page: str
) -> None:
    sign_in(person)
    app = open_page(page, id="s1", a="s1", b="s1")
    assert words in app.error[0].value
    assert len(app.sidebar.children) == 0
    assert not tables(app)


@pytest.mark.parametrize("page", ["usage", "audit", "sessions"])
def test_a_sign_in_that_ends_while_a_page_runs_is_not_told_as_a_failure_of_the_page(
    sign_in: SignIn, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """Whatever asks last: the page that leads to the sign-in is drawn."""
    sign_in("otto")
    valid, nobody = current_principal._credentials_of_page(), Credentials(lambda _name: (), {}, "10.0.0.9")
    seen = []
    for asked in range(1, 9):
        left = iter([valid] * asked)
        monkeypatch.setattr(current_principal, "_credentials_of_page", lambda left=left: next(left, nobody))
        app = open_page(page)
        told = [error.value for error in app.error if "did not identify you" in error.value]
        assert not app.exception
        assert bool(told) == ("Conversation Inspector" in [title.value for title in app.title])
        seen.append((bool(told), bool(app.sidebar.children)))
    assert (True, True) in seen


def test_operators_read_the_audit_log_and_looks_within_minutes_are_one(sign_in: SignIn, open_page: OpenPage) -> None:
    for person in ("otto", "full-ana", "otto"):
        sign_in(person)
        open_page("session", id="s1")
        open_page("session", tab="payload", id="s1", source="database")
    table = tables(open_page("audit"))[0].value
    assert sorted(table["who"]) == ["full-ana", "otto"]
    assert set(table["kind"]) | set(table["view"]) | set(table["address"]) == {"Viewed", "Full", "10.0.0.9"}
    assert len(tables(open_page("audit", audit_who="ana"))[0].value) == 1
    assert "No matching events" in open_page("audit", audit_kind="sends").info[0].value


def test_the_audit_log_lists_repairs_under_their_kind(sign_in: SignIn, open_page: OpenPage) -> None:
    sign_in("otto")
    stores = services.connected()
    done = AuditEntry(
        "a-1", services.now(), stores.sessions.stores.deployment, "otto", "s1", "rewarm_cache", "done", "", "", ""
    )
    stores.app_db.keep_audit(done)
    open_page("session", id="s1")
    table = tables(open_page("audit", audit_kind="repairs"))[0].value
    assert list(table["kind"]) == ["Repaired"]


def spoil_the_log() -> None:
    path = Path(services.connected().settings.data_dir) / FILE_NAME
    for file in path.parent.glob(f"{FILE_NAME}*"):
        file.unlink()
    path.write_bytes(b"no database at all" * 100)


def test_a_look_that_can_not_be_recorded_is_refused_to_who_signed_in(sign_in: SignIn, open_page: OpenPage) -> None:
    sign_in("otto")
    spoil_the_log()
    app = open_page("session", id="s1")
    assert "has to be recorded in the audit log" in app.error[0].value
    assert "apples" not in protos(app)


def test_without_a_sign_in_it_is_only_said(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples and pears")
    spoil_the_log()
    app = open_page("session", id="s1")
    assert not app.error
    assert any(FILE_NAME in caption.value.replace("\\", "") for caption in open_page("sessions").sidebar.caption)


def test_without_a_sign_in_looks_are_recorded_under_the_name_of_this_machines_user(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page("session", id="s1")
    stores = services.connected()
    event = stores.app_db.audit_events()[0]
    assert (event.kind, event.session_id, event.who) == ("view", "s1", current_principal.current().name)
    assert not [text for text in app.sidebar.text if "operator" in text.value]


def test_what_one_reader_left_in_a_tab_is_gone_for_the_next(sign_in: SignIn, open_page: OpenPage) -> None:
    sign_in("otto")
    app = open_page("sessions", words="apples")
    app.session_state["repair_proposed"] = ("s1", "x", "y")
    app.run()
    assert "repair_proposed" in app.session_state
    sign_in("full-ana")
    app.run()
    assert "repair_proposed" not in app.session_state


@pytest.mark.parametrize(("person", "named"), [("ana", False), ("full-ana", True)])
def test_channels_are_counted_for_everyone_and_named_for_who_sees_people(
    sessions: ChatSessions, sign_in: SignIn, open_page: OpenPage, person: str, named: bool
) -> None:
    assert sessions.stores.cache is not None
    sessions.stores.cache._client.set("copilot-bot:session:telegram:mia-canary", "gone")
    result = scan(sessions.stores, grace=0.0)
    keep(services.connected().app_db, result)
    sign_in(person)
    seen = protos(open_page("cache_health"))
    assert "1 channel of chat platforms refers" in seen
    assert ("mia-canary" in seen) is named
