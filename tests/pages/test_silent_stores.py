"""Pages and commands while a store hangs: real servers that are stopped, and go on only when the answer is there."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any, Literal, get_args

import pytest
from streamlit.testing.v1 import AppTest

from chatdata import ChatSessions
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from pages.ui.server import services
from tests.pages.conftest import OpenPage, conversation, protos
from tests.support import servers
from tests.support.command_line import at_once
from tests.support.programs import api_client, call_tool, token_of
from tests.support.tables import tables

Store = Literal["database", "cache"]
STORES: tuple[Store, ...] = get_args(Store)
PAGES = ("sessions", "users", "usage", "cache_health", "messages", "compare", "payload")
SETTING = {"database": "INSPECTOR_CONNECT_TIMEOUT", "cache": "INSPECTOR_CACHE_TIMEOUT"}
OTHER: dict[Store, Store] = {"database": "cache", "cache": "database"}
LONG = str(servers.WAIT_SECONDS)
DEADLINE = "0.5"


class Deployment:
    """Two servers with a conversation in both."""

    def __init__(self, postgres: servers.PostgresServer, valkey: servers.ValkeyServer) -> None:
        self.url = {"database": postgres.url("silent"), "cache": valkey.url}
        self.server: dict[Store, Any] = {"database": postgres, "cache": valkey}

    def environment(self, hanging: Store) -> dict[str, str]:
        """The deadline of the one that will hang is short; the other one has all the time that it wants."""
        deadlines = {"INSPECTOR_CONNECT_TIMEOUT": LONG, "INSPECTOR_CACHE_TIMEOUT": LONG, SETTING[hanging]: DEADLINE}
        return {"DATABASE_URL": self.url["database"], "REDIS_URL": self.url["cache"], **deadlines}


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with servers.postgres_server(own=True) as postgres, servers.valkey_server() as valkey:
        url = postgres.create_database("silent")
        cache = SessionCache(RedisSettings(url=valkey.url), session_ttl=43200, write=True)
        with closing(ChatSessions(SessionStores(Database.open(url, write=True), cache))) as sessions:
            conversation(sessions, "s1", "apples and pears", "plums")
        yield Deployment(postgres, valkey)


@pytest.fixture(params=STORES)
def hanging(request: pytest.FixtureRequest, deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store that a test will stop; the pages are set up for it."""
    store: Store = request.param
    for name, value in deployment.environment(store).items():
        monkeypatch.setenv(name, value)
    return store


def words(app: AppTest) -> str:
    """All that a page says, its escapes for Markdown taken away."""
    assert not app.exception
    kinds = (app.title, app.markdown, app.caption, app.info, app.warning, app.error, app.text)
    said = "\n".join(str(element.value) for kind in kinds for element in kind)
    return (said + protos(app)).replace("\\", "")


def says_who_is_silent(told: str, store: Store) -> bool:
    return f"The {store} " in told and f"did not answer within {DEADLINE} s ({SETTING[store]}" in told


def opened(open_page: OpenPage, page: str) -> AppTest:
    return open_page(page, **({"session": "s1"} if page in ("messages", "compare", "payload") else {}))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_is_opened_first_says_which_store_does_not_answer(
    deployment: Deployment, hanging: Store, open_page: OpenPage, page: str
) -> None:
    with deployment.server[hanging].silent():
        told = words(opened(open_page, page))
    assert says_who_is_silent(told, hanging)
    assert not says_who_is_silent(told, OTHER[hanging])
    assert told.count(":red-badge[Unreachable]") == told.count(":green-badge[Connected]") >= 1


