"""One session: its header, what is wrong with it, and the tabs Messages, Cache vs database, Payload and Tokens."""

import streamlit as st

from pages.ui.server.services import inspections
from pages.ui.session import alerts, current_inspection, empty_states, export, header, tabs
from pages.ui.session.messages import live_switch, presenter, source_parts, source_switch, timeline, waiting
from pages.ui.shell import sidebar, surroundings

settings_place = surroundings.reserve()
session_id = current_inspection.session_in_url()
if not session_id:
    surroundings.show(settings_place)
    empty_states.say_none_chosen()
    st.stop()

curtain = presenter.curtain()
head, problems = st.container(key="session_head"), st.container()
controls = st.container(key="session_controls")
tabs_box = st.empty()
with tabs_box.container():
    tab, body = tabs.show()
first = source_switch.asked_first()
shown = False
try:
    if tab == "messages":  # the timeline waits neither for the other copy nor for a browser that is busy with the rest
        with body, st.spinner("Loading conversation…"):
            inspection = current_inspection.take(session_id, first)
            shown = timeline.show(session_id, inspection, first)
        if shown:
            inspections().give_way(session_id)
finally:
    surroundings.show(settings_place)
with body, st.spinner("Comparing cache and database…"):
    inspection = current_inspection.compare(session_id)
if not inspection.answered:
    sidebar.doubt()
if empty_states.is_nowhere(inspection):  # tabs without a session would be dead ends
    tabs_box.empty()
    with head:
        header.show(inspection, first)
    with problems:
        empty_states.show(inspection, first)
    curtain.empty()
    st.stop()
with controls:
    source = source_switch.show(inspection, switch=tab != "compare", live=tab == "messages")
with head:
    header.show(inspection, source)
    export.show(session_id, inspection)
with problems:
    if tab != "compare":
        empty_states.show(inspection, source)
    alerts.show(inspection, source)
    if tab == "messages":
        source_parts.show(inspection, source)
tabs.show_counts(inspection, source)
with body:
    if tab == "messages":
        shown = shown or timeline.show(session_id, inspection, source)
        if not shown:
            timeline.follow(session_id, source)
        if not live_switch.is_on():
            waiting.show(inspection.copies)
    # The other tabs' modules are imported when they are opened: charts and tables take as long as all the rest.
    elif tab == "compare":
        from pages.ui.session.compare import tab as compare_tab

        compare_tab.show(session_id, inspection)
    elif inspection.readable(source) is not None:
        if tab == "payload":
            from pages.ui.session.payload import tab as payload_tab

            payload_tab.show(session_id, inspection, source)
        else:
            from pages.ui.session.tokens import panel

            panel.show(session_id, inspection, source)
if not shown:
    curtain.empty()
