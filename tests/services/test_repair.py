"""Repairs on real servers: each resolves its finding and nothing else, and is refused once a copy changed."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text

from chatdata.domain.document import encode, key_of
from chatdata.domain.drift import Comparison, DriftFinding, Repair
from chatdata.domain.messages import ChatMessage, ChatSession, Usage
from chatdata.errors import AppDatabaseError, NotConfigured, ReadOnlyError
from chatdata.services.repair import Done, Proposal, Refusal, apply, done_json, proposal_json, propose
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings
from chatdata.stores.app_db import AppDatabase, AuditEntry
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, rows
from tests.support import mutations, servers
from tests.support.builders import (
    START,
    database_url,
    document,
    document_message,
    fill,
    message,
    minutes,
    new_session,
    talk,
    tool_call,
)

TTL = 600
NOW = START + minutes(90)
PENDING = mutations.PENDING
LOCK = "copilot:session_lock:s-1"
CACHED: dict[str, Any] = {"title": "Trip", "usage": [(3, 1), (4, 1)], "credentials": {"github": {}}}


@dataclass
class Stores:
    """Both stores of a test, opened twice: by the inspector and by somebody else."""

    url: str
    redis: RedisSettings
    nodes: tuple[servers.ValkeyServer, ...]
    sessions: ChatSessions
    other: ChatSessions
    kept: AppDatabase

    def propose(self, action: Repair, session_id: str = "s-1", **options: Any) -> Proposal:
        found = propose(self.sessions.stores, session_id, action, clock=lambda: NOW, **options)
        assert isinstance(found, Proposal), found
        return found

    def refused(self, action: Repair, session_id: str = "s-1", **options: Any) -> Refusal:
        found = propose(self.sessions.stores, session_id, action, clock=lambda: NOW, **options)
        assert isinstance(found, Refusal), found
        return found

    def apply(self, proposal: Proposal, **options: Any) -> Done | Refusal:
        return apply(self.sessions.stores, self.kept, proposal, who="mia", clock=lambda: NOW, **options)

    def repair(self, action: Repair, session_id: str = "s-1", **options: Any) -> "Repaired":
        done = self.apply(self.propose(action, session_id, **options))
        assert isinstance(done, Done), done
        assert done.comparison is not None
        return Repaired(done, done.proposal, done.comparison, done.ended)

    def audit(self) -> list[AuditEntry]:
        return list(self.kept.audit_entries(100))

    def rows(self, *sessions: ChatSession) -> None:
        fill(database_of(self.other), *sessions)

    def warm(
        self, session: ChatSession | bytes | dict[str, Any], session_id: str = "s-1", ttl: int | None = 100
    ) -> None:
        raw = encode(session) if isinstance(session, ChatSession) else session
        raw = json.dumps(raw).encode() if isinstance(raw, dict) else raw
        cache_of(self.other).put_raw(session_id, raw, ttl_seconds=ttl)

    def sql(self, statement: str) -> list[dict[str, Any]]:
        with database_of(self.other).writing() as connection:
            result = connection.execute(text(statement))
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    def raw(self, session_id: str = "s-1") -> bytes | None:
        return cache_of(self.other).read_raw(session_id)

    def ttl(self, session_id: str = "s-1") -> float | None:
        found = cache_of(self.other).expiries([session_id])
        return found[session_id].ttl_seconds if session_id in found else None

    def everything(self) -> "Everything":
        keys = {key: node.run("GET", key) for node in self.nodes for key in node.run("KEYS", "*")}
        ends = {key: node.run("PEXPIRETIME", key) for node in self.nodes for key in node.run("KEYS", "*")}
        sessions = {row["id"]: row for row in self.sql('SELECT * FROM "ChatSession"')}
        return Everything(keys, ends, sessions, {row["id"]: row for row in self.sql('SELECT * FROM "ChatMessage"')})


@dataclass(frozen=True)
class Repaired:
    """What was done, and looked at again."""

    done: Done
    proposal: Proposal
    comparison: Comparison
    ended: tuple[DriftFinding, ...]


@dataclass(frozen=True)
class Everything:
    """All that both stores hold."""

    keys: dict[bytes, bytes]
    ends: dict[bytes, int]
    sessions: dict[str, dict[str, Any]]
    messages: dict[str, dict[str, Any]]

    def without_key(self, session_id: str = "s-1") -> "Everything":
        key = key_of(session_id).encode()
        return replace(
            self,
            keys={name: raw for name, raw in self.keys.items() if name != key},
            ends={name: end for name, end in self.ends.items() if name != key},
        )


def database_of(sessions: ChatSessions) -> Database:
    assert sessions.stores.database is not None
    return sessions.stores.database


def cache_of(sessions: ChatSessions) -> SessionCache:
    assert sessions.stores.cache is not None
    return sessions.stores.cache


def opened(url: str, redis: RedisSettings, *, write: bool = True) -> ChatSessions:
    return ChatSessions(
        SessionStores(Database.open(url, write=write), SessionCache(redis, session_ttl=TTL, write=write))
    )


SINGLE = [("sqlite", "one"), ("postgresql", "one")]
everywhere = pytest.mark.parametrize("stores", [*SINGLE, ("sqlite", "cluster")], ids="-".join, indirect=True)
"""Also with a cluster for a cache."""


@pytest.fixture(params=SINGLE, ids="-".join)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    dialect, kind = request.param
    url = database_url(dialect, request, tmp_path)
    if kind == "one":
        server = request.getfixturevalue("valkey")
        redis, nodes = RedisSettings(url=request.getfixturevalue("redis_url")), (server,)
    else:
        cluster = request.getfixturevalue("valkey_cluster")
        cluster.flush()
        redis, nodes = RedisSettings(cluster_host=cluster.host, cluster_port=cluster.port), cluster.nodes
    with closing(opened(url, redis)) as sessions, closing(opened(url, redis)) as other:
        made = Stores(url, redis, nodes, sessions, other, AppDatabase(tmp_path / "kept", sessions.stores.deployment))
        bystander = new_session("s-10", "u-2", messages=3)
        made.rows(bystander)
        made.warm(bystander.model_copy(update={"messages": talk(1)}), "s-10")
        yield made


def drift(stores: Stores, cached: Any, stored: list[ChatMessage], **fields: Any) -> None:
    """A session whose rows and document hold other messages, or other fields."""
    stores.rows(new_session(messages=stored, **{**CACHED, **fields}))
    stores.warm(new_session(messages=cached, **CACHED) if isinstance(cached, list) else cached)


# Each repair ends its finding and nothing else changes

USED = [
    *talk(2),
    message("assistant", "Looking.", tool_calls=[tool_call()]),
    message("tool", '{"type":"done"}', tool_call_id="call_1"),
    message("assistant", "Found."),
]
UNCALLED = [*USED[:2], USED[2].model_copy(update={"tool_calls": None}), *USED[3:]]
WAITING = [*USED[:3], message("tool", PENDING, tool_call_id="call_1"), *USED[4:]]

CUT = [*talk(3), message("assistant", "mess")]
INJECTED = [message("user", f"{mutations.CONTEXT}message 0"), *talk(4)[1:]]
SPLIT = [*USED[:2], message("assistant", "Looking."), message("assistant", None, tool_calls=[tool_call()]), *USED[3:]]

DRIFTED: dict[str, Callable[[Stores], None]] = {
    "stale_cache": lambda stores: drift(stores, talk(3), talk(8)),
    "missing_in_cache": lambda stores: drift(stores, [*talk(2), *talk(6)[4:]], talk(6)),
    "missing_in_db": lambda stores: drift(stores, talk(6), [*talk(2), *talk(6)[4:]]),
    "diverged_tail": lambda stores: drift(stores, [*talk(3), *talk(3, "a ")], [*talk(3), *talk(2, "b ")[1:]]),
    "reordered": lambda stores: drift(stores, [talk(4)[1], talk(4)[0], *talk(4)[2:]], talk(4)),
    "tool_calls_lost": lambda stores: drift(stores, USED, UNCALLED),
    "tool_calls_stale": lambda stores: drift(stores, UNCALLED, USED),
    "tool_result_stale": lambda stores: drift(stores, WAITING, USED),
    "content_changed": lambda stores: drift(stores, talk(4), [*talk(3), message("assistant", "[removed]")]),
    "context_injected": lambda stores: drift(stores, talk(4), INJECTED),
    "partial_text": lambda stores: drift(stores, CUT, talk(4)),
    "split_message": lambda stores: drift(stores, USED, SPLIT),
    "windowed_cache": lambda stores: drift(stores, talk(6)[2:], talk(6)),
    "title_drift": lambda stores: drift(stores, talk(2), talk(2), title="Other"),
    "usage_mismatch": lambda stores: drift(stores, talk(2), talk(2), usage=[(9, 9)]),
    "credentials_drift": lambda stores: drift(stores, talk(2), talk(2), credentials={}),
    "run_counts_drift": lambda stores: drift(stores, talk(2), talk(2), successful_agent_runs={"g": 1}),
    "metadata_drift": lambda stores: drift(stores, talk(2), talk(2), started_at=START - minutes(9)),
    "owner_mismatch": lambda stores: drift(stores, talk(2), talk(2), user_id="u-9"),
    "cache_corrupt": lambda stores: drift(stores, b'{"session_id": "s-1", "messages": [', talk(3)),
}


@everywhere
@pytest.mark.parametrize("kind", DRIFTED)
def test_invalidating_ends_what_only_a_reload_can_end_and_changes_nothing_else(stores: Stores, kind: str) -> None:
    DRIFTED[kind](stores)
    before = stores.everything()
    done = stores.repair("invalidate_cache")
    assert kind in [finding.kind for finding in done.ended]
    assert done.comparison.status == "uncached"
    assert [finding.kind for finding in done.comparison.findings if finding.severity != "info"] == []
    assert stores.everything() == before.without_key()
    assert said(done.proposal) == said(done)


@everywhere
@pytest.mark.parametrize("kind", DRIFTED)
def test_rewarming_ends_it_too_with_the_full_time_to_live(stores: Stores, kind: str) -> None:
    DRIFTED[kind](stores)
    before = stores.everything()
    done = stores.repair("rewarm_cache")
    assert kind in [finding.kind for finding in done.ended]
    assert [finding.kind for finding in done.comparison.findings if finding.severity != "info"] == []
    assert done.comparison.status == "in_sync"
    assert stores.everything().without_key() == before.without_key()
    assert TTL - 60 < (stores.ttl() or 0) <= TTL
    assert said(done.proposal) == said(done)


def said(of: Proposal | Repaired) -> tuple[Any, ...]:
    """What is said to be, or is: the status, the findings, how many messages each copy has."""
    now = of.after if isinstance(of, Proposal) else of.comparison
    kinds = sorted(finding.kind for finding in now.findings)
    return now.status, kinds, now.cache.messages, now.cache.size, now.database.messages


@everywhere
def test_a_text_that_only_the_cache_has_whole_is_written_into_its_row_and_nothing_else_changes(stores: Stores) -> None:
    drift(stores, talk(4), CUT)
    before = stores.everything()
    done = stores.repair("save_cached_text")
    after = stores.everything()
    assert [finding.kind for finding in done.ended] == ["partial_text"]
    assert done.comparison.status == "in_sync"
    assert said(done.proposal) == said(done)
    changed = [name for name, row in after.messages.items() if row != before.messages[name]]
    assert [(after.messages[name]["sequence"], after.messages[name]["content"]) for name in changed] == [
        (3, "message 3")
    ]
    assert replace(after, messages=before.messages, sessions=before.sessions) == before


@everywhere
def test_a_tail_that_only_the_cache_has_is_added_at_the_real_end_and_nothing_else_changes(stores: Stores) -> None:
    drift(stores, talk(5), talk(3))
    before = stores.everything()
    done = stores.repair("save_cached_tail")
    after = stores.everything()
    assert [finding.kind for finding in done.ended] == ["unsaved_tail"]
    assert done.comparison.status == "in_sync"
    assert said(done.proposal) == said(done)
    added = [row for name, row in after.messages.items() if name not in before.messages]
    assert sorted((row["sequence"], row["role"], row["content"]) for row in added) == [
        (3, "assistant", "message 3"),
        (4, "user", "message 4"),
    ]
    row = {**before.sessions["s-1"], "updatedAt": after.sessions["s-1"]["updatedAt"]}
    kept = {name: row for name, row in after.messages.items() if name in before.messages}
    assert replace(after, messages=kept) == replace(before, sessions={**before.sessions, "s-1": row})
    assert done.comparison.database.updated_at == NOW


def test_a_tail_goes_behind_the_highest_sequence_where_there_are_gaps(stores: Stores) -> None:
    drift(stores, talk(5), talk(3))
    stores.sql("""UPDATE "ChatMessage" SET sequence = 7 WHERE sequence = 2 AND "sessionId" = 's-1'""")
    stores.repair("save_cached_tail")
    rows = stores.sql("""SELECT sequence, content FROM "ChatMessage" WHERE "sessionId" = 's-1' ORDER BY sequence""")
    assert [(row["sequence"], row["content"]) for row in rows][2:] == [
        (7, "message 2"),
        (8, "message 3"),
        (9, "message 4"),
    ]


def test_a_whole_session_that_could_not_be_saved_gets_its_rows(stores: Stores) -> None:
    stores.warm(new_session(messages=3, **CACHED))
    before = stores.everything()
    proposal = stores.propose("save_cached_tail")
    assert "restores it" in proposal.cautions[0]
    done = stores.repair("save_cached_tail")
    assert ([finding.kind for finding in done.ended], done.comparison.status) == (["ghost_session"], "in_sync")
    after = stores.everything()
    assert (after.keys, after.ends) == (before.keys, before.ends)
    assert (after.sessions["s-1"]["title"], after.sessions["s-1"]["totalPromptTokens"]) == ("Trip", 7)
    assert {**after.sessions, "s-1": None} == {**before.sessions, "s-1": None}


@everywhere
@pytest.mark.parametrize("seconds", [None, 300])
def test_a_copy_at_risk_is_kept_alive_and_nothing_else_changes(stores: Stores, seconds: int | None) -> None:
    drift(stores, talk(5), talk(3))
    before = stores.everything()
    done = stores.repair("keep_alive", seconds=seconds)
    assert [finding.kind for finding in done.comparison.findings] == ["unsaved_tail"]
    wanted = seconds or TTL
    assert wanted - 60 < (stores.ttl() or 0) <= wanted
    after = stores.everything()
    assert replace(after.without_key(), keys=after.keys) == replace(before.without_key(), keys=before.keys)


def test_a_key_without_a_time_to_live_gets_one(stores: Stores) -> None:
    stores.rows(new_session(messages=2))
    stores.warm(new_session(messages=2), ttl=None)
    done = stores.repair("keep_alive")
    assert [finding.kind for finding in done.ended] == ["no_expiry"]
    assert TTL - 60 < (stores.ttl() or 0) <= TTL


@everywhere
def test_a_session_that_is_not_cached_can_be_warmed(stores: Stores) -> None:
    stores.rows(new_session(messages=2))
    assert stores.repair("rewarm_cache").comparison.status == "in_sync"


# Every repair that a finding names is one that can be proposed

GHOST = (None, new_session(messages=3))
CORRUPT_ALONE = (None, b"\xff\xfe")


@pytest.mark.parametrize("kind", [*DRIFTED, "unsaved_tail", "ghost", "corrupt alone"])
def test_what_a_finding_names_is_proposed(stores: Stores, kind: str) -> None:
    if kind == "unsaved_tail":
        drift(stores, talk(5), talk(3))
    elif kind in ("ghost", "corrupt alone"):
        stores.warm(new_session(messages=3) if kind == "ghost" else b"\xff\xfe")
    else:
        DRIFTED[kind](stores)
    finding = stores.propose("invalidate_cache").before.findings[0]
    for action in finding.repairs:
        proposal = stores.propose(action)
        ended = [item.kind for item in proposal.ends]
        assert (finding.kind in ended) is (action != "keep_alive")


# What is lost


def test_words_that_only_the_cache_has_are_said_to_be_lost(stores: Stores) -> None:
    drift(stores, [*talk(3), *talk(2, "only here ")], talk(3))
    for action in ("invalidate_cache", "rewarm_cache"):
        (lost,) = [item for item in stores.propose(action).lost if item.what == "messages"]
        assert [item.content for item in lost.values] == ["only here message 0", "only here message 1"]
    for action in ("save_cached_tail", "keep_alive"):
        assert stores.propose(action).lost == ()


@pytest.mark.parametrize(
    ("kind", "lost"),
    [("stale_cache", []), ("missing_in_cache", []), ("reordered", []), ("tool_calls_stale", []),
     ("tool_result_stale", []), ("tool_calls_lost", ["Looking."]), ("content_changed", ["message 3"]),
     ("missing_in_db", ["message 2", "message 3"]), ("context_injected", []), ("partial_text", []),
     ("split_message", []), ("windowed_cache", [])],
)  # fmt: skip
def test_only_what_the_rows_lack_is_called_lost(stores: Stores, kind: str, lost: list[str]) -> None:
    DRIFTED[kind](stores)
    said = [value.content for item in stores.propose("rewarm_cache").lost for value in item.values]
    assert said == lost


def test_tokens_by_turn_are_kept_by_rewarming_and_said_to_be_lost_by_deleting(stores: Stores) -> None:
    DRIFTED["stale_cache"](stores)
    (lost,) = stores.propose("invalidate_cache").lost
    assert lost.values == ([Usage.of(3, 1).model_dump(), Usage.of(4, 1).model_dump()],)
    stores.repair("rewarm_cache")
    assert json.loads(stores.raw() or b"")["usage"] == [Usage.of(3, 1).model_dump(), Usage.of(4, 1).model_dump()]


def test_tokens_by_turn_with_other_sums_are_lost_with_the_rows_copy(stores: Stores) -> None:
    DRIFTED["usage_mismatch"](stores)
    (lost,) = stores.propose("rewarm_cache").lost
    assert len(lost.values[0]) == 2
    stores.repair("rewarm_cache")
    assert json.loads(stores.raw() or b"")["usage"] == [Usage.of(9, 9).model_dump()]


def test_nothing_is_said_without_words_to_a_log(stores: Stores) -> None:
    drift(stores, [*talk(2), message("user", "SECRET")], talk(2))
    for action in ("keep_alive", "save_cached_tail"):
        stores.repair(action)
    assert "SECRET" not in repr(stores.audit())


# Documents of later versions

LATER = {
    "metadata": {"dry_run": True},
    "chat_status": "idle",
    "organization_id": "o-1",
    "something_new": {"deep": [1, None]},
}


def later_message(index: int, content: str, **changes: Any) -> dict[str, Any]:
    extras = {"id": f"m-{index}", "sequence": index, "duration_ms": 7, "metadata": {"index": index}}
    item = document_message(("user", "assistant")[index % 2], content)
    return {**item, **extras, "created_at": "2026-02-20T10:00:00Z", "session_id": "s-1", "newer": index, **changes}


def later_document(count: int, **changes: Any) -> dict[str, Any]:
    usage = [{**Usage.of(prompt, 1).model_dump(), "cache_read_tokens": 2} for prompt in (3, 4)]
    messages = [later_message(index, f"message {index}") for index in range(count)]
    return {**document(title="Old", usage=usage, messages=messages), **LATER, **changes}


def later_rows(stores: Stores, count: int = 4) -> None:
    session = new_session(messages=count, title="Trip", usage=[(7, 2)], credentials={"github": {"kind": "oauth"}})
    stores.rows(session.model_copy(update={"successful_agent_runs": {"graph-1": 2}}))


def test_rewarming_leaves_the_fields_of_later_versions(stores: Stores) -> None:
    later_rows(stores)
    stores.warm(later_document(2))
    done = stores.repair("rewarm_cache")
    after = json.loads(stores.raw() or b"")
    assert done.comparison.status == "in_sync"
    assert {name: after[name] for name in LATER} == LATER
    assert after["usage"] == later_document(2)["usage"]
    assert after["messages"][:2] == later_document(2)["messages"]
    assert list(after)[:5] == list(document())[:5]
    ids = [row["id"] for row in stores.sql("""SELECT id FROM "ChatMessage" WHERE "sessionId" = 's-1' AND sequence > 1
                                            ORDER BY sequence""")]  # fmt: skip
    assert [(item["id"], item["sequence"], item["session_id"]) for item in after["messages"][2:]] == [
        (ids[0], 2, "s-1"),
        (ids[1], 3, "s-1"),
    ]


def test_rewarming_keeps_what_moved_messages_have_beside_their_words(stores: Stores) -> None:
    later_rows(stores)
    found = later_document(4, title="Trip")
    found["messages"] = [found["messages"][index] for index in (0, 2, 1, 3)]
    stores.warm(found)
    stores.repair("rewarm_cache")
    assert [item["newer"] for item in json.loads(stores.raw() or b"")["messages"]] == [0, 1, 2, 3]


def test_a_first_message_that_moved_is_no_window(stores: Stores) -> None:
    later_rows(stores)
    found = later_document(4, title="Trip")
    found["messages"] = [found["messages"][index] for index in (1, 0, 2, 3)]
    stores.warm(found)
    assert stores.repair("rewarm_cache").comparison.status == "in_sync"
    assert [item["sequence"] for item in json.loads(stores.raw() or b"")["messages"]] == [0, 1, 2, 3]


def test_rewarming_a_window_leaves_out_what_it_left_out(stores: Stores) -> None:
    later_rows(stores, 10)
    window = [later_message(index, f"message {index}") for index in range(6, 9)]
    stores.warm(later_document(0, messages=window))
    done = stores.repair("rewarm_cache")
    assert [item["sequence"] for item in json.loads(stores.raw() or b"")["messages"]] == [6, 7, 8, 9]
    assert (done.comparison.status, done.comparison.ledger["windowed_cache"]) == ("in_sync", 6)


def test_deleting_says_which_fields_of_later_versions_go(stores: Stores) -> None:
    later_rows(stores)
    stores.warm(later_document(2))
    meanings = " ".join(item.meaning for item in stores.propose("invalidate_cache").lost)
    for name in (*LATER, "duration_ms", "metadata", "newer"):
        assert name in meanings


def test_columns_of_later_tables_are_the_rows_side_of_later_fields(stores: Stores) -> None:
    later_rows(stores)
    for column, kind in (("metadata", "JSONB"), ("chatStatus", "TEXT"), ("isPinned", "BOOLEAN")):
        stores.sql(f'ALTER TABLE "ChatSession" ADD COLUMN "{column}" {kind}')
    stores.sql(
        """UPDATE "ChatSession" SET metadata = '{"dry_run": false}', "chatStatus" = 'running', "isPinned" = NULL"""
    )
    with closing(opened(stores.url, stores.redis)) as stores.sessions:
        stores.warm(later_document(4, is_pinned=False))
        assert "metadata_drift" in [item.kind for item in stores.propose("rewarm_cache").before.findings]
        assert stores.repair("rewarm_cache").comparison.status == "in_sync"
    after = json.loads(stores.raw() or b"")
    assert (after["metadata"], after["chat_status"], after["is_pinned"]) == ({"dry_run": False}, "running", False)


def test_saving_a_tail_leaves_the_document_of_a_later_version_as_it_is(stores: Stores) -> None:
    later_rows(stores, 2)
    stores.warm(later_document(4, title="Trip"))
    before = stores.raw()
    done = stores.repair("save_cached_tail")
    assert (stores.raw(), done.comparison.status) == (before, "in_sync")
    assert "duration_ms, metadata" in done.proposal.cautions[0]


# Nothing is written once a copy moved

REPAIRS: dict[Repair, Callable[[Stores], None]] = {
    "invalidate_cache": DRIFTED["stale_cache"],
    "rewarm_cache": DRIFTED["stale_cache"],
    "save_cached_tail": lambda stores: drift(stores, talk(5), talk(3)),
    "save_cached_text": lambda stores: drift(stores, talk(4), CUT),
    "keep_alive": lambda stores: drift(stores, talk(5), talk(3)),
}
MOVES: dict[str, tuple[tuple[str, ...], Callable[[Stores], object]]] = {
    "a message more": (("database",), lambda stores: append(stores, talk(1, "new "))),
    "another title": (("database",), lambda stores: stores.sql("""UPDATE "ChatSession" SET title = 'x'""")),
    "a row edited": (("database",), lambda stores: stores.sql("""UPDATE "ChatMessage" SET content = 'x'""")),
    "the rows deleted": (("database",), lambda stores: stores.sql("""DELETE FROM "ChatSession" WHERE id = 's-1'""")),
    "another document": (("cache",), lambda stores: stores.warm(new_session(messages=9))),
    "a blank more": (("cache",), lambda stores: stores.warm((stores.raw() or b"") + b" ")),
    "no document": (("cache",), lambda stores: cache_of(stores.other).delete("s-1")),
    "both": (("cache", "database"), lambda stores: stores.other.update_session_title("s-1", "x")),
}


def append(stores: Stores, messages: list[ChatMessage]) -> None:
    with database_of(stores.other).writing() as connection:
        rows.append_messages(connection, "s-1", messages, NOW)


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("action", REPAIRS)
def test_nothing_is_written_if_a_copy_moved_since_it_was_shown(stores: Stores, action: Repair, move: str) -> None:
    REPAIRS[action](stores)
    proposal = stores.propose(action)
    moved, go = MOVES[move]
    go(stores)
    before = stores.everything()
    refusal = stores.apply(proposal)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.moved) == ("moved", moved)
    assert stores.everything() == before
    assert [(entry.result, entry.sentence) for entry in stores.audit()] == [("refused", refusal.sentence)]
    for source, words in (("cache", "cached copy"), ("database", "database copy")):
        assert (words in refusal.sentence.lower()) is (source in moved)


@everywhere
@pytest.mark.parametrize("action", REPAIRS)
def test_a_document_that_changes_at_the_last_moment_is_not_written_over(stores: Stores, action: Repair) -> None:
    REPAIRS[action](stores)
    proposal, news = stores.propose(action), encode(new_session(messages=9))
    cache: Any = stores.sessions.stores.cache
    for name in ("put_if", "delete_if", "extend_if", "read_copy_and_raw"):
        setattr(cache, name, meanwhile(getattr(cache, name), name, lambda: stores.warm(news)))
    before = stores.everything()
    refusal = stores.apply(proposal)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.moved) == ("moved", ("cache",))
    after = stores.everything()
    assert stores.raw() == news
    assert (after.sessions, after.messages) == (before.sessions, before.messages)


def meanwhile(call: Callable[..., Any], name: str, act: Callable[[], None]) -> Callable[..., Any]:
    """Somebody else's write right before ours; after the look, where the rows are written."""

    def changed(*arguments: Any) -> Any:
        if name == "read_copy_and_raw":
            found = call(*arguments)
            act()
            return found
        act()
        return call(*arguments)

    return changed


