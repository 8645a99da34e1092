"""A difference together with both copies, from which causes and sentences are derived."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatdata.domain.copies import CachedCopy, CopyMessage, StoredCopy
from chatdata.domain.drift.findings.risk import only_in_cache
from chatdata.domain.drift.findings.saving import is_foreign, is_longer_in_cache
from chatdata.domain.drift.matching.counterparts import is_placeholder
from chatdata.domain.drift.matching.diff import Difference, MessageDiff
from chatdata.domain.messages import ChatMessage, in_utc
from chatdata.domain.messages.markers import is_reasoning

APART = timedelta(minutes=1)
"""The largest difference between started_at and createdAt that is expected (docs/drift.md)."""
SOON = timedelta(seconds=2)
"""More than clock skew and network delay can make of one moment."""
JUST_NOW = timedelta(minutes=10)
"""The age of the newest row up to which the turn's changes may not have reached the cache yet."""


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two readable copies of a session."""

    cached: CachedCopy
    stored: StoredCopy
    parting: MessageDiff
    """How their messages stand to each other."""
    read_at: datetime
    """When the copies were read."""
    running: bool = False
    """Whether a turn is running, by the row's status and the executor's lock."""

    @property
    def written(self) -> datetime | None:
        """When the key was last written, if its TTL shows that."""
        return self.cached.expiry.last_written_at

    @property
    def newest_row(self) -> datetime | None:
        """When the latest message was saved."""
        return latest(self.stored.messages)

    @property
    def row_changed_later(self) -> bool:
        """Whether the row was updated after the last write of the key; False if the time of that write is unknown."""
        return self.written is not None and in_utc(self.stored.info.updated_at) > self.written

    @property
    def behind(self) -> int:
        """The number of messages missing at the end of the cache, if their messages differ in nothing else; else 0."""
        differences = self.parting.differences
        return len(differences[0].stored) if [item.kind for item in differences] == ["stale_cache"] else 0

    def hole_before(self, row: int) -> range:
        """Returns the sequence numbers without a row right before a row, or at the end, where none are known."""
        rows = self.stored.messages
        if row == len(rows):
            return range(0)
        return range(rows[row - 1].position + 1 if row else 0, rows[row].position)

    def row_at(self, index: int) -> int:
        """Returns the index of the row before which a stretch that only the cache has would be stored."""
        stretches = self.parting.stretches
        return stretches[bisect_right(stretches, index, key=lambda one: one.cached.start) - 1].stored.start

    @property
    def recreated(self) -> bool:
        """Whether the session looks as if it was deleted and then saved again.

        The row has no title and was created after the cached session started. If that is less than a minute later, it
        also has to have all of its messages from one batch.
        """
        later = in_utc(self.stored.info.started_at) - in_utc(self.cached.info.started_at)
        if self.stored.info.title is not None or later <= SOON:
            return False
        return later > APART or (self.cached.info.title is not None and self._one_batch)

    @property
    def _one_batch(self) -> bool:
        """Whether several turns were saved at the same time, which no live conversation does."""
        times = {item.created_at for item in self.stored.messages}
        return len(times) == 1 and sum(item.message.role == "user" for item in self.stored.messages) > 1

    @property
    def turn_runs(self) -> bool:
        """Whether a turn is running or ran recently, so that the cache is still about to get what the rows have."""
        newest = self.newest_row
        return self.running or (newest is not None and self.read_at - newest <= JUST_NOW)

    @property
    def foreign(self) -> bool:
        """Whether the document belongs to another user or another session."""
        return is_foreign(self.cached, self.stored)


@dataclass(frozen=True, slots=True)
class DifferenceContext:
    """A difference between messages, with the copies that it is between."""

    both: CopyPair
    difference: Difference
    """With the messages of all places, in order."""
    places: tuple[Difference, ...] = ()
    """The places, if there are several."""
    instead: tuple[Difference, ...] = ()
    """The differences of the rows that are in place of cached messages that the database lacks."""

    @property
    def cached(self) -> list[CopyMessage]:
        """The cached messages of the difference."""
        return [self.both.cached.messages[index] for index in self.difference.cached]

    @property
    def stored(self) -> list[CopyMessage]:
        """The stored messages of the difference."""
        return [self.both.stored.messages[index] for index in self.difference.stored]

    @property
    def at_the_end(self) -> bool:
        """Whether the difference includes the last message of both copies, apart from reasoning at their ends."""
        ends = (self.difference.cached, self.both.cached.messages), (self.difference.stored, self.both.stored.messages)
        return all(indexes and indexes[-1] >= _last_sent(messages) for indexes, messages in ends)

    @property
    def never_stored(self) -> bool | None:
        """Whether, by its sequence numbers, none of the cached messages was ever stored; None if it has none."""
        numbers = [number for item in self.cached if (number := sequence_in(self.both.cached, item)) is not UNKNOWN]
        if not numbers or len(numbers) < len(self.cached):
            return None
        never = {number is None for number in numbers}
        return never.pop() if len(never) == 1 else None

    @property
    def holes(self) -> tuple[range, ...]:
        """The ranges of sequence numbers without a row where the database lacks cached messages."""
        if self.difference.kind != "missing_in_db" or self.difference.stored:
            return ()
        beside = {place.stored[0]: len(place.stored) for place in self.instead}
        starts = [self.both.row_at(place.cached[0]) for place in self.places or (self.difference,)]
        rows = (row for start in starts for row in range(start, start + beside.get(start, 0) + 1))
        return tuple(dict.fromkeys(hole for hole in map(self.both.hole_before, rows) if hole))

    @property
    def only_cached(self) -> tuple[ChatMessage, ...]:
        """The cached messages with content that the rows lack."""
        cached, stored = ([item.message for item in side] for side in (self.cached, self.stored))
        return only_in_cache(self.difference.kind, cached, stored)

    @property
    def longer_in_cache(self) -> bool:
        """Whether the row holds only the beginning of a text that the cache has in full."""
        pairs = zip(self.cached, self.stored, strict=False)
        return self.difference.kind == "partial_text" and any(is_longer_in_cache(*pair) for pair in pairs)

    @property
    def pending_row(self) -> bool:
        """Whether the database has a placeholder where the cache has a result."""
        return self.difference.kind == "tool_result_stale" and any(is_placeholder(item.message) for item in self.stored)


def _last_sent(messages: Sequence[CopyMessage]) -> int:
    """Returns the index of the last message that is not reasoning; -1 without one."""
    return next((index for index in reversed(range(len(messages))) if not is_reasoning(messages[index].message)), -1)


UNKNOWN = object()
"""Stands for a sequence number that the document does not record."""


def sequence_in(cached: CachedCopy, item: CopyMessage) -> object:
    """Returns the sequence number of a cached message, None if it was never stored, or UNKNOWN in older documents."""
    entries = cached.document.get("messages")
    entry = entries[item.position] if isinstance(entries, list) else None
    return entry.get("sequence", UNKNOWN) if isinstance(entry, Mapping) else UNKNOWN


def latest(messages: Sequence[CopyMessage]) -> datetime | None:
    """Returns the time of the latest message, or None where no time is known."""
    return max((in_utc(item.created_at) for item in messages if item.created_at is not None), default=None)
