"""Rows with a value of a wrong kind: the value is named with its place and reason, all other lines are as they were."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chatdata.domain.messages import DamagedValue
from chatdata.domain.summaries import SessionSummary
from chatdata.errors import DatabaseError
from chatdata.stores.database import Database, SessionFilter, rows
from tests.support.builders import START, contents, fill, message, new_session

ALL = SessionFilter()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    """A damaged-to-be session s-1 and a whole one beside it."""
    with closing(Database.open(f"sqlite:///{path}", write=True)) as database:
        fill(database, new_session("s-1", messages=3, usage=[(10, 5)], title="Trip"))
        fill(database, new_session("whole", messages=2, usage=[(7, 2)], title="Whole"))
        yield database


def put(path: Path, table: str, column: str, value: Any, sequence: int | None = None) -> None:
    key = "id" if table == "ChatSession" else "sessionId"
    which = "" if sequence is None else f" AND sequence = {sequence}"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE "{key}" = ?{which}', (value, "s-1"))


def line(database: Database, session_id: str = "s-1") -> SessionSummary:
    (found,) = [item for item in database.page(ALL).sessions if item.session_id == session_id]
    return found


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("title", b"\xff\x00", "2 bytes where text was expected"),
        ("userId", b"mia", "3 bytes where text was expected"),
        ("totalPromptTokens", "x", "text where a count of tokens was expected"),
        ("totalPromptTokens", b"\xff", "1 byte where a count of tokens was expected"),
        ("totalCompletionTokens", 2**62, "a number too large where a count of tokens was expected"),
        ("totalCompletionTokens", float("inf"), "a number too large where a count of tokens was expected"),
        ("credentials", "[1]", "a list where an object was expected"),
        ("successfulAgentRuns", "{", "text where an object was expected"),
    ],
)
def test_a_damaged_value_of_a_session_row_is_named(
    path: Path, database: Database, column: str, value: Any, reason: str
) -> None:
    put(path, "ChatSession", column, value)
    copy = database.read_copy("s-1")
    assert copy is not None
    assert copy.damaged == (DamagedValue(f"ChatSession.{column}", None, reason),)
    assert len(copy.messages) == 3
    assert database.read_copies(["s-1", "whole"])["s-1"] == copy
    whole = database.read_copy("whole")
    assert whole is not None
    assert whole.damaged == ()


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("content", b"caf\xe9", "4 bytes where text was expected"),
        ("role", b"user", "4 bytes where text was expected"),
        ("name", b"", "0 bytes where text was expected"),
        ("toolCallId", b"\x00", "1 byte where text was expected"),
        ("refusal", b"no", "2 bytes where text was expected"),
        ("toolCalls", "{not json", "text where a list of tool calls was expected"),
        ("toolCalls", "", "text where a list of tool calls was expected"),
        ("toolCalls", b"\xff\xfe", "text where a list of tool calls was expected"),
        ("toolCalls", "5", "a number where a list of tool calls was expected"),
        ("toolCalls", '"words"', "text where a list of tool calls was expected"),
        ("toolCalls", '{"id": "a"}', "an object where a list of tool calls was expected"),
        ("toolCalls", '[{"id": "a"}, 5]', "a number where tool call 2 was expected"),
        ("toolCalls", '"[null]"', "nothing where tool call 1 was expected"),
        ("functionCall", "{not json", "text where an object was expected"),
        ("functionCall", "[]", "a list where an object was expected"),
        ("functionCall", "true", "a boolean where an object was expected"),
    ],
)
def test_a_damaged_value_of_a_message_row_is_named(
    path: Path, database: Database, column: str, value: bytes | str, reason: str
) -> None:
    put(path, "ChatMessage", column, value, sequence=1)
    copy = database.read_copy("s-1")
    assert copy is not None
    assert copy.damaged == (DamagedValue(f"ChatMessage.{column}", 1, reason),)
    assert database.read_copies(["s-1"])["s-1"] == copy
    assert [item.position for item in copy.messages] == [0, 1, 2]
    assert [item.message.content for item in copy.messages if item.position != 1] == ["message 0", "message 2"]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("ChatSession", "title", b"\xff"),
        ("ChatSession", "totalPromptTokens", "x"),
        ("ChatSession", "credentials", "[1]"),
        ("ChatSession", "createdAt", "x"),
        ("ChatMessage", "role", b"user"),
        ("ChatMessage", "content", b"\xff"),
        ("ChatMessage", "toolCalls", '"[1]"'),
        ("ChatMessage", "functionCall", "{"),
        ("ChatMessage", "sequence", "x"),
        ("ChatMessage", "sequence", 1.5),
        ("ChatMessage", "createdAt", b"x"),
        ("ChatMessage", "content", "as it should be"),
    ],
)
def test_a_session_is_read_as_its_copy_shows_it_damaged_or_not(
    path: Path, database: Database, table: str, column: str, value: Any
) -> None:
    put(path, table, column, value, sequence=1 if table == "ChatMessage" else None)
    copy, session = database.read_copy("s-1"), database.read_session("s-1")
    assert copy is not None
    assert session is not None
    assert session.model_dump() == copy.session().model_dump()
    assert session.loaded == copy.session().loaded
    assert database.read_session("s-2") is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("toolCalls", "null"),
        ("toolCalls", '"null"'),
        ("toolCalls", "[]"),
        ("toolCalls", '"[{\\"id\\": \\"a\\"}]"'),
        ("toolCalls", '[{"function": 5}]'),
        ("functionCall", "null"),
        ("functionCall", '"{\\"name\\": \\"find\\"}"'),
        ("metadata", "{}"),
        ("metadata", None),
    ],
)
def test_json_of_the_right_form_is_not_damaged_however_older_rows_hold_it(
    path: Path, database: Database, column: str, value: str | None
) -> None:
    add_metadata(database)
    put(path, "ChatMessage", column, value, sequence=1)
    copy = database.read_copy("s-1")
    assert copy is not None
    assert copy.damaged == ()


@pytest.mark.parametrize(("table", "position"), [("ChatSession", None), ("ChatMessage", 1)])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("{not json", "text where an object was expected"),
        ("[]", "a list where an object was expected"),
        ("5", "a number where an object was expected"),
    ],
)
def test_damaged_metadata_of_later_versions_is_named(
    path: Path, database: Database, table: str, position: int | None, value: str, reason: str
) -> None:
    add_metadata(database)
    put(path, table, "metadata", value, sequence=position)
    copy = database.read_copy("s-1")
    assert copy is not None
    assert copy.damaged == (DamagedValue(f"{table}.metadata", position, reason),)


def add_metadata(database: Database) -> None:
    """Adds the columns of later versions."""
    with database.writing() as connection:
        for table in ("ChatSession", "ChatMessage"):
            connection.exec_driver_sql(f'ALTER TABLE "{table}" ADD COLUMN metadata TEXT')
    database.facts()


@pytest.mark.parametrize(("value", "what"), [("x", "text"), (b"\xff", "1 byte"), (1.5, "a fraction")])
def test_a_message_without_a_place_in_the_order_comes_last_and_says_so(
    path: Path, database: Database, value: Any, what: str
) -> None:
    put(path, "ChatMessage", "sequence", value, sequence=1)
    copy = database.read_copy("s-1")
    assert copy is not None
    assert [(item.position, item.message.content) for item in copy.messages] == [
        (0, "message 0"),
        (2, "message 2"),
        (3, "message 1"),
    ]
    reason = f"{what} where a whole number was expected; it is shown at the end"
    assert copy.damaged == (DamagedValue("ChatMessage.sequence", 3, reason),)
    assert database.read_copies(["s-1"])["s-1"] == copy


@pytest.mark.parametrize("value", ["x", b"\xff"])
def test_nothing_is_written_behind_a_message_without_a_place(path: Path, database: Database, value: Any) -> None:
    put(path, "ChatMessage", "sequence", value, sequence=2)
    with (
        pytest.raises(DatabaseError, match=r"ChatMessage.sequence is damaged"),
        database.writing() as connection,
    ):
        rows.append_messages(connection, "s-1", [message()], START)
    copy = database.read_copy("s-1")
    assert copy is not None
    assert len(copy.messages) == 3


def test_lists_name_what_is_damaged_and_leave_nobody_out(path: Path, database: Database) -> None:
    put(path, "ChatSession", "title", b"Tr\xffp")
    put(path, "ChatSession", "totalPromptTokens", "x")
    put(path, "ChatMessage", "content", b"first", sequence=0)
    damaged = line(database)
    assert [value.place for value in damaged.damaged] == ["ChatSession.title", "ChatSession.totalPromptTokens"]
    assert (damaged.title, damaged.first_user_message, damaged.known_tokens) == ("Tr\ufffdp", "first", (None, 5))
    assert (line(database, "whole").damaged, line(database, "whole").known_tokens) == ((), (7, 2))
    totals = database.totals(ALL)
    assert (totals.sessions, totals.prompt_tokens, totals.completion_tokens, totals.damaged) == (2, 7, 7, 1)
    (user,), count = database.users()
    assert (count, user.sessions, user.prompt_tokens, user.completion_tokens, user.damaged) == (1, 2, 7, 7, 1)
    found, total = database.user_sessions("u-1", 10, 0)
    assert (total, sorted(str(info.title) for info in found)) == (2, ["Tr\ufffdp", "Whole"])


def test_a_session_without_an_id_of_text_is_listed(path: Path, database: Database) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('DELETE FROM "ChatMessage" WHERE "sessionId" = ?', ("s-1",))
        connection.execute('UPDATE "ChatSession" SET id = ? WHERE id = ?', (b"\xff1", "s-1"))
    damaged = line(database, "\ufffd1")
    assert [value.place for value in damaged.damaged] == ["ChatSession.id"]
    assert sorted(database.session_ids()) == ["whole", "\ufffd1"]
    with database.usage() as usage:
        assert usage.totals(ALL).sessions == 2
        assert [session.session_id for session in usage.largest(ALL, "tokens", 10)] == ["whole"]


def test_usage_counts_damaged_counts_beside_its_sums(path: Path, database: Database) -> None:
    put(path, "ChatSession", "totalPromptTokens", b"\xff")
    put(path, "ChatSession", "userId", b"mia")
    with database.usage() as usage:
        totals = usage.totals(ALL)
        users, rest, count = usage.users(ALL, 10)
        (damaged,) = [session for session in usage.largest(ALL, "tokens", 10) if session.session_id == "s-1"]
    assert (totals.prompt_tokens, totals.completion_tokens, totals.damaged) == (7, 7, 1)
    assert [(user.user_id, user.amounts.messages, user.amounts.damaged) for user in users] == [
        ("u-1", 2, 0),
        ("mia", 3, 1),
    ]
    assert (count, rest.sessions, damaged.damaged, damaged.user_id) == (2, 0, True, "mia")


@pytest.mark.parametrize("column", ["id", "content", "toolCallId", "sequence"])
def test_tools_are_counted_over_damaged_messages(path: Path, database: Database, column: str) -> None:
    fill(
        database,
        new_session(
            "calls", messages=[message("assistant", None, tool_calls=[{"id": "c", "function": {"name": "f"}}])]
        ),
    )
    put(path, "ChatMessage", "toolCalls", '"text"')
    put(path, "ChatMessage", "role", "tool")
    put(path, "ChatMessage", column, b'{"type": "error", "error": "\xff"}', sequence=1)
    with database.usage() as usage:
        tools, _ = usage.tools(ALL)
    assert [(tool.name, tool.calls) for tool in tools if tool.name] == [("f", 1)]


def test_what_is_damaged_is_no_reason_to_lose_the_rest_of_the_conversation(path: Path, database: Database) -> None:
    for column in ("content", "refusal", "name", "id"):
        put(path, "ChatMessage", column, b"\xff", sequence=0)
    copy = database.read_copy("s-1")
    assert copy is not None
    assert contents(copy.session())[1:] == ["message 1", "message 2"]


@pytest.mark.parametrize(
    "value", [b"porto \xff\x00", "CAST(x'706f72746f20ff' AS TEXT)"], ids=["bytes", "text that is no UTF-8"]
)
def test_searches_and_sums_go_on_over_what_is_no_text(path: Path, database: Database, value: Any) -> None:
    fill(database, new_session("found", messages=[message("user", "Porto")], title="Porto"))
    given, bound = ("?", (value,)) if isinstance(value, bytes) else (value, ())
    for table, columns in (
        ("ChatSession", ("title", "userId", "createdAt")),
        ("ChatMessage", ("content", "name", "refusal", "toolCallId", "toolCalls", "functionCall", "createdAt")),
    ):
        key = "id" if table == "ChatSession" else "sessionId"
        for column in columns:
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute(f"""UPDATE "{table}" SET "{column}" = {given} WHERE "{key}" = 's-1'""", bound)
    page = database.page(SessionFilter(words="porto"))
    assert {item.session_id for item in page.sessions} == {"s-1", "found"}
    assert {item.session_id for item in database.page(SessionFilter(title_words="porto")).sessions} == {"s-1", "found"}
    with database.usage() as usage:
        assert usage.undated(ALL).sessions == 1
        assert sum(quarter.amounts.sessions for quarter in usage.quarters(ALL)) == 2
        assert {word.word: word.sessions for word in usage.title_words(ALL, 10)[0]}["porto"] == 2
        usage.tools(ALL)
        usage.totals(SessionFilter(started_since=START))