def test_a_time_to_live_that_was_renewed_with_the_same_bytes_is_no_move(stores: Stores) -> None:
    DRIFTED["stale_cache"](stores)
    proposal = stores.propose("rewarm_cache")
    stores.warm(stores.raw() or b"", ttl=400)
    assert isinstance(stores.apply(proposal), Done)


def test_a_time_to_live_is_never_made_shorter(stores: Stores) -> None:
    REPAIRS["keep_alive"](stores)
    proposal = stores.propose("keep_alive", seconds=200)
    stores.warm(stores.raw() or b"", ttl=400)
    refusal = stores.apply(proposal)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "nothing_to_do"
    assert (stores.ttl() or 0) > 300


@everywhere
def test_of_two_who_do_the_same_at_once_one_does_it(stores: Stores) -> None:
    REPAIRS["save_cached_tail"](stores)
    proposal, together = stores.propose("save_cached_tail"), threading.Barrier(4)

    def go(_: int) -> Done | Refusal:
        with closing(opened(stores.url, stores.redis)) as sessions:
            together.wait()
            return apply(sessions.stores, stores.kept, proposal, who="mia")

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(go, range(4)))
    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1
    assert {outcome.reason for outcome in outcomes if isinstance(outcome, Refusal)} <= {"moved", "locked"}
    rows = stores.sql("""SELECT content FROM "ChatMessage" WHERE "sessionId" = 's-1' ORDER BY sequence""")
    assert [row["content"] for row in rows] == [f"message {number}" for number in range(5)]
    assert sorted(entry.result for entry in stores.audit()) == ["done", "refused", "refused", "refused"]


