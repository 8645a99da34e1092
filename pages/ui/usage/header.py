"""Which sessions the figures cover: how many, how many lie outside the time range, and as of when."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata.services.catalog import SessionFilter
from chatdata.services.usage import Overview
from pages.ui.base.formatting import count, damaged_counts, moment
from pages.ui.shell import navigate, query_errors
from pages.ui.usage import inputs, queries, unknown, url_state
from pages.ui.usage.url_state import UsageQuery
from pages.ui.widgets import date_range
from pages.ui.widgets.date_range import Started


def show(asked: UsageQuery, span: Started, where: SessionFilter, answer: Overview) -> None:
    """Draws the line above the figures; if no session matches, buttons that widen the filters."""
    held, outside = answer.totals, 0
    row = st.container(horizontal=True, vertical_alignment="center", key="usage_words")
    row.markdown(f"**{count(held.sessions, 'session')}** started {date_range.words(span)}", width="content")
    with row, query_errors.part("Count of all sessions", url_state.NARROWER):
        outside = queries.sessions_at_any_time(where) - held.sessions
    _ways(row, asked, span, outside, some=bool(held.sessions))
    row.space("stretch")
    row.caption(f"As of {moment(answer.as_of)}", width="content")
    row.button("Refresh", icon=":material/refresh:", type="tertiary", on_click=queries.forget, help="Reload usage")
    if not held.sessions:
        _say_none(asked, outside)
    elif answer.undated.sessions:
        st.caption(f"{count(answer.undated.sessions, 'session')} with an unreadable start time")
    if held.damaged:
        st.caption(damaged_counts(held.damaged))
    if held.unknown:
        with query_errors.part("Sessions with unknown token counts", url_state.NARROWER):
            unknown.show(held.unknown, queries.unknown_sessions(where))


def _ways(row: DeltaGenerator, asked: UsageQuery, span: Started, outside: int, *, some: bool) -> None:
    if asked.narrowed:
        row.button(
            "Reset zoom",
            icon=":material/zoom_out:",
            type="tertiary",
            on_click=url_state.widen,
            help=f"Back to {inputs.name_of(asked.period)}. The browser's Back button undoes one step.",
        )
    if outside > 0 and some:
        row.button(
            f"Outside this range: {outside:,}",
            icon=":material/unfold_more:",
            type="tertiary",
            on_click=url_state.choose,
            args=("all",),
            help="Show all time",
        )
    if some and row.button(
        "View sessions", icon=":material/list:", type="tertiary", help="Open the Sessions page with the same filters"
    ):
        navigate.to("sessions", asked.list_query(span))  # st.page_link would restore filters of an earlier visit


def _say_none(asked: UsageQuery, outside: int) -> None:
    if outside > 0:
        st.info(f"No sessions in this time range. Outside this range: {outside:,}.", icon=":material/event_busy:")
        st.button("Show all time", type="primary", on_click=url_state.choose, args=("all",))
    elif asked.user or asked.title or asked.tool:
        st.info("No sessions match these filters.", icon=":material/filter_alt_off:")
        st.button("Clear filters", on_click=url_state.everybody)
    else:
        st.info(
            "No usage yet. New sessions appear here automatically; you can import conversations on the Sessions page.",
            icon=":material/inbox:",
        )
