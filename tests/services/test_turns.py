"""Activity, waiting messages and keys of other types, on real servers, in scans and in every view."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chatdata.domain.drift import DriftFinding
from chatdata.domain.redaction import redact
from chatdata.services.catalog import list_sessions
from chatdata.services.inspection import Inspection, compare_session
from chatdata.services.repair import Done, apply, propose
from chatdata.services.scan import ScanResult, scan, scan_from, scan_json
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, SessionFilter
from tests.support import servers
from tests.support.builders import DIALECTS, database_url, fill, message, new_session, talk

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
LOCK = "copilot:session:s-1:lock"


@pytest.fixture(params=DIALECTS)
def stores(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Iterator[SessionStores]:
    """The stores of a current deployment, whose status is text in SQLite and an enum in PostgreSQL."""
    url, kind = database_url(request.param, request, tmp_path), "TEXT"
    with closing(Database.open(url, write=True)) as database, database.writing() as connection:
        if request.param == "postgresql":
            connection.execute(text("""CREATE TYPE "ChatSessionStatus" AS ENUM ('idle', 'queued', 'running')"""))
            kind = '"ChatSessionStatus"'
        connection.execute(text(f'ALTER TABLE "ChatSession" ADD COLUMN "chatStatus" {kind} DEFAULT \'idle\''))
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=43_200, write=True)
    with closing(SessionStores(Database.open(url, write=True), cache, now=lambda: NOW)) as made:
        yield made


def hold(stores: SessionStores, status: str, silent: timedelta = timedelta(hours=2), session_id: str = "s-1") -> None:
    """Stores a session with this status, whose newest message is this old."""
    session = new_session(session_id, messages=4, at=NOW - silent)
    database, cache = stores.require_database(), stores.require_cache()
    fill(database, session)
    cache.put(session)
    with database.writing() as connection:
        connection.execute(
            text(f'UPDATE "ChatSession" SET "chatStatus" = \'{status}\' WHERE id = :id'), {"id": session_id}
        )


def wait(valkey: servers.ValkeyServer, *contents: str, key: str = "copilot:pending:{s-1}", ttl: int = 3600) -> None:
    for content in contents:
        entry = {"content": content, "file_ids": ["f"], "context": None, "enqueued_at": NOW.timestamp()}
        valkey.run("RPUSH", key, json.dumps(entry))
    valkey.run("EXPIRE", key, ttl)


def found(stores: SessionStores, kind: str, session_id: str = "s-1") -> DriftFinding | None:
    findings = compare_session(stores, session_id)[1].findings
    return next((finding for finding in findings if finding.kind == kind), None)


def scanned(stores: SessionStores) -> ScanResult:
    result = scan(stores, grace=0.0, clock=lambda: NOW)
    assert result.status == "finished"
    assert scan_from(json.loads(json.dumps(scan_json(result)))) == result
    return result


# ---- the turn that runs


@pytest.mark.parametrize(
    ("status", "silent", "locked", "stuck"),
    [
        pytest.param("running", 120, False, True, id="nobody is at it"),
        pytest.param("running", 31, False, True, id="half an hour"),
        pytest.param("running", 29, False, False, id="not yet"),
        pytest.param("running", 120, True, False, id="a worker holds the lock"),
        pytest.param("queued", 120, False, False, id="waits for a worker"),
        pytest.param("idle", 120, False, False, id="idle"),
    ],
)
def test_a_running_turn_that_nobody_is_at_is_stuck(
    stores: SessionStores, valkey: servers.ValkeyServer, status: str, silent: int, locked: bool, stuck: bool
) -> None:
    hold(stores, status, timedelta(minutes=silent))
    if locked:
        valkey.run("SET", LOCK, "worker")
    finding = found(stores, "stuck_turn")
    assert (finding is not None) is stuck
    comparison = compare_session(stores, "s-1")[1]
    assert (comparison.status, comparison.chat_status) == ("in_sync", status)
    assert comparison.activity == ("stuck" if stuck else status)
    assert [one.session_id for one in scanned(stores).sessions] == (["s-1"] if stuck else [])
    if finding is not None:
        assert (finding.severity, finding.likely_causes[0].cause) == ("medium", "worker_gone")


def test_without_the_cache_no_turn_is_called_stuck(stores: SessionStores) -> None:
    hold(stores, "running")
    alone = SessionStores(stores.database, None, now=stores.now)
    comparison = compare_session(alone, "s-1")[1]
    assert (comparison.activity, comparison.findings) == ("running", ())


def test_sessions_are_listed_by_their_status(stores: SessionStores) -> None:
    for number, status in enumerate(["idle", "running", "queued"]):
        hold(stores, status, session_id=f"s-{number}")
    assert {line.summary.chat_status for line in list_sessions(stores, SessionFilter()).lines} == {
        "idle", "running", "queued"
    }  # fmt: skip
    running = list_sessions(stores, SessionFilter(chat_status="running"))
    assert [line.summary.session_id for line in running.lines] == ["s-1"]
    assert list_sessions(stores, SessionFilter(chat_status="nonsense")).lines == ()


def test_a_table_without_the_column_has_no_session_of_a_status(tmp_path: Path) -> None:
    with closing(Database.open(f"sqlite:///{tmp_path / 'early.db'}", write=True)) as early:
        fill(early, new_session(messages=2))
        assert [line.chat_status for line in early.page(SessionFilter()).sessions] == [None]
        assert early.page(SessionFilter(chat_status="idle")).sessions == ()
        assert early.totals(SessionFilter(chat_status="idle")).sessions == 0


# ---- words that wait


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("copilot:pending:{s-1}", False),
        ("copilot:pending:s-1", False),
        ("copilot:pending-persist:s-1", True),
        ("copilot:pending-persist:{s-1}", True),
    ],
)
def test_words_that_wait_while_no_turn_runs_are_at_risk(
    stores: SessionStores, valkey: servers.ValkeyServer, key: str, given: bool
) -> None:
    hold(stores, "idle")
    wait(valkey, "Are you there?", "Hello?", key=key)
    finding = found(stores, "pending_messages")
    assert finding is not None
    assert (finding.severity, finding.count, finding.at_risk) == ("critical", 2, True)
    assert finding.expires_at is not None
    assert abs(finding.expires_at - NOW.astimezone(UTC)) < timedelta(days=3650)
    turn = stores.read_copies("s-1").turn
    assert turn is not None
    assert [(item.content, item.given, item.files) for item in turn.pending] == [
        ("Are you there?", given, 1), ("Hello?", given, 1)
    ]  # fmt: skip
    result = scanned(stores)
    assert (result.findings_by_kind["pending_messages"], result.messages_at_risk) == (1, 2)


def test_words_that_wait_for_a_running_turn_are_worth_an_info(
    stores: SessionStores, valkey: servers.ValkeyServer
) -> None:
    hold(stores, "running", timedelta(minutes=1))
    valkey.run("SET", LOCK, "worker")
    wait(valkey, "One more thing")
    finding = found(stores, "pending_messages")
    assert finding is not None
    assert (finding.severity, finding.at_risk, finding.expires_at) == ("info", False, None)
    assert scanned(stores).sessions == ()


def test_words_that_wait_for_a_session_without_a_document_are_found_by_a_scan(
    stores: SessionStores, valkey: servers.ValkeyServer
) -> None:
    hold(stores, "idle")
    stores.require_cache().delete("s-1")
    wait(valkey, "Hello?")
    wait(valkey, "Nobody's", key="copilot:pending:{s-9}")
    result = scanned(stores)
    assert {one.session_id: one.status for one in result.sessions} == {"s-1": "uncached", "s-9": "missing"}
    assert (result.cached_keys, result.gone, result.messages_at_risk) == (0, 0, 2)


def test_entries_that_are_no_messages_are_shown_as_they_are(
    stores: SessionStores, valkey: servers.ValkeyServer
) -> None:
    hold(stores, "idle")
    valkey.run("RPUSH", "copilot:pending:{s-1}", "not JSON", "[1]", b"\xff")
    valkey.run("SET", "copilot:pending:s-1", "a string")
    turn = stores.read_copies("s-1").turn
    assert turn is not None
    assert [(item.content, item.readable) for item in turn.pending] == [
        ("not JSON", False), ("[1]", False), ("\ufffd", False)
    ]  # fmt: skip
    assert turn.pending_expires_at is None
    assert turn.unreadable_lists == ("copilot:pending:s-1",)


@pytest.mark.parametrize("view", ["masked", "structure"])
def test_waiting_words_pass_the_readers_view(stores: SessionStores, valkey: servers.ValkeyServer, view: Any) -> None:
    hold(stores, "idle")
    wait(valkey, "Write to mia.canary@example.com")
    inspection = Inspection.compared(stores, "s-1", view, lambda: b"k" * 32)
    turn = inspection.copies.turn
    assert turn is not None
    assert "canary" not in turn.pending[0].content
    told = [item.cache_value for item in inspection.comparison.findings if item.kind == "pending_messages"]
    assert "canary" not in str(told)
    assert redact(inspection.copies, "full", b"").copies.turn == turn


# ---- third places


def test_channels_that_point_at_no_session_are_listed_by_a_scan(
    stores: SessionStores, valkey: servers.ValkeyServer
) -> None:
    hold(stores, "idle")
    valkey.run("SET", "copilot-bot:session:discord:42", "s-1")
    valkey.run("SET", "copilot-bot:session:telegram:7", "gone")
    (channel,) = scanned(stores).dangling_channels
    assert (channel.channel, channel.session_id) == ("telegram:7", "gone")


# ---- keys of other types

OTHERS = {
    "list": ("RPUSH", "a", "b"),
    "hash": ("HSET", "a", "b"),
    "set": ("SADD", "a"),
    "zset": ("ZADD", "1", "a"),
}


@pytest.mark.parametrize("held", OTHERS)
def test_a_key_of_another_type_is_damaged_everywhere_alike(
    stores: SessionStores, valkey: servers.ValkeyServer, tmp_path: Path, held: str
) -> None:
    hold(stores, "idle")
    command, *values = OTHERS[held]
    valkey.run("DEL", "chat:session:s-1")
    valkey.run(command, "chat:session:s-1", *values)
    finding = found(stores, "cache_corrupt")
    assert finding is not None
    assert finding.likely_causes[0].cause == "wrong_type"
    (listed,) = scanned(stores).sessions
    assert [(one.status, one.findings[0].likely_causes[0].cause) for one in (listed,)] == [("corrupt", "wrong_type")]
    assert finding.meaning == listed.findings[0].meaning
    session = ChatSessions(stores).get_chat_session("s-1")
    assert session is not None
    assert len(session.messages) == 4
    valkey.run("DEL", "chat:session:s-1")
    valkey.run(command, "chat:session:s-1", *values)
    proposal = propose(stores, "s-1", "invalidate_cache", clock=lambda: NOW)
    done = apply(stores, AppDatabase(tmp_path / "data", "test"), proposal, who="me", clock=lambda: NOW)  # type: ignore[arg-type]
    assert isinstance(done, Done)
    assert done.comparison is not None
    assert done.comparison.status == "uncached"


# ---- failed turns


def test_failed_turns_are_counted_and_leave_the_status(stores: SessionStores) -> None:
    failed = message("assistant", "[__COPILOT_ERROR_f7a1__] Something went wrong.")
    stopped = message("assistant", "[__COPILOT_SYSTEM_e3b0__] Execution stopped by user")
    session = new_session(messages=[*talk(1), failed, *talk(1, "b"), stopped, *talk(1, "c"), failed], at=NOW)
    fill(stores.require_database(), session)
    stores.require_cache().put(session)
    finding = found(stores, "failed_turn")
    assert finding is not None
    assert (finding.severity, finding.count, finding.database_position) == ("info", 2, 1)
    assert compare_session(stores, "s-1")[1].status == "in_sync"
    assert scanned(stores).findings_by_kind == {"failed_turn": 1}


def test_columns_of_no_known_version_are_named_and_not_read(tmp_path: Path) -> None:
    with closing(Database.open(f"sqlite:///{tmp_path / 'odd.db'}", write=True)) as database:
        fill(database, new_session(messages=2))
        assert (database.facts().unknown_columns, database.unread_columns()) == ((), ())
        with database.writing() as connection:
            connection.execute(text('ALTER TABLE "ChatSession" ADD COLUMN "colour" TEXT'))
            connection.execute(text('ALTER TABLE "ChatMessage" ADD COLUMN "model" TEXT'))
        assert database.facts().unknown_columns == ("ChatSession.colour",)
        assert database.facts().optional_columns == ("ChatMessage.model",)


def test_ghosts_that_share_a_user_without_rows_tell_of_a_deleted_user(stores: SessionStores) -> None:
    cache = stores.require_cache()
    hold(stores, "idle", session_id="s-0")
    for session_id, user in (("g-1", "gone"), ("g-2", "gone"), ("g-3", "alone"), ("g-4", "u-1"), ("g-5", "u-1")):
        cache.put(new_session(session_id, user, messages=2))
    first = {one.session_id: one.findings[0].likely_causes[0].cause for one in scanned(stores).sessions}
    assert first == {
        "g-1": "user_deleted",
        "g-2": "user_deleted",
        "g-3": "key_not_deleted",
        "g-4": "key_not_deleted",
        "g-5": "key_not_deleted",
    }
