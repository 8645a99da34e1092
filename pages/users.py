"""Users: sessions, tokens, last seen; a click opens their sessions."""

import streamlit as st

from chatdata.browse import list_users
from pages.ui import navigate, reader, sidebar, user_filter, user_pages, user_table
from pages.ui.guard import stopped_search
from pages.ui.wiring import connected
from pages.ui.words import count, plain

PAGE = 100

reader.demand(reader.current().may_see_people, "see who has sessions")
st.title("Users", anchor=False)
search = st.text_input(
    "Search",
    key="user_search",
    bind="query-params",
    type="search",
    placeholder="Part of a user id",
    on_change=user_pages.reset,
)
number = user_pages.current()

with stopped_search(), st.spinner("Reading users …"):
    listed = list_users(connected().sessions, search or "", limit=PAGE, offset=PAGE * (number - 1))

if listed.problems:
    sidebar.doubt()
for problem in listed.problems:
    st.warning(plain(problem), icon=":material/cloud_off:")
if not listed.users:
    user_pages.say_empty(searched=bool(search), first_page=number == 1, problems=listed.problems)
    st.stop()

st.markdown(f"**{count(listed.total, 'user')}**, last seen first. A click on a user opens their sessions.")
clicked = user_table.show(listed.users, key=f"users-{number}-{search}")
user_pages.show(-(-listed.total // PAGE), number)
if clicked is not None:
    navigate.to("./", {"user": user_filter.exactly(clicked.user_id)})
