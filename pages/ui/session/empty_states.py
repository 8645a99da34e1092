"""Messages for a conversation that is missing, unavailable or unreadable."""

import streamlit as st

from chatdata import Absent, Copies, CorruptDocument, Source, Unavailable, Unconfigured
from chatdata.domain.drift.findings.streams import outcome_of
from chatdata.services.catalog import nearest_ids
from chatdata.services.inspection import Inspection
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, plain
from pages.ui.server.services import connected
from pages.ui.session.links import SESSION, parameters
from pages.ui.widgets.download import download_button

_AROUND = 2000
_MOST_WORDS = 60


def say_none_chosen() -> None:
    """Draws the page for a URL without a session."""
    st.title("Session", anchor=False)
    st.info("No session selected. Go to Sessions to choose one or to paste an ID.", icon=":material/forum:")
    st.page_link("sessions.py", label="Back to sessions", icon=":material/list:")


def is_nowhere(inspection: Inspection) -> bool:
    """Whether no store has the session, nor a turn of it, nor messages that wait for one."""
    comparison, turn = inspection.comparison, inspection.copies.turn
    known = turn is not None and bool(turn.pending or turn.streams)
    return comparison.status == "missing" and not comparison.findings and not known


def show(inspection: Inspection, source: Source) -> None:
    """Draws warnings about the copies, the chosen one first."""
    copies = inspection.copies
    if isinstance(copies.stored, Absent) and isinstance(copies.cached, Absent):
        if copies.turn is not None and copies.turn.streams:
            _say_streamed(copies)
        else:
            _say_missing(copies.session_id)
        return
    chosen = copies.side(source)
    match chosen:
        case Absent():
            _say_absent(source)
        case CorruptDocument():
            _show_corrupt(chosen, copies.session_id)
        case Unavailable(reason=reason):
            st.error(plain(reason), icon=":material/cloud_off:")
        case Unconfigured(hint=hint):
            st.info(plain(hint), icon=":material/settings:")
        case _:
            _say_about_the_other(copies, source)


def _say_streamed(copies: Copies) -> None:
    """Says that only the stream has words of the session."""
    assert copies.turn is not None
    running = outcome_of(copies.turn.streams[0], copies) == "running"
    st.info(
        "A turn of this session is running, and neither copy has it yet. Live follows the turn."
        if running
        else "Neither copy has this session. Live shows what the stream of its latest turn has, until it expires.",
        icon=":material/stream:",
    )


def _say_missing(session_id: str) -> None:
    """Says that no store has the session, and offers the nearest IDs and the list."""
    st.warning(
        "Session not found in the database or the cache. It may have been deleted, or the ID may be truncated.",
        icon=":material/search_off:",
    )
    nearest = nearest_ids(connected().stores, session_id)
    if nearest:
        st.caption("Sessions whose ID begins alike:")
    for other in nearest:
        st.page_link(SESSION, label=plain(other), icon=":material/forum:", query_params=parameters(other))
    if current_principal.current().may_see_people:
        st.page_link(
            "sessions.py",
            label=f"Search messages for “{plain(session_id[:_MOST_WORDS])}”",
            icon=":material/manage_search:",
            query_params={"words": session_id},
        )
    st.page_link("sessions.py", label="Search all sessions", icon=":material/search:")


def _say_absent(source: Source) -> None:
    if source == "database":
        st.warning(
            "This session is not in the database: only the cached copy is left, until its key expires.",
            icon=":material/warning:",
        )
    else:
        st.info(
            "This session is not cached: it expired, or was not cached since its last change.",
            icon=":material/schedule:",
        )


def _say_about_the_other(copies: Copies, source: Source) -> None:
    other = copies.cached if source == "database" else copies.stored
    name = "cache" if source == "database" else "database"
    if isinstance(other, Unavailable):
        st.warning(f"The {name} is unavailable. {plain(other.reason)}", icon=":material/cloud_off:")
    elif isinstance(other, CorruptDocument):
        st.warning(
            "The cached document can't be read as a session; choose Cache to see its bytes.",
            icon=":material/broken_image:",
        )
    elif isinstance(other, Absent) and source == "cache":
        _say_absent("database")


def _show_corrupt(document: CorruptDocument, session_id: str) -> None:
    st.error(f"The cached document can't be read: {plain(document.reason)}.", icon=":material/broken_image:")
    at = document.offset if document.offset is not None else 0
    start = max(0, at - _AROUND // 2)
    shown = document.raw[start : start + _AROUND].decode("utf-8", "backslashreplace")
    st.caption(_extent(start, min(len(document.raw), start + _AROUND), len(document.raw)))
    st.code(shown, language=None, wrap_lines=True)
    download_button(
        "Download raw value", document.raw, "document.bin", session_id=session_id, what="the cached bytes", key="raw"
    )


def _extent(start: int, end: int, size: int) -> str:
    if start == 0 and end == size:
        return f"All {count(size, 'byte')}, as they are in the cache:"
    return f"Bytes {start:,} to {end:,} of {size:,}, as they are in the cache, around where parsing failed:"
