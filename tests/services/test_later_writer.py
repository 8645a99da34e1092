"""Sessions of a current deployment: healthy ones raise no alarm, and each fault is found and named correctly.

The first likely cause is what the fault did. The writer is that of May 2026 (tests/support/later_writer.py).
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis

from chatdata.domain.drift import Comparison
from chatdata.services.catalog import list_sessions
from chatdata.services.inspection import compare_session
from chatdata.services.scan import scan
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, SessionFilter
from tests.support import servers
from tests.support.builders import DIALECTS, database_url, tool_call
from tests.support.later_writer import CONTEXT, VERSIONS, LaterWriter, Version, make_tables, said

START = datetime(2026, 5, 20, 9, 0, 0, 123000, tzinfo=UTC)
SOAK_SECONDS = float(os.environ.get("INSPECTOR_SOAK") or 10)
HEALTHY = 10_000 if os.environ.get("INSPECTOR_SOAK") else 60


@pytest.fixture(scope="module")
def pg_template() -> str:
    """Without tables: the later writer makes its own."""
    return "template0"


class Clock:
    """A clock that the test moves forward."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=123_456)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Deployment:
    """Both stores with workers that write to them and an inspector that reads them."""

    url: str
    client: redis.Redis
    stores: SessionStores
    clock: Clock
    workers: ExitStack
    session_id: str = "s-1"

    def worker(self, version: Version = "may") -> LaterWriter:
        return self.workers.enter_context(closing(LaterWriter(self.url, self.client, self.clock, version)))

    def found(self) -> list[tuple[str, str | None]]:
        """The kind and the first likely cause of each finding above info."""
        comparison = compare_session(self.stores, self.session_id)[1]
        serious = [finding for finding in comparison.findings if finding.severity != "info"]
        return [(one.kind, one.likely_causes[0].cause if one.likely_causes else None) for one in serious]


@pytest.fixture(params=DIALECTS)
def deployment(
    request: pytest.FixtureRequest, tmp_path: Path, redis_url: str, valkey: servers.ValkeyServer
) -> Iterator[Deployment]:
    url, clock = database_url(request.param, request, tmp_path), Clock()
    of_workers = url.replace("postgresql://", "postgresql+psycopg://")
    make_tables(of_workers)
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=43_200)
    stores = SessionStores(Database.open(url), cache, now=clock)
    with valkey.client() as client, closing(stores), ExitStack() as workers:
        yield Deployment(of_workers, client, stores, clock, workers)


def talked(worker: LaterWriter, session_id: str = "s-1", turns: int = 2) -> dict[str, Any]:
    """Creates a session with complete turns that have reasoning, calls and steps."""
    session = worker.create(session_id)
    for number in range(turns):
        turn(worker, session, number)
    return session


def turn(worker: LaterWriter, session: dict[str, Any], number: int) -> None:
    """A complete turn with a call, and in later versions with context and reasoning."""
    later = worker.version in ("march", "may")
    worker.begin(session, f"Question {number}", context=CONTEXT if later else "")
    session["messages"] += [
        *([said("reasoning", "Perhaps a search.")] if later else []),
        said("assistant", f"Looking {number}.", tool_calls=[tool_call(f"c-{number}")]),
        said("tool", '{"type":"agents_found"}', tool_call_id=f"c-{number}"),
        said("assistant", f"Found {number}."),
    ]
    worker.end(session)


# ---- healthy


