"""Findings about one copy by itself."""

from collections.abc import Iterator, Sequence

from chatdata.domain.copies import CachedCopy, CopyMessage, CorruptDocument, StoredCopy
from chatdata.domain.drift.comparison import DriftFinding, LikelyCause
from chatdata.domain.drift.findings.message_findings import words_of
from chatdata.domain.drift.wording import at, messages, until


def ghost(cached: CachedCopy) -> DriftFinding:
    """A document without a row."""
    count, expires = len(cached.messages), cached.expiry.expires_at
    written = cached.expiry.last_written_at
    when = "" if written is None else f"; it was written at {at(written)}"
    return DriftFinding(
        kind="ghost_session",
        severity="critical",
        cache_position=0 if count else None,
        database_position=None,
        field=None,
        count=count,
        cache_value=words_of(cached.messages[0].message) if count else None,
        database_value=None,
        meaning=f"Only the cache has this session: deleted yet readable, or {messages(count)} lost {until(expires)}.",
        likely_causes=(
            LikelyCause("key_not_deleted", f"There is no row, and the document reads well{when}."),
            LikelyCause("user_deleted", "Rows go with their user; keys don't."),
            LikelyCause("database_write_failed", "A save writes the cache even where the row could not be made."),
        ),
        at_risk=count > 0,
        expires_at=expires if count else None,
        repairs=("save_cached_tail", "keep_alive", "invalidate_cache"),
    )


def corrupt(cached: CorruptDocument, *, row: bool | None) -> DriftFinding:
    """Returns the finding for an unreadable document; `row` is whether the database has the session, if known."""
    alone = row is False
    return DriftFinding(
        kind="cache_corrupt",
        severity="medium",
        cache_position=None,
        database_position=None,
        field=cached.field,
        count=1,
        cache_value=cached.offset,
        database_value=None,
        meaning=f"The cached value can't be read as a session ({cached.reason}): each read falls back to the database.",
        likely_causes=(_why_corrupt(cached),),
        at_risk=alone,
        expires_at=cached.expiry.expires_at if alone else None,
        repairs=("invalidate_cache", "rewarm_cache") if row else ("keep_alive", "invalidate_cache"),
    )


def _why_corrupt(cached: CorruptDocument) -> LikelyCause:
    size = len(cached.raw)
    if cached.offset is not None:
        return LikelyCause("cut_off", f"Reading breaks off at byte {cached.offset:,} of {size:,}.")
    where = f" at {cached.field}" if cached.field else ""
    return LikelyCause("other_writer", f"It is JSON of {size:,} bytes, but no session{where}.")


def no_expiry() -> DriftFinding:
    """A key without a time to live."""
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
        repairs=("keep_alive", "invalidate_cache", "rewarm_cache"),
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


def sequence_gap(stored: StoredCopy) -> Iterator[DriftFinding]:
    """Yields a finding where the stored sequence numbers are not 0..n-1."""
    numbers = [item.position for item in stored.messages]
    wrong = next((index for index, number in enumerate(numbers) if index != number), None)
    if wrong is not None:
        yield _gap(stored.messages, wrong)


def _gap(rows: Sequence[CopyMessage], wrong: int) -> DriftFinding:
    numbers = [item.position for item in rows]
    missing = max(numbers) + 1 - len(numbers)
    before = f"after {numbers[wrong - 1]:,}" if wrong else "at the start"
    return DriftFinding(
        kind="sequence_gap",
        severity="medium",
        cache_position=None,
        database_position=numbers[wrong],
        field="sequence",
        count=max(missing, 1),
        cache_value=None,
        database_value=numbers[wrong],
        meaning=f"The stored sequence has {numbers[wrong]:,} {before}: a save that counts the rows collides or drops.",
        likely_causes=(
            LikelyCause("rows_removed", f"{len(numbers):,} rows, the highest number is {max(numbers):,}."),
            LikelyCause("same_start_sequence", "A retried save starts after the highest number."),
        ),
    )
