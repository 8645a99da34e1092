"""The list of users as a table; a click on any cell opens a user's sessions."""

from collections.abc import Sequence
from typing import Any

from chatdata.domain.summaries import UserSummary
from pages.ui.widgets import clickable_table, column
from pages.ui.widgets.cell import text
from pages.ui.widgets.clickable_table import timestamp
from pages.ui.widgets.column import Column


def show(users: Sequence[UserSummary], *, key: str, whole: bool) -> UserSummary | None:
    """Draws the table and returns the clicked user; `whole` says that these are all users."""
    alt = "Users, sorted by last activity; select a cell to open their sessions"
    clicked = clickable_table.show([_row(user) for user in users], _columns(), key=key, alt=alt, whole=whole)
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


def _columns() -> dict[str, Column]:
    return {
        "user": column.text("User", width=280),
        "sessions": column.number("Sessions"),
        "prompt": column.number("Input tokens", help="– means not recorded or unknown"),
        "completion": column.number("Output tokens", help="– means not recorded or unknown"),
        "first": column.time("First session", help="– means unknown"),
        "last": column.time("Last activity", help="– means unknown"),
    }
