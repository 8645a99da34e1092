"""A table with bars in which a click on a row filters the page."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from chatdata.domain.usage import cap_of
from pages.ui.base.keys import key_of
from pages.ui.usage import measure
from pages.ui.widgets import chart_card, row_keys

_ROW_PIXELS = 32
MOST_ROWS = 9
"""The rows that are visible without scrolling."""


def show(
    title: str,
    rows: Sequence[dict[str, Any]],
    *,
    key: str,
    columns: dict[str, Any],
    hidden: Sequence[str] = (),
    hint: str,
    on_pick: Callable[[int], None],
) -> None:
    """Draws the card; `on_pick` gets the index of the row. `hidden` columns are in the CSV and in the table's menu."""
    frame, alt = pd.DataFrame(list(rows)), f"{title}; select a cell to filter"
    chart_card.show(
        title,
        frame,
        partial(_draw, frame, [name for name in rows[0] if name not in hidden], columns, alt, key, on_pick),
        key=key.partition("-")[0],
        columns=columns,
        hint=hint,
        switch=False,
    )


def bar(label: str, values: Iterable[float | None], *, width: int, help: str, decimals: int = 0) -> Any:
    """A column with bars, which end where an outlier would flatten all others."""
    known = [value for value in values if value is not None]
    cap = cap_of(known)
    cut = "" if cap is None else f" The longest bars are cut at {cap:,.{decimals}f}."
    return st.column_config.ProgressColumn(
        label,
        width=width,
        help=f"{help}.{cut}",
        format=f"%.{decimals}f" if decimals else "localized",
        min_value=0,
        max_value=cap or max(known, default=0) or 1,
    )


def cost_column(values: Iterable[float | None], width: int = 100) -> Any:
    """The column of costs with bars."""
    return bar("Cost (USD)", values, width=width, help=measure.COST_HELP, decimals=2)


def _draw(
    frame: pd.DataFrame,
    shown: list[str],
    columns: dict[str, Any],
    alt: str,
    key: str,
    on_pick: Callable[[int], None],
) -> None:
    container = key_of("rows", key)
    with st.container(key=container):
        st.dataframe(
            frame,
            hide_index=True,
            column_order=shown,
            key=key,
            height=_ROW_PIXELS * (min(len(frame), MOST_ROWS) + 1) + 4,
            row_height=_ROW_PIXELS,
            on_select=partial(_picked, key, on_pick),
            selection_mode="single-cell",
            column_config=columns,
            alt=alt,
            placeholder="–",
        )
        row_keys.show(table=container, rows=len(frame), row_pixels=_ROW_PIXELS)


def _picked(key: str, on_pick: Callable[[int], None]) -> None:
    """Callback: hands on the row of the clicked cell."""
    cells = st.session_state[key].selection.cells
    if cells:
        on_pick(int(cells[0][0]))
