"""The audit log: who opened, exported, sent or repaired which conversation."""

import streamlit as st

from pages.ui.audit import filters, table
from pages.ui.audit.table import MOST_SHOWN
from pages.ui.auth import current_reader

current_reader.demand(current_reader.current().may_see_audit, "see the audit log")
st.title("Audit", anchor=False)
st.caption(
    "Who opened a conversation in full, exported, sent or repaired it, the newest first. Looks within five minutes are "
    "one; the log is only ever added to. The command line, which needs the stores themselves, records repairs alone."
)
wanted = filters.show()
events = table.read(wanted)
if not events:
    table.say_none(wanted)
    st.stop()
table.show(events[:MOST_SHOWN], more=len(events) > MOST_SHOWN)
table.download(wanted)
