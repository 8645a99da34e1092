"""Finds stuck turns, messages that wait for a turn, and failed turns."""

from collections.abc import Iterator
from datetime import datetime

from chatdata.domain.copies import Absent, CachedCopy, Copies, CopyMessage, StoredCopy
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
        yield _pending(copies, copies.turn, doing)
    if copies.turn is not None and copies.turn.unreadable_lists:
        yield _unreadable_lists(copies.turn)
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


def _pending(copies: Copies, turn: TurnState, doing: Activity) -> DriftFinding:
    runs = doing in RUNNING or (doing == "unknown" and turn.locked is True)
    known = runs or doing != "unknown" or isinstance(copies.stored, Absent)
    ends = turn.pending_expires_at
    return DriftFinding(
        kind="pending_messages",
        severity="info" if runs else "critical" if known else "medium",
        cache_position=None,
        database_position=None,
        field=None,
        count=len(turn.pending),
        cache_value=turn.pending[0].content,
        database_value=None,
        meaning=_waiting(turn, None if not known else runs),
        likely_causes=(_TURN_WAITS if runs else _NOBODY_TAKES if known else _NOT_KNOWN,),
        at_risk=not runs,
        expires_at=None if runs else ends,
    )


_TURN_WAITS = LikelyCause("turn_waits", "A turn is running; messages typed meanwhile go to the next one.")
_NOBODY_TAKES = LikelyCause("worker_gone", "No turn is running that would process them.")
_NOT_KNOWN = LikelyCause("activity_unknown", "The session's row does not say whether a turn is running.")


def _waiting(turn: TurnState, runs: bool | None) -> str:
    """What the entries of the lists are, and what becomes of them; `runs` is None if that is not known."""
    count, given = len(turn.pending), sum(item.given for item in turn.pending)
    they, are = agreeing(count, "it", "they"), agreeing(count, "is", "are")
    if runs:
        if not given:
            verb = agreeing(count, "waits", "wait")
            return f"{messages(count)} typed during the turn {verb} for its end and {are} in neither copy yet."
        return f"{_described(count, given)} while a turn is running; {they} {are} in neither copy yet."
    whether = "although no turn is running" if runs is False else "and it is not known whether a turn is running"
    ends, whose = turn.pending_expires_at, agreeing(count, "its", "their")
    until = f"if {whose} list is deleted" if ends is None else f"when {whose} list expires at {at(ends)}"
    lost = (
        f"{are} lost {until}"
        if runs is False
        else f"{are} lost {until}, unless a turn takes {agreeing(count, 'it', 'them')}"
    )
    return f"{_described(count, given)} {whether}; {they} {are} in neither copy and {lost}."


def _described(count: int, given: int) -> str:
    """Which messages wait to be sent, and which the model already has."""
    left = count - given
    waits = f"{messages(left)} {agreeing(left, 'waits', 'wait')}"
    stored = f"{agreeing(given, 'was', 'were')} given to the model but {agreeing(given, 'is', 'are')} not stored"
    if not given:
        return waits
    return f"{messages(given)} {stored}" if not left else f"{waits} and {given:,} {stored}"


def _unreadable_lists(turn: TurnState) -> DriftFinding:
    names = ", ".join(turn.unreadable_lists)
    many = len(turn.unreadable_lists)
    are, whose = agreeing(many, "is not a list", "are not lists"), agreeing(many, "it", "them")
    return DriftFinding(
        kind="pending_messages",
        severity="medium",
        cache_position=None,
        database_position=None,
        field=None,
        count=0,
        cache_value=None,
        database_value=None,
        meaning=f"{names} {are} in the cache: messages that wait in {whose} can't be read.",
        likely_causes=(LikelyCause("wrong_type", "Waiting messages are a list, so another program uses this key."),),
    )


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