def test_repairs_and_writers_at_once_lose_nothing(stores: Stores) -> None:
    drift(stores, talk(5), talk(3))
    proposal, together = stores.propose("save_cached_tail"), threading.Barrier(2)

    def write() -> None:
        together.wait()
        stores.other.append_and_save_message("s-1", message("user", "live"))

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        together.wait()
        outcome = stores.apply(proposal)
        written.result()
    rows = stores.sql("""SELECT content FROM "ChatMessage" WHERE "sessionId" = 's-1' ORDER BY sequence""")
    contents = [row["content"] for row in rows]
    assert contents[:3] == ["message 0", "message 1", "message 2"]
    assert sorted(contents[3:]) == (["live", "message 3", "message 4"] if isinstance(outcome, Done) else ["live"])


# Locks


@everywhere
def test_nothing_is_written_while_the_application_holds_its_lock(stores: Stores) -> None:
    REPAIRS["save_cached_tail"](stores)
    proposal = stores.propose("save_cached_tail")
    with cache_of(stores.other).session_lock("s-1", "theirs") as taken:
        assert taken
        before = stores.everything()
        refusal = stores.apply(proposal)
        assert isinstance(refusal, Refusal)
        assert refusal.reason == "locked"
        assert replace(stores.everything(), ends={}) == replace(before, ends={})
    assert isinstance(stores.apply(proposal), Done)


