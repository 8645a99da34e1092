"""One repetition of each operation: ours, and the plainest code that leaves both stores in the same state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import redis

from benchmarks import plain
from benchmarks.measure import Step, always
from chatdata import ChatMessage, ChatSession, ChatSessions, StoredCopy


@dataclass(frozen=True)
class Bench:
    """One database and one cache, opened by our code and by the plain code; the session is in both."""

    plain: plain.PlainDatabase
    client: redis.Redis
    writing: ChatSessions
    reading: ChatSessions
    """Our code on the same stores, opened read-only."""
    session_id: str
    size: int
    """The session's number of messages before a repetition."""
    news: ChatMessage
    """The message to add."""

    def stored(self) -> ChatSession:
        """The session read from the rows only."""
        copy = self.writing.stores.read_copies(self.session_id, only="database").stored
        assert isinstance(copy, StoredCopy)
        return copy.session()

    def reset(self) -> ChatSession:
        """Restores the session's rows and its cached document to the state before a repetition."""
        self.plain.cut(self.session_id, self.size)
        session = self.stored()
        self.writing.cache_chat_session(session)
        return session

    def forget(self) -> None:
        """Deletes the session's cached document."""
        self.client.delete(f"chat:session:{self.session_id}")


@dataclass(frozen=True)
class Operation:
    """One operation, done by the plainest code and by ours."""

    plain: Step
    ours: Step
    sends: bool = True
    """Whether it sends anything to a store."""


def operations(bench: Bench) -> Mapping[str, Operation]:
    """The measured operations by name."""
    session_id, loaded = bench.session_id, bench.stored()
    return {
        "get, cached": Operation(
            always(lambda: plain.get_cached(bench.client, session_id)),
            always(lambda: bench.reading.get_chat_session(session_id)),
        ),
        "get, from the rows": Operation(
            _without_cache(bench, lambda: plain.get_through(bench.client, bench.plain, session_id, refill=False)),
            _without_cache(bench, lambda: bench.reading.get_chat_session(session_id)),
        ),
        "get, from the rows, refilling the cache": Operation(
            _without_cache(bench, lambda: plain.get_through(bench.client, bench.plain, session_id, refill=True)),
            _without_cache(bench, lambda: bench.writing.get_chat_session(session_id)),
        ),
        "upsert of one new message": Operation(
            _with_news(bench, lambda session: plain.save(bench.client, bench.plain, session)),
            _with_news(bench, bench.writing.upsert_chat_session),
        ),
        "append_and_save_message": Operation(
            _after_reset(bench, lambda: plain.append(bench.client, bench.plain, session_id, bench.news)),
            _after_reset(bench, lambda: bench.writing.append_and_save_message(session_id, bench.news)),
        ),
        "to_openai_messages, without its rules": Operation(
            always(lambda: plain.to_dicts(loaded.messages)), always(loaded.to_openai_messages), sends=False
        ),
        "to_openai_messages, by its rules": Operation(
            always(lambda: plain.to_payload(loaded.messages)), always(loaded.to_openai_messages), sends=False
        ),
    }


def replayed(bench: Bench, name: str, replay: Callable[[], object]) -> Step:
    """The step that sends an operation's round trips again, from the state that the operation began with."""
    if name == "get, cached":
        return always(replay)
    return (_without_cache if name.startswith("get") else _after_reset)(bench, replay)


def _without_cache(bench: Bench, act: Callable[[], object]) -> Step:
    def prepare() -> Callable[[], object]:
        bench.forget()
        return act

    return prepare


def _with_news(bench: Bench, save: Callable[[ChatSession], object]) -> Step:
    def prepare() -> Callable[[], object]:
        session = bench.reset()
        session.messages.append(bench.news)
        return lambda: save(session)

    return prepare


def _after_reset(bench: Bench, act: Callable[[], object]) -> Step:
    def prepare() -> Callable[[], object]:
        bench.reset()
        return act

    return prepare
