"""The list of sessions as a table; a click on any cell opens the conversation."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from chatdata.domain.drift import Comparison
from chatdata.domain.labels import FINDING_LABELS, activity_label, sync_label
from chatdata.domain.messages import TokenCount
from chatdata.services.catalog import SessionLine
from pages.ui.auth import current_principal
from pages.ui.base.formatting import duration, known, zone
from pages.ui.session.messages import annotations
from pages.ui.widgets import clickable_table
from pages.ui.widgets.clickable_table import text


def show(lines: Sequence[SessionLine], drift: Mapping[str, Comparison], *, key: str) -> str | None:
    """Draws the table with each session's sync status; returns the ID of the clicked session."""
    alt = "Sessions, newest first; select a cell to open the conversation"
    rows = [_row(line, drift.get(line.summary.session_id)) for line in lines]
    if not current_principal.current().may_see_people:
        rows = [_structure(row, line) for row, line in zip(rows, lines, strict=True)]
    rows = _with_status(_with_notes(rows, lines), lines)
    columns = _columns()
    if any(line.summary.unknown for line in lines):
        rows = [_with_unknown(row, line.summary.unknown) for row, line in zip(rows, lines, strict=True)]
        columns |= _token_texts()
    clicked = clickable_table.show(rows, columns, key=key, alt=alt)
    return None if clicked is None else lines[clicked].summary.session_id


def _row(line: SessionLine, comparison: Comparison | None) -> dict[str, Any]:
    summary = line.summary
    prompt, completion = summary.known_tokens
    return {
        "title": text(summary.title) or _untitled(summary.first_user_message),
        "answer": text(summary.last_answer),
        "user": text(summary.user_id) or "No user",
        "active": pd.Timestamp(summary.updated_at),
        "messages": summary.messages,
        "prompt": prompt,
        "completion": completion,
        "cached": _cached(line),
        "drift": _drift(line, comparison),
        "started": pd.Timestamp(summary.started_at),
    }


def _with_unknown(row: dict[str, Any], unknown: Sequence[TokenCount]) -> dict[str, Any]:
    """The row with its token counts as text, since a column of numbers can't say unknown."""
    counts: tuple[TokenCount, ...] = ("prompt", "completion")
    return row | {
        name: known(None) if name in unknown else None if row[name] is None else known(row[name]) for name in counts
    }


def _token_texts() -> dict[str, Any]:
    text_column, hint = st.column_config.TextColumn, "– means not recorded"
    return {
        "prompt": text_column("Input tokens", width=90, help=hint, alignment="right"),
        "completion": text_column("Output tokens", width=100, help=hint, alignment="right"),
    }


def _structure(row: dict[str, Any], line: SessionLine) -> dict[str, Any]:
    """The row for the structure level: the ID in place of title, output and user."""
    rest = {name: value for name, value in row.items() if name not in ("title", "answer", "user")}
    return {"session": text(line.summary.session_id), **rest}


def _with_notes(rows: list[dict[str, Any]], lines: Sequence[SessionLine]) -> list[dict[str, Any]]:
    """Adds the number of notes per session, if any session has some."""
    counts = annotations.counts([line.summary.session_id for line in lines])
    if not counts:
        return rows
    return [_noted(row, counts.get(line.summary.session_id)) for row, line in zip(rows, lines, strict=True)]


def _with_status(rows: list[dict[str, Any]], lines: Sequence[SessionLine]) -> list[dict[str, Any]]:
    """Adds each chat's status, if any session has one."""
    if all(line.summary.chat_status is None for line in lines):
        return rows
    return [
        {**row, "status": text(activity_label(line.summary.chat_status))} for row, line in zip(rows, lines, strict=True)
    ]


def _noted(row: dict[str, Any], notes: int | None) -> dict[str, Any]:
    """Inserts the number of notes after the messages, since later columns may be out of view."""
    named = list(row.items())
    at = list(row).index("messages") + 1
    return dict([*named[:at], ("notes", notes), *named[at:]])


def _untitled(first: str | None) -> str:
    return f"“{text(first)}”" if first else "Untitled (empty)"


def _cached(line: SessionLine) -> str:
    if line.cached is None:
        return "unknown"
    if not line.cached or line.expiry is None:
        return "–"
    left = line.expiry.ttl_seconds
    return "no expiry" if left is None else duration(left)


def _drift(line: SessionLine, comparison: Comparison | None) -> str:
    """The label of the most severe finding, else of the status; empty for a session that was not compared.

    A damaged row is told whether it was compared or not.
    """
    if line.summary.damaged:
        return FINDING_LABELS["row_damaged"]
    if comparison is None:
        return "" if line.cached is not False else "–"
    return sync_label(comparison)


def _columns() -> dict[str, Any]:
    """The columns fill a window of 1366 px; *Sync status* has room for its longest label."""
    time_format, zone_name = "YYYY-MM-DD HH:mm", str(zone())
    config = st.column_config
    return {
        "session": config.TextColumn("Session", width=280),
        "title": config.TextColumn("Conversation", width=156, help="Title, or the first message in quotes"),
        "answer": config.TextColumn("Last output", width=84),
        "user": config.TextColumn("User", width=64),
        "active": config.DatetimeColumn("Last activity", format=time_format, timezone=zone_name, width=114),
        "messages": config.NumberColumn("Messages", format="localized", width=72),
        "prompt": config.NumberColumn("Input tokens", format="localized", width=90, help="– means not recorded"),
        "completion": config.NumberColumn("Output tokens", format="localized", width=100, help="– means not recorded"),
        "cached": config.TextColumn(
            "Cache TTL", width=83, help="Time until the cached copy expires; – means not cached"
        ),
        "drift": config.TextColumn(
            "Sync status", width=188, help="Cache vs database, checked on load: in sync, or the most severe issue"
        ),
        "started": config.DatetimeColumn("Started", format="YYYY-MM-DD", timezone=zone_name, width=80),
        "status": config.TextColumn("Chat status", width=80, help="The status that the database has for the chat"),
        "notes": config.NumberColumn(
            "Notes", format="localized", width=56, help="Bookmarks and notes on its messages; – means none"
        ),
    }
