"""Numbers, times and texts in words for the screen."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from chatdata.domain.formatting import count, damaged_counts, duration
from chatdata.domain.messages import is_stand_in

__all__ = [
    "ZONE",
    "browser_zone",
    "count",
    "damaged_counts",
    "duration",
    "moment",
    "plain",
    "sendable",
    "zone",
    "zone_name",
]

ZONE = "tz"
"""The URL's name of the time zone, and the key of its input in the side bar; empty for the browser's."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&])")


def zone() -> tzinfo:
    """The time zone of everything on screen: the one that was chosen in the side bar, else the browser's."""
    return _named(st.session_state.get(ZONE) or "") or browser_zone()


def browser_zone() -> tzinfo:
    """The time zone of the reader's browser, UTC where it does not tell."""
    return _named(st.context.timezone or "") or UTC


def _named(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def zone_name() -> str:
    """Its name."""
    return str(zone())


def moment(value: datetime | None) -> str:
    """A time in the reader's zone, to the second, or that a row's can't be read."""
    if value is None:
        return "—"
    if is_stand_in(value):
        return "Unreadable"
    try:
        return value.astimezone(zone()).strftime("%-d %b %Y, %H:%M:%S")
    except (OverflowError, ValueError):
        return value.isoformat()


def sendable(text: str) -> str:
    """Lone surrogates can't travel to the browser."""
    return text.encode("utf-8", "replace").decode()


def plain(text: str) -> str:
    """Text that a Streamlit element shows as it is, though it reads Markdown: nothing in it loads or styles."""
    one_line = " ".join(text.split())
    return _MARKDOWN.sub(r"\\\1", one_line)
