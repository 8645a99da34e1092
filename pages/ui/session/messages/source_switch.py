"""Which copy a page shows, kept in the URL, and looking again."""

from datetime import datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata import Absent, Source
from chatdata.services.inspection import Inspection
from pages.ui.base.formatting import moment
from pages.ui.server.services import inspections

_NAMES: dict[Source, str] = {"database": "Database", "cache": "Cache"}


def asked_first() -> Source:
    """The copy to read first: the URL's, else the database's."""
    return _asked() or "database"


def _asked() -> Source | None:
    asked = st.query_params.get("source")
    return next((source for source in _NAMES if source == asked), None)


def show(inspection: Inspection) -> tuple[Source, DeltaGenerator]:
    """Draws the switch, and at the right when the copies were read; the copy that is shown, and the room between."""
    left, room, right = st.columns([2, 5, 3.3], vertical_alignment="center")
    with left:
        source = _switch(_preferred(inspection))
    with right:
        look_again(inspection.copies.session_id, inspection.copies.read_at)
    return source, room


def _preferred(inspection: Inspection) -> Source:
    """The database's copy, or the cache's where only that can be shown."""
    if inspection.readable("database") is None and not isinstance(inspection.copies.cached, Absent):
        return "cache"
    return "database"


def _switch(preferred: Source) -> Source:
    """The switch; the URL decides, and its source is set by hand, since a bound one would hold the label."""
    source = _asked() or preferred
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
    return source


def _remember() -> None:
    st.query_params["source"] = st.session_state["copy_shown"]


def look_again(session_id: str, read_at: datetime) -> None:
    """Draws when the copies were read, and a button that reads them anew."""
    row = st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center")
    row.caption(f"Read {moment(read_at)}", width="content")
    row.button(
        "Refresh",
        icon=":material/refresh:",
        on_click=inspections().forget,  # not a closure over the copies: Streamlit keeps callbacks for as long as a tab
        args=(session_id,),
        help="Reload both copies (read-only)",
        type="tertiary",
    )
