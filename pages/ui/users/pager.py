"""The page of the list of users, kept in the URL."""

import streamlit as st

_PARAMETER = "page"


def current() -> int:
    """The page number in the URL, from 1; 1 if missing."""
    parameter = st.query_params.get(_PARAMETER, "1")
    return max(1, int(parameter)) if parameter.isascii() and parameter.isdigit() and len(parameter) < 8 else 1


def reset() -> None:
    """Callback: goes to the first page."""
    st.query_params.pop(_PARAMETER, None)


def show(pages: int, number: int) -> None:
    """Draws buttons to the other pages, if there are any."""
    if pages > 1:
        st.pagination(pages, default=min(number, pages), key=f"user_pages_{number}", on_change=_go, args=(number,))


def say_empty(*, searched: bool, first_page: bool, problems: tuple[str, ...]) -> None:
    """Says why the list is empty and offers a button that helps."""
    if not first_page:
        st.info("No more results.", icon=":material/group:")
        st.button("Go to first page", on_click=reset)
    elif searched:
        st.info("No users match this search.", icon=":material/group:")
    elif not problems:
        st.info("No users yet.", icon=":material/group:")


def _go(before: int) -> None:
    st.query_params[_PARAMETER] = str(st.session_state[f"user_pages_{before}"])
