"""The Sessions page: all sessions, newest first, to search, filter and open."""

import streamlit as st

from chatdata.services.catalog import knows_status
from chatdata.services.inspection import compare_page
from pages.ui.base.formatting import plain
from pages.ui.base.keys import key_of
from pages.ui.export import bulk_dialog
from pages.ui.server.services import connected, search
from pages.ui.session.links import open_session
from pages.ui.sessions import cursor as place
from pages.ui.sessions import filters, import_dialog, pager, table, verdict_filter
from pages.ui.shell import sidebar
from pages.ui.shell.query_errors import stopped_search

head = st.container(horizontal=True, vertical_alignment="center")  # columns would clip the buttons in a narrow window
head.container().title("Sessions", anchor=False)
import_box, export_box = head.container(width="content"), head.container(width="content")
with import_box:
    import_dialog.button()

stores = connected().stores
where, cached = filters.show(with_cache=stores.has_cache, with_status=knows_status(stores))
verdict_filter.say()
cursor, direction = place.current()

with stopped_search(), st.spinner("Searching…" if where.words else "Loading sessions…", show_time=True):
    listed = search().page(where, cached=cached, cursor=cursor, direction=direction)
    totals = search().totals(where, cached)

if listed.problems:
    sidebar.doubt()
for problem in listed.problems:
    st.warning(plain(problem), icon=":material/cloud_off:")
if not listed.lines:
    pager.say_empty(listed, narrowed=filters.narrowed(where, cached))
    st.stop()

with export_box:
    bulk_dialog.button(where, cached, listed.lines, None if totals is None else totals.sessions)
pager.show(listed, where, cached, totals)
with st.spinner("Comparing cache and database…"):
    drift = compare_page(stores, [line.summary.session_id for line in listed.lines if line.cached])
clicked = table.show(listed.lines, drift, key=key_of("table", cursor, direction, where, cached))
if clicked is not None:
    open_session(clicked, source="cache" if listed.source == "cache" else None)
