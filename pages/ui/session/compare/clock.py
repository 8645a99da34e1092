"""When it happened: the clock of both copies, and the times to search logs for."""

import pandas as pd
import streamlit as st

from chatdata import Copies
from chatdata.domain.drift import Comparison
from chatdata.domain.side_by_side import Moment, clock, log_window
from pages.ui.base.formatting import duration, moment, zone

_EVENTS = {
    "started": "The session began",
    "last_equal": "Last message that both copies have",
    "first_different": "First message where they part",
    "row_updated": "The row was updated last",
    "cache_written": "The cache was written last (from the time left)",
    "read": "Both were read",
    "cache_expires": "The cached copy expires",
}


def show(copies: Copies, comparison: Comparison) -> None:
    """Draws the moments in order, and the window for logs."""
    moments = clock(copies, comparison)
    causes = [finding.likely_causes[0].cause for finding in comparison.findings if finding.likely_causes]
    window = log_window(moments, causes[0] if causes else None) if comparison.first_difference is not None else None
    if window is not None:
        since, until = window
        st.markdown("**Search the assistant's logs between**")
        st.code(f"{since.isoformat(timespec='seconds')}\n{until.isoformat(timespec='seconds')}", language=None)
        st.caption(
            f"{moment(since)} to {moment(until)} in your zone: from the last message in common to what parted them."
        )
    else:
        st.caption("The copies don't part at a message whose time is known, so no time stands out in the logs.")
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
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        column_config={
            "when": st.column_config.DatetimeColumn("When", format="YYYY-MM-DD HH:mm:ss", timezone=str(zone())),
            "what": "What",
            "after": "After the one before",
        },
    )