@everywhere
def test_the_lock_is_held_while_writing_and_gone_after(stores: Stores) -> None:
    REPAIRS["rewarm_cache"](stores)
    cache: Any = stores.sessions.stores.cache
    held: list[Any] = []
    put = cache.put_if

    def put_if(*arguments: Any) -> Any:
        with cache_of(stores.other).session_lock("s-1", "other") as taken:
            held.append(
                (taken, [node.run("PTTL", LOCK) for node in stores.nodes if LOCK.encode() in node.run("KEYS", "*")])
            )
        return put(*arguments)

    cache.put_if = put_if
    stores.repair("rewarm_cache")
    ((taken, (left,)),) = held
    assert taken is False
    assert 0 < left <= 10_000
    assert not any(LOCK.encode() in node.run("KEYS", "*") for node in stores.nodes)


@everywhere
def test_a_lock_that_ran_out_and_is_somebody_elses_is_left_to_them(stores: Stores) -> None:
    cache = cache_of(stores.other)
    with cache.session_lock("s-1", "mine"):
        for node in stores.nodes:
            if LOCK.encode() in node.run("KEYS", "*"):
                node.run("SET", LOCK, "theirs", "PX", 10_000)
    assert [key for node in stores.nodes for key in node.run("KEYS", "*lock*")] == [LOCK.encode()]


