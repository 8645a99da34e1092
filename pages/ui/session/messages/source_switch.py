"""The switch between the copies, kept in the URL, and the button that reloads both."""

from datetime import datetime

import streamlit as st

from chatdata import Absent, Source
from chatdata.services.inspection import Inspection
from pages.ui.base.formatting import moment_of_day
from pages.ui.server.services import inspections, now
from pages.ui.session.messages import live_switch

_NAMES: dict[Source, str] = {"database": "Database", "cache": "Cache"}


def asked_first() -> Source:
    """The copy to read first: the one that the URL names, or else the database's."""
    return _asked() or "database"


def _asked() -> Source | None:
    parameter = st.query_params.get("source")
    return next((source for source in _NAMES if source == parameter), None)


def show(inspection: Inspection, *, switch: bool = True, live: bool = False) -> Source:
    """Draws the refresh button and, if wanted, the switch Live and that of the copies; returns the copy to show.

    A narrow window wraps the row, since columns would clip the switch.
    """
    source = _asked() or _preferred(inspection)
    row = st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center")
    with row.container(width="content"):
        refresh(inspection.copies.session_id, inspection.copies.read_at)
    if live:
        with row.container(width="content"):
            live_switch.show()
    if switch:
        with row.container(width="content"):
            _switch(source)
    return source


def _preferred(inspection: Inspection) -> Source:
    """The copy that is shown unless the URL names one: the database's, or the cache's if only that can be shown."""
    if inspection.readable("database") is None and not isinstance(inspection.copies.cached, Absent):
        return "cache"
    return "database"


def _switch(source: Source) -> None:
    """Draws the switch as the URL says. Its source is not bound to the URL, which would then hold the label."""
    st.session_state["copy_shown"] = source
    st.segmented_control(
        "Copy shown",
        list(_NAMES),
        required=True,
        format_func=_NAMES.__getitem__,
        key="copy_shown",
        on_change=_remember,
        label_visibility="collapsed",
    )


def _remember() -> None:
    st.query_params["source"] = st.session_state["copy_shown"]


def refresh(session_id: str, read_at: datetime) -> None:
    """Draws the time when the copies were read and a button that reads them again."""
    row = st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center")
    row.caption(f"Read {moment_of_day(read_at, now())}", width="content")
    row.button(
        "Refresh",
        icon=":material/refresh:",
        on_click=inspections().forget,  # not a closure over the copies: Streamlit keeps callbacks as long as the tab
        args=(session_id,),
        help="Reload both copies (read-only)",
        type="tertiary",
    )
