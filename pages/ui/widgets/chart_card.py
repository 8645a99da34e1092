"""A card with a chart, its table and its CSV."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from pages.ui.widgets import table
from pages.ui.widgets.column import Column
from pages.ui.widgets.csv import csv_text
from pages.ui.widgets.download import download_button

_MOST_ROWS = 12
_ICONS: dict[str, str] = {"chart": ":material/bar_chart:", "table": ":material/table_rows:"}
_Shown = Literal["chart", "table"]


def show(
    title: str,
    frame: pd.DataFrame,
    draw: Callable[[], None] | None = None,
    *,
    key: str,
    columns: Mapping[str, Column],
    hint: str | None = None,
    beside: Callable[[], None] | None = None,
    session_id: str = "",
    switch: bool = True,
) -> None:
    """Draws the card. `frame` has a row per mark and becomes the CSV; `columns` configures its table.

    Without `draw` there is only the table, and without `switch` only what `draw` draws. `beside` draws more inputs into
    the header. `session_id` names the session that the card is about, so that the audit log records downloads under it.
    """
    head = st.container(horizontal=True, vertical_alignment="center", key=f"{key}_head")
    with head:
        st.markdown(f"**{title}**", width="stretch", help=hint)
        if beside is not None:
            beside()
        shown = _switch(key) if draw is not None and switch else "chart" if draw is not None else "table"
        _download(frame, key, session_id)
    if shown == "chart" and draw is not None:
        draw()
    else:
        _table(frame, columns, key, title)


def show_rows(
    title: str,
    frame: pd.DataFrame,
    *,
    key: str,
    columns: Mapping[str, Column],
    hint: str,
    names: Sequence[str] | None = None,
    most_rows: int | None = None,
) -> int | None:
    """Draws a card with a table only, scrolling beyond `most_rows`; returns the index of the clicked row.

    `names` are the columns to show, without it all of the CSV.
    """
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_head"):
        st.markdown(f"**{title}**", width="stretch", help=hint)
        _download(frame, key)
    alt = f"{title}; select a row to open"
    pressed = table.show(records(frame), columns, key=f"{key}_rows", alt=alt, names=names, most_rows=most_rows)
    return pressed.picked


def _switch(key: str) -> _Shown:
    chosen = st.segmented_control(
        "Chart or table",
        list(_ICONS),
        default="chart",
        required=True,
        format_func=_ICONS.__getitem__,
        key=f"{key}_as",
        label_visibility="collapsed",
    )
    return "table" if chosen == "table" else "chart"


def _download(frame: pd.DataFrame, key: str, session_id: str = "") -> None:
    name = f"{key.replace('_', '-')}.csv"
    download_button(
        "CSV",
        lambda: csv_text(frame),
        name,
        session_id=session_id,
        mime="text/csv",
        key=f"{key}_csv",
        type="tertiary",
        help="What the chart shows, as CSV",
    )


def _table(frame: pd.DataFrame, columns: Mapping[str, Column], key: str, alt: str) -> None:
    table.show(records(frame), columns, key=f"{key}_table", alt=alt, most_rows=_MOST_ROWS, opens=False)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