def test_nothing_is_written_while_one_of_ours_holds_the_session(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    REPAIRS["save_cached_tail"](stores)
    proposal = stores.propose("save_cached_tail")
    monkeypatch.setattr("chatdata.services.repair.applying._WAIT_SECONDS", 0.05)
    before = stores.everything()
    with database_of(stores.other).session_lock("s-1"):
        refusal = stores.apply(proposal)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, stores.everything()) == ("locked", before)


# What makes no sense is refused with a sentence

APART = ("missing_in_db", "diverged_tail", "content_changed", "reordered")
Case = tuple[str, Repair, str]
REFUSED: list[Case] = [
    ("nothing", "invalidate_cache", "not_found"),
    ("nothing", "rewarm_cache", "not_found"),
    ("nothing", "save_cached_tail", "not_found"),
    ("nothing", "keep_alive", "not_found"),
    ("rows", "invalidate_cache", "nothing_to_do"),
    ("rows", "save_cached_tail", "nothing_to_do"),
    ("rows", "keep_alive", "nothing_to_do"),
    ("in sync", "rewarm_cache", "nothing_to_do"),
    ("in sync", "save_cached_tail", "nothing_to_do"),
    ("nothing", "save_cached_text", "not_found"),
    ("rows", "save_cached_text", "nothing_to_do"),
    ("in sync", "save_cached_text", "nothing_to_do"),
    ("partial_text", "save_cached_text", "nothing_to_do"),
    ("ghost", "save_cached_text", "unsuitable"),
    ("corrupt", "save_cached_text", "unsuitable"),
    ("somebody else's tail", "save_cached_text", "unsuitable"),
    ("ghost", "rewarm_cache", "nothing_to_do"),
    ("corrupt", "save_cached_tail", "unsuitable"),
    ("corrupt", "keep_alive", "unsuitable"),
    *((kind, "save_cached_tail", "unsuitable") for kind in APART),
    ("stale_cache", "save_cached_tail", "unsuitable"),
    ("somebody else's tail", "save_cached_tail", "unsuitable"),
    ("another session's ghost", "save_cached_tail", "unsuitable"),
]  # fmt: skip


