"""The pages that a principal may open."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from chatdata.domain.access import Principal
from pages.ui.shell import moved

WITHOUT_STORES = frozenset({"audit"})
"""Paths of pages that ask neither the database nor the cache."""
HEADED = frozenset({"", "users", "usage", "cache_health", "audit"})
"""Paths of pages whose title is their heading, which is drawn before their settings and the side bar."""
CONTENT_FIRST = frozenset({"session", "sessions"})
"""Paths of pages that draw their settings and the side bar themselves, after the first of their content."""


def pages(principal: Principal) -> list[StreamlitPage]:
    """Returns the pages in the order of the side bar, then those that it does not list."""
    shown = [
        st.Page("overview.py", title="Overview", icon=":material/monitoring:", default=True),
        st.Page("sessions.py", title="Sessions", icon=":material/list:"),
    ]
    if principal.may_see_people:
        shown += [
            st.Page("users.py", title="Users", icon=":material/group:"),
            st.Page("usage.py", title="Usage", icon=":material/bar_chart:"),
        ]
    shown.append(st.Page("cache_health.py", title="Cache health", icon=":material/radar:"))
    if principal.may_see_audit:
        shown.append(st.Page("audit.py", title="Audit log", icon=":material/history:"))
    unlisted = [
        st.Page("session.py", title="Session", visibility="hidden"),
        st.Page("compare.py", title="Compare sessions", visibility="hidden"),
    ]
    return [*shown, *unlisted, *moved.pages()]
