"""The two sessions to compare: inputs for their IDs and copies, all kept in the URL."""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata import Source
from chatdata.services.inspection import BOTH
from chatdata.services.two_sessions import SessionChoice
from pages.ui.widgets import url_choice

_COPIES = {"auto": "Automatic", "database": "Database", "cache": "Cache"}
_COPY_HELP = "Automatic: the database copy, or the cached copy if the database has none or is unavailable"
_COPY_PIXELS = 150
_SIDES = (("a", "source_a"), ("b", "source_b"))


def swap_button() -> None:
    """Draws the button that exchanges A and B."""
    st.button("Swap", icon=":material/swap_horiz:", on_click=_swap, help="Exchange A and B", type="tertiary")


def show(boxes: Sequence[DeltaGenerator]) -> tuple[SessionChoice | None, SessionChoice | None]:
    """Draws the inputs into the boxes of A and B; returns the chosen sessions, None where there is no ID yet."""
    for (name, source), box in zip(_SIDES, boxes, strict=True):
        letter, row = name.upper(), box.container(horizontal=True, vertical_alignment="bottom")
        row.text_input(f"Session {letter}", key=name, bind="query-params", placeholder="Session ID")
        with row.container(width=_COPY_PIXELS):
            url_choice.dropdown(f"Copy of {letter}", _COPIES, key=source, help=_COPY_HELP)
    return _chosen("a", "source_a"), _chosen("b", "source_b")


def _chosen(name: str, source: str) -> SessionChoice | None:
    query = {name: st.session_state[name] or "", source: url_choice.current(source, _COPIES)}
    return of_query(query, name, source)


def of_query(query: Mapping[str, str], name: str, source: str) -> SessionChoice | None:
    """The session that these parameters name; None without an ID."""
    session_id = query.get(name, "").strip()
    return SessionChoice(session_id, _source(query.get(source))) if session_id else None


def parameters(a: SessionChoice, b: SessionChoice) -> dict[str, str]:
    """The query parameters of two sessions."""
    query = {"a": a.session_id, "b": b.session_id}
    for name, choice in (("source_a", a), ("source_b", b)):
        if choice.source is not None:
            query[name] = choice.source
    return query


def _source(code: str | None) -> Source | None:
    return next((source for source in BOTH if source == code), None)


def _swap() -> None:
    """Callback: exchanges A and B."""
    st.session_state["a"], st.session_state["b"] = (st.session_state.get(name, "") for name in ("b", "a"))
    codes = [url_choice.current(source, _COPIES) for _, source in _SIDES]
    for (_, source), code in zip(_SIDES, reversed(codes), strict=True):
        url_choice.put(source, code, _COPIES)
