"""Stores of other products, read through the views of docs/views in both databases."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import select

from chatdata import Settings
from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.domain.summaries import SessionSummary, Sort
from chatdata.domain.text import UNKNOWN_TIME
from chatdata.errors import ReadOnlyError
from chatdata.services.connect import connect
from chatdata.stores.database import Database, Direction, SessionFilter
from chatdata.stores.database.rows import delete_session
from chatdata.stores.database.tables import chat_message
from tests.support.builders import DIALECTS, contents, database_url, tool_call
from tests.support.other_stores import ITEMS, NESTED, PRODUCTS, WRITTEN, OtherStore, Product, filled_store

ALL = SessionFilter()
SHORT = NESTED[:1]


def made(product: Product, dialect: str, request: pytest.FixtureRequest, folder: Path) -> OtherStore:
    place = str(folder / "other.db") if dialect == "sqlite" else database_url(dialect, request, folder)
    return filled_store(product, dialect, place)


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


def test_what_the_product_does_not_store_is_unknown(n8n_database: Database) -> None:
    for line in n8n_database.page(ALL).sessions:
        assert (line.title, line.user_id, line.known_tokens) == (None, None, (None, None))
        assert (line.started_at, line.updated_at) == (UNKNOWN_TIME, UNKNOWN_TIME)
        assert line.damaged == ()
    copy = n8n_database.read_copy("trip")
    assert copy is not None
    assert (copy.info.started_at, copy.info.updated_at, copy.damaged) == (UNKNOWN_TIME, UNKNOWN_TIME, ())
    ((user,), total) = n8n_database.users()
    assert (user.user_id, user.sessions, user.recorded, total) == (None, 2, False, 1)
    assert (user.first_seen, user.last_seen) == (UNKNOWN_TIME, UNKNOWN_TIME)


@pytest.mark.parametrize("direction", ["older", "newer"])
def test_a_list_without_times_has_every_session_once(n8n: OtherStore, direction: Direction) -> None:
    n8n.add({f"s-{number:02}": SHORT for number in range(9)})
    with closing(Database.open(n8n.url)) as database:
        found = pages(database, direction)
        assert [line.session_id for page in found for line in page] == sorted(
            ["trip", "rain", *(f"s-{number:02}" for number in range(9))], reverse=direction == "older"
        )
        assert database.count_before(ALL, found[-1][-1].cursor) == (10 if direction == "older" else 0)


@pytest.mark.parametrize("direction", ["older", "newer"])
def test_sessions_without_a_time_are_listed_after_all_others(agents: OtherStore, direction: Direction) -> None:
    if agents.dialect == "postgresql":
        agents.run("ALTER TABLE agent_sessions ALTER COLUMN updated_at DROP NOT NULL")
    for number in range(5):
        at = None if number % 2 else f"2026-03-0{number + 1} 08:00:00.{number}"
        agents.write("INSERT INTO agent_sessions (session_id, updated_at) VALUES (?, ?)", [(f"s-{number}", at)])
    with closing(Database.open(agents.url)) as database:
        found = [line.session_id for page in pages(database, direction) for line in page]
    newest_first = ["s-4", "s-2", "s-0", "rain", "trip", "s-3", "s-1"]
    assert found == (newest_first if direction == "older" else newest_first[::-1])


@pytest.mark.parametrize("sort", get_args(Sort))
@pytest.mark.parametrize("direction", ["older", "newer"])
def test_every_order_of_a_list_of_views_has_every_session_once(
    either: OtherStore, direction: Direction, sort: Sort
) -> None:
    either.add({f"s-{number:02}": SHORT for number in range(5)})
    with closing(Database.open(either.url)) as database:
        found = [line for page in pages(database, direction, sort) for line in page]
        assert sorted(line.session_id for line in found) == ["rain", *(f"s-{n:02}" for n in range(5)), "trip"]
        before = [database.count_before(ALL, line.cursor_by(sort), sort) for line in found]
    assert before == (list(range(7)) if direction == "older" else list(range(7))[::-1])


def pages(database: Database, direction: Direction, sort: Sort = "active") -> list[list[SessionSummary]]:
    """Pages of two sessions in the order in which a reader turns them, each in the direction of turning."""
    cursor, found = None, []
    for _ in range(20):
        page = database.page(ALL, cursor, direction, 2, sort)
        found.append(list(page.sessions if direction == "older" else page.sessions[::-1]))
        if not (page.has_older if direction == "older" else page.has_newer):
            return found
        cursor = found[-1][-1].cursor_by(sort)
    raise AssertionError("the list has no end")


@pytest.mark.parametrize(
    ("word", "expected"),
    [("HUBLOT", {"trip"}), ("raining", {"rain"}), ("window", {"trip"}), ("dry submarine", set()), ("trip", {"trip"})],
)
def test_search_finds_words_call_arguments_and_ids(either_database: Database, word: str, expected: set[str]) -> None:
    found = either_database.page(SessionFilter(words=word)).sessions
    assert {line.session_id for line in found} == expected


def test_sessions_that_called_a_tool_are_found_in_views(either_database: Database) -> None:
    found = {name: either_database.page(SessionFilter(tool=name)).sessions for name in ("find_seat", "find")}
    assert {name: [line.session_id for line in lines] for name, lines in found.items()} == {
        "find_seat": ["trip"],
        "find": [],
    }


@pytest.mark.parametrize(
    ("product", "call_id", "position"), [("n8n", "call_seat1", 1), ("openai-agents", "call_seat2", 2)]
)
def test_a_tool_call_is_found_at_the_position_of_its_message(
    product: Product, call_id: str, position: int, dialect: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with closing(Database.open(made(product, dialect, request, tmp_path).url)) as database:
        assert database.find_tool_call([call_id]) == ("trip", position)
        made_by = session(database, "trip").messages[position]
        assert [item["id"] for item in made_by.tool_calls or ()] == [call_id]


@pytest.mark.parametrize("write", [False, True], ids=["reading", "writing allowed"])
def test_views_are_never_written(either: OtherStore, write: bool) -> None:
    with closing(Database.open(either.url, write=write)) as database:
        assert database.facts().writable is False
        assert database.facts().views == ("ChatSession", "ChatMessage")
        before = [database.read_copy("trip"), database.read_copy("rain")]
        with pytest.raises(ReadOnlyError, match='"ChatSession" and "ChatMessage" in .* are never written'):
            with database.session_lock("trip"):
                pass
        with pytest.raises(ReadOnlyError, match="are never written: change the data in the product"):
            with database.writing() as connection:
                delete_session(connection, "trip", None)
        assert [database.read_copy("trip"), database.read_copy("rain")] == before


def test_sessions_of_views_are_read_where_writing_is_allowed(either: OtherStore, redis_url: str) -> None:
    settings = {"DATABASE_URL": either.url, "REDIS_URL": redis_url, "INSPECTOR_ACCESS": "write"}
    with connect(Settings.from_environment(settings)) as connected:
        found = connected.sessions.get_chat_session("trip", None)
        assert found is not None
        assert contents(found)[0] == contents(connected.sessions.get_chat_session("trip", None))[0]
        with pytest.raises(ReadOnlyError, match="are never written"):
            connected.sessions.upsert_chat_session(found)


def test_an_item_that_is_no_message_costs_its_own_line_only(either: OtherStore) -> None:
    odd: list[Any] = ['[1, "two"]', '{"words": "Hello"}']
    if not (either.product == "n8n" and either.dialect == "postgresql"):  # jsonb holds JSON only
        odd += ["no JSON", '{"a": "\\u0000"', ""]
    either.add({"odd": [*odd, WRITTEN[either.product]["rain"][0]]})
    with closing(Database.open(either.url)) as database:
        copy = database.read_copy("odd")
        assert copy is not None
        assert [(one.place, one.position) for one in copy.damaged] == [
            ("ChatMessage.sourceItem", position) for position in range(len(odd))
        ]
        assert copy.messages[-1].message.content == "Is it raining?"
        assert all("sourceItem" in item.extras for item in copy.messages[:-1])
        assert {line.session_id for line in database.page(SessionFilter(words="raining")).sessions} == {"odd", "rain"}
        assert len(database.page(ALL).sessions) == 3


@pytest.mark.parametrize("product", ["openai-agents"])
def test_a_part_that_is_the_item_as_a_whole_is_placed_at_its_column(
    product: Product, dialect: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    store = made(product, dialect, request, tmp_path)
    store.add({"odd": [{"type": "item_reference", "id": "rs_1"}, *WRITTEN[product]["rain"][:1]]})
    with closing(Database.open(store.url)) as database:
        copy = database.read_copy("odd")
        assert copy is not None
        (part,) = copy.messages[0].extras["sourceParts"]
        assert part["place"] == "sourceItem"


def test_materialized_views_are_read_and_named_as_views(postgres_store: OtherStore) -> None:
    postgres_store.run(
        """
        CREATE SCHEMA kept;
        CREATE MATERIALIZED VIEW kept."ChatSession" AS SELECT * FROM inspector."ChatSession";
        CREATE UNIQUE INDEX ON kept."ChatSession" ("id");
        CREATE MATERIALIZED VIEW kept."ChatMessage" AS SELECT * FROM inspector."ChatMessage";
        CREATE UNIQUE INDEX ON kept."ChatMessage" ("sessionId", "sequence");
        """
    )
    with closing(Database.open(f"{postgres_store.place}?schema=kept", write=True)) as database:
        assert database.facts().views == ("ChatSession", "ChatMessage")
        assert database.facts().writable is False
        copy = session(database, "trip")
        assert {line.session_id for line in database.page(SessionFilter(words="hublot")).sessions} == {"trip"}
    with closing(Database.open(postgres_store.url)) as database:
        assert session(database, "trip") == copy


@pytest.fixture(params=PRODUCTS)
def postgres_store(request: pytest.FixtureRequest, pg_url: str) -> OtherStore:
    return filled_store(request.param, "postgresql", pg_url)


def test_a_reader_without_rights_to_the_tables_reads_the_views(postgres_store: OtherStore) -> None:
    """As docs/other-stores.md grants it."""
    postgres_store.run(
        "DROP ROLE IF EXISTS views_reader; CREATE ROLE views_reader LOGIN; "
        "GRANT USAGE ON SCHEMA inspector TO views_reader; "
        "GRANT SELECT ON ALL TABLES IN SCHEMA inspector TO views_reader;"
    )
    url = postgres_store.url.replace("postgres@", "views_reader@", 1)
    try:
        with closing(Database.open(url)) as database:
            assert len(database.page(ALL).sessions) == 2
            assert contents(session(database, "rain"))[0] == "Is it raining?"
    finally:
        postgres_store.run("DROP OWNED BY views_reader; DROP ROLE views_reader;")


def test_usage_counts_sessions_without_a_start(n8n_database: Database) -> None:
    with n8n_database.usage() as reader:
        assert reader.undated(ALL).sessions == 2
