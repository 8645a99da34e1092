"""The filters that are set, each as a button that removes it."""

from collections.abc import Iterator

import streamlit as st

from pages.ui.base.formatting import plain
from pages.ui.base.keys import key_of
from pages.ui.usage import url_state
from pages.ui.usage.url_state import TITLE, TOOL, USER, UsageQuery
from pages.ui.widgets import user_query
from pages.ui.widgets.cell import text


def show(asked: UsageQuery) -> None:
    """Draws the chips in one line; nothing without a filter."""
    chips = list(_chips(asked))
    if not chips:
        return
    with st.container(horizontal=True, key="usage_chips"):
        for parameter, label, rest in chips:
            st.button(
                label,
                key=key_of("usage_chip", parameter, label),
                icon=":material/close:",
                on_click=url_state.put,
                args=(parameter, rest),
                help="Remove this filter",
            )


def _chips(asked: UsageQuery) -> Iterator[tuple[str, str, str]]:
    """The parameter, the label as Markdown, and the parameter's value without this filter."""
    users = sorted(user_query.read(asked.user).user_ids or (), key=str)
    for user_id in users:
        others = (other for other in users if other != user_id)
        yield USER, f"User: {plain(text(user_id)) or 'No user'}", user_query.exactly(*others)
    if asked.user.strip() and not users:
        yield USER, f"User: {_said(asked.user)}", ""
    if asked.title.strip():
        yield TITLE, f"Title: {plain(text(asked.title))}", ""
    if asked.tool:
        yield TOOL, f"Tool: {plain(text(asked.tool))}", ""


def _said(user: str) -> str:
    """One user as Markdown: an exact ID without its quotes, or a part of an ID."""
    where = user_query.read(user)
    if where.without_user:
        return "No user"
    return plain(text(where.user_id) if where.user_id else f"contains {text(user)}")
