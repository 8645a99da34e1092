"""Drift made the way it really happens, by the reference system's own writer on real servers that are really killed.

Each fault is found, named rightly, and its first likely cause is what was done.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
import pytest
import redis
from psycopg.types.json import Jsonb

from chatdata import ChatSessions
from chatdata.services.inspection import compare_session
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from tests.support import servers
from tests.support.builders import tool_call
from tests.support.reference_writer import TTL_SECONDS, Document, Writer, document_of, insert_row, said

PAUSE = 0.05
"""Seconds between writes whose order is evidence: both stores tell times to the millisecond."""


@dataclass
class Laboratory:
    """Real stores, a session in them, and processes that write as the reference system does."""

    postgres: servers.PostgresServer
    valkey: servers.ValkeyServer
    url: str
    client: redis.Redis
    session_id: str

    def process(self) -> Writer:
        return Writer(self.url, self.client)

    def start(self, turns: int = 4, title: str | None = "Trip") -> Document:
        """A session that both stores hold."""
        messages = [said(("user", "assistant")[number % 2], f"words {number}") for number in range(turns)]
        session = document_of(self.session_id, messages, title)
        self.process().upsert(session)
        self.process().run('UPDATE "ChatSession" SET title = %s WHERE id = %s', title, self.session_id)
        time.sleep(PAUSE)
        return session

    def found(self) -> list[tuple[str, str | None]]:
        """Kind and first likely cause of each finding above info."""
        database = Database.open(self.url)
        cache = SessionCache(RedisSettings(url=self.valkey.url), session_ttl=TTL_SECONDS)
        sessions = ChatSessions(SessionStores(database, cache))
        try:
            _, comparison = compare_session(sessions.stores, self.session_id)
        finally:
            sessions.close()
        return [
            (finding.kind, finding.likely_causes[0].cause if finding.likely_causes else None)
            for finding in comparison.findings
            if finding.severity != "info"
        ]

    def insert(self, sequence: int, message: Document) -> None:
        with psycopg.connect(self.url) as connection:
            insert_row(connection, self.session_id, sequence, message)


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[servers.PostgresServer]:
    with servers.postgres_server(own=True) as server:
        yield server


@pytest.fixture(scope="module")
def own_valkey() -> Iterator[servers.ValkeyServer]:
    with servers.valkey_server() as server:
        yield server


@pytest.fixture(scope="module")
def url(own_postgres: servers.PostgresServer) -> str:
    made = own_postgres.create_database("laboratory")
    with closing(Database.open(made, write=True)) as database:
        database.facts()
    return made


_numbers = count()


@pytest.fixture
def lab(own_postgres: servers.PostgresServer, own_valkey: servers.ValkeyServer, url: str) -> Iterator[Laboratory]:
    with own_valkey.client() as client:
        yield Laboratory(own_postgres, own_valkey, url, client, f"fault-{next(_numbers)}")
    own_valkey.start()
    own_postgres.start()


def database_killed_in_an_upsert(lab: Laboratory) -> None:
    session = lab.start()
    session["messages"] += [said("user", "lost"), said("assistant", "too")]

    with pytest.raises(psycopg.Error):
        lab.process().upsert(session, midway=lab.postgres.kill)
    lab.postgres.start()


def nul_in_a_tool_result(lab: Laboratory) -> None:
    session = lab.start()
    session["messages"] += [said("user", "read it"), said("tool", "bytes \x00 here", tool_call_id="c")]
    with pytest.raises((psycopg.Error, ValueError)):
        lab.process().upsert(session)
    lab.process().put(session)


def cache_killed_in_an_append(lab: Laboratory) -> None:
    lab.start()
    lab.valkey.run("SAVE")
    reader = lab.process()
    session = reader.get(lab.session_id)
    session["messages"].append(said("user", "forgotten"))
    lab.valkey.kill()
    reader._save(session)
    reader._best_effort(lambda: reader.put(session))
    lab.valkey.start()


def title_writer_rewrites_an_older_copy(lab: Laboratory) -> None:
    lab.start(title=None)
    titles = lab.process()
    read = titles.get(lab.session_id)
    for number in range(3):
        lab.process().append(lab.session_id, said(("user", "assistant")[number % 2], f"later {number}"))
    time.sleep(PAUSE)
    titles.rename(lab.session_id, "Trip", read)


def background_job_inserts_a_row(lab: Laboratory) -> None:
    lab.start()
    lab.insert(4, said("assistant", "The agent has finished."))


def two_processes_with_stale_copies(lab: Laboratory) -> None:
    lab.start()
    one, other = lab.process().get(lab.session_id), lab.process().get(lab.session_id)
    one["messages"].append(said("user", "from the one"))
    other["messages"].append(said("user", "from the other"))
    lab.process().upsert(one)
    time.sleep(PAUSE)
    lab.process().upsert(other)


def lock_that_was_lost(lab: Laboratory) -> None:
    """Both count the same rows; the second one's insert is refused, and its document is cached all the same."""
    session = lab.start()
    one, other = deepcopy(session), deepcopy(session)
    one["messages"] += [said("user", "one"), said("assistant", "to one")]
    other["messages"] += [said("user", "other"), said("assistant", "to other"), said("user", "more")]
    counted, inserted = threading.Event(), threading.Event()
    failures: list[Exception] = []
    thread = threading.Thread(target=_with_count_first, args=(lab, other, counted, inserted, failures))
    thread.start()
    assert counted.wait(30)
    lab.process().upsert(one)
    inserted.set()
    thread.join()
    assert [type(failure).__name__ for failure in failures] == ["UniqueViolation"]