def test_a_store_that_stops_later_is_told_and_used_again_when_it_goes_on(
    deployment: Deployment, hanging: Store, open_page: OpenPage
) -> None:
    healthy = {page: words(opened(open_page, page)) for page in PAGES}
    assert not any("did not answer within" in told for told in healthy.values())
    services.inspections().forget("s1")
    with deployment.server[hanging].silent():
        silent = {page: words(opened(open_page, page)) for page in PAGES}
    assert [page for page, told in silent.items() if not says_who_is_silent(told, hanging)] == []
    servers.wait_until(lambda: "did not answer within" not in words(open_page()), "the list after the silence")
    services.inspections().forget("s1")
    assert [page for page in PAGES if "did not answer within" in words(opened(open_page, page))] == []


def test_the_other_copy_of_a_conversation_is_shown(deployment: Deployment, hanging: Store, open_page: OpenPage) -> None:
    with deployment.server[hanging].silent():
        app = open_page("session", id="s1")
        told = words(app)
    assert "2 messages" in told
    shown = next(group for group in app.button_group if group.label == "Copy shown")
    assert shown.value == OTHER[hanging]


def test_programs_are_told_which_store_hangs_and_get_the_other_copy(deployment: Deployment, hanging: Store) -> None:
    token = token_of(services.connected(), "operator")
    with deployment.server[hanging].silent(), api_client(token) as client:
        health = client.get("/api/v1/check").json()
        shown = client.get("/api/v1/show", params={"session_id": "s1"}).json()
        asked = client.get("/api/v1/show", params={"session_id": "s1", "source": hanging})
        compared = call_tool(token, "compare_copies", {"session_id": "s1"})
    assert health["unavailable"] == [hanging]
    assert (shown["source"], shown["unavailable"], len(shown["messages"])) == (OTHER[hanging], [hanging], 2)
    assert (asked.status_code, asked.json()["unavailable"]) == (503, [hanging])
    assert SETTING[hanging] in asked.json()["detail"]
    assert (compared[0], compared[1]["error"]["unavailable"]) == (True, [hanging])


def test_the_list_and_the_users_come_from_the_store_that_answers(
    deployment: Deployment, hanging: Store, open_page: OpenPage
) -> None:
    with deployment.server[hanging].silent():
        listed, users = open_page(), open_page("users")
    assert list(tables(listed)[0].value["title"]) == ["“apples and pears”"]
    assert list(tables(users)[0].value["user"]) == ["mia"]


def test_pages_of_the_database_alone_lose_nothing_when_the_cache_hangs(
    deployment: Deployment, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in deployment.environment("cache").items():
        monkeypatch.setenv(name, value)
    before = of_the_database(open_page)
    with deployment.server["cache"].silent():
        silent = of_the_database(open_page)
    assert silent == before


def of_the_database(open_page: OpenPage) -> tuple[object, ...]:
    users, usage = open_page("users"), open_page("usage")
    assert not usage.error
    assert usage.metric
    return tables(users)[0].value.to_csv(), [(metric.label, metric.value) for metric in usage.metric]


def test_the_audit_log_asks_neither_store(
    deployment: Deployment, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in deployment.environment("database").items():
        monkeypatch.setenv(name, value)
    with deployment.server["database"].silent(), deployment.server["cache"].silent():
        told = words(open_page("audit"))
    assert "Audit log" in told
    assert "No events yet" in told
    assert told.count(":gray-badge[Not checked]") >= 2
    assert "did not answer within" not in told


def test_a_page_of_two_silent_stores_names_both(
    deployment: Deployment, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**deployment.environment("cache"), **dict.fromkeys(SETTING.values(), DEADLINE)}.items():
        monkeypatch.setenv(name, value)
    with deployment.server["database"].silent(), deployment.server["cache"].silent():
        told = words(open_page())
    assert [store for store in STORES if says_who_is_silent(told, store)] == list(STORES)


COMMANDS = (("check",), ("show", "s1"), ("sessions",), ("diff", "s1"), ("scan",))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_answers_in_words(deployment: Deployment, hanging: Store, command: tuple[str, ...]) -> None:
    with deployment.server[hanging].silent():
        answer = at_once(*command)
    told = " ".join((answer.out + answer.err).split())
    assert f"did not answer within {DEADLINE} s ({SETTING[hanging]}" in told
