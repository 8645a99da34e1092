"""Formats numbers, times and text for the screen."""

import re
from datetime import UTC, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import streamlit as st

from chatdata.domain.formatting import count, damaged_counts, duration, known, money, no_time, percent, unknown_counts

__all__ = [
    "ZONE",
    "browser_zone",
    "count",
    "damaged_counts",
    "day",
    "duration",
    "in_time_zone",
    "known",
    "moment",
    "moment_of_day",
    "money",
    "percent",
    "plain",
    "sendable",
    "unknown_counts",
    "zone",
    "zone_name",
    "zone_names",
    "zone_of",
]

ZONE = "tz"
"""The query parameter of the time zone, and the key of its input; empty means the browser's."""

_OLD_NAMES = ("Etc/", "SystemV/", "US/", "posix/", "right/")
_UTC_SECOND = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC\b")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&])")


def zone() -> tzinfo:
    """The time zone of everything on screen: the one chosen on the page, else the browser's."""
    return _named(_asked_zone()) or browser_zone()


@cache
def zone_names() -> tuple[str, ...]:
    """The time zones to choose from; the first, empty, is the browser's."""
    named = (name for name in available_timezones() if "/" in name and not name.startswith(_OLD_NAMES))
    return ("", "UTC", *sorted(named))


def _asked_zone() -> str:
    """The name in the input or, before it is first drawn, in the URL; empty for the browser's zone."""
    if ZONE in st.session_state:
        return st.session_state[ZONE] or ""
    asked = st.query_params.get(ZONE)
    return asked if asked in zone_names() else ""


def zone_of(*names: str | None) -> tzinfo:
    """The first of these time zones that is known; UTC if there is none."""
    return next((found for name in names if (found := _named(name or ""))), UTC)


def browser_zone() -> tzinfo:
    """The time zone of the browser; UTC if unknown."""
    return _named(st.context.timezone or "") or UTC


def _named(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_name() -> str:
    """The name of the current time zone."""
    return str(zone())


def moment(value: datetime | None) -> str:
    """A time in the current time zone, to the second; "unreadable" for one that could not be read from its row."""
    if value is None:
        return "—"
    if missing := no_time(value):
        return missing.capitalize()
    try:
        return value.astimezone(zone()).strftime("%-d %b %Y, %H:%M:%S")
    except (OverflowError, ValueError):
        return value.isoformat()


def day(value: datetime) -> str:
    """The day of a time in the current time zone."""
    try:
        return value.astimezone(zone()).strftime("%-d %b %Y")
    except (OverflowError, ValueError):
        return value.date().isoformat()


def moment_of_day(value: datetime, now: datetime) -> str:
    """A time as `moment`, without its day if that is today."""
    shown = value.astimezone(zone())
    return f"{shown:%H:%M:%S}" if shown.date() == now.astimezone(zone()).date() else moment(value)


def in_time_zone(sentence: str) -> str:
    """Rewrites the UTC times in a sentence, such as "2026-02-20 10:00:00 UTC", as `moment` writes them."""
    return _UTC_SECOND.sub(_moment_of, sentence)


def _moment_of(match: re.Match[str]) -> str:
    try:
        return moment(datetime.fromisoformat(match[1]).replace(tzinfo=UTC))
    except ValueError:  # quoted from a conversation: it looks like a time
        return match[0]


def sendable(text: str) -> str:
    """Replaces lone surrogates, which can't be sent to the browser."""
    return text.encode("utf-8", "replace").decode()


def plain(text: str) -> str:
    """Escapes text for Streamlit elements that render Markdown, so that it shows literally and loads nothing."""
    one_line = " ".join(text.split())
    return _MARKDOWN.sub(r"\\\1", one_line)
