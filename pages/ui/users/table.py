"""The list of users as a table; a click on any cell opens a user's sessions."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from chatdata.domain.summaries import UserSummary
from pages.ui.base.formatting import zone
from pages.ui.widgets import clickable_table
from pages.ui.widgets.clickable_table import text, timestamp


def show(users: Sequence[UserSummary], *, key: str) -> UserSummary | None:
    """Draws the table and returns the clicked user."""
    alt = "Users, sorted by last activity; select a cell to open their sessions"
    clicked = clickable_table.show([_row(user) for user in users], _columns(), key=key, alt=alt)
    return None if clicked is None else users[clicked]


def _row(user: UserSummary) -> dict[str, Any]:
    return {
        "user": text(user.user_id) or "No user",
        "sessions": user.sessions,
        "prompt": user.prompt_tokens if user.recorded else None,
        "completion": user.completion_tokens if user.recorded else None,
        "first": timestamp(user.first_seen),
        "last": timestamp(user.last_seen),
    }


def _columns() -> dict[str, Any]:
    time_format, zone_name = "YYYY-MM-DD HH:mm", str(zone())
    config = st.column_config
    return {
        "user": config.TextColumn("User"),
        "sessions": config.NumberColumn("Sessions", format="localized"),
        "prompt": config.NumberColumn("Input tokens", format="localized", help="– means not recorded or unknown"),
        "completion": config.NumberColumn("Output tokens", format="localized", help="– means not recorded or unknown"),
        "first": config.DatetimeColumn("First session", format=time_format, timezone=zone_name, help="– means unknown"),
        "last": config.DatetimeColumn("Last activity", format=time_format, timezone=zone_name, help="– means unknown"),
    }
