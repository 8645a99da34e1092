"""Identifies the user, draws the navigation, and shows errors that no page handles as a message."""

import logging
import uuid
from pathlib import Path

import streamlit as st

from chatdata import ChatDataError, NotAllowed, NotSignedIn
from chatdata.services.failures import places_of
from pages.ui.auth import current_principal, tab_owner
from pages.ui.base.formatting import plain
from pages.ui.server import allocator
from pages.ui.session import current_inspection
from pages.ui.shell import component_preload, forbidden, navigation, page_style, page_title, surroundings

log = logging.getLogger(__name__)

ui = Path(__file__).parent / "ui"
st.set_page_config(
    page_title=page_title.PRODUCT, page_icon=str(ui / "icon.png"), layout="wide", initial_sidebar_state=264
)
component_preload.show()
page_style.show()
st.logo(ui / "icon.png")
try:
    tab_owner.belongs_to(current_principal.of_page())
    principal = current_principal.current()
except NotAllowed as error:
    forbidden.show(error)
    st.stop()
page = st.navigation(navigation.pages(principal))
page_title.put(page.title)
if page.url_path != "session":
    current_inspection.leave()
try:
    if page.url_path not in navigation.CONTENT_FIRST:
        settings_place = surroundings.reserve()
        if page.url_path in navigation.HEADED:
            st.title(page.title, anchor=False)
        surroundings.show(settings_place, ask=page.url_path not in navigation.WITHOUT_STORES)
    page.run()
except NotSignedIn as error:  # the sign-in expired while the page ran
    forbidden.show(error)
except ChatDataError as error:
    st.error(plain(str(error)), icon=":material/error:")
except Exception as error:
    reference = uuid.uuid4().hex[:8]
    log.error("page %s failed (%s): %s", page.url_path or "overview", reference, places_of(error))
    st.error(
        f"Something went wrong. Error ID: {reference} (see server log).",
        icon=":material/error:",
    )
finally:  # also where a page stops early
    allocator.give_back()
