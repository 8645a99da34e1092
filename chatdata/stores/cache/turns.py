"""What the cache says of turns beside the documents: who is at one, and words that wait. Nothing here writes.

The lists of waiting messages have the session's id in braces in later versions, plain in earlier ones.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from chatdata.domain.turns import PendingMessage, TurnState, pending_message

PENDING = "copilot:pending:"
GIVEN = "copilot:pending-persist:"
"""Messages that were given to the model, and are not stored yet."""
LISTS = "copilot:pending"
"""How the keys of both begin."""
BOTS = "copilot-bot:session:"
"""Keys of chat platforms that hold the id of the session that a channel talks in."""
_MOST = 99
"""Entries of a list that are read; the application keeps ten."""
_COMMANDS = 2
_LISTS = 4


def ask(pipeline: Any, session_id: bytes) -> None:
    """Adds the questions about one session to a pipeline."""
    for key in _lists(session_id):
        pipeline.lrange(key, 0, _MOST)
        pipeline.pttl(key)
    pipeline.exists(_lock(session_id))


ANSWERS = _LISTS * _COMMANDS + 1
"""How many answers a session has."""


def state(answers: Sequence[Any], now: datetime, stuck_after: timedelta) -> TurnState:
    """The turn of a session, of the answers to `ask`; a key of another type holds no messages."""
    lists = [answers[at : at + _COMMANDS] for at in range(0, _LISTS * _COMMANDS, _COMMANDS)]
    pending: list[PendingMessage] = []
    for number, (entries, _) in enumerate(lists):
        pending += [pending_message(entry, given=number >= _COMMANDS) for entry in _entries(entries)]
    ends = [_end(pttl, now) for entries, pttl in lists if _entries(entries)]
    first = None if None in ends else min((end for end in ends if end is not None), default=None)
    locked = answers[-1]
    return TurnState(None if isinstance(locked, Exception) else bool(locked), tuple(pending), first, stuck_after)


def waiting_session(key: bytes) -> str | None:
    """The session whose list of waiting messages this key is; None for any other key."""
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


def _lock(session_id: bytes) -> bytes:
    return b"copilot:session:" + session_id + b":lock"
