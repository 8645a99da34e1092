"""Navigation, and the last catch: what a page could not do is said in words."""

import logging
import uuid
from pathlib import Path

import streamlit as st

from chatdata import ChatDataError
from pages.ui import current_snapshot, early, sidebar
from pages.ui.words import plain

log = logging.getLogger(__name__)

ui = Path(__file__).parent / "ui"
st.set_page_config(
    page_title="Conversation Inspector", page_icon=str(ui / "icon.png"), layout="wide", initial_sidebar_state=264
)
early.show()
st.html(ui / "style.css")
page = st.navigation(
    [
        st.Page("sessions.py", title="Sessions", icon=":material/list:", default=True),
        st.Page("users.py", title="Users", icon=":material/group:"),
        st.Page("usage.py", title="Usage", icon=":material/bar_chart:"),
        st.Page("fleet.py", title="Fleet", icon=":material/radar:"),
        st.Page("conversation.py", title="Conversation", icon=":material/forum:"),
        st.Page("drift.py", title="Drift", icon=":material/compare_arrows:"),
        st.Page("payload.py", title="Payload", icon=":material/data_object:"),
    ]
)
if page.url_path not in ("conversation", "drift", "payload"):
    current_snapshot.leave()
try:
    sidebar.show()
    page.run()
except ChatDataError as error:
    st.error(plain(str(error)), icon=":material/error:")
except Exception:
    reference = uuid.uuid4().hex[:8]
    log.exception("page %s failed (%s)", page.url_path or "sessions", reference)
    st.error(
        f"This page could not be shown. The server's log has the reason under {reference}.",
        icon=":material/error:",
    )
