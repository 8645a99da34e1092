"""Numbers, sizes and times in words, the same on pages and in a terminal. Pure.

What the domain's own sentences need too is in chatdata.domain.text, and named here for its readers.
"""

from datetime import datetime

from chatdata.domain.messages import is_stand_in
from chatdata.domain.text import count, minute, second

__all__ = [
    "ago",
    "count",
    "damaged_counts",
    "duration",
    "left_short",
    "minute",
    "readable_size",
    "recorded",
    "second",
    "short_number",
    "stored_minute",
    "stored_second",
    "tokens",
]

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def duration(seconds: float) -> str:
    """A stretch of time by its two largest units: 2 h 14 min, 45 s."""
    left = max(0, int(seconds))
    if left < 60:
        return f"{left} s"
    parts = []
    for size, unit in _UNITS:
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2])


def readable_size(size: int) -> str:
    """As "812 bytes", "34 KB" or "1.2 MB"; a thousand bytes a kilobyte."""
    if size < 1000:
        return count(size, "byte")
    if size < 999_500:
        return f"{round(size / 1000)} KB"
    return f"{size / 1_000_000:.1f} MB"


def stored_second(moment: datetime) -> str:
    """A time of a row, as 2026-02-20 10:00:07 UTC, or that it can't be read."""
    return "unreadable" if is_stand_in(moment) else f"{second(moment)} UTC"


def stored_minute(moment: datetime) -> str:
    """A time of a row, as 2026-02-20 10:00, or that it can't be read."""
    return "unreadable" if is_stand_in(moment) else minute(moment)


def ago(moment: datetime, now: datetime) -> str:
    """As "5 min ago"; the date from thirty days on, and for what is still to come; that a row's can't be read."""
    if is_stand_in(moment):
        return "unreadable"
    seconds = (now - moment).total_seconds()
    if not -_MINUTE < seconds < 30 * _DAY:
        return moment.strftime("%Y-%m-%d")
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h ago"
    return f"{seconds // _DAY:.0f} d ago"


def left_short(seconds: float) -> str:
    """As "11 h", "42 min" or "30 s"."""
    for unit, name in ((_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds // unit:,.0f} {name}"
    return f"{seconds // 1:.0f} s"


def tokens(prompt: int, completion: int) -> str:
    """As "1,200 prompt and 90 completion tokens"; both 0 means that nothing was recorded."""
    if not prompt and not completion:
        return "no tokens recorded"
    return f"{prompt:,} prompt and {completion:,} completion tokens"


def recorded(number: int, *, known: bool, short: bool = False) -> str:
    """A count of tokens, or – where nothing was recorded."""
    if not known:
        return "–"
    return short_number(number) if short else f"{number:,}"


def short_number(number: int) -> str:
    """As 812, "34k" or "1.2M", where a column is narrow."""
    if number < 10_000:
        return f"{number:,}"
    return f"{number / 1000:.0f}k" if number < 999_500 else f"{number / 1_000_000:.1f}M"


def damaged_counts(sessions: int) -> str:
    """That so many sessions are in no sum of tokens."""
    return f"{count(sessions, 'session')} with a damaged count of tokens (not in totals)."
