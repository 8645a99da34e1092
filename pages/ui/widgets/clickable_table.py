"""A table in which a click on any cell picks its row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import pandas as pd

from chatdata.domain.text import UNKNOWN_TIME
from pages.ui.widgets import table
from pages.ui.widgets.column import Column


def show(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, Column],
    *,
    key: str,
    alt: str,
    most_rows: int | None = None,
    whole: bool = True,
    ids: Sequence[str] = (),
) -> int | None:
    """Draws the rows, scrolling beyond `most_rows`; returns the index of the clicked row.

    Without `whole` the rows are a page of a longer list, which its heads can't sort. `ids` are those of
    the sessions that the rows open, if they do.
    """
    order: Literal["here", "none"] = "here" if whole else "none"
    return table.show(rows, columns, key=key, alt=alt, most_rows=most_rows, order=order, ids=ids).picked


def show_selectable(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, Column],
    *,
    key: str,
    alt: str,
    most_rows: int | None = None,
    ids: Sequence[str] = (),
) -> tuple[int | None, tuple[int, ...]]:
    """As `show`, with a box before each row; returns the index of the clicked row and those of the ticked rows."""
    pressed = table.show(rows, columns, key=key, alt=alt, most_rows=most_rows, ticks=True, ids=ids)
    return pressed.picked, pressed.ticked


def timestamp(moment: datetime) -> pd.Timestamp | None:
    """A row's time for a cell; None, which shows as –, for an unknown one."""
    return None if moment == UNKNOWN_TIME else pd.Timestamp(moment)
