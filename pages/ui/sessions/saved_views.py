"""Saved views: the filters, order and columns of the list under a name, one's own or shared with everybody."""

import uuid
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from chatdata import AppDatabaseError
from chatdata.domain.saved_views import LONGEST_NAME, SavedView, view_name
from chatdata.errors import NotAllowed
from pages.ui.auth import current_principal
from pages.ui.base.formatting import plain
from pages.ui.server.services import connected, now
from pages.ui.sessions import columns, filters, order
from pages.ui.shell import navigate

_NAME, _SHARED, _PROBLEM = "saved_view_name", "saved_view_shared", "saved_view_problem"


def show() -> None:
    """Draws the button with the list of saved views and the form that saves this one."""
    views = _offered()
    chosen = None
    with st.popover("Views", icon=":material/bookmarks:", width="content"):
        for view in views:
            if _line(view):
                chosen = view
        if not views:
            st.caption("No saved views yet.")
        _form()
    if chosen is not None:  # outside: the popover would hide the component that opens it
        _open(chosen)


def _offered() -> list[SavedView]:
    principal = current_principal.current()
    try:
        return [view for view in connected().app_db.saved_views() if view.offered_to(principal)]
    except AppDatabaseError:
        return []


def _line(view: SavedView) -> bool:
    """Draws a view with the button that deletes it, for its author; returns whether it is to be opened."""
    mine = view.owned_by(current_principal.current())
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        opened = st.button(plain(view.name), key=f"view-{view.id}", icon=":material/bookmark:", type="tertiary")
        st.caption(_whose(view, mine=mine), width="stretch")
        if mine:
            st.button(
                f"Delete view {plain(view.name)}",
                key=f"view-delete-{view.id}",
                icon=":material/delete:",
                type="tertiary",
                help="Delete this view",
                on_click=_delete,
                args=(view.id,),
            )
    return opened


def _whose(view: SavedView, *, mine: bool) -> str:
    if mine:
        return "shared by you" if view.shared else "yours"
    return f"shared by {plain(view.author)}"


def _form() -> None:
    st.text_input("Save this view as", key=_NAME, max_chars=LONGEST_NAME, placeholder="Name")
    may_share = current_principal.current().role != "viewer"
    if may_share:
        st.checkbox("Share with all users", key=_SHARED, help="Offered wherever as much is visible as to you now")
    st.button("Save view", icon=":material/bookmark_add:", on_click=_save, args=(may_share,))
    if problem := st.session_state.pop(_PROBLEM, None):
        st.error(plain(problem))


def _query() -> str:
    """The filters, order and columns of the URL, without the page and what belongs to a person."""
    kept = (*filters.parameters(), order.KEY, columns.KEY)
    return urlencode([(name, st.query_params[name]) for name in kept if name in st.query_params], errors="replace")


def _save(may_share: bool) -> None:
    """Callback: saves the list as it is under the typed name."""
    principal = current_principal.current()
    try:
        connected().app_db.keep_view(
            SavedView(
                uuid.uuid4().hex,
                view_name(st.session_state[_NAME] or ""),
                _query(),
                may_share and bool(st.session_state.get(_SHARED)),
                principal.view,
                principal.name,
                now(),
                principal.subject,
            )
        )
    except (ValueError, AppDatabaseError) as error:
        st.session_state[_PROBLEM] = str(error)
    else:
        st.session_state[_NAME] = ""


def _delete(view_id: str) -> None:
    """Callback: deletes a view of the user."""
    principal = current_principal.current()
    try:
        connected().app_db.delete_view(view_id, may=lambda view: view.owned_by(principal))
    except (NotAllowed, AppDatabaseError) as error:
        st.session_state[_PROBLEM] = str(error)


def _open(view: SavedView) -> None:
    navigate.to("sessions", dict(parse_qsl(view.query, keep_blank_values=True)))
