"""What a session is doing: the status in its row, the worker at its turn, and words that wait for the next one. Pure.

The row's chatStatus stays `running` when a worker dies, so the executor's lock tells whether one is at it. Words typed
during a turn wait in a list of the cache with a time to live of its own; they are in neither copy until then.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

STUCK_AFTER = timedelta(minutes=30)
"""How long a running turn may say nothing."""
RUNNING = ("running", "queued")

Activity = Literal["idle", "queued", "running", "stuck", "unknown"]
"""stuck: running, but nobody is at it. unknown: no version of the table or no status that we know says."""


@dataclass(frozen=True, slots=True)
class PendingMessage:
    """A message that waits."""

    content: str
    """Of an entry that can't be read what the list holds."""
    enqueued_at: datetime | None = None
    given: bool = False
    """Whether a model was given it already, and only storing it is left."""
    files: int = 0
    readable: bool = True


@dataclass(frozen=True, slots=True)
class TurnState:
    """What the cache says of a session's turn beside the document."""

    locked: bool | None = None
    """Whether a worker holds the executor's lock; None where the cache can't tell."""
    pending: tuple[PendingMessage, ...] = ()
    """In the order in which they were typed."""
    pending_expires_at: datetime | None = None
    """When the first list of them ends."""
    stuck_after: timedelta = field(default=STUCK_AFTER)


def pending_message(raw: bytes, *, given: bool) -> PendingMessage:
    """An entry of a list; one that is no such object is shown as it is."""
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


def retold(turn: TurnState | None, tell: Callable[[str], str]) -> TurnState | None:
    """The turn with other words for the messages that wait."""
    if turn is None:
        return None
    return replace(turn, pending=tuple(replace(item, content=tell(item.content)) for item in turn.pending))


def newest(moments: Iterable[datetime | None]) -> datetime | None:
    """The latest of these times, as far as they are known."""
    return max((moment for moment in moments if moment is not None), default=None)


def activity(status: Any, turn: TurnState | None, silent_since: datetime, now: datetime) -> Activity:
    """What a session is doing, by its status and who is at it; `silent_since`: its newest message."""
    if status not in ("idle", *RUNNING):
        return "unknown"
    if status == "running" and turn is not None and turn.locked is False and now - silent_since >= turn.stuck_after:
        return "stuck"
    known: Activity = status
    return known


def _moment(value: object) -> datetime | None:
    """A time in ISO 8601 or in seconds since 1970."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
