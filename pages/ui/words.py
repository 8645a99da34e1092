"""Numbers, times and texts in words for the screen."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from chatdata.wording import count, duration

__all__ = ["count", "duration", "moment", "plain", "sendable", "zone", "zone_name"]

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&])")


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


def sendable(text: str) -> str:
    """Lone surrogates can't travel to the browser."""
    return text.encode("utf-8", "replace").decode()


def plain(text: str) -> str:
    """Text that a Streamlit element shows as it is, though it reads Markdown: nothing in it loads or styles."""
    one_line = " ".join(text.split())
    return _MARKDOWN.sub(r"\\\1", one_line)
