"""The position in the list of sessions: a cursor in the URL."""

from datetime import datetime

import streamlit as st

from chatdata.domain.messages import in_utc
from chatdata.domain.summaries import Cursor
from chatdata.services.catalog import Direction, Sort

PARAMETER = "place"


def current(sort: Sort = "active") -> tuple[Cursor | None, Direction]:
    """The cursor and direction in the URL; the first page if missing or invalid, or if another order made it."""
    return read(st.query_params.get(PARAMETER, ""), sort)


def read(text: str, sort: Sort) -> tuple[Cursor | None, Direction]:
    """The cursor and direction that a query parameter stands for, as `current`."""
    side, _, rest = text.partition("~")
    value, _, session_id = rest.partition("~")
    direction: Direction = "newer" if side == "newer" else "older"
    parse = _moment if sort in ("active", "started") else _number
    try:
        return Cursor(parse(value), session_id), direction
    except (ValueError, OverflowError):
        return None, direction


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    in_utc(moment)  # at the ends of the calendar some have none
    return moment


def _number(text: str) -> int:
    number = int(text)
    if abs(number) > _LARGEST:
        raise OverflowError
    return number


_LARGEST = 2**63 - 1
"""The largest integer of the databases."""


def go(direction: Direction, cursor: Cursor | None) -> None:
    """Callback: goes to the page next to a cursor, or to the first or last page."""
    if cursor is not None:
        st.query_params[PARAMETER] = written(direction, cursor)
    elif direction == "newer":
        st.query_params[PARAMETER] = "newer"
    else:
        reset()


def reset() -> None:
    """Callback: goes to the first page."""
    st.query_params.pop(PARAMETER, None)


def written(direction: Direction, cursor: Cursor) -> str:
    """The query parameter of the page next to a cursor."""
    value = cursor.value.isoformat() if isinstance(cursor.value, datetime) else cursor.value
    return f"{direction}~{value}~{cursor.session_id}"
