"""Search in titles, messages and tool arguments: any script, escaped or not, at any position."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql

from chatdata.domain.messages import ChatMessage
from chatdata.stores.database import Database, SessionFilter, filters, word_index
from chatdata.stores.database.filters import split_words
from chatdata.stores.database.tables import chat_message
from tests.support.builders import DIALECTS, any_text, database_url, fill, message, new_session, talk, tool_call
from tests.support.laws import examples


@pytest.fixture(params=[*DIALECTS, "indexed"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Each database, and PostgreSQL with the index that `facts` proposes."""
    indexed = request.param == "indexed"
    url = database_url("postgresql" if indexed else request.param, request, tmp_path)
    with closing(Database.open(url, write=True)) as database:
        fill(database, new_session("other", "somebody", messages=talk(3), title="Another"))
        if indexed:
            create_index(database, url)
        yield database


def create_index(database: Database, url: str) -> None:
    proposed = database.facts().word_index
    assert (proposed.used, proposed.statement is not None) == (False, True)
    with psycopg.connect(url.partition("?")[0], autocommit=True) as connection:
        for statement in str(proposed.statement).rstrip(";").split("; "):
            connection.execute(statement.encode())
    assert (database.facts().word_index.used, database.facts().word_index.statement) == (True, None)


def found(database: Database, words: str) -> set[str]:
    lines = {line.session_id for line in database.page(SessionFilter(words=words)).sessions}
    assert database.totals(SessionFilter(words=words)).sessions == len(lines)
    return lines


def hold(database: Database, *messages: ChatMessage, **fields: Any) -> None:
    fill(database, new_session("s-1", messages=list(messages), **fields))


SCRIPTS = {
    "plan a trip to Lisbon": ["LISBON", "lisbon", "trip"],
    "แนะนำร้านอาหารไทย": ["อาหาร", "ไทย"],
    "Сегодня в Москве дождь": ["москве", "МОСКВЕ", "Москве", "Сегодня"],
    "завтра в казани": ["КАЗАНИ", "Казани"],
    "ВЧЕРА В ТВЕРИ": ["твери", "Твери"],
    "Ärger mit Öl": ["ärger", "ÖL"],
    "über straßen": ["ÜBER", "Straßen"],
    "明日の天気は": ["天気"],
    "مرحبا بالعالم": ["بالعالم"],
    "great 👍🏽 work": ["👍🏽"],
    "Ελληνικά": ["ελληνικά"],
}
"""What was said → words that find it, and nothing else."""

PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "a question": lambda said: {"messages": [message("user", f"before {said} after"), message("user", "else")]},
    "an answer": lambda said: {"messages": [*talk(2), message("assistant", said)]},
    "an unknown role": lambda said: {"messages": [message("critic", said)]},
    "a title": lambda said: {"title": f"before {said} after"},
    "arguments": lambda said: called_with(json.dumps({"q": said}, ensure_ascii=False)),
    "escaped arguments": lambda said: called_with(json.dumps({"q": said})),
    "an escaped result": lambda said: {"messages": [message("tool", json.dumps({"title": said}))]},
    "an escaped result in a result": lambda said: {
        "messages": [message("tool", json.dumps({"inner": json.dumps({"title": said})}))]
    },
}


def called_with(arguments: str) -> dict[str, Any]:
    return {"messages": [message("assistant", None, tool_calls=[tool_call(arguments=arguments)])]}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_word_of_any_script_is_found_wherever_it_stands(
    database: Database, place: Callable[[str], dict[str, Any]]
) -> None:
    fill(database, *(new_session(said, **place(said)) for said in SCRIPTS))
    results = {word: found(database, word) for words in SCRIPTS.values() for word in words}
    assert results == {word: {said} for said, words in SCRIPTS.items() for word in words}
    assert found(database, "nowhere") == set()


def test_a_call_that_another_program_escaped_in_sqlite_is_found(tmp_path: Path) -> None:
    with closing(Database.open(f"sqlite:///{tmp_path / 'chat.db'}", write=True)) as database:
        hold(database, message("assistant", None))
        with database.writing() as connection:
            calls = json.dumps([tool_call(arguments=json.dumps({"q": "ไทย"}))])
            connection.execute(text('UPDATE "ChatMessage" SET "toolCalls" = :calls'), {"calls": calls})
            assert "\\\\u0e44" in calls
        assert found(database, "ไทย") == {"s-1"}


def test_a_word_in_message_9999_of_a_session_is_found(database: Database) -> None:
    hold(database, *talk(9_999), message("user", "the needle"))
    assert found(database, "needle") == {"s-1"}


@pytest.mark.parametrize("column", ["name", "refusal", "tool_call_id"])
def test_names_refusals_and_call_ids_are_searched(database: Database, column: str) -> None:
    hold(database, message("assistant", None, **{column: "call_needle"}))
    assert found(database, "needle") == {"s-1"}


