"""Exports of conversations: data visibility by role, nothing made before the click, and audit entries."""

import csv
import errno
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Semaphore

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from chatdata import ChatSessions
from chatdata.domain.access import Principal
from chatdata.domain.copies import PrivacyLevel
from chatdata.errors import DatabaseUnavailable
from chatdata.services.exporting import selected_ids
from chatdata.services.session_search import SessionSearch
from chatdata.stores.app_db import AuditEvent
from chatdata.stores.database import SessionFilter
from pages.ui.auth import current_principal
from pages.ui.export import bulk_jobs, options
from pages.ui.export.bulk_jobs import ExportFile, ExportProgress, ListExport, exports
from pages.ui.export.bulk_writer import ExportRequest, requested_pieces
from pages.ui.export.options import Choice, Form
from pages.ui.export.routes import list_export_routes, path_of
from pages.ui.server import audited, services
from pages.ui.server.background_job import JobState, Tell
from pages.ui.session import export
from tests.pages.conftest import OpenPage, SignIn, conversation

ANA = Principal("ana", "ana", "analyst", "masked")
OTTO = Principal("otto", "otto", "operator", "full", writable=True)
PARCEL = ExportFile("sessions.jsonl", "application/x-ndjson", "matching sessions as JSON Lines, masked view")


@pytest.fixture(autouse=True)
def _no_file_left() -> Iterator[None]:
    yield
    exports.close()


def chosen(app: AppTest, key: str) -> tuple[list[str], str]:
    """The options of an input and which one is chosen."""
    group = next(group for group in app.button_group if group.key == key)
    return list(group.options), group.value


def events() -> list[AuditEvent]:
    stores = services.connected()
    return list(stores.app_db.audit_events())


def exported() -> list[AuditEvent]:
    return [event for event in events() if event.kind == "export"]


@pytest.mark.parametrize(
    ("person", "offered", "first"),
    [
        ("vera", ["Structure"], "structure"),
        ("ana", ["Masked", "Structure"], "masked"),
        ("full-ana", ["Full", "Masked", "Structure"], "masked"),
        ("otto", ["Full", "Masked", "Structure"], "masked"),
    ],
)
def test_a_reader_is_offered_views_not_wider_than_their_own(
    sign_in: SignIn,
    open_page: OpenPage,
    person: str,
    offered: list[str],
    first: str,
) -> None:
    sign_in(person)
    app = open_page("sessions")
    next(button for button in app.button if button.label == "Export").click().run()
    assert not app.exception
    assert chosen(app, "list_export_view") == (offered, first)
    assert not exported()


