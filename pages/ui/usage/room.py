"""Charts of the Usage page in containers of their final height, so that the page does not move when they arrive."""

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from pages.ui.widgets import charts


def draw(
    chart: Any,
    *,
    key: str,
    alt_text: str,
    height: int,
    on_select: Callable[[], None] | Literal["ignore", "rerun"] = "ignore",
) -> None:
    """Draws a chart at full width; see `charts.draw`."""
    with st.container(height=height, border=False):
        charts.draw(chart, key=key, alt_text=alt_text, height=height, on_select=on_select)
