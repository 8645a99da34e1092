"""Plays the demo's running conversation into the embedded stores, as a backend of May 2026 writes it.

Each time that it is opened with Live it plays one more turn: the words go into the stream first, a step is saved once
its tool has answered, and the rest at the end of the turn.
"""

import json
import logging
import threading
import uuid
from collections.abc import Iterator
from typing import Any

from chatdata.domain.messages import ChatMessage, ChatSession, Usage
from chatdata.domain.text import compact_json
from chatdata.errors import ChatDataError
from chatdata.services.connect import Connected
from chatdata.services.demo.ids import uuid_of
from chatdata.services.demo.running_talk import RUNNING_TALK, TURNS, PlayedTurn
from chatdata.services.demo.seeding import planted_seed
from chatdata.services.demo.steps import Ask
from chatdata.services.sessions.bulk_write import writable_database
from chatdata.stores.cache import SessionCache

log = logging.getLogger(__name__)

_LOCK_SECONDS = 60
_WORD_SECONDS, _TOOL_SECONDS = 0.12, 2.5


class Stopped(Exception):
    """Raised inside the writer when it has to end."""


class LiveWriter:
    """Plays turns in a thread of its own, one at a time. Thread-safe."""

    def __init__(self, connected: Connected, pace: float = 1.0) -> None:
        """`pace` stretches the pauses; 0 leaves none."""
        self._connected = connected
        self._pace = pace
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def opened(self, session_id: str) -> None:
        """Starts the next turn if this is the demo's running conversation and none is being played."""
        with self._lock:
            if self._ended.is_set() or (self._thread is not None and self._thread.is_alive()):
                return
            if not self._plays(session_id):
                return
            self._thread = threading.Thread(target=self._run, args=(session_id,), name="demo turn", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Waits until no turn is being played; returns whether that is so."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def stop(self) -> None:
        """Ends the turn that is being played, as a worker that is told to stop does."""
        self._ended.set()
        self.wait(10)

    def _plays(self, session_id: str) -> bool:
        settings = self._connected.settings
        if not (settings.embedded and settings.access == "write") or self._connected.stores.cache is None:
            return False
        seed = planted_seed(self._connected)
        return seed is not None and session_id == uuid_of(seed, "session", RUNNING_TALK.slug)

    def _run(self, session_id: str) -> None:
        cache, token = self._connected.stores.require_cache(), uuid.uuid4().hex
        try:
            if not cache.take_turn(session_id, token, _LOCK_SECONDS):
                return
            try:
                self._play(session_id, cache)
            finally:
                cache.leave_turn(session_id, token)
        except Stopped:
            pass
        except ChatDataError as error:
            log.warning("the demo's running conversation stopped: %s", error)

    def _play(self, session_id: str, cache: SessionCache) -> None:
        sessions = self._connected.sessions
        session = sessions.get_chat_session(session_id)
        if session is None:
            return
        turn = TURNS[max(_asked(session) - _asked_at_first(), 0) % len(TURNS)]
        session.messages.append(ChatMessage(role="user", content=turn.question))
        session = sessions.upsert_chat_session(session)
        turn_id, call_id = str(uuid.uuid4()), f"toolu_01{uuid.uuid4().hex[:22]}"
        self._status(session_id, "running")
        cache.put_task(session_id, turn_id)
        outcome = "failed"
        try:
            self._stream(cache, turn_id, _first_step(turn, call_id))
            session = self._save(session, _called(turn, call_id), _answered(turn, call_id, session_id))
            self._stream(cache, turn_id, _second_step(turn))
            session.usage.append(Usage.of(*_tokens(session)))
            self._save(session, ChatMessage(role="assistant", content=turn.after))
            cache.add_to_stream(turn_id, [{"type": "finish"}])
            outcome = "completed"
        finally:
            cache.end_task(session_id, outcome)
            self._status(session_id, "idle")

    def _save(self, session: ChatSession, *messages: ChatMessage) -> ChatSession:
        session.messages += messages
        return self._connected.sessions.upsert_chat_session(session)

    def _stream(self, cache: SessionCache, turn_id: str, chunks: Iterator[tuple[dict[str, Any], float]]) -> None:
        for chunk, pause in chunks:
            cache.add_to_stream(turn_id, [chunk])
            if self._ended.wait(pause * self._pace):
                raise Stopped

    def _status(self, session_id: str, status: str) -> None:
        writable_database(self._connected.stores).put_status(session_id, status)


Chunks = Iterator[tuple[dict[str, Any], float]]
"""Chunks of the stream, each with the pause after it in seconds."""


def _first_step(turn: PlayedTurn, call_id: str) -> Chunks:
    yield {"type": "start", "messageId": str(uuid.uuid4())}, 0.0
    yield {"type": "start-step"}, _TOOL_SECONDS
    yield from _said(turn.before, "1")
    named = {"toolCallId": call_id, "toolName": turn.call.name}
    yield {"type": "tool-input-start", **named}, _WORD_SECONDS
    yield {"type": "tool-input-available", **named, "input": turn.call.arguments}, _TOOL_SECONDS
    yield {"type": "heartbeat"}, _TOOL_SECONDS
    yield {"type": "tool-output-available", **named, "output": turn.call.result, "success": True}, _WORD_SECONDS
    yield {"type": "finish-step"}, _TOOL_SECONDS


def _second_step(turn: PlayedTurn) -> Chunks:
    yield {"type": "start-step"}, 0.0
    yield from _said(turn.after, "2")
    yield {"type": "finish-step"}, 0.0
    yield {"type": "usage", "promptTokens": 2_400, "completionTokens": 180, "totalTokens": 2_580}, _TOOL_SECONDS


def _said(text: str, block: str) -> Chunks:
    yield {"type": "text-start", "id": block}, 0.0
    for word in text.split(" "):
        yield {"type": "text-delta", "id": block, "delta": f"{word} "}, _WORD_SECONDS
    yield {"type": "text-end", "id": block}, _WORD_SECONDS


def _called(turn: PlayedTurn, call_id: str) -> ChatMessage:
    function = {"name": turn.call.name, "arguments": json.dumps(turn.call.arguments)}
    call = {"id": call_id, "type": "function", "function": function}
    return ChatMessage(role="assistant", content=turn.before, tool_calls=[call])


def _answered(turn: PlayedTurn, call_id: str, session_id: str) -> ChatMessage:
    result = turn.call.result
    content = result if isinstance(result, str) else compact_json({**(result or {}), "session_id": session_id})
    return ChatMessage(role="tool", content=content, tool_call_id=call_id)


def _asked(session: ChatSession) -> int:
    return sum(message.role == "user" for message in session.messages)


def _asked_at_first() -> int:
    return sum(isinstance(step, Ask) for step in RUNNING_TALK.steps)


def _tokens(session: ChatSession) -> tuple[int, int]:
    """About what the turn costs."""
    return 900 + sum(len(message.content or "") for message in session.messages) // 4, 180
