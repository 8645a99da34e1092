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
    return code_of(st.query_params.get(key), names)


def code_of(parameter: str | None, names: Mapping[_Code, str]) -> _Code:
    """The code that a query parameter stands for; the first one if missing or unknown."""
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


def tabs(names: Mapping[_Code, str], *, key: str) -> tuple[_Code, DeltaGenerator]:
    """Draws the choice as tabs; returns the open code and the container of its tab. The first is not in the URL."""
    chosen = current(key, names)
    st.session_state[_shown(key)] = names[chosen]
    drawn = st.tabs(list(names.values()), key=_shown(key), on_change=_remember_tab, args=(key, names))
    return chosen, dict(zip(names, drawn, strict=True))[chosen]


def put(key: str, code: str, names: Mapping[_Code, str]) -> None:
    """Callback: chooses a code."""
    if code == next(iter(names)):
        clear(key)
    else:
        st.query_params[key] = code


def clear(key: str) -> None:
    """Callback: resets to the first code."""
    st.query_params.pop(key, None)


def _shown(key: str) -> str:
    """The key of the tabs' own state, which holds the label."""
    return f"{key}_tab"


def _remember_tab(key: str, names: Mapping[_Code, str]) -> None:
    label = st.session_state[_shown(key)]
    put(key, next((code for code, name in names.items() if name == label), next(iter(names))), names)


def _remember(key: str, names: Mapping[_Code, str], on_change: Callable[[], None] | None) -> None:
    chosen = st.session_state[key]
    put(key, next(iter(names)) if chosen is None else chosen, names)
    if on_change is not None:
        on_change()
