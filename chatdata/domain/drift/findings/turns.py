"""Finds stuck turns, messages that wait for a turn, and failed turns."""

from collections.abc import Iterator
from datetime import datetime

from chatdata.domain.copies import CachedCopy, Copies, CopyMessage, StoredCopy
from chatdata.domain.drift.comparison import DriftFinding, LikelyCause
from chatdata.domain.drift.wording import agreeing, at, messages
from chatdata.domain.messages import in_utc, is_stand_in
from chatdata.domain.messages.markers import turn_end
from chatdata.domain.turns import RUNNING, Activity, TurnState, activity, newest


def turn_findings(copies: Copies) -> Iterator[DriftFinding]:
    """Yields the findings about a session's turns; none of them is a difference between the copies."""
    doing = doing_now(copies)
    if doing == "stuck" and isinstance(copies.stored, StoredCopy):
        yield _stuck(copies.stored)
    if copies.turn is not None and copies.turn.pending:
        yield _pending(copies.turn, doing)
    yield from _failed(copies)


def doing_now(copies: Copies) -> Activity:
    """Returns what the session is doing."""
    if not isinstance(copies.stored, StoredCopy):
        return "unknown"
    return activity(copies.stored.extras.get("chatStatus"), copies.turn, silent_since(copies.stored), copies.read_at)


def silent_since(stored: StoredCopy) -> datetime:
    """Returns when the newest message was saved, or when the row was updated if no message has a time."""
    saved = newest(None if item.created_at is None else in_utc(item.created_at) for item in stored.messages)
    updated = in_utc(stored.info.updated_at)
    return saved or updated


def _stuck(stored: StoredCopy) -> DriftFinding:
    since = silent_since(stored)
    when = "" if is_stand_in(since) else f" since {at(since)}"
    return DriftFinding(
        kind="stuck_turn",
        severity="medium",
        cache_position=None,
        database_position=None,
        field="chat_status",
        count=1,
        cache_value=None,
        database_value=stored.extras.get("chatStatus"),
        meaning=f"The chat is running without a worker, and no message arrived{when}: the user waits in vain.",
        likely_causes=(LikelyCause("worker_gone", "No executor holds the lock of the session."),),
    )


def _pending(turn: TurnState, doing: Activity) -> DriftFinding:
    runs = doing in RUNNING or (doing == "unknown" and turn.locked is True)
    ends = turn.pending_expires_at
    return DriftFinding(
        kind="pending_messages",
        severity="info" if runs else "critical",
        cache_position=None,
        database_position=None,
        field=None,
        count=len(turn.pending),
        cache_value=turn.pending[0].content,
        database_value=None,
        meaning=_waiting(len(turn.pending), ends, runs=runs),
        likely_causes=(_TURN_WAITS if runs else _NOBODY_TAKES,),
        at_risk=not runs,
        expires_at=None if runs else ends,
    )


_TURN_WAITS = LikelyCause("turn_waits", "A turn is running; messages typed meanwhile go to the next one.")
_NOBODY_TAKES = LikelyCause("worker_gone", "No turn is running that would process them.")


def _waiting(count: int, ends: datetime | None, *, runs: bool) -> str:
    verb, are = agreeing(count, "waits", "wait"), agreeing(count, "is", "are")
    if runs:
        return f"{messages(count)} typed during the turn {verb} for its end and {are} in neither copy yet."
    they = agreeing(count, "it is", "they are")
    until = "if their list is deleted" if ends is None else f"when their list expires at {at(ends)}"
    return f"{messages(count)} {verb} although no turn is running; {they} in neither copy and {are} lost {until}."


def _failed(copies: Copies) -> Iterator[DriftFinding]:
    """Yields one finding per session, about the copy with more failed turns."""
    sides = [side for side in (copies.stored, copies.cached) if isinstance(side, StoredCopy | CachedCopy)]
    found = [[item for item in side.messages if turn_end(item.message) == "failed"] for side in sides]
    failed = max(found, key=len, default=[])
    if failed:
        yield _failure(failed, in_rows=failed is found[0] and isinstance(sides[0], StoredCopy))


def _failure(failed: list[CopyMessage], *, in_rows: bool) -> DriftFinding:
    first, count = failed[0], len(failed)
    return DriftFinding(
        kind="failed_turn",
        severity="info",
        cache_position=None if in_rows else first.position,
        database_position=first.position if in_rows else None,
        field=None,
        count=count,
        cache_value=None if in_rows else first.message.content,
        database_value=first.message.content if in_rows else None,
        meaning=f"{agreeing(count, '1 turn', f'{count:,} turns')} ended with an error that was shown to the user.",
        likely_causes=(LikelyCause("turn_failed", "An assistant message begins with an error marker."),),
    )
