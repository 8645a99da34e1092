"""Keys for a table whose rows are opened by a click: up and down move a mark, Enter presses the row under it.

Without them the focus alone would open the first row, since Streamlit's tables report it as a selected cell.
"""

from collections.abc import Sequence

import streamlit as st

from pages.ui.frontend.bundle import script, style

_HEAD_PIXELS = 36
_component = st.components.v2.component(
    "table_row_keys", html='<div class="rows"></div>', css=style("rows"), js=script("rows")
)


def show(*, table: str, rows: int, row_pixels: int, ids: Sequence[str] = (), anywhere: bool = False) -> None:
    """Adds the keys to the table inside the container of the key `table`.

    `ids` are those of the sessions that its rows open: the way back leads to the row of the last one. With `anywhere`
    the keys act while nothing has the focus, too.
    """
    data = {
        "table": f".st-key-{table}",
        "rows": rows,
        "ids": list(ids),
        "head": _HEAD_PIXELS,
        "row": row_pixels,
        "anywhere": anywhere,
    }
    _component(data=data, key=f"row_keys_{table}", height=1)
