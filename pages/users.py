"""The Users page: users with their sessions, tokens and last activity."""

import streamlit as st

from chatdata.services.catalog import list_users
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, damaged_counts, plain
from pages.ui.base.keys import key_of
from pages.ui.server.services import connected
from pages.ui.shell import navigate, sidebar
from pages.ui.shell.query_errors import stopped_search
from pages.ui.users import pager, table
from pages.ui.widgets import user_query

PAGE = 100

current_principal.demand(current_principal.current().may_see_people, "see users")
search = st.text_input(
    "Search",
    key="user_search",
    bind="query-params",
    type="search",
    placeholder="User ID contains…",
    on_change=pager.reset,
)
number = pager.current()

with stopped_search(), st.spinner("Loading users…"):
    listed = list_users(connected().stores, search or "", limit=PAGE, offset=PAGE * (number - 1))

if listed.problems:
    sidebar.doubt()
for problem in listed.problems:
    st.warning(plain(problem), icon=":material/cloud_off:")
if not listed.users:
    pager.say_empty(searched=bool(search), first_page=number == 1, problems=listed.problems)
    st.stop()

st.markdown(f"**{count(listed.total, 'user')}** (sorted by last activity)")
if damaged := sum(user.damaged for user in listed.users):
    st.caption(damaged_counts(damaged))
clicked = table.show(listed.users, key=key_of("users", number, search), whole=listed.total <= PAGE)
pager.show(-(-listed.total // PAGE), number)
if clicked is not None:
    navigate.to("sessions", {"user": user_query.exactly(clicked.user_id)})
