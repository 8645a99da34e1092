"""The times known from both copies, and the window in which to search logs for the cause of a difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chatdata.domain.copies import Copies, CopyMessage, StoredCopy
from chatdata.domain.drift import CauseName, Comparison
from chatdata.domain.text import UNKNOWN_TIME

_MARGIN = timedelta(seconds=30)

Event = Literal["started", "last_equal", "first_different", "row_updated", "cache_written", "read", "cache_expires"]


@dataclass(frozen=True, slots=True)
class Moment:
    """An event and its time."""

    event: Event
    at: datetime
    """The time of the event, in UTC."""
    position: int | None = None
    """The position of the message concerned."""


def clock(copies: Copies, comparison: Comparison) -> tuple[Moment, ...]:
    """Returns the events whose time is known, ordered by time."""
    stored = copies.stored if isinstance(copies.stored, StoredCopy) else None
    found = [
        _moment("started", stored.info.started_at if stored and stored.info.started_at != UNKNOWN_TIME else None),
        *_around_first_difference(stored.messages if stored else (), comparison),
        _moment("row_updated", comparison.database.updated_at),
        _moment("cache_written", comparison.cache.last_written_at),
        _moment("read", comparison.read_at),
        _moment("cache_expires", comparison.cache.expires_at),
    ]
    return tuple(sorted((moment for moment in found if moment is not None), key=lambda moment: moment.at))


def log_window(moments: Sequence[Moment], cause: CauseName | None = None) -> tuple[datetime, datetime] | None:
    """Returns the start and end of the time to search logs for, widened by 30 seconds at both ends.

    The window reaches from the last message that both copies have to the first different message or cache write. If
    an older version overwrote the cache, it is the time of that write. Returns None when these times are unknown.
    """
    by_event = {moment.event: moment.at for moment in moments}
    if cause == "older_copy_written_back" and "cache_written" in by_event:
        return by_event["cache_written"] - _MARGIN, by_event["cache_written"] + _MARGIN
    since = by_event.get("last_equal") or by_event.get("started")
    ends = [by_event[event] for event in ("first_different", "cache_written") if event in by_event]
    if since is None or not ends:
        return None
    later = [end for end in ends if end >= since]
    return since - _MARGIN, (min(later) if later else since) + _MARGIN


def _around_first_difference(messages: Sequence[CopyMessage], comparison: Comparison) -> list[Moment | None]:
    at = comparison.first_difference
    if at is None:
        return []
    before = messages[at - 1] if 0 < at <= len(messages) else None
    after = messages[at] if at < len(messages) else None
    return [_of_message("last_equal", before), _of_message("first_different", after)]


def _of_message(event: Event, copy: CopyMessage | None) -> Moment | None:
    return None if copy is None or copy.created_at is None else Moment(event, copy.created_at, copy.position)


def _moment(event: Event, at: datetime | None) -> Moment | None:
    return None if at is None else Moment(event, at)
