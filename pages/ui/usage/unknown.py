"""The sessions whose token counts are unknown, which no sum includes."""

from typing import Any

import pandas as pd
import streamlit as st

from chatdata.domain.usage import SessionUsage
from chatdata.services.usage import UnknownSessions
from pages.ui.base.formatting import known, unknown_counts
from pages.ui.session.links import open_session
from pages.ui.usage.conversations import title_of
from pages.ui.widgets import clickable_table, column
from pages.ui.widgets.cell import text
from pages.ui.widgets.column import Column

_KEY = "usage_unknown"
_MOST_ROWS = 10


def show(sessions: int, answer: UnknownSessions) -> None:
    """Draws the number of these sessions, and the list of them in an expander; a click opens one."""
    with st.expander(unknown_counts(sessions), icon=":material/help:"):
        clicked = clickable_table.show(
            [_row(one) for one in answer.sessions],
            _columns(),
            key=_KEY,
            alt="Sessions with unknown token counts; select a cell to open the session",
            most_rows=_MOST_ROWS,
        )
        if answer.count > len(answer.sessions):
            st.caption(f"The {len(answer.sessions):,} that started last are listed.")
    if clicked is not None:
        open_session(answer.sessions[clicked].session_id)


def _row(one: SessionUsage) -> dict[str, Any]:
    return {
        "title": title_of(one),
        "user": text(one.user_id) or "No user",
        "started": None if one.started_at is None else pd.Timestamp(one.started_at),
        "prompt": known(None) if "prompt" in one.unknown else known(one.prompt_tokens or 0),
        "completion": known(None) if "completion" in one.unknown else known(one.completion_tokens or 0),
        "session_id": text(one.session_id),
    }


def _columns() -> dict[str, Column]:
    return {
        "title": column.text("Conversation", width=260),
        "user": column.text("User", width=120),
        "started": column.time("Started"),
        "prompt": column.text("Input tokens", right=True),
        "completion": column.text("Output tokens", right=True),
        "session_id": column.text("Session"),
    }
