"""Writer processes that are killed: no acknowledged message is lost, and nothing stays locked."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from sqlalchemy import text

from chatdata.domain.messages import ChatSession
from chatdata.services.sessions import ChatSessions
from chatdata.stores.database import Database
from tests.support import servers
from tests.support.builders import DIALECTS, contents, database_url, message, new_session
from tests.support.writers import writer

CHECKOUT = Path(__file__).parents[2]
WRITERS = 8
ENOUGH = 50
"""Acknowledged messages without which the time did not show much."""


def soak_seconds() -> float:
    return float(os.environ.get("INSPECTOR_SOAK") or 4)


class Launcher:
    """The process that forks writers."""

    def __init__(self, url: str, redis_url: str, folder: Path) -> None:
        self.folder = folder
        self._arguments = {"url": url, "redis_url": redis_url, "log": str(folder / "log")}
        command = [sys.executable, "-m", "tests.support.writers.launcher"]
        self._process = subprocess.Popen(
            command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, **arguments: Any) -> int:
        return self._ask({"start": {**self._arguments, **arguments}})

    def end(self, pid: int, *, kill: bool = False) -> int:
        return self._ask({"end": pid, "kill": kill})

    def close(self) -> None:
        self._process.communicate(timeout=servers.WAIT_SECONDS)

    def errors(self) -> str:
        file = self.folder / "errors"
        return file.read_text() if file.exists() else ""

    def _ask(self, order: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_url(request.param, request, tmp_path)


@pytest.fixture
def sessions(url: str, redis_url: str) -> Iterator[ChatSessions]:
    with closing(writer.opened(url, redis_url)) as sessions:
        assert sessions.stores.database is not None
        sessions.stores.database.facts()
        yield sessions


@pytest.fixture
def launcher(url: str, redis_url: str, tmp_path: Path) -> Iterator[Launcher]:
    with closing(Launcher(url, redis_url, tmp_path)) as launcher:
        yield launcher


def database_of(sessions: ChatSessions) -> Database:
    assert sessions.stores.database is not None
    return sessions.stores.database


def both(sessions: ChatSessions, session_id: str) -> tuple[ChatSession | None, ChatSession | None]:
    """The rows and the cached document, whose sequence has no gaps."""
    assert sessions.stores.cache is not None
    copy = database_of(sessions).read_copy(session_id)
    if copy is not None:
        assert [item.position for item in copy.messages] == list(range(len(copy.messages)))
    return None if copy is None else copy.session(), sessions.stores.cache.read_session(session_id)


def agree(sessions: ChatSessions, session_id: str) -> bool:
    """There is no document, or it says what the rows say."""
    rows, document = both(sessions, session_id)
    return document is None or (rows is not None and said_by(document) == said_by(rows))


def said_by(session: ChatSession) -> tuple[Any, ...]:
    return session.messages, session.title, session.user_id, session.prompt_tokens, session.completion_tokens


def nothing_is_locked(sessions: ChatSessions, session_ids: list[str]) -> bool:
    """A new writer gets each lock, and the server knows of no other."""
    database = database_of(sessions)
    for session_id in session_ids:
        with database.session_lock(session_id, wait=servers.WAIT_SECONDS):
            pass
    if database._backend.dialect == "sqlite":
        return True
    with database.reading() as connection:
        locks = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        busy = text(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return connection.execute(locks).scalar() == connection.execute(busy).scalar() == 0


ACTS = ("upsert", "append", "rename", "delete")
POINTS = ("before delete", "after delete", "before put", "after put")


@pytest.mark.parametrize("act", ACTS)
def test_a_writer_that_is_killed_at_any_step_leaves_no_stale_document_and_no_lock(
    sessions: ChatSessions, launcher: Launcher, act: str
) -> None:
    for point in POINTS:
        if point.endswith("put") and act == "delete":
            continue
        sessions.upsert_chat_session(new_session(user_id=writer.USER, messages=2, usage=[(1, 1)], title="old"))
        assert both(sessions, "s-1")[1] is not None
        assert launcher.end(launcher.start(act=act, die=point)) == -SIGKILL
        servers.wait_until(lambda: nothing_is_locked(sessions, ["s-1"]), "the lock")
        assert agree(sessions, "s-1"), point
        rows, document = both(sessions, "s-1")
        committed = rows is None or rows.title != "old" or len(rows.messages) > 2
        assert committed is point.endswith("put"), point
        assert (document is not None) is (point in ("before delete", "after put")), point
        if rows is not None:
            sessions.append_and_save_message("s-1", message("user", "goes on"))
            assert contents(both(sessions, "s-1")[0])[-1] == "goes on"
            assert agree(sessions, "s-1")
            assert sessions.delete_chat_session("s-1")
    assert launcher.errors() == ""


@dataclass
class Notes:
    """What the writers wrote down."""

    tried: dict[str, list[str]] = field(default_factory=dict)
    """Session → what was sent to be saved there."""
    acked: dict[str, list[str]] = field(default_factory=dict)
    """Session → what was acknowledged as saved."""
    deleting: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> "Notes":
        notes = cls()
        for line in path.read_text().splitlines():
            note = json.loads(line)
            said = notes.tried if note["state"] == "tried" else notes.acked
            if note["act"] == "delete":
                (notes.deleting if note["state"] == "tried" else notes.deleted).add(note["session"])
            else:
                said.setdefault(note["session"], []).extend(note["said"])
        return notes

    @property
    def sessions(self) -> list[str]:
        return sorted(self.tried.keys() | self.acked.keys())


@pytest.mark.soak
def test_writers_that_are_killed_lose_no_acknowledged_message_and_leave_nothing_locked(
    sessions: ChatSessions, launcher: Launcher, tmp_path: Path, valkey: servers.ValkeyServer
) -> None:
    until = time.monotonic() + soak_seconds() / len(DIALECTS)
    for number in range(500):
        write_and_kill(launcher, kill_all=number % 3 != 2)
        notes = Notes.read(tmp_path / "log")
        servers.wait_until(lambda: nothing_is_locked(sessions, notes.sessions), "the locks")  # noqa: B023
        there = [info.session_id for info in sessions.get_user_sessions(writer.USER)[0]]
        for session_id in {*there, *notes.sessions}:
            check(sessions, session_id, notes)
        assert valkey.run("DBSIZE") <= len(there)
        if time.monotonic() > until and sum(map(len, notes.acked.values())) > ENOUGH:
            break
    else:
        pytest.fail("the writers wrote next to nothing")
    for session_id in there:
        sessions.append_and_save_message(session_id, message("user", "goes on"))
        assert both(sessions, session_id)[1] is not None
        assert agree(sessions, session_id)


def write_and_kill(launcher: Launcher, *, kill_all: bool) -> None:
    """Eight writers for about half a second, in which some are killed and replaced; then all end, or are killed."""
    chance = random.Random()
    (launcher.folder / "stop").unlink(missing_ok=True)
    running = [launcher.start() for _ in range(WRITERS)]
    for _ in range(6):
        time.sleep(chance.uniform(0.02, 0.15))
        victim = running.pop(chance.randrange(WRITERS))
        assert launcher.end(victim, kill=True) == -SIGKILL, launcher.errors()
        running.append(launcher.start())
    if not kill_all:
        (launcher.folder / "stop").touch()
    ends = [launcher.end(pid, kill=kill_all) for pid in running]
    assert ends == [-SIGKILL if kill_all else 0] * WRITERS, launcher.errors()
    assert launcher.errors() == ""


def check(sessions: ChatSessions, session_id: str, notes: Notes) -> None:
    """A session that nobody noted is an empty one, whose writer was killed between creating and noting it."""
    rows, document = both(sessions, session_id)
    assert agree(sessions, session_id), session_id
    if session_id in notes.deleted:
        assert (rows, document) == (None, None), session_id
    if rows is None:
        if notes.acked.get(session_id):
            assert session_id in notes.deleting, f"{session_id} is lost"
        return
    there = Counter(str(item.content) for item in rows.messages)
    assert set(notes.acked.get(session_id, ())) - set(there) == set(), "acknowledged and lost"
    assert set(there) - set(notes.tried.get(session_id, ())) == set(), "from nowhere"
    assert [said for said, times in there.items() if times > 1] == [], "saved twice"
    upserted = [said for said in there if said.startswith("upsert")]
    assert rows.prompt_tokens == len(upserted), "tokens of one save lost or counted twice"
