"""The pages that a principal may open."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from chatdata.domain.access import Principal

WITHOUT_STORES = frozenset({"audit"})
"""Paths of pages that ask neither the database nor the cache."""


def pages(principal: Principal) -> list[StreamlitPage]:
    """Returns the pages in the order of the side bar."""
    shown = [st.Page("sessions.py", title="Sessions", icon=":material/list:", default=True)]
    if principal.may_see_people:
        shown += [
            st.Page("users.py", title="Users", icon=":material/group:"),
            st.Page("usage.py", title="Usage", icon=":material/bar_chart:"),
        ]
    shown += [
        st.Page("cache_health.py", title="Cache health", icon=":material/radar:"),
        st.Page("conversation.py", title="Conversation", icon=":material/forum:"),
        st.Page("drift.py", title="Cache vs database", icon=":material/compare_arrows:"),
        st.Page("payload.py", title="Payload", icon=":material/data_object:"),
    ]
    if principal.may_see_audit:
        shown.append(st.Page("audit.py", title="Audit log", icon=":material/history:"))
    return shown
