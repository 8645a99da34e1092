"""A table with bars in which a click on a row filters the page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from chatdata.domain.usage import cap_of
from pages.ui.usage import measure
from pages.ui.widgets import chart_card, column, table
from pages.ui.widgets.column import Column

MOST_ROWS = 9
"""The rows that are visible without scrolling."""


def show(
    title: str,
    rows: Sequence[dict[str, Any]],
    *,
    key: str,
    columns: Mapping[str, Column],
    hidden: Sequence[str] = (),
    hint: str,
    on_pick: Callable[[int], None],
) -> None:
    """Draws the card; `on_pick` gets the index of the row. `hidden` columns are in the CSV alone."""
    frame, alt = pd.DataFrame(list(rows)), f"{title}; select a row to filter"
    chart_card.show(
        title,
        frame,
        partial(_draw, frame, [name for name in rows[0] if name not in hidden], columns, alt, key, on_pick),
        key=key.partition("-")[0],
        columns=columns,
        hint=hint,
        switch=False,
    )


def bar(label: str, values: Iterable[float | None], *, width: int, help: str, decimals: int = 0) -> Column:
    """A column with bars, which end where an outlier would flatten all others."""
    known = [value for value in values if value is not None]
    cap = cap_of(known)
    cut = "" if cap is None else f" The longest bars are cut at {cap:,.{decimals}f}."
    return column.bar(
        label,
        width=width,
        help=f"{help}.{cut}",
        format=f"{{:,.{decimals}f}}" if decimals else column.COUNT,
        full=cap or max(known, default=0) or 1,
    )


def cost_column(values: Iterable[float | None], width: int = 100) -> Column:
    """The column of costs with bars."""
    return bar("Cost (USD)", values, width=width, help=measure.COST_HELP, decimals=2)


def _draw(
    frame: pd.DataFrame,
    shown: list[str],
    columns: Mapping[str, Column],
    alt: str,
    key: str,
    on_pick: Callable[[int], None],
) -> None:
    rows = chart_card.records(frame)
    table.show(rows, columns, key=key, alt=alt, names=shown, most_rows=MOST_ROWS, on_pick=on_pick)