def prepare(stores: Stores, what: str) -> None:
    match what:
        case "nothing":
            pass
        case "rows":
            stores.rows(new_session(messages=2))
        case "in sync":
            drift(stores, talk(2), talk(2))
        case "ghost":
            stores.warm(new_session(messages=2))
        case "corrupt":
            DRIFTED["cache_corrupt"](stores)
        case "somebody else's tail":
            drift(stores, talk(5), talk(3), user_id="u-9")
        case "another session's ghost":
            stores.warm(new_session("s-7", messages=2))
        case kind:
            DRIFTED[kind](stores)


@pytest.mark.parametrize(("what", "action", "reason"), REFUSED, ids=lambda part: str(part))
def test_what_makes_no_sense_is_refused_with_a_sentence(stores: Stores, what: str, action: Repair, reason: str) -> None:
    prepare(stores, what)
    before = stores.everything()
    refusal = stores.refused(action)
    assert refusal.reason == reason
    assert refusal.sentence.endswith(".")
    assert stores.everything() == before
    assert stores.audit() == []


def test_keeping_alive_for_less_than_is_left_is_refused(stores: Stores) -> None:
    REPAIRS["keep_alive"](stores)
    assert stores.refused("keep_alive", seconds=30).reason == "nothing_to_do"


# Hostile contents

