"""A table in which a click on any cell picks its row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

import pandas as pd
import streamlit as st

from chatdata.domain.text import UNKNOWN_TIME
from pages.ui.base.keys import key_of
from pages.ui.widgets import row_keys

_ROW_PIXELS = 36
CLICK_OR_TICK: Final[Sequence[Literal["single-cell", "multi-row"]]] = ("single-cell", "multi-row")
"""The selection mode of a table whose rows are opened by a click, or ticked."""


def show(
    rows: Sequence[dict[str, Any]], columns: dict[str, Any], *, key: str, alt: str, most_rows: int | None = None
) -> int | None:
    """Draws the rows, scrolling beyond `most_rows`; returns the index of the clicked row."""
    return _draw(rows, columns, key=key, alt=alt, most_rows=most_rows, mode="single-cell")[0]


def show_selectable(
    rows: Sequence[dict[str, Any]], columns: dict[str, Any], *, key: str, alt: str, most_rows: int | None = None
) -> tuple[int | None, tuple[int, ...]]:
    """As `show`, with a box before each row; returns the index of the clicked row and those of the ticked rows."""
    return _draw(rows, columns, key=key, alt=alt, most_rows=most_rows, mode=CLICK_OR_TICK)


def _draw(
    rows: Sequence[dict[str, Any]], columns: dict[str, Any], *, key: str, alt: str, most_rows: int | None, mode: Any
) -> tuple[int | None, tuple[int, ...]]:
    high = len(rows) if most_rows is None else min(len(rows), most_rows)
    container = key_of("rows", key)
    with st.container(key=container):
        event: Any = st.dataframe(
            pd.DataFrame(list(rows)),
            hide_index=True,
            key=key,
            height=_ROW_PIXELS * (high + 1) + 4,
            row_height=_ROW_PIXELS,
            on_select="rerun",
            selection_mode=mode,
            column_config=columns,
            alt=alt,
            placeholder="–",
        )
        row_keys.show(table=container, rows=len(rows), row_pixels=_ROW_PIXELS)
    return picked(event)


def picked(event: Any) -> tuple[int | None, tuple[int, ...]]:
    """The index of the clicked row of a table, and those of the ticked rows."""
    cells = event.selection.cells
    return (int(cells[0][0]) if cells else None), tuple(int(row) for row in event.selection.rows)


def text(value: str | None) -> str:
    """Puts text on one line for a cell and replaces lone surrogates, which can't be sent to the browser."""
    return " ".join((value or "").encode("utf-8", "replace").decode().split())


def timestamp(moment: datetime) -> pd.Timestamp | None:
    """A row's time for a cell; None, which shows as –, for an unknown one."""
    return None if moment == UNKNOWN_TIME else pd.Timestamp(moment)
