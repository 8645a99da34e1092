"""Stores of other products, read through the views of docs/views in both databases."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.stores.database import Database, SessionFilter
from chatdata.stores.database.tables import chat_message
from tests.support.builders import DIALECTS, contents, database_url, tool_call
from tests.support.other_stores import FLAT, ITEMS, NESTED, SHORT_ITEMS, OtherStore, Product, other_store

ALL = SessionFilter()


def made(product: Product, dialect: str, request: pytest.FixtureRequest, folder: Path) -> OtherStore:
    place = str(folder / "other.db") if dialect == "sqlite" else database_url(dialect, request, folder)
    store = other_store(product, dialect, place)
    store.add(WRITTEN[product])
    return store


WRITTEN: dict[Product, dict[str, list[Any]]] = {
    "n8n": {"trip": FLAT, "rain": NESTED},
    "openai-agents": {"trip": ITEMS, "rain": SHORT_ITEMS},
}
PRODUCTS: tuple[Product, ...] = tuple(WRITTEN)


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def n8n(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> OtherStore:
    return made("n8n", dialect, request, tmp_path)


@pytest.fixture
def n8n_database(n8n: OtherStore) -> Iterator[Database]:
    with closing(Database.open(n8n.url)) as database:
        yield database


@pytest.fixture
def agents(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> OtherStore:
    return made("openai-agents", dialect, request, tmp_path)


@pytest.fixture
def agents_database(agents: OtherStore) -> Iterator[Database]:
    with closing(Database.open(agents.url)) as database:
        yield database


@pytest.fixture(params=PRODUCTS)
def either(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> OtherStore:
    return made(request.param, dialect, request, tmp_path)


@pytest.fixture
def either_database(either: OtherStore) -> Iterator[Database]:
    with closing(Database.open(either.url)) as database:
        yield database


def test_langchain_messages_are_read_in_the_order_of_their_ids(n8n_database: Database) -> None:
    copy = n8n_database.read_copy("trip")
    assert copy is not None
    assert copy.damaged == ()
    assert [item.position for item in copy.messages] == [0, 1, 2, 3]
    assert [item.created_at for item in copy.messages] == [None] * 4
    found = [item.message for item in copy.messages]
    assert [(item.role, item.content) for item in found] == [
        ("user", "Trouvez un siège près du hublot"),
        ("assistant", None),
        ("tool", '{"seat":"12A"}'),
        ("assistant", "Seat 12A is yours."),
    ]
    assert found[1].tool_calls == [tool_call("call_seat1", "find_seat", '{"side":"window"}')]
    assert (found[2].tool_call_id, found[2].name) == ("call_seat1", "find_seat")
    assert copy.messages[1].extras["model"] == "gpt-4.1-mini"
    (part,) = copy.messages[3].extras["sourceParts"]
    assert (part["kind"], part["place"], part["value"]["thinking"]) == ("thinking", "content[0]", "Sure.")
    assert n8n_database.read_copies(["trip"])["trip"] == copy


def test_nested_langchain_messages_are_read_too(n8n_database: Database) -> None:
    assert contents(session(n8n_database, "rain")) == ["Is it raining?", "No, dry all day."]
    summary = next(line for line in n8n_database.page(ALL).sessions if line.session_id == "rain")
    assert (summary.first_user_message, summary.last_answer) == ("Is it raining?", "No, dry all day.")


def test_items_of_the_responses_api_are_read_in_the_order_of_their_ids(agents_database: Database) -> None:
    copy = agents_database.read_copy("trip")
    assert copy is not None
    assert copy.damaged == ()
    assert [item.position for item in copy.messages] == [0, 1, 2, 3, 4]
    found = [item.message for item in copy.messages]
    assert [(item.role, item.content) for item in found] == [
        ("user", "Find a window seat"),
        ("reasoning", None),
        ("assistant", None),
        ("tool", "12A"),
        ("assistant", "Seat 12A près du hublot."),
    ]
    assert found[2].tool_calls == [tool_call("call_seat2", "find_seat", '{"side":"window"}')]
    assert found[3].tool_call_id == "call_seat2"
    (part,) = copy.messages[1].extras["sourceParts"]
    assert (part["kind"], part["value"]) == ("thinking", ITEMS[1])
    assert copy.messages[4].extras["sourceId"] == "msg_1"
    assert copy.info.started_at == datetime(2026, 2, 20, 10, tzinfo=UTC)


def test_what_sql_says_of_a_message_is_what_its_reader_says(either_database: Database) -> None:
    """Lists, search and usage take the columns, the timeline what the reader returns."""
    database = either_database
    with database.reading() as connection:
        rows = connection.execute(select(chat_message).order_by(chat_message.c.sequence)).mappings().all()
    for session_id in ("trip", "rain"):
        by_sql = [plain(ChatMessage.from_db(row)) for row in rows if row["sessionId"] == session_id]
        assert by_sql == [plain(item) for item in session(database, session_id).messages]


def plain(message: ChatMessage) -> ChatMessage:
    """The message with empty content as none, and with parsed arguments."""
    calls = [
        {**item, "function": {**item["function"], "arguments": json.loads(item["function"]["arguments"])}}
        for item in message.tool_calls or ()
    ]
    return message.model_copy(update={"content": message.content or None, "tool_calls": calls})


def session(database: Database, session_id: str) -> ChatSession:
    copy = database.read_copy(session_id)
    assert copy is not None
    return copy.session()
