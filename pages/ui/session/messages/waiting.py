"""The messages that wait for the next turn, which are in neither copy and expire with a list of their own."""

from datetime import UTC, datetime

import streamlit as st

from chatdata import Copies
from pages.ui.base.formatting import count, duration, plain


def show(copies: Copies) -> None:
    """Draws the waiting messages at the end of the conversation, if there are any."""
    turn = copies.turn
    if turn is None:
        return
    ends = turn.pending_expires_at
    left = "" if ends is None else f", lost in {duration(max((ends - datetime.now(UTC)).total_seconds(), 0))}"
    for told, items in turn.pending_groups:
        with st.expander(f"{count(len(items), 'message')} {told}{left}", icon=":material/schedule:"):
            for item in items:
                st.markdown(plain(item.content))
