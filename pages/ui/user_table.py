"""The list of users as a table; a click on any cell opens a user's sessions."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from chatdata import UserSummary
from pages.ui.words import zone

_ROW_PIXELS = 36


def show(users: Sequence[UserSummary], *, key: str) -> str | None:
    """Draws the table; the id of the user that was clicked."""
    event: Any = st.dataframe(
        pd.DataFrame([_row(user) for user in users]),
        hide_index=True,
        key=key,
        height=_ROW_PIXELS * (len(users) + 1) + 4,
        row_height=_ROW_PIXELS,
        on_select="rerun",
        selection_mode="single-cell",
        column_config=_columns(),
        alt="Users, last seen first; select a cell to open their sessions",
    )
    cells = event.selection.cells
    return (users[cells[0][0]].user_id or "") if cells else None


def _row(user: UserSummary) -> dict[str, Any]:
    recorded = bool(user.prompt_tokens or user.completion_tokens)
    return {
        "user": (user.user_id or "(no user)").encode("utf-8", "replace").decode(),
        "sessions": user.sessions,
        "prompt": user.prompt_tokens if recorded else None,
        "completion": user.completion_tokens if recorded else None,
        "first": pd.Timestamp(user.first_seen),
        "last": pd.Timestamp(user.last_seen),
    }


def _columns() -> dict[str, Any]:
    time_format, zone_name = "YYYY-MM-DD HH:mm", str(zone())
    config = st.column_config
    return {
        "user": config.TextColumn("User"),
        "sessions": config.NumberColumn("Sessions", format="localized"),
        "prompt": config.NumberColumn("Prompt tokens", format="localized", help="Empty where nothing was recorded"),
        "completion": config.NumberColumn("Completion tokens", format="localized"),
        "first": config.DatetimeColumn("First session", format=time_format, timezone=zone_name),
        "last": config.DatetimeColumn("Last seen", format=time_format, timezone=zone_name),
    }
