"""Databases of other products with the views of docs/views, and rows as those products write them."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg

Product = Literal["n8n", "openai-agents"]
Rows = Mapping[str, Sequence[Any]]
"""Session id → items, either JSON values or text that is no JSON."""
VIEWS = Path(__file__).parents[2] / "docs" / "views"

_TABLES = {
    ("n8n", "sqlite"): """
        CREATE TABLE n8n_chat_histories (
            id INTEGER PRIMARY KEY AUTOINCREMENT, session_id VARCHAR(255) NOT NULL, message TEXT NOT NULL
        );
    """,
    ("n8n", "postgresql"): """
        CREATE TABLE n8n_chat_histories (
            id SERIAL PRIMARY KEY, session_id VARCHAR(255) NOT NULL, message JSONB NOT NULL
        );
    """,
    ("openai-agents", "sqlite"): """
        CREATE TABLE agent_sessions (
            session_id TEXT PRIMARY KEY,
            created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
        );
        CREATE TABLE agent_messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, message_data TEXT NOT NULL,
            created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
            FOREIGN KEY (session_id) REFERENCES agent_sessions (session_id) ON DELETE CASCADE
        );
        CREATE INDEX idx_agent_messages_session_id ON agent_messages (session_id, id);
    """,
    ("openai-agents", "postgresql"): """
        CREATE TABLE agent_sessions (
            session_id VARCHAR PRIMARY KEY,
            created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL,
            updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
        );
        CREATE TABLE agent_messages (
            id SERIAL PRIMARY KEY,
            session_id VARCHAR NOT NULL REFERENCES agent_sessions (session_id) ON DELETE CASCADE,
            message_data TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
        );
        CREATE INDEX idx_agent_messages_session_time ON agent_messages (session_id, created_at);
    """,
}


@dataclass(frozen=True, slots=True)
class OtherStore:
    """The database of another product."""

    product: Product
    dialect: str
    place: str
    """The SQLite file, or PostgreSQL's URL."""

    @property
    def url(self) -> str:
        """The DATABASE_URL that reads it through the views."""
        if self.dialect == "sqlite":
            return f"sqlite:///{self.place}"
        return f"{self.place}{'&' if '?' in self.place else '?'}schema=inspector"

    def run(self, script: str) -> None:
        """Runs statements as the owner."""
        if self.dialect == "sqlite":
            with closing(sqlite3.connect(self.place)) as connection:
                connection.executescript(script)
        else:
            with psycopg.connect(self.place) as connection:
                connection.execute(script.encode())

    def write(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Runs one statement with ? for values, once for each row."""
        if self.dialect == "sqlite":
            with closing(sqlite3.connect(self.place)) as connection, connection:
                connection.executemany(statement, rows)
        else:
            with psycopg.connect(self.place) as connection, connection.cursor() as cursor:
                cursor.executemany(statement.replace("?", "%s").encode(), rows)

    def add(self, sessions: Rows) -> None:
        """Adds one item of each session in turn, as sessions are written at the same time."""
        longest = max(map(len, sessions.values()))
        pairs = [(key, items[at]) for at in range(longest) for key, items in sessions.items() if at < len(items)]
        rows = [(key, item if isinstance(item, str) else json.dumps(item)) for key, item in pairs]
        if self.product == "n8n":
            self.write("INSERT INTO n8n_chat_histories (session_id, message) VALUES (?, ?)", rows)
            return
        times = [
            (key, f"2026-02-2{number} 10:00:00", f"2026-02-2{number} 11:30:00.5") for number, key in enumerate(sessions)
        ]
        self.write("INSERT INTO agent_sessions (session_id, created_at, updated_at) VALUES (?, ?, ?)", times)
        self.write("INSERT INTO agent_messages (session_id, message_data) VALUES (?, ?)", rows)


def filled_store(product: Product, dialect: str, place: str) -> OtherStore:
    """The product's tables with the views, and the sessions of WRITTEN."""
    store = other_store(product, dialect, place)
    store.add(WRITTEN[product])
    return store


def other_store(product: Product, dialect: str, place: str) -> OtherStore:
    """The product's tables, empty, with the views."""
    store = OtherStore(product, dialect, place)
    store.run(_TABLES[product, dialect])
    store.run((VIEWS / f"{product}-{dialect}.sql").read_text("utf-8"))
    return store


FLAT = [
    {"type": "human", "content": "Trouvez un siège près du hublot", "additional_kwargs": {}, "response_metadata": {}},
    {
        "type": "ai",
        "content": "",
        "tool_calls": [{"name": "find_seat", "args": {"side": "window"}, "id": "call_seat1", "type": "tool_call"}],
        "additional_kwargs": {},
        "response_metadata": {"model_name": "gpt-4.1-mini"},
        "invalid_tool_calls": [],
    },
    {"type": "tool", "content": '{"seat":"12A"}', "tool_call_id": "call_seat1", "name": "find_seat"},
    {
        "type": "ai",
        "content": [{"type": "thinking", "thinking": "Sure."}, {"type": "text", "text": "Seat 12A is yours."}],
        "tool_calls": [],
        "additional_kwargs": {},
        "response_metadata": {},
    },
]
"""LangChain's flat form, as n8n writes it."""
NESTED = [
    {"type": "human", "data": {"content": "Is it raining?", "additional_kwargs": {}}},
    {"type": "ai", "data": {"content": "No, dry all day.", "additional_kwargs": {}, "response_metadata": {}}},
]
ITEMS = [
    {"role": "user", "content": "Find a window seat"},
    {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"},
    {
        "type": "function_call",
        "id": "fc_1",
        "call_id": "call_seat2",
        "name": "find_seat",
        "arguments": '{"side":"window"}',
        "status": "completed",
    },
    {"type": "function_call_output", "call_id": "call_seat2", "output": "12A"},
    {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": "Seat 12A près du hublot.", "annotations": [], "logprobs": []}],
    },
]
"""Items of the Responses API, as the Agents SDK's session memory writes them."""
SHORT_ITEMS = [{"role": "user", "content": "Is it raining?"}, {"role": "assistant", "content": "No."}]
WRITTEN: dict[Product, dict[str, list[Any]]] = {
    "n8n": {"trip": FLAT, "rain": NESTED},
    "openai-agents": {"trip": ITEMS, "rain": SHORT_ITEMS},
}
"""The sessions of `filled_store`."""
PRODUCTS: tuple[Product, ...] = tuple(WRITTEN)
