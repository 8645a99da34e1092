"""The audit log: who opened, exported, sent or repaired which conversation."""

import streamlit as st

from pages.ui.audit import filters, table
from pages.ui.audit.table import MOST_SHOWN
from pages.ui.auth import current_principal

current_principal.demand(current_principal.current().may_see_audit, "see the audit log")
st.caption(
    "Who viewed a conversation in full, exported, sent or repaired it, newest first. Views within 5 min are grouped. "
    "Append-only. The CLI records repairs only."
)
where = filters.show()
events = table.read(where)
if not events:
    table.say_none(where)
    st.stop()
table.show(events[:MOST_SHOWN], more=len(events) > MOST_SHOWN)
table.download(where)
