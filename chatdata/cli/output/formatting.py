"""Numbers and times in words for people."""

from datetime import UTC, datetime

from chatdata.domain.formatting import count, duration

__all__ = [
    "ago",
    "count",
    "duration",
    "left_short",
    "minute",
    "recorded",
    "second",
    "short_number",
    "tokens",
]

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def ago(moment: datetime, now: datetime) -> str:
    """As "5 min ago"; the date from thirty days on, and for what is still to come."""
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


def minute(moment: datetime) -> str:
    """As 2026-02-20 10:00, in UTC."""
    return moment.astimezone(UTC).isoformat(" ", "minutes")[:16]


def second(moment: datetime) -> str:
    """As 2026-02-20 10:00:07, in UTC."""
    return moment.astimezone(UTC).isoformat(" ", "seconds")[:19]


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
