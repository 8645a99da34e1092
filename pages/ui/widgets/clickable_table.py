"""A table in which a click on any cell picks its row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from chatdata.domain.text import UNKNOWN_TIME

_ROW_PIXELS = 36


def show(
    rows: Sequence[dict[str, Any]], columns: dict[str, Any], *, key: str, alt: str, most_rows: int | None = None
) -> int | None:
    """Draws the rows, scrolling beyond `most_rows`; returns the index of the clicked row."""
    high = len(rows) if most_rows is None else min(len(rows), most_rows)
    event: Any = st.dataframe(
        pd.DataFrame(list(rows)),
        hide_index=True,
        key=key,
        height=_ROW_PIXELS * (high + 1) + 4,
        row_height=_ROW_PIXELS,
        on_select="rerun",
        selection_mode="single-cell",
        column_config=columns,
        alt=alt,
        placeholder="–",
    )
    cells = event.selection.cells
    return int(cells[0][0]) if cells else None


def show_selectable(
    rows: Sequence[dict[str, Any]], columns: dict[str, Any], *, key: str, alt: str, most_rows: int | None = None
) -> tuple[int | None, tuple[int, ...]]:
    """As `show`, with a box before each row; returns the index of the clicked row and those of the ticked rows."""
    high = len(rows) if most_rows is None else min(len(rows), most_rows)
    event: Any = st.dataframe(
        pd.DataFrame(list(rows)),
        hide_index=True,
        key=key,
        height=_ROW_PIXELS * (high + 1) + 4,
        row_height=_ROW_PIXELS,
        on_select="rerun",
        selection_mode=["single-cell", "multi-row"],
        column_config=columns,
        alt=alt,
        placeholder="–",
    )
    cells = event.selection.cells
    ticked = tuple(int(row) for row in event.selection.rows)
    return (int(cells[0][0]) if cells else None), ticked


def text(value: str | None) -> str:
    """Puts text on one line for a cell and replaces lone surrogates, which can't be sent to the browser."""
    return " ".join((value or "").encode("utf-8", "replace").decode().split())


def timestamp(moment: datetime) -> pd.Timestamp | None:
    """A row's time for a cell; None, which shows as –, for an unknown one."""
    return None if moment == UNKNOWN_TIME else pd.Timestamp(moment)
