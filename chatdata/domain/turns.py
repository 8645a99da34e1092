"""Decides what a session is doing, from the status in its row, the lock of its worker and its waiting messages.

When a worker dies, the row's chatStatus stays `running`, but the executor's lock disappears. Messages typed during a
turn wait in a list in the cache with a time to live of its own, and are in neither copy until they are processed.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from chatdata.domain.streams import Outcome, StreamedTurn

STUCK_AFTER = timedelta(minutes=30)
"""How long a running turn may be silent before it counts as stuck."""
Activity = Literal["idle", "queued", "running", "stuck", "unknown"]
"""stuck: running without a worker. unknown: the table has no status column, or the status is not a known one."""
RUNNING: tuple[Activity, ...] = ("running", "queued")
KNOWN_STATUSES: tuple[Activity, ...] = ("idle", *RUNNING)
"""The values of chatStatus that say nothing about anybody; the column may hold any other text."""


@dataclass(frozen=True, slots=True)
class PendingMessage:
    """A message that waits for the next turn."""

    content: str
    """The message's text, or the whole entry if it can't be read."""
    enqueued_at: datetime | None = None
    given: bool = False
    """Whether a model has already received it, so that it only has to be stored."""
    files: int = 0
    readable: bool = True


@dataclass(frozen=True, slots=True)
class TurnState:
    """What the cache holds about a session's turn besides the document."""

    locked: bool | None = None
    """Whether a worker holds the executor's lock; None if unknown."""
    pending: tuple[PendingMessage, ...] = ()
    """The waiting messages in the order in which they were typed."""
    pending_expires_at: datetime | None = None
    """When the first of their lists expires."""
    stuck_after: timedelta = field(default=STUCK_AFTER)
    unreadable_lists: tuple[str, ...] = ()
    """The keys of waiting messages that hold a value of another type."""
    streams: tuple[StreamedTurn, ...] = ()
    """The session's turns whose tasks or streams have not expired, the running or newest one first."""

    @property
    def pending_groups(self) -> tuple[tuple[str, tuple[PendingMessage, ...]], ...]:
        """The waiting messages by what they wait for, with the words for it; only groups that have messages."""
        groups = (
            ("waiting to be sent", tuple(item for item in self.pending if not item.given)),
            ("given to the model but not stored", tuple(item for item in self.pending if item.given)),
        )
        return tuple((told, items) for told, items in groups if items)


def pending_message(raw: bytes, *, given: bool) -> PendingMessage:
    """Returns an entry of a list as a message; the content of an unreadable one is the whole entry."""
    text = raw.decode("utf-8", "replace")
    try:
        entry = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or not isinstance(entry.get("content"), str):
        return PendingMessage(text, given=given, readable=False)
    files = entry.get("file_ids")
    return PendingMessage(
        entry["content"], _moment(entry.get("enqueued_at")), given, len(files) if isinstance(files, list) else 0
    )


def retold(
    turn: TurnState | None, tell: Callable[[str], str], show: Callable[[StreamedTurn], StreamedTurn]
) -> TurnState | None:
    """Returns the turn with each waiting message's content, and each stream, replaced by what the functions return."""
    if turn is None:
        return None
    return replace(
        turn,
        pending=tuple(replace(item, content=tell(item.content)) for item in turn.pending),
        streams=tuple(map(show, turn.streams)),
    )


def known_status(status: object) -> str | None:
    """Returns the status if it is a known one, else None: all that a view below the full one shows of it."""
    return status if isinstance(status, str) and status in KNOWN_STATUSES else None


def newest(moments: Iterable[datetime | None]) -> datetime | None:
    """Returns the latest of the known times; None if none is known."""
    return max((moment for moment in moments if moment is not None), default=None)


def activity(status: Any, turn: TurnState | None, silent_since: datetime, now: datetime) -> Activity:
    """Returns what a session is doing; `silent_since` is the time of its newest message.

    Without a known status in the row, as in early versions, the task of its latest turn tells. So it does while the row
    still says idle: the task is written first.
    """
    if known_status(status) is None:
        return by_task(turn, now)
    if status == "idle" and by_task(turn, now, status) == "running":
        return "running"
    if status == "running" and turn is not None and turn.locked is False and now - silent_since >= turn.stuck_after:
        return "stuck"
    known: Activity = status
    return known


def by_task(turn: TurnState | None, now: datetime, status: Any = None) -> Activity:
    """Returns what the task of the latest turn says that the session is doing; `status` is that of its row."""
    if turn is None or not turn.streams:
        return "unknown"
    known: dict[Outcome, Activity] = {"running": "running", "worker_gone": "stuck"}
    return known.get(turn.streams[0].outcome(now, turn.stuck_after, turn.locked, status), "idle")


def _moment(value: object) -> datetime | None:
    """Returns the time in an ISO 8601 text or in seconds since 1970; None for anything else."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
