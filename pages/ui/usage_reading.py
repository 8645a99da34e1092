"""What the Usage page asks, kept for some minutes: a reader who looks twice, or two readers, ask the database once.

Every answer says when its rows were read.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from chatdata import SessionFilter, metering
from pages.ui.wiring import connected

_MINUTES = 10
_MOST = 64


def _in_order(names: frozenset[str | None]) -> list[str]:
    """A set as the cache can tell it from another."""
    return sorted(repr(name) for name in names)


def _kept[**P, T](function: Callable[P, T]) -> Any:
    return st.cache_resource(
        ttl=f"{_MINUTES}m", max_entries=_MOST, show_spinner=False, hash_funcs={frozenset: _in_order}
    )(function)
