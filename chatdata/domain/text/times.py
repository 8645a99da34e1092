"""Timestamps as text, in UTC; naive datetimes are UTC already, as in both stores."""

from datetime import UTC, datetime
from typing import Literal

Precision = Literal["milliseconds", "microseconds"]
UNKNOWN_TIME = datetime(1970, 1, 1, microsecond=1, tzinfo=UTC)
"""Stands for a time that the store does not have; JSON has null for it.

Stores keep milliseconds, so it is the time of no row.
"""


def iso(moment: datetime, precision: Precision = "milliseconds") -> str:
    """Returns the time in UTC, as in 2026-02-20T10:00:00.000Z."""
    return f"{_utc(moment).isoformat(timespec=precision)}Z"


def minute(moment: datetime) -> str:
    """Returns the time in UTC to the minute, as in 2026-02-20 10:00."""
    return _utc(moment).isoformat(" ", "minutes")


def second(moment: datetime) -> str:
    """Returns the time in UTC to the second, as in 2026-02-20 10:00:07."""
    return _utc(moment).isoformat(" ", "seconds")


def _utc(moment: datetime) -> datetime:
    """Returns a naive datetime in UTC."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
