"""Channels of chat platforms that still refer to a session without a row."""

import pandas as pd
import streamlit as st

from chatdata.domain.text import agreeing
from chatdata.services.scan import ScanResult
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count
from pages.ui.widgets import chart_card, column
from pages.ui.widgets.cell import text


def show(latest: ScanResult) -> None:
    """Draws how many channels the scan found, with a list for those who may see whom a channel belongs to."""
    dangling = latest.dangling_channels
    if not dangling:
        return
    refer = agreeing(len(dangling), "refers", "refer")
    title = f"{count(len(dangling), 'channel')} of chat platforms {refer} to a session without a row"
    if not current_principal.current().may_see_people:
        st.markdown(f"**{title}**")
        return
    chart_card.show(
        title,
        pd.DataFrame([{"channel": text(one.channel), "session": text(one.session_id)} for one in dangling]),
        key="cache_health_channels",
        columns={"channel": column.text("Channel", width=220), "session": column.text("Session", width=300)},
    )
