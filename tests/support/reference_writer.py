"""A plain restatement of the reference system's writer, which causes real drift. This project writes differently.

Count-based slices, no lock across processes, the cache written even if the database failed.
"""

import contextlib
import json
import uuid
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import psycopg
import redis
from psycopg.types.json import Jsonb

Document = dict[str, Any]
TTL_SECONDS = 43200


def said(role: str, content: str | None, **fields: Any) -> Document:
    """A message in the seven keys of the cached document."""
    empty = dict.fromkeys(("name", "tool_call_id", "refusal", "tool_calls", "function_call"))
    return {"role": role, "content": content, **empty, **fields}


def document_of(session_id: str, messages: list[Document], title: str | None = None) -> Document:
    """A session as the cache holds it."""
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return {
        "session_id": session_id,
        "user_id": "u-1",
        "title": title,
        "usage": [],
        "credentials": {},
        "started_at": now,
        "updated_at": now,
        "successful_agent_runs": {},
        "successful_agent_schedules": {},
        "messages": messages,
    }


class Writer:
    """One process of the reference system."""

    def __init__(self, database_url: str, cache: redis.Redis) -> None:
        self._url = database_url
        self._cache = cache

    def get(self, session_id: str) -> Document:
        """Through the cache, as the application reads."""
        raw = self._cache.get(_key(session_id))
        assert isinstance(raw, bytes)
        found: Document = json.loads(raw)
        return found

    def upsert(self, session: Document, midway: Callable[[], None] = lambda: None) -> None:
        """Rows from the count on, then the cache whatever happened, then the failure. `midway`: before the rows."""
        failure: psycopg.Error | None = None
        try:
            self._save(session, midway)
        except psycopg.Error as error:
            failure = error
        self.put(session)
        if failure is not None:
            raise failure

    def append(self, session_id: str, message: Document) -> Document:
        """Re-reads, appends, saves; a failure of the cache is only logged."""
        session = self.get(session_id)
        session["messages"].append(message)
        self._save(session)
        self._best_effort(lambda: self.put(session))
        return session

    def rename(self, session_id: str, title: str, read: Document | None = None) -> None:
        """The row's title, then the title inside the cached document that was read (now, or some time ago)."""
        cached = deepcopy(read) if read is not None else self.get(session_id)
        self.run('UPDATE "ChatSession" SET title = %s WHERE id = %s', title, session_id)
        cached["title"] = title
        self.put(cached)

    def delete(self, session_id: str) -> None:
        """The rows, then the key, whose failure is only logged."""
        self.run('DELETE FROM "ChatSession" WHERE id = %s', session_id)
        self._best_effort(lambda: self._cache.delete(_key(session_id)))

    def put(self, session: Document) -> None:
        """The document with the full time to live."""
        body = json.dumps(session, ensure_ascii=False, separators=(",", ":")).encode()
        self._cache.set(_key(session["session_id"]), body, ex=TTL_SECONDS)

    def run(self, statement: str, *values: Any) -> None:
        """One statement by itself."""
        with psycopg.connect(self._url) as connection:
            connection.execute(statement, values)  # type: ignore[arg-type]

    def count(self, session_id: str) -> int:
        """How many rows a session has."""
        with psycopg.connect(self._url) as connection:
            row = connection.execute(
                'SELECT count(*) FROM "ChatMessage" WHERE "sessionId" = %s', [session_id]
            ).fetchone()
        assert row is not None
        return int(row[0])

    def _save(self, session: Document, midway: Callable[[], None] = lambda: None) -> None:
        session_id, known = session["session_id"], self.count(session["session_id"])
        with psycopg.connect(self._url) as connection:
            connection.execute(
                'INSERT INTO "ChatSession" (id, "userId", "createdAt", "updatedAt", credentials, '
                '"successfulAgentRuns", "successfulAgentSchedules", "totalPromptTokens", "totalCompletionTokens") '
                "VALUES (%s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', '{}', '{}', '{}', 0, 0) "
                "ON CONFLICT (id) DO UPDATE SET \"updatedAt\" = now() AT TIME ZONE 'UTC'",
                [session_id, session["user_id"]],
            )
            midway()
            for sequence, message in enumerate(session["messages"][known:], known):
                insert_row(connection, session_id, sequence, message)

    def _best_effort(self, write: Callable[[], object]) -> None:
        with contextlib.suppress(redis.RedisError):
            write()


def insert_row(connection: psycopg.Connection[Any], session_id: str, sequence: int, message: Document) -> None:
    """A "ChatMessage" row."""
    connection.execute(
        'INSERT INTO "ChatMessage" (id, "createdAt", "sessionId", role, content, name, "toolCallId", refusal, '
        '"toolCalls", "functionCall", sequence) '
        "VALUES (%s, now() AT TIME ZONE 'UTC', %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            str(uuid.uuid4()),
            session_id,
            message["role"],
            message["content"],
            message["name"],
            message["tool_call_id"],
            message["refusal"],
            None if message["tool_calls"] is None else Jsonb(message["tool_calls"]),
            None,
            sequence,
        ],
    )


def _key(session_id: str) -> str:
    return f"chat:session:{session_id}"
