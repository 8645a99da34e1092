"""Users: sessions, tokens, last seen; a click opens their sessions."""

import streamlit as st

from chatdata.browse import list_users
from pages.ui import navigate, user_table
from pages.ui.guard import stopped_search
from pages.ui.wiring import connected
from pages.ui.words import count, plain

PAGE = 100

st.title("Users", anchor=False)
search = st.text_input("Search", key="user_search", bind="query-params", type="search", placeholder="Part of a user id")
page_box = st.container()
number = st.session_state.get("page", 1)

with stopped_search(), st.spinner("Reading users …"):
    listed = list_users(connected().sessions, search or "", limit=PAGE, offset=PAGE * (number - 1))

for problem in listed.problems:
    st.warning(plain(problem), icon=":material/cloud_off:")
if not listed.users:
    st.info("No user's id contains this." if search else "No users yet: no session is stored.", icon=":material/group:")
    st.stop()

page_box.markdown(f"**{count(listed.total, 'user')}**, last seen first. A click on a user opens their sessions.")
clicked = user_table.show(listed.users, key=f"users-{number}-{search}")
if listed.total > PAGE:
    st.pagination(-(-listed.total // PAGE), key="page", bind="query-params")
if clicked is not None:
    navigate.to("./", {"user": clicked})
