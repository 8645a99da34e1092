"""Findings about one copy by itself."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import assert_never

from chatdata.domain.copies import CachedCopy, CopyMessage, CorruptDocument, StoredCopy
from chatdata.domain.drift.comparison import DriftFinding, LikelyCause
from chatdata.domain.drift.context import sequence_in
from chatdata.domain.drift.findings.message_findings import words_of
from chatdata.domain.drift.findings.saving import reloads
from chatdata.domain.drift.kinds import Repair
from chatdata.domain.drift.matching.equality import stripped
from chatdata.domain.drift.wording import at, messages, until


def ghost(cached: CachedCopy, session_id: str) -> DriftFinding:
    """A document without a row."""
    count, expires = len(cached.messages), cached.expiry.expires_at
    own = stripped(cached.info.session_id) == stripped(session_id)
    return DriftFinding(
        kind="ghost_session",
        severity="critical",
        cache_position=0 if count else None,
        database_position=None,
        field=None,
        count=count,
        cache_value=words_of(cached.messages[0].message) if count else None,
        database_value=None,
        meaning=f"Only the cache has this session: deleted but still readable, or {_or_lost(count, expires)}.",
        likely_causes=tuple(_why_ghost(cached)),
        at_risk=count > 0,
        expires_at=expires if count else None,
        repairs=_repairs_of_ghost(cached, own=own),
    )


def _repairs_of_ghost(cached: CachedCopy, *, own: bool) -> tuple[Repair, ...]:
    """Returns the repairs; a key that never expires gets no time to live while its messages are nowhere else."""
    if cached.messages and cached.expiry.ttl_seconds is None:
        return ("save_cached_tail", "invalidate_cache") if own else ()
    return ("save_cached_tail", "keep_alive", "invalidate_cache") if own else ("keep_alive", "invalidate_cache")


def _or_lost(count: int, expires: datetime | None) -> str:
    return f"{messages(count)} lost {until(expires)}" if count else "never saved"


def _why_ghost(cached: CachedCopy) -> Iterator[LikelyCause]:
    """Yields the causes, the likelier first.

    In later documents, messages without a sequence number were never stored. An older document tells of a row by its
    title, which is written to the row first, and otherwise by being there: nothing is cached of a session whose row
    could not be created, unless a later save failed to make it.
    """
    written = cached.expiry.last_written_at
    when = "" if written is None else f"; it was written at {at(written)}"
    numbers = [sequence_in(cached, item) for item in cached.messages]
    user = LikelyCause("user_deleted", "Rows are deleted with their user; cache keys are not.")
    failed = LikelyCause("database_write_failed", "A save writes the cache even if the row could not be created.")
    if numbers and all(number is None for number in numbers):
        yield LikelyCause("creation_failed", f"No message has a sequence number, so none was ever stored{when}.")
        yield failed
    elif any(isinstance(number, int) for number in numbers):
        had = "Its messages have sequence numbers, which only stored ones get"
        yield LikelyCause("key_not_deleted", f"{had}: there was a row{when}.")
        yield user
    elif cached.info.title:
        yield LikelyCause("key_not_deleted", f"It has a title, which is written to the row first: there was one{when}.")
        yield user
    else:
        had = "A new session is stored before it is cached, so there most likely was a row"
        yield LikelyCause("key_not_deleted", f"{had}{when}.")
        yield from (user, failed)


def corrupt(cached: CorruptDocument, *, row: bool | None, damaged: bool = False) -> DriftFinding:
    """Returns the finding for an unreadable document.

    `row` is whether the database has the session, if known, and `damaged` whether its values are.
    """
    alone, expires = row is False, cached.expiry.expires_at
    then = "each read falls back to the database"
    if alone:
        then = f"the database has no such session, so that its bytes are lost {until(expires)}"
    return DriftFinding(
        kind="cache_corrupt",
        severity="medium",
        cache_position=None,
        database_position=None,
        field=cached.field,
        count=1,
        cache_value=cached.offset,
        database_value=None,
        meaning=f"The cached value can't be read as a session ({cached.reason}): {then}.",
        likely_causes=(_why_corrupt(cached),),
        at_risk=alone,
        expires_at=expires if alone else None,
        repairs=_repairs_of_corrupt(cached, row=row, damaged=damaged),
    )


def _repairs_of_corrupt(cached: CorruptDocument, *, row: bool | None, damaged: bool) -> tuple[Repair, ...]:
    if row:
        return ("invalidate_cache",) if damaged else ("invalidate_cache", "rewarm_cache")
    return () if row is False and cached.expiry.ttl_seconds is None else ("keep_alive", "invalidate_cache")


def _why_corrupt(cached: CorruptDocument) -> LikelyCause:
    size, where = len(cached.raw), f" at {cached.field}" if cached.field else ""
    match cached.damage:
        case "cut_off":
            if not size:
                return LikelyCause("cut_off", "The value is empty.")
            return LikelyCause("cut_off", f"The document ends early, at byte {cached.offset or 0:,} of {size:,}.")
        case "compressed":
            return LikelyCause("compressed", f"Its {size:,} bytes begin like compressed data.")
        case "json_encoded_twice":
            return LikelyCause("json_encoded_twice", f"It is a JSON string of {size:,} bytes with a document inside.")
        case "wrong_type":
            return LikelyCause("wrong_type", "A session is a string with JSON, so another program uses this key.")
        case "other" if cached.offset:
            return LikelyCause("other_writer", f"It is not JSON: byte {cached.offset:,} of {size:,} is invalid.")
        case "other":
            return LikelyCause("other_writer", f"Its {size:,} bytes are not a session{where}.")
        case _:
            assert_never(cached.damage)


def no_expiry(cached: CachedCopy | CorruptDocument, stored: StoredCopy | None, *, at_risk: bool) -> DriftFinding:
    """Returns the finding for a key without a time to live; with sound rows the cache can be rebuilt.

    What is at risk is safe only as long as the key stays, so that nothing is suggested then, nor while the rows are
    damaged, which the application can't load.
    """
    at_risk = at_risk or bool(stored and stored.damaged and isinstance(cached, CachedCopy))
    reload: tuple[Repair, ...] = ("invalidate_cache",) if stored is None else reloads(stored)
    renewed: tuple[Repair, ...] = () if stored and isinstance(cached, CorruptDocument) else ("keep_alive",)
    return DriftFinding(
        kind="no_expiry",
        severity="info",
        cache_position=None,
        database_position=None,
        field=None,
        count=1,
        cache_value=None,
        database_value=None,
        meaning="The key has no time to live: what is wrong in the cache never heals by itself.",
        likely_causes=(LikelyCause("expiry_lost", "Each write sets a time to live; restoring or PERSIST drops it."),),
        repairs=() if at_risk else (*renewed, *reload),
    )


def row_damaged(stored: StoredCopy) -> Iterator[DriftFinding]:
    """Values of the rows that are not of their column's kind."""
    if not stored.damaged:
        return
    first, count = stored.damaged[0], len(stored.damaged)
    others = f" {count - 1:,} more like it." if count > 1 else ""
    yield DriftFinding(
        kind="row_damaged",
        severity="high",
        cache_position=None,
        database_position=first.position,
        field=first.place,
        count=count,
        cache_value=None,
        database_value=first.reason,
        meaning=f"{first.sentence}{others} The application can't load these rows.",
        likely_causes=(
            LikelyCause(
                "other_writer", "No writer of sessions gives such a value; SQLite takes any value in any column."
            ),
        ),
    )


