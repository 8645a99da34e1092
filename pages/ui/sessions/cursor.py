"""The position in the list of sessions: a cursor in the URL."""

from datetime import datetime

import streamlit as st

from chatdata.domain.summaries import Cursor
from chatdata.services.catalog import Direction, Sort

_PARAMETER = "place"


def current(sort: Sort = "active") -> tuple[Cursor | None, Direction]:
    """The cursor and direction in the URL; the first page if missing or invalid, or if another order made it."""
    side, _, rest = st.query_params.get(_PARAMETER, "").partition("~")
    value, _, session_id = rest.partition("~")
    direction: Direction = "newer" if side == "newer" else "older"
    read = datetime.fromisoformat if sort in ("active", "started") else int
    try:
        return Cursor(read(value), session_id), direction
    except ValueError:
        return None, direction


def go(direction: Direction, cursor: Cursor | None) -> None:
    """Callback: goes to the page next to a cursor, or to the first or last page."""
    if cursor is not None:
        value = cursor.value.isoformat() if isinstance(cursor.value, datetime) else cursor.value
        st.query_params[_PARAMETER] = f"{direction}~{value}~{cursor.session_id}"
    elif direction == "newer":
        st.query_params[_PARAMETER] = "newer"
    else:
        reset()


def reset() -> None:
    """Callback: goes to the first page."""
    st.query_params.pop(_PARAMETER, None)
