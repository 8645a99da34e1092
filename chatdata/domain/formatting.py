"""Numbers, sizes and times as text, the same on pages and in a terminal. Pure.

`count`, `minute`, `readable_size` and `second` are re-exported from `chatdata.domain.text`, which the domain's own
sentences use.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from chatdata.domain.messages import is_stand_in
from chatdata.domain.text import UNKNOWN_TIME, count, minute, readable_size, second

__all__ = [
    "ago",
    "count",
    "damaged_counts",
    "duration",
    "left_short",
    "minute",
    "money",
    "percent",
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
_LEAST_AMOUNT = Decimal("0.001")
_SIGNS = {"USD": "$"}


def duration(seconds: float) -> str:
    """Returns a duration in its two largest units, as in "2 h 14 min" or "45 s"."""
    left = max(0, int(seconds))
    if left < 60:
        return f"{left} s"
    parts = []
    for size, unit in _UNITS:
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2])


def stored_second(moment: datetime) -> str:
    """Returns a row's time as in 2026-02-20 10:00:07 UTC, or "unknown" or "unreadable"."""
    return no_time(moment) or f"{second(moment)} UTC"


def stored_minute(moment: datetime) -> str:
    """Returns a row's time as in 2026-02-20 10:00, or "unknown" or "unreadable"."""
    return no_time(moment) or minute(moment)


def no_time(moment: datetime) -> str | None:
    """Returns "unknown" or "unreadable" for the placeholder of a row's time, and None for a time."""
    if moment == UNKNOWN_TIME:
        return "unknown"
    return "unreadable" if is_stand_in(moment) else None


def _utc_day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def ago(moment: datetime, now: datetime, day: Callable[[datetime], str] = _utc_day) -> str:
    """Returns the age as in "5 min ago", or the date from thirty days on and for times over a minute ahead.

    `day` writes a time's date, by default that in UTC. A time that the row does not have is "unknown", and one that
    could not be read from it "unreadable".
    """
    if missing := no_time(moment):
        return missing
    seconds = (now - moment).total_seconds()
    if not -_MINUTE < seconds < 30 * _DAY:
        return day(moment)
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h ago"
    return f"{seconds // _DAY:.0f} d ago"


def left_short(seconds: float) -> str:
    """Returns the remaining time in its largest unit, as in "11 h", "42 min" or "30 s"."""
    for unit, name in ((_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds // unit:,.0f} {name}"
    return f"{seconds // 1:.0f} s"


def tokens(prompt: int | None, completion: int | None) -> str:
    """Returns both counts as in "1,200 input and 90 output tokens"; two counts of 0 mean "not recorded".

    None is unknown.
    """
    if prompt is None and completion is None:
        return "unknown token counts"
    if not prompt and not completion and prompt == completion:
        return "no tokens recorded"
    return f"{known(prompt)} input and {known(completion)} output tokens"


def known(number: int | None) -> str:
    """Returns a number, or "unknown" for None."""
    return "unknown" if number is None else f"{number:,}"


def unknown_counts(sessions: int) -> str:
    """Returns a sentence that says how many sessions are excluded from token sums."""
    return f"{count(sessions, 'session')} with unknown token counts (not in the sums)."


def recorded(number: int, *, known: bool, short: bool = False) -> str:
    """Returns a token count, or "–" where nothing was recorded."""
    if not known:
        return "–"
    return short_number(number) if short else f"{number:,}"


def short_number(number: int) -> str:
    """Returns a number for narrow columns, as in "812", "34k" or "1.2M"."""
    if number < 10_000:
        return f"{number:,}"
    return f"{number / 1000:.0f}k" if number < 999_500 else f"{number / 1_000_000:.1f}M"


def money(amount: Decimal | float, currency: str | None = "USD") -> str:
    """Returns an amount as in "$1,234.50", "$0.148" or "<$0.001"; a currency without a sign follows as its code.

    An amount that is not 0 is never shown as 0.
    """
    sign = _SIGNS.get(currency or "", "")
    unit = f" {currency}" if currency and not sign else ""
    if 0 < amount < _LEAST_AMOUNT:
        return f"<{sign}{_LEAST_AMOUNT}{unit}"
    return f"{sign}{amount:,.{3 if amount < 1 else 2}f}{unit}"


def percent(share: float) -> str:
    """Returns a percentage with as many digits as are meaningful, as in "84.1%", "99.968%" or "100%"."""
    if share in (0, 1):
        return f"{share:.0%}"
    return f"{share:.1%}" if 0.01 < share < 0.99 else f"{share:.3%}"


def damaged_counts(sessions: int) -> str:
    """Returns a sentence that says how many sessions are excluded from token totals."""
    return f"{count(sessions, 'session')} with a damaged count of tokens (not in totals)."
