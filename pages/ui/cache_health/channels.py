"""Channels of chat platforms that still refer to a session without a row."""

import streamlit as st

from chatdata.domain.text import agreeing
from chatdata.services.scan import ScanResult
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count
from pages.ui.widgets.clickable_table import text

_ROW_HEIGHT = 35
_ROWS_SHOWN = 8


def show(latest: ScanResult) -> None:
    """Draws how many channels the scan found, with a list for those who may see whom a channel belongs to."""
    dangling = latest.dangling_channels
    if not dangling:
        return
    refer = agreeing(len(dangling), "refers", "refer")
    st.markdown(f"**{count(len(dangling), 'channel')} of chat platforms {refer} to a session without a row**")
    if not current_principal.current().may_see_people:
        return
    st.dataframe(
        [{"channel": text(one.channel), "session": text(one.session_id)} for one in dangling],
        column_config={"channel": "Channel", "session": "Session"},
        hide_index=True,
        height=_ROW_HEIGHT * (min(len(dangling), _ROWS_SHOWN) + 1) + 3,
    )