def test_a_turn_at_any_moment_is_no_alarm(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = worker.create("s-1")
    moments: list[Callable[[], object]] = [
        lambda: worker.begin(session, "Hello"),
        lambda: session["messages"].append(said("reasoning", "Hm.")),
        lambda: worker.save(session),
        lambda: session["messages"].append(said("assistant", "Hi.", tool_calls=[tool_call("c")])),
        lambda: worker.save(session),
        lambda: worker.wait("s-1", "One more thing"),
        lambda: session["messages"].append(said("tool", "{}", tool_call_id="c")),
        lambda: deployment.client.delete("copilot:pending:{s-1}"),
        lambda: worker.end(session),
        lambda: worker.expire("s-1"),
        lambda: worker.get("s-1"),
    ]
    for moment in moments:
        moment()
        deployment.clock.later(minutes=2)
        assert deployment.found() == []
    assert compare_session(deployment.stores, "s-1")[1].status == "in_sync"
    (line,) = list_sessions(deployment.stores, SessionFilter()).lines
    assert (line.summary.first_user_message, line.summary.chat_status) == ("Hello", "idle")


def test_a_store_of_healthy_sessions_has_nothing_to_list(deployment: Deployment) -> None:
    choose, workers = random.Random(11), [deployment.worker(version) for version in VERSIONS]
    count_of_sessions = HEALTHY if "sqlite" in deployment.url else 20
    for number in range(count_of_sessions):
        upgraded_talk(workers, f"s-{number}", choose)
    result = scan(deployment.stores, grace=0.0)
    assert (result.status, result.sessions, result.drifted + result.ghost + result.corrupt) == ("finished", (), 0)
    assert result.in_sync == count_of_sessions


def upgraded_talk(workers: list[LaterWriter], session_id: str, choose: random.Random) -> None:
    """Writes a session whose turns are those of any version, and refills, windows or continues it at the end."""
    choose.choice(workers).create(session_id)
    for number in range(choose.randint(1, 3)):
        worker = choose.choice(workers)
        turn(worker, worker.get(session_id), number)
    ending, newest = choose.random(), workers[-1]
    if ending < 0.7:
        newest.expire(session_id)
    if ending < 0.5:
        choose.choice(workers).get(session_id)
    elif ending < 0.7:
        newest.put(newest.get(session_id), window=choose.randint(2, 6))
    elif ending < 0.8:
        newest.begin(newest.get(session_id), "Another question")


def test_eight_workers_with_long_turns_are_no_alarm(pg_url: str, redis_url: str, valkey: servers.ValkeyServer) -> None:
    url = pg_url.replace("postgresql://", "postgresql+psycopg://")
    make_tables(url)
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=43_200)
    stores = SessionStores(Database.open(pg_url), cache)
    ended, failures = threading.Event(), list[BaseException]()
    with valkey.client() as client, closing(stores):
        workers = [
            threading.Thread(target=_turn_after_turn, args=(url, client, f"w-{number}", ended, failures))
            for number in range(8)
        ]
        for worker in workers:
            worker.start()
        end, scans = time.monotonic() + SOAK_SECONDS, 0
        while time.monotonic() < end:
            result = scan(stores, grace=0.5)
            assert [(one.session_id, one.status, one.findings) for one in result.sessions if _is_drift(one)] == []
            scans += 1
        ended.set()
        for worker in workers:
            worker.join()
        final = scan(stores, grace=0.2)
    assert failures == []
    assert scans > 1
    assert (final.sessions, final.cached_keys) == ((), 8)


def _is_drift(comparison: Comparison) -> bool:
    return comparison.status != "moving" and any(finding.severity != "info" for finding in comparison.findings)


def _turn_after_turn(
    url: str, client: redis.Redis, session_id: str, ended: threading.Event, failures: list[BaseException]
) -> None:
    """Writes turn after turn of one session, with pauses between the saves."""
    try:
        with closing(LaterWriter(url, client)) as worker:
            session = worker.create(session_id)
            for number in count():
                worker.begin(session, f"Question {number}")
                ended.wait(0.1)
                session["messages"] += [said("reasoning", "Hm."), said("assistant", f"Part {number}.")]
                worker.save(session)
                ended.wait(0.2)
                session["messages"].append(said("assistant", f"End {number}."))
                worker.end(session)
                if ended.is_set():
                    return
    except BaseException as error:
        failures.append(error)


# ---- faults


def context_that_the_cache_never_got(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker)
    worker.begin(session, "And now?")
    worker.status("s-1", "idle")
    deployment.clock.later(hours=1)


def worker_died_in_a_turn(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker)
    worker.begin(session, "And now?", context="")
    deployment.client.delete("copilot:session:s-1:lock")
    deployment.clock.later(hours=1)


def words_left_in_their_list(deployment: Deployment) -> None:
    worker = deployment.worker()
    talked(worker)
    worker.wait("s-1", "Are you there?")


def saved_in_the_middle_of_a_stream(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker)
    session["messages"].append(said("assistant", "Once upon a"))
    worker.save(session)
    session["messages"][-1]["content"] = "Once upon a time there was a fox."
    worker.save(session)


def steps_that_became_rows_of_their_own(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker)
    calls = [tool_call("c-9")]
    for step in (said("assistant", "I look."), said("assistant", None, tool_calls=calls)):
        worker.append_row("s-1", step)
    session["messages"].append(said("assistant", "I look.", tool_calls=calls))
    worker.put(session)


def rolled_back_in_memory(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker)
    session["messages"].append(said("assistant", "A first attempt"))
    worker.save(session)
    session["messages"][-1] = said("assistant", "A second attempt")
    worker.save(session)


def late_save_after_a_delete(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker)
    worker.delete("s-1")
    deployment.clock.later(minutes=5)
    worker.save(session)


def late_save_within_a_minute(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker)
    worker.delete("s-1")
    deployment.clock.later(seconds=30)
    worker.save(session)


def deleted_without_its_key(deployment: Deployment) -> None:
    worker = deployment.worker()
    talked(worker)
    worker.delete("s-1", key=False)


