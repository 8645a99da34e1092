"""What the figures are of: how many sessions, which, how many lie outside, as of when."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata.services.usage import Overview
from chatdata.stores.database import SessionFilter
from pages.ui.base.formatting import count, moment
from pages.ui.shell import navigate, query_errors
from pages.ui.usage import inputs, queries, url_state
from pages.ui.usage.url_state import Asked
from pages.ui.widgets import date_range
from pages.ui.widgets.date_range import Started


def show(asked: Asked, span: Started, wanted: SessionFilter, answer: Overview) -> None:
    """Draws it; without a session the ways to where some are."""
    held, outside = answer.totals, 0
    row = st.container(horizontal=True, vertical_alignment="center", key="usage_words")
    row.markdown(f"**{count(held.sessions, 'session')}** started {date_range.words(span)}", width="content")
    with row, query_errors.part("The count of all sessions", url_state.NARROWER):
        outside = queries.sessions_at_any_time(wanted) - held.sessions
    _ways(row, asked, span, outside, some=bool(held.sessions))
    row.space("stretch")
    row.caption(f"As of {moment(answer.as_of)}", width="content")
    row.button("Refresh", icon=":material/refresh:", type="tertiary", on_click=queries.forget, help="Adds up anew")
    if not held.sessions:
        _say_none(asked, outside)
    elif answer.undated.sessions:
        st.caption(f"{count(answer.undated.sessions, 'session')} of them have no start that can be read.")


def _ways(row: DeltaGenerator, asked: Asked, span: Started, outside: int, *, some: bool) -> None:
    if asked.narrowed:
        row.button(
            "Zoom out",
            icon=":material/zoom_out:",
            type="tertiary",
            on_click=url_state.widen,
            help=f"Back to {inputs.name_of(asked.period)}; the browser's way back undoes one step",
        )
    if outside > 0 and some:
        row.button(
            f"{outside:,} more at other times",
            icon=":material/unfold_more:",
            type="tertiary",
            on_click=url_state.choose,
            args=("all",),
            help="Shows all, whenever they started",
        )
    if some and row.button(
        "List them", icon=":material/list:", type="tertiary", help="Exactly these on the Sessions page"
    ):
        navigate.to("./", asked.list_query(span))  # a page link would bring back other filters of an earlier visit


def _say_none(asked: Asked, outside: int) -> None:
    if outside > 0:
        st.info(f"None started in this time, but {outside:,} did at other times.", icon=":material/event_busy:")
        st.button("Show all of them", type="primary", on_click=url_state.choose, args=("all",))
    elif asked.user or asked.title:
        st.info("No session has this user and these words in its title.", icon=":material/filter_alt_off:")
        st.button("Show everybody's", on_click=url_state.everybody)
    else:
        st.info(
            "No sessions yet, so nothing was spent. Sessions that an assistant writes appear here by themselves; "
            "conversations can be imported on the Sessions page.",
            icon=":material/inbox:",
        )
