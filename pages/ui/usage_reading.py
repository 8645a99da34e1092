"""What the Usage page asks, kept for some minutes: a reader who looks twice, or two readers, ask the database once.

Every answer says when its rows were read.
"""

from dataclasses import replace
from typing import Any

import streamlit as st

from chatdata import NotConfigured, SessionFilter, metering
from chatdata.metering import Overview, Totals, Users
from pages.ui.wiring import connected


def _in_order(names: frozenset[str | None]) -> list[str]:
    """A set as the cache can tell it from another."""
    return sorted(repr(name) for name in names)


_KEPT: dict[str, Any] = {
    "ttl": "10m",
    "max_entries": 64,
    "show_spinner": False,
    "hash_funcs": {frozenset: _in_order},
}


@st.cache_resource(**_KEPT)
def overview(wanted: SessionFilter) -> Overview:
    """Usage over time."""
    return metering.overview(connected().sessions, wanted)


@st.cache_resource(**_KEPT)
def totals(wanted: SessionFilter) -> Totals:
    """Sums alone, as of the period before."""
    return metering.totals(connected().sessions, wanted)


@st.cache_resource(**_KEPT)
def sessions_at_any_time(wanted: SessionFilter) -> int:
    """How many sessions there are of the same users and titles."""
    database = connected().sessions.database
    if database is None:
        raise NotConfigured("There is no database to count sessions in.")
    return database.count_sessions(replace(wanted, started_since=None, started_until=None))


@st.cache_resource(**_KEPT)
def users(wanted: SessionFilter) -> Users:
    """By user."""
    return metering.by_user(connected().sessions, wanted)


def forget() -> None:
    """Callback: everything is asked anew."""
    for question in (overview, totals, sessions_at_any_time, users):
        question.clear()
