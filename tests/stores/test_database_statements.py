"""Statements sent as text: their values and results are converted as if SQLAlchemy executed them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select, update

from chatdata.domain.messages import ChatMessage
from chatdata.stores.database import Database
from chatdata.stores.database.rows import message_row
from chatdata.stores.database.statements import TextStatement
from chatdata.stores.database.tables import chat_message, chat_session
from tests.support.builders import DIALECTS, START, database_url, fill, minutes, new_session, tool_call


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = database_url(request.param, request, tmp_path)
    with closing(Database.open(url, write=True)) as database:
        fill(database, new_session("s-1", messages=1, title="100 %", credentials={"ไทย": [1.5, None]}))
        yield database


def test_values_and_results_have_the_types_of_their_columns(database: Database) -> None:
    chosen = select(chat_message).where(chat_message.c.sessionId == bindparam("session_id")).order_by("sequence")
    said = ChatMessage(role="tool", content="50 % ไทย", tool_calls=[tool_call()])
    with database.writing() as connection:
        TextStatement(insert(chat_message)).run(connection, message_row("s-1", 1, said, START))
        for table, statement in ((chat_message, chosen), (chat_session, select(chat_session))):
            as_text = TextStatement(statement)
            found = as_text.rows(connection, {"session_id": "s-1"})
            assert found == connection.execute(statement, {"session_id": "s-1"}).all()
            assert as_text.columns == tuple(table.c.keys())
        assert TextStatement(chosen).rows(connection, {"session_id": "s-2"}) == []


def test_an_update_sets_the_columns_that_it_names(database: Database) -> None:
    statement = update(chat_session).where(chat_session.c.id == bindparam("session_id"))
    with database.writing() as connection:
        later = {"updatedAt": START + minutes(5), "successfulAgentRuns": {"graph-1": 2}}
        TextStatement(statement, tuple(later)).run(connection, {"session_id": "s-1", **later})
    copy = database.read_copy("s-1")
    assert copy is not None
    assert (copy.info.updated_at, copy.info.successful_agent_runs) == tuple(later.values())
    assert (copy.info.title, copy.info.credentials) == ("100 %", {"ไทย": [1.5, None]})


def test_values_of_the_statement_itself_are_sent_with_it(database: Database) -> None:
    statement = select(chat_session.c.id).where(
        chat_session.c.title.like("100 \\%", escape="\\"),
        chat_session.c.updatedAt >= START,
        chat_session.c.id == bindparam("session_id"),
    )
    with database.reading() as connection:
        for session_id, expected in (("s-1", [("s-1",)]), ("s-2", [])):
            assert TextStatement(statement).rows(connection, {"session_id": session_id}) == expected
