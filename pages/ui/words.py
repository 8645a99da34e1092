"""Numbers, times and texts in words for the screen."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&])")
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def zone() -> tzinfo:
    """The reader's time zone, UTC where the browser does not tell."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def zone_name() -> str:
    """Its name."""
    return str(zone())


def moment(value: datetime | None) -> str:
    """A time in the reader's zone, to the second."""
    if value is None:
        return "—"
    try:
        return value.astimezone(zone()).strftime("%-d %b %Y, %H:%M:%S")
    except (OverflowError, ValueError):
        return value.isoformat()


def duration(seconds: float) -> str:
    """A stretch of time by its two largest units: 2 h 14 min, 45 s."""
    left = max(0, int(seconds))
    if left < 60:
        return f"{left} s"
    parts = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: 1 message, 1,204 messages."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def plain(text: str) -> str:
    """Text that a Streamlit element shows as it is, though it reads Markdown: nothing in it loads or styles."""
    one_line = " ".join(text.split())
    return _MARKDOWN.sub(r"\\\1", one_line)
