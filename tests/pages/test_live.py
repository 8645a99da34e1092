"""Following a running turn: the switch of the page, and the route that the browser asks."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from chatdata import ChatMessage, ChatSessions
from pages.ui.server import services
from pages.ui.session.messages.live_routes import live_routes
from pages.ui.session.messages.timeline_routes import timeline_routes
from tests.pages.conftest import OpenPage, SignIn, component, conversation
from tests.support.stream_writer import StreamWriter
from tests.support.tables import tables


@pytest.fixture
def client() -> Iterator[TestClient]:
    routes = [*live_routes(services.inspections, services.followed), *timeline_routes(services.inspections)]
    with TestClient(Starlette(routes=routes)) as client:
        yield client


@pytest.fixture
def turn(sessions: ChatSessions) -> Iterator[StreamWriter]:
    conversation(sessions, "s1", "apples and pears", "plums", user="mia@example.com")
    with closing(StreamWriter(sessions.stores.require_cache().where, "s1", "turn-1", "may")) as writer:
        yield writer


def ask(client: TestClient, **more: Any) -> Any:
    return client.get("/api/live", params={"session": "s1", **more})


def test_the_switch_is_kept_in_the_url_and_told_to_the_timeline(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples", "pears")
    sessions.stores.require_cache().put_waiting("s1", ["And plums?"])

    still = open_page("messages", id="s1")
    live = open_page("messages", id="s1", live="true")

    assert [still.toggle(key="live").value, live.toggle(key="live").value] == [False, True]
    shown = [component(page, "timeline", "s1", "database")["live"] for page in (still, live)]
    assert shown == [False, True]
    assert [len(page.expander) for page in (still, live)] == [1, 0], "the timeline shows what waits, with its age"

    live.toggle(key="live").set_value(False).run()
    assert not live.exception
    assert component(live, "timeline", "s1", "database")["live"] is False


@pytest.mark.parametrize("source", ["database", "cache"])
def test_a_turn_is_followed_where_no_copy_can_be_shown(
    sessions: ChatSessions, open_page: OpenPage, source: str
) -> None:
    with closing(StreamWriter(sessions.stores.require_cache().where, "s9", "turn-9", "may")) as writer:
        writer.begin()
        writer.add("text-delta", id="t", delta="Nobody has these words yet")

    still = open_page("session", id="s9", source=source)
    live = open_page("session", id="s9", source=source, live="true")

    for page in (still, live):
        assert not page.exception
        assert "A turn of this session is running, and neither copy has it yet" in page.info[0].value
        assert not page.warning
    with pytest.raises(AssertionError, match="no component"):
        component(still, "live", "s9", source)
    assert component(live, "live", "s9", source) == {
        "session": "s9",
        "source": source,
        "view": "full",
        "zone": component(live, "live", "s9", source)["zone"],
        "live": True,
    }


def test_what_an_ended_turn_left_is_offered_where_both_copies_are_gone(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    with closing(StreamWriter(sessions.stores.require_cache().where, "s9", "turn-9", "may")) as writer:
        writer.begin()
        writer.say("Nobody will have these words")
        writer.end()

    page = open_page("session", id="s9", live="true")

    assert "Live shows what the stream of its latest turn has" in page.info[0].value
    assert component(page, "live", "s9", "database")["live"]


def test_a_copy_that_can_be_shown_needs_no_panel_of_its_own(turn: StreamWriter, open_page: OpenPage) -> None:
    turn.begin()

    page = open_page("session", id="s1", live="true")

    assert component(page, "timeline", "s1", "database")["live"]
    with pytest.raises(AssertionError, match="no component"):
        component(page, "live", "s1", "database")


def test_no_provider_is_said_to_reject_what_ends_within_a_running_turn(
    sessions: ChatSessions, turn: StreamWriter, open_page: OpenPage
) -> None:
    session = sessions.get_chat_session("s1", None)
    assert session is not None
    call = {"id": "call_1", "type": "function", "function": {"name": "ls", "arguments": "{}"}}
    session.messages += [
        ChatMessage(role="assistant", tool_calls=[call]),
        ChatMessage(role="tool", content="a.txt", tool_call_id="call_1"),
    ]
    sessions.upsert_chat_session(session)

    def told() -> list[bool]:
        page = open_page("session", id="s1")
        facts = [fact["label"] for row in component(page, "head")["rows"] for fact in row]
        return [any("reject" in box.value for box in page.error), "Providers" in facts]

    before = told()
    turn.begin()
    services.close()
    while_it_runs = told()
    turn.end()
    services.close()

    assert (before, while_it_runs, told()) == ([True, True], [False, False], [True, True])


def test_other_tabs_have_no_switch(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples", "pears")

    assert len(open_page("tokens", id="s1", live="true").toggle) == 0


def test_the_route_tells_what_the_turn_has_produced_and_then_only_what_is_new(
    turn: StreamWriter, client: TestClient
) -> None:
    turn.begin()
    turn.add("text-delta", id="t", delta="Plums are")
    turn.use("call_1", "bash_exec", {"command": "ls"}, "x" * 9_000)

    first = ask(client).json()

    words, call = first["turn"]["parts"]
    assert (words["text"], words["places"]) == ("Plums are", [["stream", 9]])
    assert call["output"].endswith("… (9,000 characters)")
    assert first["messages"] == {"database": 2, "cache": 2}
    assert ask(client, since=first["number"]).json() == {"number": first["number"], "copies": first["copies"]}


def test_messages_that_were_written_meanwhile_are_in_the_timelines_answers(
    sessions: ChatSessions, client: TestClient
) -> None:
    conversation(sessions, "s1", "apples", "pears")
    follower = services.inspections()._followers.of("s1")
    follower._interval = 0.0
    opening = {"session": "s1", "source": "database"}
    assert client.get("/api/timeline/opening", params=opening).json()["index"]["count"] == 2
    before = ask(client).json()["copies"]

    session = sessions.get_chat_session("s1", None)
    assert session is not None
    session.messages += conversation(sessions, "s2", "more", "plums").messages
    sessions.upsert_chat_session(session)
    after = ask(client).json()

    assert after["copies"] != before
    assert client.get("/api/timeline/opening", params=opening).json()["index"]["count"] == 4


def test_narrower_views_see_less(turn: StreamWriter, client: TestClient, sign_in: SignIn) -> None:
    turn.begin()
    turn.say("Write to ann.canary77@example-mail.org today.")
    turn.end()

    seen = {}
    for name in ("full-ana", "ana", "vera"):
        sign_in(name)
        seen[name] = client.get("/api/live", params={"session": "s1"}, headers={"x-user": name}).text

    assert "ann.canary77" in seen["full-ana"]
    assert "ann.canary77" not in seen["ana"]
    assert "Write to" in seen["ana"]
    assert "Write" not in seen["vera"]


def test_who_may_see_all_follows_in_the_view_that_they_chose(turn: StreamWriter, client: TestClient) -> None:
    turn.begin()
    turn.say("Write to ann.canary77@example-mail.org today.")
    turn.end()

    full, masked, structure = (ask(client, view=view).text for view in ("full", "masked", "structure"))

    assert "ann.canary77" in full
    assert "Write to" in masked
    assert "ann.canary77" not in masked
    assert "Write to" not in structure


def test_nobody_who_is_not_signed_in_is_answered(turn: StreamWriter, client: TestClient, sign_in: SignIn) -> None:
    sign_in("")

    assert ask(client).status_code == 401


def test_wrong_questions_are_refused(client: TestClient, sessions: ChatSessions) -> None:
    assert client.get("/api/live").status_code == 400
    assert ask(client, since="x").status_code == 400


def statuses(page: AppTest) -> list[str]:
    """What stands below the titles, and the column that can be chosen."""
    below = [str(words).split(" · ")[0] for words in tables(page)[0].value["below"]]
    assert below == list(tables(page)[0].value["status"])
    return below


def test_the_list_says_which_turn_runs_by_its_task_where_rows_have_no_status(
    turn: StreamWriter, open_page: OpenPage
) -> None:
    turn.begin()

    assert statuses(open_page(columns="title,status")) == ["Running"]


def test_the_list_says_which_turn_has_lost_its_worker(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    database = sessions.stores.require_database()
    database.add_status_column()
    database.put_status("s1", "running")
    with database.writing() as connection:
        connection.execute(text("""UPDATE "ChatMessage" SET "createdAt" = '2026-01-01 00:00:00.000'"""))
    services.close()

    assert statuses(open_page(columns="title,status")) == ["Stuck (no worker)"]
