"""A writer's loop: random operations on one user's sessions, logging each attempt before and each success after.

A note is one line of JSON in one write to a file opened with O_APPEND, so a kill never leaves half of one.
"""

import json
import os
import random
import secrets
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from chatdata.domain.messages import ChatMessage, ChatSession, Usage
from chatdata.errors import SessionDeletedError
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database

USER = "soak"
FEW = 3
"""Sessions that the writers share."""


def opened(url: str, redis_url: str) -> ChatSessions:
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=3600, write=True)
    return ChatSessions(SessionStores(Database.open(url, write=True), cache))


def run(url: str, redis_url: str, log: str, die: str = "", act: str = "") -> None:
    """Writes at random until the file `stop` is there; or does one act and dies at a point in it."""
    with closing(opened(url, redis_url)) as sessions, open(log, "ab", buffering=0) as notes:  # noqa: PTH123
        writer = Writer(sessions, notes.fileno())
        if act:
            arm(sessions, die)
            getattr(writer, act)("s-1")
            return
        stop = Path(log).with_name("stop")
        while not stop.exists():
            writer.step()


def arm(sessions: ChatSessions, point: str) -> None:
    """SIGKILL from inside, before or after a step: `before delete`, `after put`, …"""
    when, step = point.split()
    cache: Any = sessions.stores.cache
    name = {"delete": "delete", "put": "put_raw"}[step]
    setattr(cache, name, deadly(getattr(cache, name), when))


def deadly(function: Callable[..., Any], when: str) -> Callable[..., Any]:
    def replacement(*arguments: Any, **options: Any) -> Any:
        if when == "after":
            function(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    return replacement


class Writer:
    """One writer; it keeps sessions that it loaded, so that they grow stale."""

    def __init__(self, sessions: ChatSessions, notes: int) -> None:
        self.sessions = sessions
        self.notes = notes
        self.mark = secrets.token_hex(4)
        self.random = random.Random(self.mark)
        self.kept: dict[str, ChatSession] = {}
        self.count = 0

    def step(self) -> None:
        """One act on one of the sessions that are there; another session where there are few."""
        there = [info.session_id for info in self.sessions.get_user_sessions(USER)[0]]
        if len(there) < FEW:
            self.random.choice((self.create, self.bring))()
            return
        acts = (self.upsert, self.append, self.rename, self.read, self.delete)
        (act,) = self.random.choices(acts, weights=(40, 30, 15, 14, 1))
        act(self.random.choice(there))

    def create(self) -> None:
        self.note("acked", "create", self.sessions.create_chat_session(USER).session_id)

    def bring(self) -> None:
        """A session that is new to both stores, with its first message."""
        session = ChatSession.new(USER)
        self.kept[session.session_id] = session
        self.save(session)

    def upsert(self, session_id: str) -> None:
        session = self.kept.get(session_id)
        if session is None or self.random.random() < 0.5:
            session = self.sessions.get_chat_session(session_id, USER)
        if session is not None:
            self.kept[session_id] = session
            self.save(session)

    def save(self, session: ChatSession) -> None:
        said = [self.said("upsert") for _ in range(self.random.randint(1, 2))]
        session.messages += [ChatMessage(role="user", content=text) for text in said]
        session.usage.append(Usage.of(len(said), 1))
        self.note("tried", "upsert", session.session_id, said)
        try:
            self.sessions.upsert_chat_session(session)
        except SessionDeletedError:
            del self.kept[session.session_id]
            return
        self.note("acked", "upsert", session.session_id, said)

    def append(self, session_id: str) -> None:
        said = [self.said("append")]
        self.note("tried", "append", session_id, said)
        try:
            self.sessions.append_and_save_message(session_id, ChatMessage(role="tool", content=said[0]))
        except ValueError:
            return
        self.note("acked", "append", session_id, said)

    def rename(self, session_id: str) -> None:
        self.sessions.update_session_title(session_id, self.said("title"))

    def read(self, session_id: str) -> None:
        self.sessions.get_chat_session(session_id)

    def delete(self, session_id: str) -> None:
        self.note("tried", "delete", session_id)
        if self.sessions.delete_chat_session(session_id, USER):
            self.note("acked", "delete", session_id)

    def said(self, act: str) -> str:
        self.count += 1
        return f"{act} {self.mark} {self.count}"

    def note(self, state: str, act: str, session_id: str, said: list[str] | None = None) -> None:
        line = {"state": state, "act": act, "session": session_id, "said": said or []}
        os.write(self.notes, json.dumps(line).encode() + b"\n")
