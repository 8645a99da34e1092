"""Choices that show labels and keep codes in the URL.

Streamlit's own binding writes labels into the URL, so that rewording a label would break links.
"""

from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_Code = TypeVar("_Code", bound=str)


def current(key: str, names: Mapping[_Code, str]) -> _Code:
    """The code in the URL; the first one if missing or unknown."""
    parameter = st.query_params.get(key)
    return next((code for code in names if code == parameter), next(iter(names)))


def buttons(
    label: str,
    names: Mapping[_Code, str],
    *,
    key: str,
    box: DeltaGenerator | None = None,
    on_change: Callable[[], None] | None = None,
) -> _Code:
    """Draws the choice as a row of buttons and returns the chosen code; the first one is not written into the URL."""
    st.session_state[key] = current(key, names)
    (box or st).segmented_control(
        label,
        list(names),
        required=True,
        format_func=names.__getitem__,
        key=key,
        on_change=_remember,
        args=(key, names, on_change),
    )
    return current(key, names)


def dropdown(
    label: str,
    names: Mapping[_Code, str],
    *,
    key: str,
    help: str,
    on_change: Callable[[], None] | None = None,
    label_visibility: Literal["visible", "collapsed"] = "visible",
) -> _Code:
    """Draws the choice as a list to open and returns the chosen code; the first one is not written into the URL."""
    st.session_state[key] = current(key, names)
    st.selectbox(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        help=help,
        on_change=_remember,
        args=(key, names, on_change),
        label_visibility=label_visibility,
    )
    return current(key, names)


def clear(key: str) -> None:
    """Callback: resets to the first code."""
    st.query_params.pop(key, None)


def _remember(key: str, names: Mapping[_Code, str], on_change: Callable[[], None] | None) -> None:
    chosen = st.session_state[key]
    if chosen is None or chosen == next(iter(names)):
        clear(key)
    else:
        st.query_params[key] = chosen
    if on_change is not None:
        on_change()
