"""The plainest code that gives the same result on the same driver: no locks, no row models, no error handling.

It is a baseline for measurements and not for use: two concurrent writers would lose each other's messages.
"""

import json
import sqlite3
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
import redis
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from chatdata import ChatMessage, ChatSession

TTL_SECONDS = 43200
Rows = tuple[dict[str, Any], list[dict[str, Any]]]

_SESSION = 'SELECT * FROM "ChatSession" WHERE id = ?'
_MESSAGES = 'SELECT * FROM "ChatMessage" WHERE "sessionId" = ? ORDER BY sequence'
_INSERT = (
    'INSERT INTO "ChatMessage" (id, "createdAt", "sessionId", role, content, "toolCallId", "toolCalls", sequence) '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_UPDATE = (
    'UPDATE "ChatSession" SET "updatedAt" = ?, credentials = ?, "totalPromptTokens" = ?, "totalCompletionTokens" = ? '
    "WHERE id = ?"
)
_CUT = 'DELETE FROM "ChatMessage" WHERE "sessionId" = ? AND sequence >= ?'


class PlainDatabase(Protocol):
    """Reads with two SELECTs and saves with an INSERT and an UPDATE, on one open connection."""

    def read(self, session_id: str) -> Rows:
        """The rows of the session and of its messages, as dicts."""

    def save(self, session: ChatSession) -> None:
        """Inserts the last message of a session and updates the session row."""

    def cut(self, session_id: str, messages: int) -> None:
        """Deletes all but the first `messages` messages; not measured."""


class PlainPostgres:
    """PostgreSQL through psycopg with its defaults."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, row_factory=dict_row)

    def read(self, session_id: str) -> Rows:
        with self._connection.transaction():
            session = self._connection.execute(_pg(_SESSION), (session_id,)).fetchone()
            messages = self._connection.execute(_pg(_MESSAGES), (session_id,)).fetchall()
        return session or {}, messages

    def save(self, session: ChatSession) -> None:
        now = datetime.now(UTC).replace(tzinfo=None)
        with self._connection.transaction():
            self._connection.execute(_pg(_INSERT), _message_values(session, now, Jsonb))
            self._connection.execute(_pg(_UPDATE), _session_values(session, now, Jsonb))

    def cut(self, session_id: str, messages: int) -> None:
        with self._connection.transaction():
            self._connection.execute(_pg(_CUT), (session_id, messages))

    def close(self) -> None:
        self._connection.close()


class PlainSqlite:
    """SQLite through sqlite3 with its defaults, except for our durability: synchronous = NORMAL."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA synchronous = NORMAL")

    def read(self, session_id: str) -> Rows:
        session = self._connection.execute(_SESSION, (session_id,)).fetchone()
        messages = [dict(row) for row in self._connection.execute(_MESSAGES, (session_id,))]
        for row in messages:
            row["toolCalls"] = json.loads(row["toolCalls"] or "null")
        return dict(session), messages

    def save(self, session: ChatSession) -> None:
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "milliseconds")
        with self._connection:
            self._connection.execute(_INSERT, _message_values(session, now, json.dumps))
            self._connection.execute(_UPDATE, _session_values(session, now, json.dumps))

    def cut(self, session_id: str, messages: int) -> None:
        with self._connection:
            self._connection.execute(_CUT, (session_id, messages))

    def close(self) -> None:
        self._connection.close()


def _pg(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()


def _message_values(session: ChatSession, now: object, as_json: Any) -> tuple[Any, ...]:
    message, place = session.messages[-1], len(session.messages) - 1
    calls = as_json(message.tool_calls) if message.tool_calls else None
    call_id = message.tool_call_id
    return str(uuid.uuid4()), now, session.session_id, message.role, message.content, call_id, calls, place


def _session_values(session: ChatSession, now: object, as_json: Any) -> tuple[Any, ...]:
    return now, as_json(session.credentials), session.prompt_tokens, session.completion_tokens, session.session_id


def get_cached(client: redis.Redis, session_id: str) -> ChatSession:
    """The cached session, by GET and pydantic."""
    raw = client.get(f"chat:session:{session_id}")
    assert isinstance(raw, bytes)
    return ChatSession.model_validate_json(raw)


def get_through(client: redis.Redis, database: PlainDatabase, session_id: str, *, refill: bool) -> Rows:
    """The rows after a cache miss, by GET and two SELECTs; with `refill`, also SETs them as JSON."""
    assert client.get(f"chat:session:{session_id}") is None
    rows = database.read(session_id)
    if refill:
        client.set(f"chat:session:{session_id}", json.dumps(rows, default=str), ex=TTL_SECONDS)
    return rows


def save(client: redis.Redis, database: PlainDatabase, session: ChatSession) -> None:
    """Saves the session by INSERT of its last message, UPDATE, and SET of its document."""
    database.save(session)
    client.set(f"chat:session:{session.session_id}", session.model_dump_json(), ex=TTL_SECONDS)


def append(client: redis.Redis, database: PlainDatabase, session_id: str, message: ChatMessage) -> None:
    """Appends a message to the cached session and saves it."""
    session = get_cached(client, session_id)
    session.messages.append(message)
    save(client, database, session)


def to_payload(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """Messages as a model gets them, by the rules of the reference system, for messages without damage."""
    payload: list[dict[str, Any]] = []
    for message in messages:
        if message.role == "tool":
            payload.append(
                {"role": "tool", "content": message.content or "", "tool_call_id": message.tool_call_id or ""}
            )
        elif message.role == "function":
            payload.append({"role": "function", "content": message.content, "name": message.name or ""})
        elif message.role in ("user", "system", "developer"):
            payload.append(_named(message))
        elif message.role == "assistant":
            _add_assistant(payload, message)
    return payload


def _named(message: ChatMessage) -> dict[str, Any]:
    param: dict[str, Any] = {"role": message.role, "content": message.content or ""}
    if message.name:
        param["name"] = message.name
    return param


def _add_assistant(payload: list[dict[str, Any]], message: ChatMessage) -> None:
    param = _named(message)
    if message.function_call:
        param["function_call"] = _function(message.function_call)
    if message.refusal:
        param["refusal"] = message.refusal
    if message.tool_calls:
        param["tool_calls"] = [
            {"id": call["id"], "type": "function", "function": _function(call["function"])}
            for call in message.tool_calls
        ]
    if not payload or payload[-1]["role"] != "assistant":
        payload.append(param)
        return
    before = payload[-1]
    if param["content"]:
        before["content"] = f"{before['content']}\n{param['content']}" if before["content"] else param["content"]
    if param.get("tool_calls"):
        before["tool_calls"] = [*before.get("tool_calls", ()), *param["tool_calls"]]


def _function(value: dict[str, Any]) -> dict[str, Any]:
    return {"name": value["name"], "arguments": value.get("arguments") or "{}"}


def to_dicts(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """Messages as dicts of their role, content and tool calls or call id."""
    return [
        {"role": message.role, "content": message.content, "tool_calls": message.tool_calls}
        if message.tool_calls
        else {"role": message.role, "content": message.content, "tool_call_id": message.tool_call_id}
        for message in messages
    ]