HOSTILE: dict[str, bytes] = {
    "not UTF-8": b"\xff\xfe\x00",
    "empty": b"",
    "cut off": b'{"session_id": "s-1", "mess',
    "an array": b"[1, 2]",
    "another object": b'{"messages": {"a": 1}, "later": [1]}',
    "numbers that JSON lacks": b'{"session_id": "s-1", "later": 1e999, "usage": NaN}',
    "wrong messages": json.dumps(document(messages=[{"role": 3}, None])).encode(),
    "deep": b'{"session_id": "s-1", "later": ' + b"[" * 900 + b"]" * 900 + b"}",
    "too deep": b"[" * 100_000,
}


@everywhere
@pytest.mark.parametrize("hostile", HOSTILE)
def test_bytes_that_are_no_session_can_be_dropped_or_written_over(stores: Stores, hostile: str) -> None:
    stores.rows(new_session(messages=3))
    for action in ("invalidate_cache", "rewarm_cache"):
        stores.warm(HOSTILE[hostile])
        for other in ("keep_alive", "save_cached_tail"):
            assert stores.refused(other).reason == "unsuitable"
        done = stores.repair(action)
        assert "cache_corrupt" in [finding.kind for finding in done.ended]
        assert done.comparison.status == ("uncached" if action == "invalidate_cache" else "in_sync")
        assert [lost.what for lost in done.proposal.lost] == ["bytes"]


def test_what_can_be_read_of_another_object_survives(stores: Stores) -> None:
    stores.rows(new_session(messages=3))
    stores.warm(b'{"messages": {"a": 1}, "later": [1]}')
    stores.repair("rewarm_cache")
    assert json.loads(stores.raw() or b"")["later"] == [1]


