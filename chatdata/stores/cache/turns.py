"""Reads the keys about turns that the cache has besides the documents: workers' locks and waiting messages.

The keys of the lists of waiting messages have the session's id in braces in later versions, without in earlier ones.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from chatdata.domain.turns import PendingMessage, TurnState, pending_message

PENDING = "copilot:pending:"
GIVEN = "copilot:pending-persist:"
"""The prefix of lists of messages that the model has received but that are not stored yet."""
LISTS = "copilot:pending"
"""The common prefix of both kinds of lists."""
BOTS = "copilot-bot:session:"
"""The prefix of keys that hold the session id of a chat platform's channel."""
WAITING_SECONDS = 3600
"""The time to live of a list of waiting messages."""
_MOST = 99
"""The index of the last list entry that is read; the application keeps ten entries."""
_COMMANDS = 2
_LISTS = 4


def ask(pipeline: Any, session_id: bytes) -> None:
    """Adds the commands that read one session's turn to a pipeline."""
    for key in _lists(session_id):
        pipeline.lrange(key, 0, _MOST)
        pipeline.pttl(key)
    pipeline.exists(lock_key(session_id))


ANSWERS = _LISTS * _COMMANDS + 1
"""The number of answers per session."""


def state(session_id: bytes, answers: Sequence[Any], now: datetime, stuck_after: timedelta) -> TurnState:
    """The turn of a session from the answers to `ask`; a key of another type is named as unreadable."""
    lists = [answers[at : at + _COMMANDS] for at in range(0, _LISTS * _COMMANDS, _COMMANDS)]
    pending: list[PendingMessage] = []
    for number, (entries, _) in enumerate(lists):
        pending += [pending_message(entry, given=number >= _COMMANDS) for entry in _entries(entries)]
    ends = [_end(pttl, now) for entries, pttl in lists if _entries(entries)]
    first = None if None in ends else min((end for end in ends if end is not None), default=None)
    locked = answers[-1]
    unreadable = tuple(
        key.decode("utf-8", "surrogateescape")
        for key, (entries, _) in zip(_lists(session_id), lists, strict=True)
        if isinstance(entries, Exception) and "WRONGTYPE" in str(entries)
    )
    known = None if isinstance(locked, Exception) else bool(locked)
    return TurnState(known, tuple(pending), first, stuck_after, unreadable)


def waiting_key(session_id: bytes) -> bytes:
    """The key of the list of a session's waiting messages in later versions."""
    return PENDING.encode() + b"{" + session_id + b"}"


def waiting_entry(text: str, now: datetime) -> str:
    """The entry of a waiting message as the application writes it."""
    return json.dumps({"content": text, "file_ids": [], "context": None, "enqueued_at": now.timestamp()})


def waiting_session(key: bytes) -> str | None:
    """The id of the session whose waiting messages this key lists; None for any other key."""
    name = key.decode("utf-8", "surrogateescape")
    for prefix in (GIVEN, PENDING):
        if name.startswith(prefix):
            rest = name.removeprefix(prefix)
            return rest[1:-1] if rest.startswith("{") and rest.endswith("}") else rest
    return None


def _entries(answer: Any) -> Iterable[bytes]:
    return () if isinstance(answer, Exception) else answer


def _end(pttl: Any, now: datetime) -> datetime | None:
    return now + timedelta(milliseconds=pttl) if isinstance(pttl, int) and pttl >= 0 else None


def _lists(session_id: bytes) -> Iterator[bytes]:
    for prefix in (PENDING, GIVEN):
        yield prefix.encode() + b"{" + session_id + b"}"
        yield prefix.encode() + session_id


def lock_key(session_id: bytes) -> bytes:
    """The key of the lock that the executor of a session's turn holds."""
    return b"copilot:session:" + session_id + b":lock"