def test_without_a_sign_in_the_widest_is_chosen_and_files_are_named_by_their_view(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    conversation(sessions, "s1", "apples", "pears")
    app = open_page("session", id="s1")
    assert not [group for group in app.button_group if group.key == "export_view"]
    app.session_state["export"] = True
    app.run()
    assert not app.exception
    assert chosen(app, "export_view") == (["Full", "Masked", "Structure"], "full")
    assert options.first_view(current_principal.current()) == "full"
    assert export.file_name("../a b/é", Choice("masked", "html", "both")) == "conversation-a-b-masked.html"


@pytest.mark.parametrize("view", ["full", "masked", "structure"])
@pytest.mark.parametrize("form", ["html", "json", "jsonl", "md"])
def test_a_conversation_is_made_and_recorded_on_the_click(
    sessions: ChatSessions, view: PrivacyLevel, form: Form
) -> None:
    conversation(sessions, "s1", "apples for mia@example.com", "pears", user="mia@example.com")
    choice = Choice(view, form, "both")
    made = audited.export(lambda: export._made("s1", choice), "s1", choice.words)
    assert not exported()
    text = str(made())
    assert ("apples" in text, "mia@example.com" in text) == (view != "structure", view == "full")
    event = exported()[0]
    assert (event.session_id, event.what) == ("s1", f"{options.FORM_NAMES[form]}, {view} view")


def test_a_view_that_was_not_offered_is_refused() -> None:
    assert options.views(ANA) == ("masked", "structure")
    assert options.views(OTTO) == ("full", "masked", "structure")


def ended(token: str, owner: Principal) -> ListExport:
    end = time.monotonic() + 60
    while exports.of(token, owner).running:
        assert time.monotonic() < end, "the file is still being made"
        time.sleep(0.02)
    return exports.of(token, owner)


def made(choice: Choice, owner: Principal = ANA, ids: tuple[str, ...] = (), **narrowed: str) -> tuple[str, ListExport]:
    stores = services.connected()
    search = SessionSearch(stores.stores, owner.view, stores.redaction_key)
    request = ExportRequest(SessionFilter(**narrowed), "any", ids, choice, search)  # type: ignore[arg-type]

    def make(tell: Tell[ExportProgress]) -> Iterator[str]:
        return requested_pieces(stores, request, tell)

    token = exports.start(stores.settings.data_dir, owner, PARCEL, None, make)
    return token, ended(token, owner)


def left() -> list[Path]:
    folder = services.connected().settings.data_dir / bulk_jobs.FOLDER
    return list(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Asks the route for a file as a reader; status and text."""
    client = TestClient(Starlette(routes=list_export_routes()))

    def asked(token: str, who: Principal, method: str = "GET") -> tuple[int, str]:
        monkeypatch.setattr("pages.ui.export.routes.of_connection", lambda _request: who)
        answer = client.request(method, path_of(token))
        return answer.status_code, answer.text

    return asked


def test_a_list_leaves_once_for_who_made_it_alone_and_is_recorded_then(
    sessions: ChatSessions, ask: Callable[..., tuple[int, str]]
) -> None:
    for number in range(3):
        conversation(sessions, f"s{number}", f"apples {number}", "pears", user=f"mia{number}@example.com")
    token, file = made(Choice("masked", "jsonl", "both"))
    assert (file.state.status, file.written.sessions, len(left())) == ("done", 3, 1)
    assert ask(token, OTTO)[0] == 404
    assert ask(token, Principal("ana", "ana", "viewer", "structure"))[0] == 403
    assert ask(token, ANA, "HEAD")[0] == 405
    assert not exported()
    status, text = ask(token, ANA)
    assert status == 200
    assert sorted(json.loads(line)["id"] for line in text.splitlines()) == ["s0", "s1", "s2"]
    assert "@example.com" not in text
    assert left() == []
    assert [(event.who, event.what) for event in exported()] == [("ana", f"{PARCEL.what}, 3 exported")]
    assert ask(token, ANA)[0] == 404
    assert len(exported()) == 1


@pytest.mark.parametrize(("view", "told"), [("full", True), ("masked", False), ("structure", False)])
def test_the_table_as_csv_tells_words_and_users_in_the_view_full_alone(
    sessions: ChatSessions, ask: Callable[..., tuple[int, str]], view: PrivacyLevel, told: bool
) -> None:
    conversation(sessions, "s1", "=apples", "pears")
    conversation(sessions, "s2", "plums")
    token, _ = made(Choice(view, "csv", "both"), ids=("s1",))
    rows = list(csv.DictReader(ask(token, ANA)[1].splitlines()))
    assert [(row["session_id"], row["messages"], row["cached"]) for row in rows] == [("s1", "2", "yes")]
    assert rows[0].get("first_user_message") == ("'=apples" if told else None)


def test_sessions_that_are_gone_are_counted_and_a_file_that_would_be_too_large_is_refused(
    sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation(sessions, "s1", "apples")
    conversation(sessions, "s2", "pears")
    _, file = made(Choice("full", "json", "both"), ids=("s1", "gone"))
    assert (file.state.status, file.written) == ("done", ExportProgress(1, 1))
    monkeypatch.setattr("pages.ui.export.bulk_writer.MOST_IN_HTML", 1)
    _, file = made(Choice("full", "html", "both"))
    assert (file.state.status, "at most 1 sessions" in str(file.state.error)) == ("failed", True)
    assert len(left()) == 1


def test_a_file_that_is_cancelled_leaves_nothing(sessions: ChatSessions) -> None:
    first = Event()

    def endless(tell: Tell[ExportProgress]) -> Iterator[str]:
        while True:
            first.set()
            yield "x"

    token = exports.start(services.connected().settings.data_dir, ANA, PARCEL, None, endless)
    assert first.wait(60)
    exports.of(token, ANA).cancel()
    assert ended(token, ANA).state.status == "cancelled"
    assert left() == []


def test_a_file_waits_for_two_others_and_can_be_cancelled_meanwhile(sessions: ChatSessions) -> None:
    begun, go_on = Semaphore(0), Event()

    def slow(tell: Tell[ExportProgress]) -> Iterator[str]:
        begun.release()
        assert go_on.wait(60)
        yield "x"

    folder = services.connected().settings.data_dir
    first, second = (exports.start(folder, ANA, PARCEL, 1, slow) for _ in range(2))
    assert [begun.acquire(timeout=60) for _ in range(2)] == [True, True]
    third, fourth = (exports.start(folder, ANA, PARCEL, 1, slow) for _ in range(2))
    exports.of(third, ANA).cancel()
    assert ended(third, ANA).state == JobState("cancelled")
    assert exports.of(fourth, ANA).state == JobState("running")
    go_on.set()
    assert [ended(token, ANA).state.status for token in (first, second, fourth)] == ["done"] * 3
    assert len(left()) == 3


@pytest.mark.parametrize("let_go", ["while it is made", "once it is there"])
def test_a_file_that_was_let_go_is_sent_to_nobody(
    sessions: ChatSessions, ask: Callable[..., tuple[int, str]], let_go: str
) -> None:
    begun, go_on = Event(), Event()

    def pieces(tell: Tell[ExportProgress]) -> Iterator[str]:
        yield "x"
        begun.set()
        assert go_on.wait(60)

    token = exports.start(services.connected().settings.data_dir, ANA, PARCEL, None, pieces)
    assert begun.wait(60)
    if let_go == "while it is made":
        exports.of(token, ANA).cancel()
    go_on.set()
    ended(token, ANA).cancel()
    assert ask(token, ANA)[0] == 404
    assert (left(), exported()) == ([], [])


def test_a_file_that_can_not_be_written_says_where(sessions: ChatSessions) -> None:
    folder = services.connected().settings.data_dir / bulk_jobs.FOLDER

    def spoilt(tell: Tell[ExportProgress]) -> Iterator[str]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        yield ""

    token = exports.start(folder.parent, ANA, PARCEL, None, spoilt)
    error = f"Could not write the file to {folder}: No space left on device."
    assert ended(token, ANA).state == JobState("failed", ExportProgress(), None, error)
    assert left() == []


def test_the_dialog_says_how_far_the_file_of_this_tab_is(sessions: ChatSessions, open_page: OpenPage) -> None:
    begun, go_on = Semaphore(0), Event()

    def pieces(tell: Tell[ExportProgress]) -> Iterator[str]:
        tell(ExportProgress(2, 1))
        begun.release()
        assert go_on.wait(60)
        yield "x"

    def refused(tell: Tell[ExportProgress]) -> Iterator[str]:
        raise DatabaseUnavailable("The database can't be reached.")

    def said(token: str) -> str:
        app = open_page("sessions")
        app.session_state["list_export_token"] = token
        next(button for button in app.button if button.label == "Export").click().run()
        assert not app.exception
        told = [*app.markdown, *app.success, *app.info, *app.error]
        return "\n".join([*(element.value for element in told), *(bar.proto.text for bar in app.get("progress"))])

    conversation(sessions, "s1", "apples")
    folder, reader = services.connected().settings.data_dir, current_principal.current()
    first, second = (exports.start(folder, reader, PARCEL, 5, pieces) for _ in range(2))
    assert [begun.acquire(timeout=60) for _ in range(2)] == [True, True]
    failed = exports.start(folder, reader, PARCEL, 5, refused)
    assert "2 of 5 sessions exported" in said(first)
    assert "Queued…" in said(failed)
    exports.of(second, reader).cancel()
    go_on.set()
    for token in (first, second, failed):
        ended(token, reader)
    assert "Export cancelled." in said(second)
    assert "Export failed. The database can" in said(failed)
    assert "1 session skipped: copy not found, or deleted during the export." in said(first)
    exports.of(first, reader).opened(lambda: None).close()
    assert "Downloaded: 2 sessions, 0.1 KB." in said(first)


def test_an_export_of_a_filter_is_whole_or_an_error(sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        conversation(sessions, f"s{number}", "apples")
    monkeypatch.setattr("chatdata.services.exporting.selecting._PAGE", 2)
    ids = selected_ids(sessions.stores, SessionFilter())
    found = [next(ids), next(ids)]
    database = sessions.stores.database
    object.__setattr__(sessions.stores, "database", None)
    with pytest.raises(DatabaseUnavailable):
        next(ids)
    object.__setattr__(sessions.stores, "database", database)
    assert found == ["s2", "s1"]
    assert list(selected_ids(sessions.stores, SessionFilter(), "uncached")) == []
