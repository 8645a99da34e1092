"""A difference beside the copies that it is between: what causes and sentences are drawn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatdata.domain.copies import CachedCopy, CopyMessage, StoredCopy
from chatdata.domain.drift.findings.risk import only_in_cache
from chatdata.domain.drift.findings.saving import is_foreign, is_longer_in_cache
from chatdata.domain.drift.matching.counterparts import is_placeholder
from chatdata.domain.drift.matching.diff import Difference, MessageDiff
from chatdata.domain.messages import ChatMessage, in_utc

APART = timedelta(minutes=1)
"""The largest difference between started_at and createdAt that is expected (docs/drift.md)."""
SOON = timedelta(seconds=2)
"""More than clocks and the way to the database make of one moment."""
JUST_NOW = timedelta(minutes=10)
"""How old the newest row is at most while the cache may still be given what a turn wrote into the rows."""


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two readable copies of a session."""

    cached: CachedCopy
    stored: StoredCopy
    parting: MessageDiff
    """How their messages stand to each other."""
    read_at: datetime
    """When they were read."""
    running: bool = False
    """Whether a turn runs, as far as the row and the executor's lock tell."""

    @property
    def written(self) -> datetime | None:
        """When the key was last written, as far as its time to live tells."""
        return self.cached.expiry.last_written_at

    @property
    def newest_row(self) -> datetime | None:
        """When the latest message was saved."""
        return latest(self.stored.messages)

    @property
    def row_changed_later(self) -> bool:
        """Whether the row was updated after the key had been written; False where the key doesn't tell when."""
        return self.written is not None and in_utc(self.stored.info.updated_at) > self.written

    @property
    def behind(self) -> int:
        """How many messages the cache ends before the rows, if that is all that differs between their messages."""
        differences = self.parting.differences
        return len(differences[0].stored) if [item.kind for item in differences] == ["stale_cache"] else 0

    @property
    def recreated(self) -> bool:
        """Whether the row looks like one of a session that was deleted and then saved again: created later than the
        cached session started, without a title, and within a minute also with all of its messages in one batch."""
        later = in_utc(self.stored.info.started_at) - in_utc(self.cached.info.started_at)
        if self.stored.info.title is not None or later <= SOON:
            return False
        return later > APART or (self.cached.info.title is not None and self._one_batch)

    @property
    def _one_batch(self) -> bool:
        """Whether several turns were saved at one time, as no conversation is."""
        times = {item.created_at for item in self.stored.messages}
        return len(times) == 1 and sum(item.message.role == "user" for item in self.stored.messages) > 1

    @property
    def turn_runs(self) -> bool:
        """Whether a turn runs or ran a moment ago, so that the cache gets what the rows have already."""
        newest = self.newest_row
        return self.running or (newest is not None and self.read_at - newest <= JUST_NOW)

    @property
    def foreign(self) -> bool:
        """Whether the document is another user's or another session's."""
        return is_foreign(self.cached, self.stored)


@dataclass(frozen=True, slots=True)
class DifferenceContext:
    """A difference of messages."""

    both: CopyPair
    difference: Difference

    @property
    def cached(self) -> list[CopyMessage]:
        """Its cached messages."""
        return [self.both.cached.messages[index] for index in self.difference.cached]

    @property
    def stored(self) -> list[CopyMessage]:
        """Its stored messages."""
        return [self.both.stored.messages[index] for index in self.difference.stored]

    @property
    def at_the_end(self) -> bool:
        """Whether it reaches the last message of both copies."""
        ends = (self.difference.cached, self.both.cached.messages), (self.difference.stored, self.both.stored.messages)
        return all(indexes and indexes[-1] == len(messages) - 1 for indexes, messages in ends)

    @property
    def never_stored(self) -> bool | None:
        """Whether the document says that none of the cached messages has a row; None where it doesn't tell."""
        numbers = [number for item in self.cached if (number := sequence_in(self.both.cached, item)) is not UNKNOWN]
        if not numbers or len(numbers) < len(self.cached):
            return None
        never = {number is None for number in numbers}
        return never.pop() if len(never) == 1 else None

    @property
    def only_cached(self) -> tuple[ChatMessage, ...]:
        """The messages that hold what only the cache has."""
        cached, stored = ([item.message for item in side] for side in (self.cached, self.stored))
        return only_in_cache(self.difference.kind, cached, stored)

    @property
    def longer_in_cache(self) -> bool:
        """Whether the row holds the beginning of a text that the cache holds whole."""
        pairs = zip(self.cached, self.stored, strict=False)
        return self.difference.kind == "partial_text" and any(is_longer_in_cache(*pair) for pair in pairs)

    @property
    def pending_row(self) -> bool:
        """Whether the database has a placeholder where the cache has a result."""
        return self.difference.kind == "tool_result_stale" and any(is_placeholder(item.message) for item in self.stored)


UNKNOWN = object()
"""In place of a sequence where a document has none."""


def sequence_in(cached: CachedCopy, item: CopyMessage) -> object:
    """The sequence that a later document gives a message: a number, None for one that was never stored, or UNKNOWN."""
    entries = cached.document.get("messages")
    entry = entries[item.position] if isinstance(entries, list) else None
    return entry.get("sequence", UNKNOWN) if isinstance(entry, Mapping) else UNKNOWN


def latest(messages: Sequence[CopyMessage]) -> datetime | None:
    """When the last of them was saved; None where no time is known."""
    return max((in_utc(item.created_at) for item in messages if item.created_at is not None), default=None)
