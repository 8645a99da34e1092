"""The totals of the list and the buttons between its pages."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata.domain.formatting import short_number
from chatdata.domain.summaries import SessionTotals
from chatdata.services.catalog import CachedOnly, SessionFilter, SessionList, Sort
from pages.ui.base.formatting import count, known
from pages.ui.server.services import search
from pages.ui.sessions import cursor, filters, order, page_place
from pages.ui.sessions.page_place import PagePlace


def show(
    listed: SessionList, where: SessionFilter, cached: CachedOnly, totals: SessionTotals | None, sort: Sort
) -> PagePlace:
    """Draws the totals over all matching sessions, and the buttons to other pages; returns where this page is."""
    before = None if totals is None else _before(listed, where, cached)
    st.markdown(_totals_text(listed, before, totals), width="content")
    if totals is not None and totals.sessions > len(listed.lines):
        _buttons(st.container(horizontal=True, width="content", gap=None, key="session_pager"), listed, sort)
    return PagePlace(before, None if totals is None else totals.sessions, *page_place.beside(listed, sort))


def _buttons(row: DeltaGenerator, listed: SessionList, sort: Sort) -> None:
    top, bottom = listed.lines[0].summary.cursor_by(sort), listed.lines[-1].summary.cursor_by(sort)
    buttons = (
        ("First", "first_page", listed.has_newer, ("older", None)),
        ("Previous", "chevron_left", listed.has_newer, ("newer", top)),
        ("Next", "chevron_right", listed.has_older, ("older", bottom)),
        ("Last", "last_page", listed.has_older, ("newer", None)),
    )
    for label, icon, enabled, goes in buttons:
        row.button(
            label,
            help=label,
            icon=f":material/{icon}:",
            disabled=not enabled,
            on_click=cursor.go,
            args=goes,
            type="tertiary",
        )


def say_empty(listed: SessionList, *, narrowed: bool) -> None:
    """Says why the list is empty and offers a button that helps."""
    if narrowed:
        st.info("No sessions match these filters.", icon=":material/filter_alt_off:")
        st.button("Clear filters", on_click=filters.clear)
    elif cursor.current(order.current())[0] is not None:
        st.info("No more results.", icon=":material/last_page:")
        st.button("Go to first page", on_click=cursor.reset)
    elif not listed.problems:
        st.info(
            "No sessions yet. Import conversations with the button above, or with "
            "`python -m chatdata import FILE`; new sessions appear here automatically.",
            icon=":material/inbox:",
        )


def _totals_text(listed: SessionList, before: int | None, totals: SessionTotals | None) -> str:
    shown = len(listed.lines)
    if totals is None or before is None:
        return f"**{count(shown, 'session')}** from the cache"
    span = f"{before + 1:,} to {before + shown:,} of " if totals.sessions > shown else ""
    return f"**{span}{count(totals.sessions, 'session')}** · {count(totals.messages, 'message')} · {_tokens(totals)}"


def _tokens(totals: SessionTotals) -> str:
    unknown = (
        f" ({count(totals.unknown, 'session')} with unknown token counts, not in the sums)" if totals.unknown else ""
    )
    if not totals.prompt_tokens and not totals.completion_tokens:
        return unknown.strip(" ()") or "no tokens recorded"
    return f"{_short(totals.prompt_tokens)} input and {_short(totals.completion_tokens)} output tokens{unknown}"


def _short(count_of_tokens: int | None) -> str:
    return known(None) if count_of_tokens is None else short_number(count_of_tokens)


def _before(listed: SessionList, where: SessionFilter, cached: CachedOnly) -> int:
    if not listed.has_newer:
        return 0
    sort = order.current()
    return search().count_before(where, cached, listed.lines[0].summary.cursor_by(sort), sort)
