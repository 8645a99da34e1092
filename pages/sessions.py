"""The Sessions page: all sessions, to search, filter, sort and open."""

import streamlit as st

from chatdata.services.catalog import knows_status
from chatdata.services.inspection import compare_page
from pages.ui.base.formatting import plain
from pages.ui.base.keys import key_of
from pages.ui.export import bulk_dialog
from pages.ui.server.services import connected, search
from pages.ui.session.links import open_session
from pages.ui.sessions import (
    chips,
    columns,
    filters,
    import_dialog,
    order,
    pager,
    saved_views,
    search_box,
    table,
    two_ticked,
)
from pages.ui.sessions import cursor as place
from pages.ui.shell import sidebar, surroundings
from pages.ui.shell.query_errors import stopped_search

settings_place = surroundings.reserve()
bars = st.container(gap="xsmall", key="session_bars")
first_bar = bars.container(horizontal=True, vertical_alignment="center", gap="xsmall")
first_bar.container(width="content").title("Sessions", anchor=False)
surroundings.show(settings_place)
stores = connected().stores
with bars:
    with first_bar:
        where, cached = filters.show(with_cache=stores.has_cache, with_status=knows_status(stores))
        sort = order.show()
    offered = search_box.offer()
    chips.show(filters.chips(), remove=filters.remove, clear=filters.clear)
    bar = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
    summary = bar.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="session_totals")
    tools = bar.container(horizontal=True, gap="xsmall", width="content", key="session_tools")
    compare_box, views_box, columns_box, import_box, export_box = (tools.container(width="content") for _ in range(5))
with views_box:
    saved_views.show()
with import_box:
    import_dialog.button()
cursor, direction = place.current(sort)

with stopped_search(), st.spinner("Searching…" if where.words else "Loading sessions…", show_time=True):
    listed = search().page(where, cached=cached, cursor=cursor, direction=direction, sort=sort)
    totals = search().totals(where, cached)
    matches = search().word_matches(listed.lines, where, cached) if where.words else None

if listed.problems:
    sidebar.doubt()
for problem in listed.problems:
    st.warning(plain(problem), icon=":material/cloud_off:")
if not listed.lines:
    if not offered:
        pager.say_empty(listed, narrowed=filters.narrowed(where, cached))
    st.stop()

with export_box:
    bulk_dialog.button(where, cached, listed.lines, None if totals is None else totals.sessions)
with summary:
    page_place = pager.show(listed, where, cached, totals, sort)
with st.spinner("Comparing cache and database…"):
    drift = compare_page(stores, [line.summary.session_id for line in listed.lines if line.cached])
rows = table.rows(listed.lines, table.facts(listed.lines, drift, matches))
with columns_box:
    columns.picker(rows)
with st.container(key=table.CONTAINER):
    clicked, ticked = table.show(rows, page_place, key=key_of("table", cursor, direction, where, cached, sort))
with compare_box:
    two_ticked.show([listed.lines[index].summary.session_id for index in ticked])
if clicked is not None:
    session_id = listed.lines[clicked].summary.session_id
    match = (matches or {}).get(session_id)
    open_session(
        session_id,
        source="cache" if listed.source == "cache" else None,
        message=None if match is None else match.position,
        find=None if match is None else match.snippet.word,
    )