def test_a_tail_with_what_no_row_can_hold_is_saved_without_it_and_says_so(stores: Stores) -> None:
    halves = [*talk(2), message("tool", "a\x00b"), message("tool", "smile \ud83d")]
    stores.rows(new_session(messages=2))
    stores.warm(
        json.dumps(new_session().model_dump(mode="json") | {"messages": [vars(item) for item in halves]}).encode()
    )
    done = stores.repair("save_cached_tail")
    assert "half a character" in done.proposal.cautions[0]
    rows = stores.sql("""SELECT content FROM "ChatMessage" WHERE "sessionId" = 's-1' ORDER BY sequence""")
    assert [row["content"] for row in rows][2:] == ["ab", "smile \ufffd"]
    assert [item.kind for item in done.comparison.findings if item.severity != "info"] == ["content_changed"]
    assert [item.kind for item in done.proposal.leaves] == [item.kind for item in done.comparison.findings]


@everywhere
@pytest.mark.parametrize("session_id", ["\udcff", "ü/\n", ""])
def test_any_key_can_be_deleted(stores: Stores, session_id: str) -> None:
    stores.warm(b"x", session_id)
    assert stores.repair("invalidate_cache", session_id).comparison.status == "missing"
    assert stores.audit()[0].session_id == session_id


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutations.mutations)
def test_whatever_went_wrong_is_repaired_by_the_rows_copy_as_proposed(
    stores: Stores, mutated: mutations.Mutated
) -> None:
    session_id = ChatSession.new("x").session_id
    stores.rows(new_session(session_id, messages=mutated.stored))
    stores.warm(new_session(session_id, messages=mutated.cached), session_id)
    done = stores.repair("rewarm_cache", session_id)
    assert done.comparison.status == "in_sync"
    assert said(done.proposal) == said(done)
    assert (proposal_json(done.proposal)["session_id"], done_json(done.done)["applied"]) == (session_id, True)


# Where writing is not allowed


@pytest.mark.parametrize("action", get_args(Repair))
def test_a_reader_proposes_and_does_nothing(stores: Stores, action: Repair) -> None:
    REPAIRS[action](stores)
    before = stores.everything()
    with closing(opened(stores.url, stores.redis, write=False)) as stores.sessions:
        proposal = stores.propose(action)
        with pytest.raises(ReadOnlyError, match="INSPECTOR_ACCESS=write"):
            stores.apply(proposal)
    assert stores.everything() == before
    assert stores.audit() == []


@pytest.mark.parametrize("action", get_args(Repair))
@pytest.mark.parametrize("which", ["database", "cache"])
def test_each_store_refuses_by_itself(
    stores: Stores, action: Repair, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    REPAIRS[action](stores)
    monkeypatch.setattr("chatdata.services.repair.applying._check_writable", lambda *_: None)
    before = stores.everything()
    stores.sessions = ChatSessions(
        SessionStores(
            Database.open(stores.url, write=which != "database"),
            SessionCache(stores.redis, session_ttl=TTL, write=which != "cache"),
        )
    )
    with closing(stores.sessions), pytest.raises(ReadOnlyError, match="INSPECTOR_ACCESS=write"):
        stores.apply(stores.propose(action))
    assert stores.everything() == before


@pytest.mark.parametrize("which", ["database", "cache"])
def test_a_repair_needs_both_stores(stores: Stores, which: str) -> None:
    sessions = ChatSessions(
        SessionStores(
            None if which == "database" else stores.sessions.stores.database,
            None if which == "cache" else stores.sessions.stores.cache,
        )
    )
    with pytest.raises(NotConfigured, match="DATABASE_URL" if which == "database" else "REDIS_URL"):
        propose(sessions.stores, "s-1", "rewarm_cache")


# The audit log


def test_what_was_done_is_in_the_audit_log(stores: Stores) -> None:
    REPAIRS["rewarm_cache"](stores)
    done = stores.repair("rewarm_cache").done
    assert done.guard is not None
    (entry,) = stores.audit()
    assert entry == AuditEntry(
        attempt=entry.attempt,
        at=NOW.astimezone(UTC),
        deployment=stores.sessions.stores.deployment,
        who="mia",
        session_id="s-1",
        action="rewarm_cache",
        result="done",
        sentence="Status after: In sync.",
        cached_before=done.proposal.guard.cached,
        stored_before=done.proposal.guard.stored,
        cached_after=done.guard.cached,
        stored_after=done.guard.stored,
    )
    assert done.guard.stored == done.proposal.guard.stored
    assert done.guard.cached != done.proposal.guard.cached
    assert isinstance(entry.at, datetime)


def test_without_a_place_for_the_audit_log_nothing_is_written(stores: Stores, tmp_path: Path) -> None:
    REPAIRS["rewarm_cache"](stores)
    (tmp_path / "file").write_text("")
    stores.kept = AppDatabase(tmp_path / "file" / "folder", stores.sessions.stores.deployment)
    before = stores.everything()
    with pytest.raises(AppDatabaseError, match="INSPECTOR_DATA_DIR"):
        stores.apply(stores.propose("rewarm_cache"))
    assert stores.everything() == before
