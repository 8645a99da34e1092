"""The message models: conversion between rows, documents and API arguments."""

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given

from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, Usage
from chatdata.domain.messages.message import messages_of
from chatdata.domain.text import sanitize, sanitize_json
from tests.support.builders import START, any_sessions, message, new_session, talk, tool_call

ROW: dict[str, Any] = {
    "id": "s-1",
    "userId": "u-1",
    "title": "Trip",
    "createdAt": START,
    "updatedAt": START + timedelta(hours=1),
    "credentials": {"github": {"kind": "oauth"}},
    "successfulAgentRuns": {"graph-1": 2},
    "successfulAgentSchedules": {},
    "totalPromptTokens": 10,
    "totalCompletionTokens": 2,
}
MESSAGE_COLUMNS = ("role", "content", "name", "toolCallId", "refusal", "toolCalls", "functionCall")
MESSAGE_ROW: dict[str, Any] = {
    "role": "assistant",
    "content": None,
    "name": "Ann",
    "toolCallId": "call_0",
    "refusal": "no",
    "toolCalls": [tool_call()],
    "functionCall": {"name": "f", "arguments": "{}"},
    "sequence": 0,
}


@given(any_sessions)
def test_what_both_stores_can_hold_comes_back_from_json_as_it_was(session: ChatSession) -> None:
    clean = session.sanitize()
    assert ChatSession.model_validate_json(clean.model_dump_json()) == clean


@given(any_sessions)
def test_any_session_comes_back_from_python_values_as_it_was(session: ChatSession) -> None:
    assert ChatSession.model_validate(session.model_dump()) == session


@given(any_sessions)
def test_cleaning_a_session_twice_is_cleaning_it_once_and_changes_nothing_in_place(session: ChatSession) -> None:
    before = session.model_copy(deep=True)
    clean = session.sanitize()
    assert session == before
    assert clean.sanitize() == clean


def cleaned(text: str | None) -> str | None:
    return None if text is None else sanitize(text)


@given(any_sessions)
def test_each_part_of_a_cleaned_session_is_the_part_cleaned(session: ChatSession) -> None:
    clean = session.sanitize()
    assert (clean.title, clean.user_id) == tuple(map(cleaned, (session.title, session.user_id)))
    assert clean.credentials == sanitize_json(session.credentials)
    for item, found in zip(session.messages, clean.messages, strict=True):
        assert found == item.sanitize()
        for field in ("role", "content", "name", "tool_call_id", "refusal"):
            assert getattr(found, field) == cleaned(getattr(item, field))
        assert found.tool_calls == sanitize_json(item.tool_calls)
        assert found.function_call == sanitize_json(item.function_call)
    assert (clean.started_at, clean.updated_at, clean.usage) == (session.started_at, session.updated_at, session.usage)


def test_a_cleaned_session_shares_nothing_that_can_change_and_remembers_how_it_was_loaded() -> None:
    session = new_session(messages=[message("assistant", "a", tool_calls=[tool_call()])])
    session.mark_loaded()
    clean = session.sanitize()
    session.messages[0].content = "b"
    session.messages.append(message("user", "c"))
    assert (clean.messages[0].content, len(clean.messages)) == ("a", 1)
    assert (clean.loaded.known, clean.loaded.messages) == (True, 1)


@pytest.mark.parametrize("as_row", [dict, lambda row: SimpleNamespace(**row)], ids=["mapping", "object"])
def test_rows_make_a_session_with_its_messages(as_row: Any) -> None:
    session = ChatSession.from_db(as_row(ROW), [as_row(MESSAGE_ROW)])
    assert session == ChatSession(
        session_id="s-1",
        user_id="u-1",
        title="Trip",
        usage=[Usage(prompt_tokens=10, completion_tokens=2, total_tokens=12)],
        credentials={"github": {"kind": "oauth"}},
        started_at=START,
        updated_at=START + timedelta(hours=1),
        successful_agent_runs={"graph-1": 2},
        messages=[
            ChatMessage(
                role="assistant",
                name="Ann",
                tool_call_id="call_0",
                refusal="no",
                tool_calls=[tool_call()],
                function_call={"name": "f", "arguments": "{}"},
            )
        ],
    )
    assert session.loaded.known
    assert session.loaded.messages == 1


@pytest.mark.parametrize("as_row", [dict, lambda row: SimpleNamespace(**row)], ids=["mapping", "object"])
def test_the_messages_may_come_with_the_session_row(as_row: Any) -> None:
    session = ChatSession.from_db(as_row({**ROW, "Messages": [as_row(MESSAGE_ROW)]}))
    assert [item.role for item in session.messages] == ["assistant"]


@pytest.mark.parametrize("row", [ROW, {**ROW, "Messages": None}], ids=["no relation", "relation not loaded"])
def test_a_session_row_without_its_messages_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="s-1 came without its messages"):
        ChatSession.from_db(row)


def test_a_session_row_with_no_messages_is_an_empty_session() -> None:
    assert ChatSession.from_db(ROW, []).messages == []


def test_a_row_alone_makes_the_session_without_messages() -> None:
    info = ChatSessionInfo.from_db(ROW)
    assert (info.session_id, info.prompt_tokens, info.completion_tokens) == ("s-1", 10, 2)