def _with_count_first(
    lab: Laboratory, session: Document, counted: threading.Event, inserted: threading.Event, failures: list[Exception]
) -> None:
    """The reference's upsert, held up between counting and writing."""
    writer = lab.process()
    known = writer.count(lab.session_id)
    counted.set()
    assert inserted.wait(30)
    try:
        with psycopg.connect(lab.url) as connection:
            for sequence, message in enumerate(session["messages"][known:], known):
                insert_row(connection, lab.session_id, sequence, message)
    except psycopg.Error as error:
        failures.append(error)
    writer.put(session)


def tool_calls_attached_after_saving(lab: Laboratory) -> None:
    session = lab.start()
    session["messages"].append(said("assistant", "I look."))
    lab.process().upsert(session)
    session["messages"][-1]["tool_calls"] = [tool_call("c1")]
    lab.process().upsert(session)


def title_race(lab: Laboratory) -> None:
    """A rename in the middle of a turn: the turn's save writes the title that it had in memory to the cache alone."""
    lab.start(title="Old")
    turn, titles = lab.process(), lab.process()
    session = turn.get(lab.session_id)
    titles.rename(lab.session_id, "New")
    session["messages"].append(said("user", "meanwhile"))
    turn.upsert(session)


def row_given_to_another_user(lab: Laboratory) -> None:
    """Accounts are merged by a statement, which no updatedAt tells of."""
    lab.start()
    lab.process().run('UPDATE "ChatSession" SET "userId" = %s WHERE id = %s', "u-2", lab.session_id)


def run_counted_by_a_job(lab: Laboratory) -> None:
    lab.start()
    time.sleep(PAUSE)
    lab.process().run(
        'UPDATE "ChatSession" SET "successfulAgentRuns" = %s, "updatedAt" = now() AT TIME ZONE \'UTC\' WHERE id = %s',
        Jsonb({"graph-1": 1}),
        lab.session_id,
    )


def older_copy_with_its_older_title(lab: Laboratory) -> None:
    """A process that had read before the rename, and before what was said since, writes its copy back."""
    lab.start(title="Old")
    slow = lab.process().get(lab.session_id)
    lab.process().rename(lab.session_id, "New")
    lab.process().append(lab.session_id, said("user", "forgotten"))
    time.sleep(PAUSE)
    lab.process().put(slow)


def late_upsert_after_a_delete(lab: Laboratory) -> None:
    session = lab.start()
    session["started_at"] = "2026-01-01T00:00:00Z"
    lab.process().put(session)
    lab.process().run('DELETE FROM "ChatSession" WHERE id = %s', lab.session_id)
    lab.process().upsert(session)


def rows_removed_in_the_middle(lab: Laboratory) -> None:
    lab.start(turns=6)
    lab.process().run('DELETE FROM "ChatMessage" WHERE "sessionId" = %s AND sequence IN (2, 3)', lab.session_id)


def delete_whose_key_deletion_fails(lab: Laboratory) -> None:
    lab.start()
    lab.valkey.run("SAVE")
    lab.valkey.kill()
    lab.process().delete(lab.session_id)
    lab.valkey.start()


FAULTS: list[tuple[Callable[[Laboratory], None], list[tuple[str, str]]]] = [
    (database_killed_in_an_upsert, [("unsaved_tail", "database_write_failed")]),
    (nul_in_a_tool_result, [("unsaved_tail", "nul_refused")]),
    (cache_killed_in_an_append, [("stale_cache", "missed_write")]),
    (title_writer_rewrites_an_older_copy, [("stale_cache", "older_copy_written_back")]),
    (background_job_inserts_a_row, [("stale_cache", "direct_insert")]),
    (two_processes_with_stale_copies, [("content_changed", "same_start_sequence")]),
    (lock_that_was_lost, [("diverged_tail", "same_start_sequence")]),
    (tool_calls_attached_after_saving, [("tool_calls_lost", "calls_attached_after_saving")]),
    (title_race, [("title_drift", "rename_raced")]),
    (row_given_to_another_user, [("owner_mismatch", "account_changed")]),
    (run_counted_by_a_job, [("run_counts_drift", "changed_in_database")]),
    (
        older_copy_with_its_older_title,
        [("stale_cache", "older_copy_written_back"), ("title_drift", "older_copy_written_back")],
    ),
    (late_upsert_after_a_delete, [("metadata_drift", "recreated_after_delete")]),
    (rows_removed_in_the_middle, [("missing_in_db", "rows_removed")]),
    (delete_whose_key_deletion_fails, [("ghost_session", "key_not_deleted")]),
]


@pytest.mark.parametrize(("fault", "expected"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_a_fault_is_found_named_and_explained(
    lab: Laboratory, fault: Callable[[Laboratory], None], expected: list[tuple[str, str]]
) -> None:
    fault(lab)
    assert sorted(lab.found()) == sorted(expected)


def test_without_a_fault_nothing_is_found(lab: Laboratory) -> None:
    lab.start()
    lab.process().append(lab.session_id, said("user", "more"))
    lab.process().rename(lab.session_id, "Other")
    assert lab.found() == []


def test_some_pairs_of_faults_differ_in_their_cause_alone() -> None:
    by_kind: dict[str, set[str]] = {}
    for _, expected in FAULTS:
        for kind, cause in expected:
            by_kind.setdefault(kind, set()).add(cause)
    pairs: list[Any] = [causes for causes in by_kind.values() if len(causes) > 1]
    assert sum(len(causes) * (len(causes) - 1) // 2 for causes in pairs) >= 3
