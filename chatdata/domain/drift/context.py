"""A difference together with both copies, from which causes and sentences are derived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatdata.domain.copies import CachedCopy, CopyMessage, StoredCopy
from chatdata.domain.drift.matching.counterparts import is_placeholder
from chatdata.domain.drift.matching.diff import Difference, MessageDiff
from chatdata.domain.messages import in_utc

APART = timedelta(minutes=1)
"""The largest difference between started_at and createdAt that is expected (docs/drift.md)."""


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two readable copies of a session."""

    cached: CachedCopy
    stored: StoredCopy
    parting: MessageDiff
    """How their messages stand to each other."""

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

    @property
    def recreated(self) -> bool:
        """Whether the row looks like one of a session that was deleted and then saved again."""
        later = in_utc(self.stored.info.started_at) - in_utc(self.cached.info.started_at)
        return later > APART and self.stored.info.title is None


@dataclass(frozen=True, slots=True)
class DifferenceContext:
    """A difference between messages, with the copies that it is between."""

    both: CopyPair
    difference: Difference

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
        """Whether the difference includes the last message of both copies."""
        ends = (self.difference.cached, self.both.cached.messages), (self.difference.stored, self.both.stored.messages)
        return all(indexes and indexes[-1] == len(messages) - 1 for indexes, messages in ends)

    @property
    def pending_row(self) -> bool:
        """Whether the database has a placeholder where the cache has a result."""
        return self.difference.kind == "tool_result_stale" and any(is_placeholder(item.message) for item in self.stored)


def latest(messages: Sequence[CopyMessage]) -> datetime | None:
    """Returns the time of the latest message, or None where no time is known."""
    return max((in_utc(item.created_at) for item in messages if item.created_at is not None), default=None)
