"""Finds text and tool results of ended turns that are in their streams and in neither copy."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from chatdata.domain.arrival import PartArrival, arrivals
from chatdata.domain.copies import Absent, Copies, StoredCopy
from chatdata.domain.drift.comparison import DriftFinding, LikelyCause
from chatdata.domain.drift.wording import agreeing, at
from chatdata.domain.streams import ErrorPart, Outcome, Part, StreamedCall, StreamedTurn, TextPart
from chatdata.domain.text import compact_json, count
from chatdata.domain.turns import TurnState


def stream_findings(copies: Copies) -> Iterator[DriftFinding]:
    """Yields one finding for each ended turn whose stream has words that neither copy has."""
    if copies.turn is None:
        return
    for turn in copies.turn.streams:
        outcome = outcome_of(turn, copies)
        if outcome == "running" or turn.output is None:
            continue
        lacking = unsaved(turn.output.parts, arrivals(turn, copies))
        if lacking:
            yield _finding(turn, outcome, lacking, copies)


def outcome_of(turn: StreamedTurn, copies: Copies) -> Outcome:
    """Returns what became of a turn of these copies."""
    state = copies.turn or TurnState()
    status = copies.stored.extras.get("chatStatus") if isinstance(copies.stored, StoredCopy) else None
    return turn.outcome(copies.read_at, state.stuck_after, state.locked, status)


def unsaved(parts: Sequence[Part], arrived: Sequence[PartArrival]) -> tuple[tuple[Part, PartArrival], ...]:
    """Returns the parts of which neither copy has everything."""
    return tuple((part, where) for part, where in zip(parts, arrived, strict=True) if where.unsaved > 0)


def _finding(
    turn: StreamedTurn, outcome: Outcome, lacking: Sequence[tuple[Part, PartArrival]], copies: Copies
) -> DriftFinding:
    gone = isinstance(copies.stored, Absent) and isinstance(copies.cached, Absent)
    number = len(lacking)
    return DriftFinding(
        kind="unsaved_stream",
        severity="medium" if gone else "critical",
        cache_position=None,
        database_position=None,
        field=None,
        count=number,
        cache_value=_words(lacking[0][0]),
        database_value=None,
        meaning=_meaning(lacking, outcome, turn.expires_at),
        likely_causes=tuple(_causes(turn, outcome, lacking, gone=gone)),
        at_risk=not gone,
        expires_at=None if gone else turn.expires_at,
    )


def _words(part: Part) -> str | None:
    """The text of the first part that no copy has in full; None for one whose beginning was trimmed."""
    if isinstance(part, TextPart):
        return part.text if part.begun else None
    if isinstance(part, StreamedCall):
        value = part.output if part.answered else part.input
        return value if isinstance(value, str) else compact_json(value)
    return None


def _meaning(lacking: Sequence[tuple[Part, PartArrival]], outcome: Outcome, expires_at: datetime | None) -> str:
    texts = sum(isinstance(part, TextPart) for part, _ in lacking)
    calls = len(lacking) - texts
    named = [count(texts, "text")] if texts else []
    named += [count(calls, "tool call")] if calls else []
    until = "if the stream is deleted" if expires_at is None else f"when the stream expires at {at(expires_at)}"
    ended = "stopped" if outcome == "worker_gone" else "failed" if outcome == "failed" else "ended"
    whole = all(where.unsaved == where.size for _, where in lacking)
    lost = f"{agreeing(len(lacking), 'it is', 'they are')} lost" if whole else "what is missing there is lost"
    has = f"its stream has {' and '.join(named)} that neither copy has{'' if whole else ' in full'}"
    return f"The turn {ended}, and {has}; {lost} {until}."


def _causes(
    turn: StreamedTurn, outcome: Outcome, lacking: Sequence[tuple[Part, PartArrival]], *, gone: bool
) -> Iterator[LikelyCause]:
    if gone:
        yield LikelyCause("user_deleted", "Neither store has the session any more; its stream expires by itself.")
    if any(isinstance(part, TextPart) and "\0" in part.text for part, _ in lacking):
        yield LikelyCause("nul_refused", "The text contains a NUL character, which PostgreSQL does not store.")
    if outcome == "worker_gone":
        last = turn.last_sign
        when = "" if last is None else f" after {at(last)}"
        yield LikelyCause("worker_gone", f"The stream has no end, and nothing came{when}.")
        return
    parts = () if turn.output is None else turn.output.parts
    if outcome == "failed" or any(isinstance(part, ErrorPart) for part in parts):
        yield LikelyCause("turn_failed", "The stream has an error, or the task is marked as failed.")
        yield LikelyCause("attempt_rolled_back", "A turn that fails may be removed before it is saved.")
    yield LikelyCause("database_write_failed", "The stream has its end, but no save came after it.")
