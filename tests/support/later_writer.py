"""Restates the application's writer of May 2026: what current deployments write, and how their writes go wrong.

Its documents can also be those of three older versions, which a store that was upgraded still holds.

It adds to the writer of February (reference_writer) a status and locks, context blocks in the rows only, reasoning
messages, steps in rows of their own, default values in documents loaded from rows, a window of the newest messages, and
lists of waiting messages. This project itself does not write like this.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import redis
from sqlalchemy import Connection, Engine, create_engine, text

Document = dict[str, Any]
TTL_SECONDS = 43200
WINDOW = 1000
DEFAULTS = {"dry_run": False, "builder_graph_id": None}
Version = Literal["january", "february", "march", "may"]
VERSIONS = get_args(Version)
_OLD_MESSAGE = ("role", "content", "name", "tool_call_id", "refusal", "tool_calls", "function_call")
_SESSION = ("session_id", "user_id", "title")
_COUNTS = ("usage", "credentials", "started_at", "updated_at", "successful_agent_runs", "successful_agent_schedules")
_KEYS: dict[Version, tuple[str, ...]] = {
    "january": (*_SESSION, "messages", *_COUNTS),
    "february": (*_SESSION, *_COUNTS, "messages"),
    "march": (*_SESSION, *_COUNTS, "metadata", "chat_status", "messages"),
}
"""The keys of the documents that older versions write, in their order."""
CONTEXT = "<env_context>\nUTC, 20 May\n</env_context>\n\n<user_context>\nRuns a bakery.\n</user_context>\n\n"

TABLES = (
    """CREATE TABLE "ChatSession" (
        id TEXT PRIMARY KEY, "createdAt" {time} NOT NULL DEFAULT CURRENT_TIMESTAMP,
        "updatedAt" {time} NOT NULL DEFAULT CURRENT_TIMESTAMP, "userId" TEXT, title TEXT,
        credentials {json} NOT NULL DEFAULT '{{}}', "successfulAgentRuns" {json} NOT NULL DEFAULT '{{}}',
        "successfulAgentSchedules" {json} NOT NULL DEFAULT '{{}}', "totalPromptTokens" INTEGER NOT NULL DEFAULT 0,
        "totalCompletionTokens" INTEGER NOT NULL DEFAULT 0, metadata {json} NOT NULL DEFAULT '{{}}',
        "chatStatus" {status} NOT NULL DEFAULT 'idle', "organizationId" TEXT, "teamId" TEXT,
        "isPinned" BOOLEAN NOT NULL DEFAULT FALSE)""",
    """CREATE TABLE "ChatMessage" (
        id TEXT PRIMARY KEY, "createdAt" {time} NOT NULL DEFAULT CURRENT_TIMESTAMP,
        "sessionId" TEXT NOT NULL REFERENCES "ChatSession"(id) ON DELETE CASCADE, role TEXT NOT NULL, content TEXT,
        name TEXT, "toolCallId" TEXT, refusal TEXT, "toolCalls" {json}, "functionCall" {json},
        sequence INTEGER NOT NULL, "durationMs" INTEGER, metadata {json})""",
    'CREATE UNIQUE INDEX "ChatMessage_sessionId_sequence_key" ON "ChatMessage" ("sessionId", sequence)',
)


def make_tables(url: str) -> None:
    """Creates the tables of May 2026 in an empty database."""
    kinds = {"time": "TEXT", "json": "TEXT", "status": "TEXT"}
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("""CREATE TYPE "ChatSessionStatus" AS ENUM ('idle', 'queued', 'running')"""))
            kinds = {"time": "TIMESTAMP(3)", "json": "JSONB", "status": '"ChatSessionStatus"'}
        for statement in TABLES:
            connection.execute(text(statement.format(**kinds)))
    engine.dispose()


def said(role: str, content: str | None, **fields: Any) -> Document:
    """A message of a later document that was never stored."""
    empty = dict.fromkeys(
        (
            "name",
            "tool_call_id",
            "refusal",
            "tool_calls",
            "function_call",
            "id",
            "sequence",
            "duration_ms",
            "created_at",
        )
    )
    return {"role": role, "content": content, **empty, **fields}


class LaterWriter:
    """One worker of the application."""

    def __init__(
        self,
        url: str,
        cache: redis.Redis,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        version: Version = "may",
    ) -> None:
        self.version = version
        self._engine: Engine = create_engine(url)
        self._cache = cache
        self._clock = clock
        self._postgres = self._engine.dialect.name == "postgresql"

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    # Sessions

    def create(self, session_id: str, user_id: str = "u-1", title: str | None = "Trip") -> Document:
        """Writes the row, then the document; the title is set by a later statement."""
        session = self._document(session_id, user_id, title)
        with self._writing() as run:
            run(
                'INSERT INTO "ChatSession" (id, "createdAt", "updatedAt", "userId", title) '
                "VALUES (:id, :at, :at, :user, :title)",
                id=session_id, at=self._now(), user=user_id, title=title,
            )  # fmt: skip
        self.put(session)
        return session

    def get(self, session_id: str) -> Document:
        """Loads the session from the cache, or from the rows and then caches it with the version's default values."""
        raw = self._cache.get(_key(session_id))
        if isinstance(raw, bytes):
            found: Document = json.loads(raw)
            known = [{**said(item["role"], item["content"]), **item} for item in found["messages"]]
            return {**self._document(session_id, found["user_id"], found["title"]), **found, "messages": known}
        session = self._from_rows(session_id)
        self.put(session)
        return session

    def delete(self, session_id: str, *, key: bool = True) -> None:
        """Deletes the rows, then the key, which can fail."""
        with self._writing() as run:
            run('DELETE FROM "ChatMessage" WHERE "sessionId" = :id', id=session_id)
            run('DELETE FROM "ChatSession" WHERE id = :id', id=session_id)
        if key:
            self.expire(session_id)

    def expire(self, session_id: str) -> None:
        """Removes the document, as when its time to live ends."""
        self._cache.delete(_key(session_id))

    def put(self, session: Document, window: int = WINDOW) -> None:
        """Writes the document with only its newest messages, and with the full time to live."""
        kept = in_version(self.version, {**session, "messages": session["messages"][-window:]})
        body = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
        self._cache.set(_key(session["session_id"]), body, ex=TTL_SECONDS)

    # Turns

    def begin(self, session: Document, words: str, *, context: str = CONTEXT) -> None:
        """Saves the user's text, starts the turn, and writes context in front of the text, in the row only."""
        session["messages"].append(said("user", words))
        self.save(session)
        self.status(session["session_id"], "running")
        self._cache.set(f"copilot:session:{session['session_id']}:lock", "worker", ex=600)
        self.rewrite(session, -1, context + words)

    def end(self, session: Document) -> None:
        """Ends the turn: its last save brings what only the rows had into the cache."""
        rows = {row["sequence"]: row["content"] for row in self.rows(session["session_id"])}
        for message in session["messages"]:
            if message["role"] == "user" and message["sequence"] in rows:
                message["content"] = rows[message["sequence"]]
        self.save(session)
        self.status(session["session_id"], "idle")
        self._cache.delete(f"copilot:session:{session['session_id']}:lock")

    def save(self, session: Document, *, cached: bool = True) -> None:
        """Appends the messages after the stored ones, gives each its id and number, then writes the cache."""
        session_id = session["session_id"]
        known = len(self.rows(session_id))
        with self._writing() as run:
            if not self._has_row(run, session_id):
                run(
                    'INSERT INTO "ChatSession" (id, "createdAt", "updatedAt", "userId") VALUES (:id, :at, :at, :user)',
                    id=session_id, at=self._now(), user=session["user_id"],
                )  # fmt: skip
            for sequence, message in enumerate(session["messages"][known:], known):
                message.update(self.insert(run, session_id, sequence, message))
            run('UPDATE "ChatSession" SET "updatedAt" = :at WHERE id = :id', id=session_id, at=self._now())
        if cached:
            self.put(session)

    def insert(self, run: Callable[..., Any], session_id: str, sequence: int, message: Document) -> Document:
        """Returns a message's row, and the id and number that the message gets."""
        told = {"id": str(uuid.uuid4()), "sequence": sequence}
        calls = None if message["tool_calls"] is None else json.dumps(message["tool_calls"])
        if calls is not None and self.version == "january":
            calls = json.dumps(calls)  # a JSON string inside the JSON column
        as_json = "CAST(:calls AS JSONB)" if self._postgres else ":calls"
        run(
            'INSERT INTO "ChatMessage" '
            '(id, "createdAt", "sessionId", role, content, "toolCallId", "toolCalls", sequence) '
            f"VALUES (:id, :at, :session, :role, :content, :call, {as_json}, :sequence)",
            **told, at=self._now(), session=session_id, role=message["role"], content=message["content"],
            call=message["tool_call_id"], calls=calls,
        )  # fmt: skip
        return told

    def append_row(self, session_id: str, message: Document) -> None:
        """Appends a row like a background job, without updating the cache."""
        with self._writing() as run:
            self.insert(run, session_id, len(self.rows(session_id)), message)

    def rewrite(self, session: Document, index: int, content: str) -> None:
        """Changes the content of a message's row, but not the cache."""
        sequence = session["messages"][index]["sequence"]
        with self._writing() as run:
            run(
                'UPDATE "ChatMessage" SET content = :content WHERE "sessionId" = :id AND sequence = :sequence',
                content=content, id=session["session_id"], sequence=sequence,
            )  # fmt: skip

    def status(self, session_id: str, status: str) -> None:
        """Sets the status, in the database only."""
        kind = 'CAST(:status AS "ChatSessionStatus")' if self._postgres else ":status"
        with self._writing() as run:
            run(
                f'UPDATE "ChatSession" SET "chatStatus" = {kind}, "updatedAt" = :at WHERE id = :id',
                status=status, at=self._now(), id=session_id,
            )  # fmt: skip

    def wait(self, session_id: str, words: str) -> None:
        """Adds a message that the user typed during a turn."""
        entry = {"content": words, "file_ids": [], "context": None, "enqueued_at": self._clock().timestamp()}
        key = f"copilot:pending:{{{session_id}}}"
        self._cache.rpush(key, json.dumps(entry))
        self._cache.expire(key, 3600)

    def rows(self, session_id: str) -> list[Document]:
        """The messages' rows, in order."""
        with self._engine.connect() as connection:
            found = connection.execute(
                text('SELECT * FROM "ChatMessage" WHERE "sessionId" = :id ORDER BY sequence'), {"id": session_id}
            )
            return [dict(row) for row in found.mappings()]

    def _from_rows(self, session_id: str) -> Document:
        with self._engine.connect() as connection:
            row = (
                connection.execute(text('SELECT * FROM "ChatSession" WHERE id = :id'), {"id": session_id})
                .mappings()
                .one()
            )
        session = self._document(session_id, row["userId"], row["title"])
        session["started_at"] = session["updated_at"] = _moment(row["createdAt"])
        session["chat_status"] = row["chatStatus"]
        session["messages"] = [
            said(
                item["role"],
                item["content"],
                tool_call_id=item["toolCallId"],
                tool_calls=_parsed(item["toolCalls"]),
                id=item["id"],
                sequence=item["sequence"],
                created_at=_moment(item["createdAt"]),
            )
            for item in self.rows(session_id)
        ]
        return session

    def _document(self, session_id: str, user_id: str, title: str | None) -> Document:
        now = _moment(self._clock().replace(tzinfo=None))
        return {
            "session_id": session_id,
            "user_id": user_id,
            "title": title,
            "usage": [],
            "credentials": {},
            "started_at": now,
            "updated_at": now,
            "successful_agent_runs": {},
            "successful_agent_schedules": {},
            "metadata": deepcopy(DEFAULTS),
            "chat_status": "idle",
            "organization_id": None,
            "team_id": None,
            "is_pinned": False,
            "messages": [],
        }

    def _has_row(self, run: Callable[..., Any], session_id: str) -> bool:
        return run('SELECT 1 FROM "ChatSession" WHERE id = :id', id=session_id).first() is not None

    def _now(self) -> Any:
        moment = self._clock().replace(tzinfo=None)
        return moment if self._postgres else moment.isoformat(" ", "milliseconds")

    @contextmanager
    def _writing(self) -> Iterator[Callable[..., Any]]:
        with self._engine.begin() as connection:
            yield _runner(connection)


def in_version(version: Version, session: Document) -> Document:
    """The document as a version writes it: without the keys that it does not know."""
    if version == "may":
        return session
    unset = {"id": None, "sequence": None} if version == "march" else {}
    messages = [{name: item[name] for name in _OLD_MESSAGE} | unset for item in session["messages"]]
    return {name: messages if name == "messages" else session[name] for name in _KEYS[version]}


def _runner(connection: Connection) -> Callable[..., Any]:
    return lambda statement, **values: connection.execute(text(statement), values)


def _parsed(value: Any) -> Any:
    """The value of a JSON column: text in SQLite, and possibly a JSON string inside."""
    while isinstance(value, str):
        value = json.loads(value)
    return value


def _moment(value: Any) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{moment.isoformat()}Z"


def _key(session_id: str) -> str:
    return f"chat:session:{session_id}"
