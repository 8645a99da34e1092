"""All sessions, newest first: search, filter, open."""

import streamlit as st

from chatdata.services.catalog import knows_status, list_sessions, sum_sessions
from chatdata.services.inspection import compare_page
from pages.ui.base.formatting import plain
from pages.ui.export import bulk_dialog
from pages.ui.server.services import connected
from pages.ui.session.links import open_conversation
from pages.ui.sessions import cursor as place
from pages.ui.sessions import demo_stories, filters, import_dialog, jump_box, pager, table, verdict_filter
from pages.ui.shell import sidebar
from pages.ui.shell.query_errors import stopped_search

title_box, import_box, export_box = st.columns([6, 1.2, 1.35], vertical_alignment="center")
title_box.title("Sessions", anchor=False)
with import_box:
    import_dialog.button()

jump_box.show()
demo_stories.show()
where, cached = filters.show(
    with_cache=sidebar.current().cache.answer != "not configured", with_status=knows_status(connected().stores)
)
verdict_filter.say()
cursor, direction = place.current()

with stopped_search(), st.spinner("Searching…" if where.words else "Loading sessions…", show_time=True):
    sessions = connected().stores
    listed = list_sessions(sessions, where, cached=cached, cursor=cursor, direction=direction)
    totals = sum_sessions(sessions, where, cached)

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
    drift = compare_page(sessions, [line.summary.session_id for line in listed.lines if line.cached])
clicked = table.show(listed.lines, drift, key=f"table-{cursor}-{direction}-{hash((where, cached))}")
if clicked is not None:
    open_conversation(clicked, source="cache" if listed.source == "cache" else None)