def test_a_row_of_an_early_install_has_no_user_and_no_tokens() -> None:
    info = ChatSessionInfo.from_db({**ROW, "userId": None, "totalPromptTokens": 0, "totalCompletionTokens": 0})
    assert (info.user_id, info.usage) == (None, [])


def test_a_json_column_that_holds_no_object_is_kept_to_be_shown() -> None:
    info = ChatSessionInfo.from_db({**ROW, "credentials": [1], "successfulAgentRuns": '{"graph-1": 3}'})
    assert info.credentials == {"(unreadable)": [1]}
    assert info.successful_agent_runs == {"graph-1": 3}


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (None, None),
        ([], []),
        ('[{"id": "call_1"}]', [{"id": "call_1"}]),
        ("null", None),
        ("not JSON", ["not JSON"]),
        ("[" * 100_000, ["[" * 100_000]),
        ([1, "two", None], [1, "two", None]),
        ({"id": "call_1"}, [{"id": "call_1"}]),
    ],
    ids=["none", "empty", "JSON in JSON", "null in JSON", "garbage", "too deep", "not objects", "no list"],
)
def test_whatever_a_column_holds_for_tool_calls_is_kept(stored: Any, expected: Any) -> None:
    assert ChatMessage.from_db({**MESSAGE_ROW, "toolCalls": stored}).tool_calls == expected


@given(any_sessions)
def test_messages_made_at_once_are_those_of_each_row(session: ChatSession) -> None:
    rows = [tuple(dict(message).values()) for message in session.messages]
    rows.append((None, None, None, None, None, '[{"id": "call_1"}]', '{"name": "f"}'))
    by_row = [ChatMessage.from_db(dict(zip(MESSAGE_COLUMNS, row, strict=True))) for row in rows]
    assert messages_of((*row, 7) for row in rows) == by_row


def test_a_function_call_of_an_older_row_is_json_in_json() -> None:
    row = {**MESSAGE_ROW, "functionCall": '{"name": "f", "arguments": "{}"}'}
    assert ChatMessage.from_db(row).function_call == {"name": "f", "arguments": "{}"}


def test_a_document_keeps_tool_calls_that_are_no_objects() -> None:
    raw = '{"role":"assistant","tool_calls":[{"id":"call_1"},"?",null]}'
    assert ChatMessage.model_validate_json(raw).tool_calls == [{"id": "call_1"}, "?", None]


def test_a_message_needs_a_role_that_is_text() -> None:
    for raw in ("{}", '{"role":null}', '{"role":1}'):
        with pytest.raises(ValueError):
            ChatMessage.model_validate_json(raw)


def test_a_new_session_is_empty_and_its_own() -> None:
    first, second = ChatSession.new("u-1"), ChatSession.new("u-1")
    assert first.session_id != second.session_id
    assert (first.user_id, first.title, first.usage, first.messages) == ("u-1", None, [], [])
    assert not first.loaded.known
    assert first.started_at.tzinfo is UTC


def test_times_are_utc_whatever_zone_they_came_in() -> None:
    session = new_session(at=datetime(2026, 2, 20, 12, tzinfo=timezone(timedelta(hours=2))))
    naive = new_session(at=datetime(2026, 2, 20, 10))
    assert session.started_at == naive.started_at == datetime(2026, 2, 20, 10, tzinfo=UTC)


def test_how_a_session_was_loaded_is_neither_written_nor_compared() -> None:
    loaded, fresh = new_session(messages=2), new_session(messages=2)
    loaded.mark_loaded()
    assert loaded == fresh
    assert loaded.model_dump_json() == fresh.model_dump_json()


def test_a_call_goes_to_the_latest_assistant_message_past_its_tool_messages() -> None:
    session = new_session(
        messages=[
            message("user"),
            message("assistant", "first", tool_calls=[tool_call("call_1")]),
            message("tool", "result", tool_call_id="call_1"),
        ]
    )
    session.add_tool_call_to_current_turn(tool_call("call_2"))
    assert session.messages[1].tool_calls == [tool_call("call_1"), tool_call("call_2")]
    assert len(session.messages) == 3


@pytest.mark.parametrize(
    "roles",
    [[], ["user"], ["assistant", "user"], ["assistant", "user", "tool"], ["system"]],
    ids=["nothing", "a question", "an answer before", "a stray result", "instructions"],
)
def test_a_call_without_an_answer_in_this_turn_gets_a_message_of_its_own(roles: list[str]) -> None:
    session = new_session(messages=[message(role) for role in roles])
    session.add_tool_call_to_current_turn(tool_call())
    assert session.messages[-1] == message("assistant", "", tool_calls=[tool_call()])
    assert len(session.messages) == len(roles) + 1


def test_adding_a_call_leaves_the_list_that_others_hold() -> None:
    calls = [tool_call("call_1")]
    session = new_session(messages=[*talk(1), message("assistant", "", tool_calls=calls)])
    session.add_tool_call_to_current_turn(tool_call("call_2"))
    assert calls == [tool_call("call_1")]


@pytest.mark.parametrize("stored", ["many", b"\x00", float("nan"), None])
def test_token_counts_that_are_no_numbers_are_not_recorded(stored: object) -> None:
    """SQLite stores anything in any column."""
    info = ChatSessionInfo.from_db({**ROW, "totalPromptTokens": stored, "totalCompletionTokens": 0})
    assert info.usage == []
