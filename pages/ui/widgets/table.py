"""A table that is drawn by this app's own component: cells are cut by an ellipsis, and are whole on hover.

Streamlit's tables are a canvas, which cuts text without a sign, colours no label and sorts the shown page alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import streamlit as st

from pages.ui.frontend.bundle import script, style
from pages.ui.widgets import column
from pages.ui.widgets.column import Column

Rows = Sequence[Mapping[str, Any]]
ROW_PIXELS: Final = 34
_component = st.components.v2.component(
    "table", html='<div class="table"></div>', css=style("table"), js=script("table")
)


@dataclass(frozen=True, slots=True)
class Press:
    """What was done with a table in this run."""

    picked: int | None
    """The index of the row that was clicked."""
    ticked: tuple[int, ...]
    """The indices of the rows whose boxes are ticked."""


def show(
    rows: Rows,
    columns: Mapping[str, Column],
    *,
    key: str,
    alt: str,
    names: Sequence[str] | None = None,
    most_rows: int | None = None,
    opens: bool = True,
    ticks: bool = False,
    order: Literal["here", "server", "none"] = "here",
    on_pick: Callable[[int], None] | None = None,
    sorted_by: str | None = None,
    on_sort: Callable[[str], None] | None = None,
    ids: Sequence[str] = (),
    place: Mapping[str, Any] | None = None,
    row_pixels: int = ROW_PIXELS,
    anywhere: bool = False,
) -> Press:
    """Draws the rows, scrolling beyond `most_rows`; `names` are the columns to show, without it all of the rows.

    `order` says who sorts when a head is pressed: the browser, where the rows are the whole list; the server, which
    tells `on_sort` the order of the column; or nobody. `ids` are those of the sessions that the rows open: the way back
    leads to the row of the last one. `place` says where the rows are in a longer list of sessions. With `anywhere` the
    keys act while nothing has the focus, too.
    """
    shown = {name: columns.get(name) or column.of(name, _first(rows, name)) for name in names or _names(rows)}
    data = {
        "name": alt,
        "columns": [column.head(it, name) for name, it in shown.items()],
        "rows": [[column.cell(it, name, row) for name, it in shown.items()] for row in rows],
        "ids": list(ids),
        "place": place,
        "opens": opens,
        "ticks": ticks,
        "order": order,
        "sorted": sorted_by,
        "rowHeight": row_pixels,
        "mostRows": most_rows,
        "anywhere": anywhere,
    }
    pressed: Any = _component(
        data=data,
        key=key,
        default={"ticked": []},
        on_picked_change=lambda: _tell(key, "picked", on_pick),
        on_ticked_change=_nothing,
        on_sorted_change=lambda: _tell(key, "sorted", on_sort),
    )
    picked = _index(pressed.picked, rows)
    return Press(picked, tuple(index for index in map(int, pressed.ticked or ()) if index < len(rows)))


def _names(rows: Rows) -> list[str]:
    return list(rows[0]) if rows else []


def _first(rows: Rows, name: str) -> object:
    return next((row[name] for row in rows if row.get(name) is not None), None)


def _index(value: Any, rows: Rows) -> int | None:
    return value if isinstance(value, int) and 0 <= value < len(rows) else None


def _tell(key: str, event: str, then: Callable[[Any], None] | None) -> None:
    """Callback: hands on what was pressed."""
    value = st.session_state[key][event]
    if then is not None and value is not None:
        then(value)


def _nothing() -> None:
    """Callback: the value of a state is read when the table is drawn."""
