"""The Timeline tab: the known moments of both copies, and the time range to search logs in."""

import pandas as pd
import streamlit as st

from chatdata import Copies
from chatdata.domain.drift import Comparison
from chatdata.domain.side_by_side import Moment, clock, log_window
from pages.ui.base.formatting import duration, moment
from pages.ui.widgets import column, table

_EVENTS = {
    "started": "Session started",
    "last_equal": "Last common message",
    "first_different": "First differing message",
    "row_updated": "Database last updated",
    "cache_written": "Cache last written (from the TTL)",
    "read": "Inspected at",
    "cache_expires": "Cache expires",
}


def show(copies: Copies, comparison: Comparison) -> None:
    """Draws the log search window and the moments in order."""
    moments = clock(copies, comparison)
    causes = [finding.likely_causes[0].cause for finding in comparison.findings if finding.likely_causes]
    window = log_window(moments, causes[0] if causes else None) if comparison.first_difference is not None else None
    if window is not None:
        since, until = window
        st.markdown("**Log search window**")
        for box, name, at in zip(st.columns(2), ("From", "To"), window, strict=True):
            box.caption(name)
            box.code(at.isoformat(timespec="seconds"), language=None)
        st.caption(
            f"{moment(since)} to {moment(until)} in your time zone: search the assistant's logs here for the cause."
        )
    else:
        st.caption("No log search window: no differing message has a known time.")
    if moments:
        _table(moments)


def _table(moments: tuple[Moment, ...]) -> None:
    before = [None, *moments[:-1]]
    rows = [
        {
            "when": pd.Timestamp(at.at),
            "what": _EVENTS[at.event] + (f" (#{at.position})" if at.position is not None else ""),
            "after": "" if last is None else duration((at.at - last.at).total_seconds()),
        }
        for last, at in zip(before, moments, strict=True)
    ]
    columns = {
        "when": column.time("Time", format=column.SECONDS, width=160),
        "what": column.text("Event", width=300),
        "after": column.text("Δ since previous"),
    }
    table.show(rows, columns, key="drift_times", alt="Timeline", opens=False)