def test_names_of_functions_and_users_and_whole_ids_are_searched(database: Database) -> None:
    hold(
        database, message("assistant", None, function_call={"name": "look_up", "arguments": "{}"}), user_id="ann-needle"
    )
    for words in ("look_up", "NEEDLE", "s-1"):
        assert found(database, words) == {"s-1"}
    assert found(database, "s-") == set()


MEANINGFUL = [
    ("100% sure", "100%", "1000 sure"),
    ("snake_case", "snake_case", "snakeXcase"),
    (r"C:\temp\new", r"C:\temp", "C:/temp"),
    (r"a\%b", r"a\%b", "a%b"),
    ("it's", "it's", "its"),
    ('say "hi" now', '"', "say hi"),
    ("a;b--c", "a;b--c", "a;b"),
    ("[x]*?", "[x]*?", "x"),
    ("# heading", "#", "heading"),
]
"""What was said, words that find it, and something close that they don't find."""


def test_what_means_something_to_sql_or_shells_means_itself(database: Database) -> None:
    for said, words, close in MEANINGFUL:
        fill(database, new_session(said, messages=[message("user", said)]))
        fill(database, new_session(f"near {said}", messages=[message("user", close)]))
        assert found(database, words) == {said}


def test_a_quote_is_found_inside_arguments(database: Database) -> None:
    hold(database, message("assistant", None, tool_calls=[tool_call(arguments=json.dumps({"q": 'say "hi" C:\\x'}))]))
    assert found(database, 'say"hi') == set()
    for words in (r"C:\x", '"hi', "say"):
        assert found(database, words) == {"s-1"}


def test_each_word_must_be_somewhere_in_the_session(database: Database) -> None:
    hold(database, message("user", "apples"), message("assistant", "pears"), title="Fruit")
    assert found(database, "apples pears") == {"s-1"}
    assert found(database, "pears fruit apples") == {"s-1"}
    assert found(database, "apples plums") == set()


def test_words_in_quotes_belong_together(database: Database) -> None:
    hold(database, message("user", "red apples and green pears"))
    assert found(database, '"green pears" red') == {"s-1"}
    assert found(database, '"red pears"') == set()


@pytest.mark.parametrize("nothing", ["", "  ", '""', "\x00", "\x1b \x07"])
def test_words_that_say_nothing_let_everything_through(database: Database, nothing: str) -> None:
    hold(database)
    assert found(database, nothing) == {"s-1", "other"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a  b\tc\n", ["a", "b", "c"]),
        ('"a b" c', ["a b", "c"]),
        ('x"a b"y', ["xa by"]),
        ('say "hi', ["say", '"hi']),
        ("it's # fine \\n", ["it's", "#", "fine", "\\n"]),
        ("nul\x00 \ud800", ["nul", "\ufffd"]),
    ],
)
def test_how_words_are_split(words: str, expected: list[str]) -> None:
    assert split_words(words) == expected


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_text)
def test_no_words_make_a_search_fail(database: Database, words: str) -> None:
    where = SessionFilter(words=words, user_contains=words, user_id=words)
    assert database.page(where).sessions == ()
    assert database.users(words)[1] in (0, 1)


WORDS = st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters='"'), min_size=1, max_size=6)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS)
def test_any_word_that_was_said_or_sent_to_a_tool_is_found_as_it_was_written(database: Database, word: str) -> None:
    with database.writing() as connection:
        connection.execute(text('DELETE FROM "ChatMessage"'))
        connection.execute(text('DELETE FROM "ChatSession"'))
    fill(database, new_session("s-1", messages=[message("user", f"x{word}x")]))
    call = tool_call(arguments=json.dumps({"q": f"x{word}x"}))
    fill(database, new_session("s-2", messages=[message("assistant", None, tool_calls=[call])]))
    assert found(database, word) == {"s-1", "s-2"}


def test_a_word_that_very_many_sessions_have_is_found_in_all_of_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_index, "_MOST_SESSIONS", 2)
    for number in range(4):
        fill(database, new_session(f"s-{number}", messages=[message("user", "umbrella"), message("user", "umbrella")]))
    assert found(database, "umbrella") == {"s-0", "s-1", "s-2", "s-3"}


def test_the_plan_of_an_indexed_search_reads_the_index(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = database_url("postgresql", request, tmp_path)
    with closing(Database.open(url, write=True)) as database:
        fill(database, new_session("s-1", messages=talk(300)))
        create_index(database, url)
        with database.reading() as connection:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            matching = filters._any_in("postgresql", word_index.SEARCHED, filters._forms("Lisbon"))
            plan = connection.execute(text(f"EXPLAIN {statement_of(matching)}")).scalars().all()
        assert sum("ChatMessage_words" in line for line in plan) >= len(word_index.SEARCHED)
        assert not any("Seq Scan" in line for line in plan)


def statement_of(condition: Any) -> str:
    chosen = select(chat_message.c.sessionId).where(condition)
    return str(chosen.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})).replace("%%", "%")
