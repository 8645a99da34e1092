"""The columns of the list: which are shown, in which order, and how."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.widgets import column
from pages.ui.widgets.column import Column

Rows = Sequence[Mapping[str, Any]]

KEY = "columns"
_PICKER = "columns_picker"
LABELS: dict[str, str] = {
    "session": "Session",
    "title": "Conversation",
    "matches": "Matches",
    "user": "User",
    "active": "Last active",
    "messages": "Messages",
    "notes": "Notes",
    "tokens": "Tokens",
    "cost": "Cost",
    "drift": "Sync status",
    "cached": "Cache TTL",
    "provider": "Provider check",
    "status": "Chat status",
    "user_id": "User ID",
    "exact": "Last active (exact)",
    "started": "Started",
    "prompt": "Input tokens",
    "completion": "Output tokens",
}
"""All columns by code, in their order."""
_FIXED = ("title", "matches")
"""Columns that are always shown where there are values for them."""
_EXTRA = ("status", "session", "user_id", "exact", "started", "prompt", "completion")
"""Columns that are shown only if they are chosen."""
_TITLE_HELP = {
    "answer": "Title, or the first message in quotes; below it the last output",
    "match": "Title, or the first message in quotes; below it the first message with the most of the words: a "
    "click opens it, with the word in Find",
}


def shown(rows: Rows) -> list[str]:
    """The columns to show, of those that the rows have."""
    known, chosen = set(rows[0]), _chosen(_usual(rows))
    return [name for name in LABELS if name in known and (name in chosen or name in _FIXED)]


def picker(rows: Rows) -> None:
    """Draws the choice of columns, of those that the rows have."""
    usual = _usual(rows)
    offered = [name for name in LABELS if name in rows[0] and name not in _FIXED]
    chosen = _chosen(usual)
    st.session_state[_PICKER] = [name for name in offered if name in chosen]
    with st.popover("Columns", icon=":material/view_column:"):
        st.pills(
            "Columns",
            offered,
            selection_mode="multi",
            format_func=LABELS.__getitem__,
            key=_PICKER,
            on_change=_remember,
            args=(usual,),
        )


def _usual(rows: Rows) -> list[str]:
    """The columns without a choice: those of a search, and the ID without titles."""
    known = set(rows[0])
    left_out = {*_EXTRA, *_FIXED} - (set() if "title" in known else {"session"})
    if "match" in known:
        left_out |= {"tokens", "cost", "cached"}  # the match has their place
    return [name for name in LABELS if name in known and name not in left_out]


def _chosen(usual: Sequence[str]) -> list[str]:
    asked = [name for name in st.query_params.get(KEY, "").split(",") if name in LABELS]
    return asked or list(usual)


def _remember(usual: Sequence[str]) -> None:
    chosen = st.session_state[_PICKER]
    if not chosen or set(chosen) == set(usual):
        st.query_params.pop(KEY, None)
    else:
        st.query_params[KEY] = ",".join(name for name in LABELS if name in chosen)


def configuration(model: str, *, below: str, counts_as_text: bool = False) -> dict[str, Column]:
    """How each column is drawn; `below` names what stands below the title."""
    return {
        "session": column.text(LABELS["session"], width=170),
        "title": column.text(LABELS["title"], width=290, below=below, help=_TITLE_HELP[below]),
        "matches": column.number(LABELS["matches"], width=78, help="Messages with any of the words"),
        "user": column.text(
            LABELS["user"], width=92, hint="user_id", help="The beginning of long IDs, which are whole on hover"
        ),
        "active": column.ago(LABELS["active"], width=98, sort="active", help="– means unknown"),
        "messages": column.number(LABELS["messages"], width=80, sort="messages"),
        "notes": column.number(LABELS["notes"], width=60, help="Bookmarks and notes on its messages; – means none"),
        "tokens": column.text(
            LABELS["tokens"], width=86, right=True, sort="tokens", help="Input / output; – means not recorded"
        ),
        "cost": column.number(
            LABELS["cost"],
            format=column.MONEY,
            width=64,
            help=f"List price of its tokens with {model}; – where the price or the tokens are unknown",
        ),
        "drift": column.mark(
            LABELS["drift"],
            width=190,
            help="Cache vs database, checked on load: in sync, or the most severe issue",
        ),
        "cached": column.text("TTL", width=52, help="Time until the cached copy expires; – means not cached"),
        "provider": column.mark(
            LABELS["provider"],
            width=114,
            help="Whether a provider would reject the next request, by the latest check of all sessions; "
            "– means not checked since its last activity",
        ),
        "status": column.text(LABELS["status"], width=76, help="The status that the database has for the chat"),
        "user_id": column.text(LABELS["user_id"], width=270),
        "exact": column.time(LABELS["exact"], format=column.SECONDS, width=158),
        "started": column.time(LABELS["started"], width=136, sort="started"),
        "prompt": _count("prompt", 104, as_text=counts_as_text),
        "completion": _count("completion", 112, as_text=counts_as_text),
    }


def _count(name: str, width: int, *, as_text: bool) -> Column:
    label, hint = LABELS[name], "– means not recorded"
    if as_text:
        return column.text(label, width=width, help=hint, right=True)
    return column.number(label, width=width, help=hint)