def sequence_gap(stored: StoredCopy, explained: Collection[range] = ()) -> Iterator[DriftFinding]:
    """Yields a finding where the stored sequence numbers are not 0..n-1, apart from gaps that others explain."""
    numbers = [item.position for item in stored.messages]
    if numbers == list(range(len(numbers))):
        return
    if any(later <= earlier for earlier, later in pairwise([-1, *numbers])):
        wrong = next(index for index, number in enumerate(numbers) if index != number)
        yield _gap(stored.messages, wrong, max(numbers) + 1 - len(numbers))
        return
    left = [(index, hole) for index, hole in holes(stored.messages) if hole not in explained]
    if left:
        yield _gap(stored.messages, left[0][0], sum(len(hole) for _, hole in left))


def holes(rows: Sequence[CopyMessage]) -> Iterator[tuple[int, range]]:
    """Yields the ranges of sequence numbers without a row, each with the index of the row after it."""
    before = -1
    for index, item in enumerate(rows):
        if item.position > before + 1:
            yield index, range(before + 1, item.position)
        before = item.position


def gap_of(stored: StoredCopy, explained: Sequence[range]) -> DriftFinding:
    """Returns the gap in the stored sequence numbers that rows made which a finding says were removed."""
    first = next(index for index, hole in holes(stored.messages) if hole == explained[0])
    return _gap(stored.messages, first, sum(map(len, explained)))


def _gap(rows: Sequence[CopyMessage], wrong: int, missing: int) -> DriftFinding:
    numbers = [item.position for item in rows]
    begins = (
        f"continues with {numbers[wrong]:,} after {numbers[wrong - 1]:,}" if wrong else f"begins with {numbers[0]:,}"
    )
    lost: tuple[LikelyCause, ...] = (
        LikelyCause("rows_removed", f"{len(numbers):,} rows, the highest number is {max(numbers):,}."),
    )
    if numbers == list(range(1, len(numbers) + 1)):
        counts = f"The rows have the numbers 1 to {len(numbers):,} without a gap: their writer counts from 1."
        lost = (
            LikelyCause("other_writer", counts),
            LikelyCause("rows_removed", "A row with the number 0 may be gone."),
        )
    return DriftFinding(
        kind="sequence_gap",
        severity="medium",
        cache_position=None,
        database_position=numbers[wrong],
        field="sequence",
        count=max(missing, 1),
        cache_value=None,
        database_value=numbers[wrong],
        meaning=f"The stored sequence {begins}: a save that counts the rows collides or drops.",
        likely_causes=lost,
    )
