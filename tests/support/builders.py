"""Builders of test values: sessions, messages, documents and rows."""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from chatdata import ChatSessions
from chatdata.domain.messages import ChatMessage, ChatSession, Usage
from chatdata.stores.database import Database, rows

DIALECTS = ("sqlite", "postgresql")
START = datetime(2026, 2, 20, 10, 0, 0, 123000, tzinfo=UTC)


def message(role: str = "user", content: str | None = "Hello", **fields: Any) -> ChatMessage:
    return ChatMessage(role=role, content=content, **fields)


def tool_call(call_id: str = "call_1", name: str = "find_agent", arguments: str = '{"query":"news"}') -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def talk(count: int, mark: str = "") -> list[ChatMessage]:
    """`count` messages of a user and an assistant in turns, each of its own text."""
    return [message(("user", "assistant")[n % 2], f"{mark}message {n}") for n in range(count)]


def new_session(
    session_id: str = "s-1",
    user_id: str | None = "u-1",
    messages: list[ChatMessage] | int = 0,
    usage: Iterable[tuple[int, int]] = (),
    at: datetime = START,
    **fields: Any,
) -> ChatSession:
    """A session that no store knows."""
    return ChatSession(
        session_id=session_id,
        user_id=user_id,
        usage=[Usage.of(prompt, completion) for prompt, completion in usage],
        started_at=fields.pop("started_at", at),
        updated_at=at,
        messages=talk(messages) if isinstance(messages, int) else messages,
        **fields,
    )


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def database_url(dialect: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """An empty database of this dialect for one test."""
    if dialect == "sqlite":
        return f"sqlite:///{folder / 'chat.db'}"
    url: str = request.getfixturevalue("pg_url")
    return url


def fill(database: Database, *sessions: ChatSession) -> None:
    """Rows as they are: nothing is cached, locked or cleaned, and updatedAt is the session's own."""
    with database.writing() as connection:
        for session in sessions:
            rows.insert_session(connection, session, session.updated_at)
            rows.append_messages(connection, session.session_id, session.messages, session.updated_at)


def save_newest(sessions: ChatSessions, session: ChatSession) -> ChatSession:
    """Saves it in both stores, at a later millisecond than whatever was saved before."""
    time.sleep(0.001)
    return sessions.upsert_chat_session(session)


def contents(session: ChatSession | None) -> list[str | None]:
    assert session is not None
    return [item.content for item in session.messages]


def texts(error: BaseException | None) -> str:
    """All that an exception and what led to it say."""
    said = []
    while error is not None:
        said.append(f"{error} {error!r}")
        error = error.__cause__ or error.__context__
    return "\n".join(said)


def document(**changes: Any) -> dict[str, Any]:
    """A cached document of February 2026."""
    return {
        "session_id": "s-1",
        "user_id": "u-1",
        "title": "Trip",
        "usage": [{"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}],
        "credentials": {"github": {"kind": "oauth"}},
        "started_at": "2026-02-20T10:00:00.123456Z",
        "updated_at": "2026-02-20T10:00:00.123000Z",
        "successful_agent_runs": {"graph-1": 2},
        "successful_agent_schedules": {},
        "messages": [document_message("user", "Hello"), document_message("assistant", "Good day")],
        **changes,
    }


def document_message(role: str, content: str | None, **changes: Any) -> dict[str, Any]:
    keys = ("name", "tool_call_id", "refusal", "tool_calls", "function_call")
    return {"role": role, "content": content, **dict.fromkeys(keys), **changes}


def document_bytes(**changes: Any) -> bytes:
    return json.dumps(document(**changes), ensure_ascii=False, separators=(",", ":")).encode()


# Strategies

any_text = st.text(st.characters(exclude_categories=()), max_size=20)
"""Also control characters and lone surrogates, which Python's strings can hold."""
plain_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=6,
)
_tool_calls = st.none() | st.lists(st.dictionaries(any_text, json_values, max_size=3), max_size=3)
any_messages = st.builds(
    ChatMessage,
    role=st.sampled_from(["user", "assistant", "system", "developer", "tool", "function", "critic", ""]),
    content=st.none() | any_text,
    name=st.none() | any_text,
    tool_call_id=st.none() | any_text,
    refusal=st.none() | any_text,
    tool_calls=_tool_calls,
    function_call=st.none() | st.dictionaries(any_text, json_values, max_size=2),
)
_counts = st.integers(0, 10**6)
_moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
any_sessions = st.builds(
    ChatSession,
    session_id=st.uuids().map(str),
    user_id=st.none() | any_text,
    title=st.none() | any_text,
    usage=st.lists(st.builds(Usage.of, _counts, _counts), max_size=3),
    credentials=st.dictionaries(any_text, json_values, max_size=2),
    started_at=_moments,
    updated_at=_moments,
    successful_agent_runs=st.dictionaries(any_text, _counts, max_size=2),
    successful_agent_schedules=st.dictionaries(any_text, _counts, max_size=2),
    messages=st.lists(any_messages, max_size=4),
)
