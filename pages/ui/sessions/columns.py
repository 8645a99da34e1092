"""The columns of the list: which are shown, in which order, and how."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from chatdata.domain.labels import ACTIVITY_LABELS
from pages.ui.base.formatting import zone

Rows = Sequence[Mapping[str, Any]]

KEY = "columns"
_PICKER = "columns_picker"
LABELS: dict[str, str] = {
    "session": "Session",
    "title": "Conversation",
    "match": "Match",
    "matches": "Matches",
    "answer": "Last output",
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
_FIXED = ("title", "match", "matches")
"""Columns that are always shown where there are values for them."""
_EXTRA = ("session", "user_id", "exact", "started", "prompt", "completion")
"""Columns that are shown only if they are chosen."""


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
    """The columns without a choice: those of a search, a status that is not idle, the ID without titles."""
    known = set(rows[0])
    left_out = {*_EXTRA, *_FIXED} - (set() if "title" in known else {"session"})
    if "match" in known:
        left_out |= {"answer", "tokens", "cost", "cached"}  # the match has their place
    if {row.get("status") for row in rows} <= {None, ACTIVITY_LABELS["idle"]}:
        left_out.add("status")
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


def configuration(
    model: str, sync_labels: Sequence[tuple[str, str]], *, counts_as_text: bool = False
) -> dict[str, Any]:
    """How each column is drawn; `sync_labels` are the labels of *Sync status* with their colours."""
    config, zone_name = st.column_config, str(zone())
    return {
        "session": config.TextColumn(LABELS["session"], width=170),
        "title": config.TextColumn(LABELS["title"], width=158, help="Title, or the first message in quotes"),
        "match": config.TextColumn(
            LABELS["match"],
            width=244,
            help="The first message with the most of the words; a click opens it, with the word in Find",
        ),
        "matches": config.NumberColumn(
            LABELS["matches"], format="localized", width=66, help="Messages with any of the words"
        ),
        "answer": config.TextColumn(LABELS["answer"], width=96),
        "user": config.TextColumn(
            LABELS["user"], width=78, help="The beginning of long IDs; the whole is in the column User ID"
        ),
        "active": config.DatetimeColumn(
            LABELS["active"],
            format="distance",
            timezone=zone_name,
            width=104,
            help="The exact time is in the column Last active (exact); – means unknown",
        ),
        "messages": config.NumberColumn(LABELS["messages"], format="localized", width=74),
        "notes": config.NumberColumn(
            LABELS["notes"], format="localized", width=56, help="Bookmarks and notes on its messages; – means none"
        ),
        "tokens": config.TextColumn(
            LABELS["tokens"], width=88, alignment="right", help="Input / output; – means not recorded"
        ),
        "cost": config.NumberColumn(
            LABELS["cost"],
            format="$%.3f",
            width=64,
            help=f"List price of its tokens with {model}; – where the price or the tokens are unknown",
        ),
        "drift": config.MultiselectColumn(
            LABELS["drift"],
            width=168,
            options=[label for label, _ in sync_labels],
            color=[colour for _, colour in sync_labels],
            help="Cache vs database, checked on load: in sync, or the most severe issue",
        ),
        "cached": config.TextColumn("TTL", width=58, help="Time until the cached copy expires; – means not cached"),
        "provider": config.TextColumn(
            LABELS["provider"],
            width=104,
            help="Whether a provider would reject the next request, by the latest check of all sessions; "
            "– means not checked since its last activity",
        ),
        "status": config.TextColumn(LABELS["status"], width=80, help="The status that the database has for the chat"),
        "user_id": config.TextColumn(LABELS["user_id"], width=270),
        "exact": config.DatetimeColumn(LABELS["exact"], format="YYYY-MM-DD HH:mm:ss", timezone=zone_name, width=140),
        "started": config.DatetimeColumn(LABELS["started"], format="YYYY-MM-DD HH:mm", timezone=zone_name, width=114),
        "prompt": _count("prompt", 90, as_text=counts_as_text),
        "completion": _count("completion", 100, as_text=counts_as_text),
    }


def _count(name: str, width: int, *, as_text: bool) -> Any:
    label, hint = LABELS[name], "– means not recorded"
    if as_text:
        return st.column_config.TextColumn(label, width=width, help=hint, alignment="right")
    return st.column_config.NumberColumn(label, format="localized", width=width, help=hint)
