"""What PostgreSQL and Redis hold beyond what any writer of sessions puts there: every reader shows it as a value."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chatdata import ChatSessions, Settings
from chatdata.domain.copies import CachedCopy, CorruptDocument, StoredCopy, Unavailable
from chatdata.domain.tokens import model_facts
from chatdata.services import usage
from chatdata.services.catalog import list_sessions, list_users
from chatdata.services.connect import connect
from chatdata.services.inspection import Inspection, compare_session
from chatdata.services.scan import scan
from chatdata.stores.database import SessionFilter
from tests.support import servers
from tests.support.builders import new_session

ALL = SessionFilter()
DEEP = "[" * 900 + "]" * 900
DAMAGE = [
    ('"ChatSession"', "createdAt", "'infinity'"),
    ('"ChatSession"', "updatedAt", "'-infinity'"),
    ('"ChatSession"', "createdAt", "'4713-01-01 BC'"),
    ('"ChatSession"', "updatedAt", "'294276-12-31'"),
    ('"ChatSession"', "credentials", "'[1]'"),
    ('"ChatSession"', "successfulAgentRuns", "'\"text\"'"),
    ('"ChatSession"', "totalPromptTokens", "2147483647"),
    ('"ChatSession"', "totalCompletionTokens", "-2147483648"),
    ('"ChatMessage"', "toolCalls", f"'{{\"n\": {'9' * 400}}}'"),
    ('"ChatMessage"', "toolCalls", f"'{DEEP}'"),
    ('"ChatMessage"', "functionCall", "'1e308'"),
    ('"ChatMessage"', "createdAt", "'infinity'"),
    ('"ChatMessage"', "role", "''"),
]


@pytest.fixture
def sessions(pg_url: str, redis_url: str, tmp_path: Path) -> Iterator[ChatSessions]:
    """PostgreSQL and a server of the cache, with the sessions s-1 and whole in both."""
    environment = {"DATABASE_URL": pg_url, "REDIS_URL": redis_url, "INSPECTOR_ACCESS": "write"}
    with connect(Settings.from_environment({**environment, "INSPECTOR_DATA_DIR": str(tmp_path)})) as opened:
        for name in ("s-1", "whole"):
            opened.sessions.upsert_chat_session(new_session(name, messages=3, usage=[(10, 5)]))
        yield opened.sessions


@pytest.mark.parametrize(("table", "column", "value"), DAMAGE)
def test_postgres_extremes_cost_one_line(sessions: ChatSessions, table: str, column: str, value: str) -> None:
    assert sessions.stores.database is not None
    with sessions.stores.database.writing() as connection:
        key = "id" if table == '"ChatSession"' else "sessionId"
        written = text(f"""UPDATE {table} SET "{column}" = {value} WHERE "{key}" = 's-1'""".replace(":", "\\:"))
        connection.execute(written)
    assert isinstance(sessions.stores.read_copies("s-1").stored, StoredCopy)
    check_others(sessions)
    assert compare_session(sessions.stores, "s-1")[1].status in ("in_sync", "drifted")


JSON = [
    ("toolCalls", "5", "ChatMessage.toolCalls"),
    ("toolCalls", '"words"', "ChatMessage.toolCalls"),
    ("toolCalls", "[5]", "ChatMessage.toolCalls"),
    ("toolCalls", "{}", "ChatMessage.toolCalls"),
    ("functionCall", "[1]", "ChatMessage.functionCall"),
    ("metadata", "7", "ChatMessage.metadata"),
]


@pytest.mark.parametrize(("column", "value", "place"), JSON)
def test_json_of_another_form_is_damage_for_every_reader(
    sessions: ChatSessions, column: str, value: str, place: str
) -> None:
    stores = sessions.stores
    assert stores.database is not None
    with stores.database.writing() as connection:
        connection.execute(text('ALTER TABLE "ChatMessage" ADD COLUMN IF NOT EXISTS metadata JSONB'))
    stores.database.facts()
    with stores.database.writing() as connection:
        written = f"""UPDATE "ChatMessage" SET "{column}" = '{value}' WHERE "sessionId" = 's-1' AND sequence = 1"""
        connection.execute(text(written))
    stored = stores.read_copies("s-1").stored
    assert isinstance(stored, StoredCopy)
    assert [(one.place, one.position) for one in stored.damaged] == [(place, 1)]
    compared = compare_session(stores, "s-1")[1]
    assert "row_damaged" in {finding.kind for finding in compared.findings}
    found = scan(stores, grace=0)
    assert [session.session_id for session in found.sessions] == ["s-1"]
    verdicts = set(Inspection(stores, "s-1").report("database", model_facts("gpt-4o")).verdicts.values())
    assert ("accept" in verdicts) == (column == "metadata"), "what is not sent moves no verdict"
    check_others(sessions)


@pytest.mark.parametrize(("key", "value"), [("tool_calls", "words"), ("tool_calls", [5]), ("function_call", "x")])
def test_calls_of_another_form_in_a_document_are_named_and_never_accepted(
    sessions: ChatSessions, key: str, value: Any
) -> None:
    assert sessions.stores.cache is not None
    document = json.loads(new_session("s-1", messages=3, usage=[(10, 5)]).model_dump_json())
    document["messages"][1][key] = value
    sessions.stores.cache.put_raw("s-1", json.dumps(document).encode())
    cached = sessions.stores.read_copies("s-1").cached
    assert isinstance(cached, CachedCopy)
    assert [(one.place, one.position) for one in cached.damaged] == [(f"messages.{key}", 1)]
    verdicts = Inspection(sessions.stores, "s-1").report("cache", model_facts("gpt-4o")).verdicts
    assert "accept" not in verdicts.values()


@pytest.mark.parametrize(
    "command",
    [("LPUSH", "x"), ("SADD", "x"), ("HSET", "a", "b"), ("ZADD", "1", "x"), ("XADD", "*", "a", "b")],
    ids=lambda command: command[0],
)
def test_a_key_of_another_type_costs_one_line(
    sessions: ChatSessions, valkey: servers.ValkeyServer, command: tuple[str, ...]
) -> None:
    valkey.run("DEL", "chat:session:s-1")
    valkey.run(command[0], "chat:session:s-1", *command[1:])
    assert isinstance(sessions.stores.read_copies("s-1").cached, CorruptDocument | Unavailable)
    check_others(sessions)


DOCUMENTS: dict[str, Any] = {
    "empty": b"",
    "no UTF-8": b"\xff\xfe{",
    "cut off": b'{"session_id": "s-1", "messages": [{"ro',
    "a list": b"[]",
    "a number of 400 digits": b"9" * 400,
    "ten thousand deep": b'{"messages": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "text as a number": {"messages": [{"role": "user", "content": 5}]},
    "a message as text": {"messages": ["x"]},
    "messages as an object": {"messages": {"0": {"role": "user"}}},
    "usage of NaN": {"usage": [{"prompt_tokens": float("nan"), "completion_tokens": 1, "total_tokens": 1}]},
    "usage of 400 digits": {"usage": [{"prompt_tokens": 10**400, "completion_tokens": 1, "total_tokens": 1}]},
    "a time beyond the calendar": {"started_at": 1e300},
    "no fields": {},
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_damaged_document_costs_one_line_and_says_why(sessions: ChatSessions, document: Any) -> None:
    assert sessions.stores.cache is not None
    whole = json.loads(new_session("s-1", messages=3, usage=[(10, 5)]).model_dump_json())
    raw = document if isinstance(document, bytes) else json.dumps({**whole, **document} if document else {}).encode()
    sessions.stores.cache.put_raw("s-1", raw)
    cached = sessions.stores.read_copies("s-1").cached
    assert isinstance(cached, CorruptDocument | CachedCopy)
    if isinstance(cached, CorruptDocument):
        assert cached.reason
    check_others(sessions)


def check_others(sessions: ChatSessions) -> None:
    """Lists, usage and a scan have both sessions, and the whole one is in sync."""
    stores = sessions.stores
    assert {line.summary.session_id for line in list_sessions(stores, ALL).lines} == {"s-1", "whole"}
    assert [(user.user_id, user.sessions) for user in list_users(stores).users] == [("u-1", 2)]
    assert usage.overview(stores, ALL).totals.sessions == 2
    assert usage.largest_sessions(stores, ALL).totals.sessions == 2
    usage.by_tool_with_totals(stores, ALL)
    scanned = scan(stores, grace=0)
    assert (scanned.status, scanned.in_sync >= 1, scanned.unreadable) == ("finished", True, 0)
    assert compare_session(stores, "whole")[1].status == "in_sync"
