"""The audit log: who opened, exported, sent or mended which conversation."""

import streamlit as st

from pages.ui import audit_filters, audit_table, reader
from pages.ui.audit_table import MOST_SHOWN

reader.demand(reader.current().may_see_audit, "see the audit log")
st.title("Audit", anchor=False)
st.caption(
    "Who opened a conversation in full, exported, sent or mended it, the newest first. Looks within five minutes are "
    "one; the log is only ever added to. The command line, which needs the stores themselves, records mendings alone."
)
wanted = audit_filters.show()
events = audit_table.read(wanted)
if not events:
    audit_table.say_none(wanted)
    st.stop()
audit_table.show(events[:MOST_SHOWN], more=len(events) > MOST_SHOWN)
audit_table.download(wanted)