def creation_that_failed(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = worker._document("s-1", "u-1", None)
    session["messages"] += [said("user", "Hello"), said("assistant", "Hi")]
    worker.put(session)


def window_without_numbers(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker)
    for message in session["messages"]:
        del message["sequence"], message["id"]
    worker.put(session, window=4)


def row_inserted_in_the_background(deployment: Deployment) -> None:
    worker = deployment.worker()
    talked(worker)
    deployment.clock.later(seconds=5)
    worker.append_row("s-1", said("assistant", "The agent has finished."))


def rows_deleted_by_hand(deployment: Deployment) -> None:
    worker = deployment.worker()
    talked(worker)
    with worker._writing() as run:
        run('DELETE FROM "ChatMessage" WHERE sequence > 7')


def rows_deleted_in_the_middle(deployment: Deployment) -> None:
    delete_rows(deployment, "sequence IN (3, 4, 7)")


def rows_deleted_at_the_beginning(deployment: Deployment) -> None:
    delete_rows(deployment, "sequence < 2")


def call_deleted_before_its_result(deployment: Deployment) -> None:
    delete_rows(deployment, "sequence = 2")


def delete_rows(deployment: Deployment, which: str) -> None:
    worker = deployment.worker()
    talked(worker)
    with worker._writing() as run:
        run(f'DELETE FROM "ChatMessage" WHERE {which}')


def compacted_in_the_cache(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker, turns=3)
    mark = said("assistant", "", tool_calls=[tool_call("sum", "context_compaction")])
    session["messages"] = [mark, said("tool", "We searched twice.", tool_call_id="sum"), *session["messages"][10:]]
    worker.put(session)


def system_prompt_in_memory(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker)
    session["messages"].insert(0, said("system", "You help."))
    worker.put(session)


def cached_in_the_middle_of_a_stream(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker)
    session["messages"].append(said("assistant", "Once upon a time there was a fox."))
    worker.save(session)
    session["messages"][-1]["content"] = "Once upon a"
    worker.put(session)


def list_of_calls_that_a_save_missed(deployment: Deployment) -> None:
    worker = deployment.worker()
    session = talked(worker)
    session["messages"].append(said("assistant", "I look."))
    worker.save(session)
    session["messages"][-1]["tool_calls"] = [tool_call("c-9")]
    worker.save(session)


FAULTS: list[tuple[Callable[[Deployment], None], list[tuple[str, str]]]] = [
    (context_that_the_cache_never_got, [("context_injected", "context_written")]),
    (worker_died_in_a_turn, [("stuck_turn", "worker_gone")]),
    (words_left_in_their_list, [("pending_messages", "worker_gone")]),
    (saved_in_the_middle_of_a_stream, [("partial_text", "saved_mid_stream")]),
    (steps_that_became_rows_of_their_own, [("split_message", "steps_split")]),
    (rolled_back_in_memory, [("content_changed", "attempt_rolled_back")]),
    (late_save_after_a_delete, [("metadata_drift", "recreated_after_delete")]),
    (late_save_within_a_minute, [("title_drift", "recreated_after_delete")]),
    (deleted_without_its_key, [("ghost_session", "key_not_deleted")]),
    (creation_that_failed, [("ghost_session", "creation_failed")]),
    (window_without_numbers, [("windowed_cache", "window")]),
    (row_inserted_in_the_background, [("stale_cache", "direct_insert")]),
    (rows_deleted_by_hand, [("unsaved_tail", "rows_removed")]),
    (rows_deleted_in_the_middle, [("missing_in_db", "rows_removed")]),
    (rows_deleted_at_the_beginning, [("missing_in_db", "rows_removed")]),
    (call_deleted_before_its_result, [("missing_in_db", "rows_removed")]),
    (compacted_in_the_cache, [("missing_in_db", "compacted")]),
    (system_prompt_in_memory, [("missing_in_db", "system_prompt_not_stored")]),
    (cached_in_the_middle_of_a_stream, [("partial_text", "saved_mid_stream")]),
    (list_of_calls_that_a_save_missed, [("tool_calls_lost", "calls_attached_after_saving")]),
]


@pytest.mark.parametrize(("fault", "expected"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_a_fault_is_found_named_and_explained(
    deployment: Deployment, fault: Callable[[Deployment], None], expected: list[tuple[str, str]]
) -> None:
    fault(deployment)
    assert sorted(deployment.found()) == sorted(expected)


def test_each_new_kind_is_made_by_a_fault() -> None:
    numbers = count()
    made = {kind: next(numbers) for _, expected in FAULTS for kind, _ in expected}
    assert {
        "context_injected", "partial_text", "split_message", "windowed_cache", "stuck_turn", "pending_messages"
    } <= made.keys()  # fmt: skip
