"""The filter for sessions with an issue, by the latest scan."""

import streamlit as st

from chatdata.domain.labels import FINDING_LABELS
from chatdata.services.scan import Attention, ScanResult, attention
from pages.ui.base.formatting import count, moment
from pages.ui.cache_health import run
from pages.ui.sessions import cursor
from pages.ui.widgets import url_choice

KEY = "sync"
_ANY, ISSUES, UNSAVED = "any", "out_of_sync", "unsaved"
"""The codes in the URL; the others are kinds of findings."""


def parameter(code: str) -> dict[str, str]:
    """The query parameter that chooses these sessions."""
    return {KEY: code}


def show() -> frozenset[str] | None:
    """Draws the filter; returns the IDs of matching sessions, or None for all."""
    latest = _latest()
    if latest is None:
        st.caption("Sync status: no scan yet. Cache health has one.")
        return None
    found = attention([latest])
    url_choice.dropdown(
        "Sync status",
        _labels(found, _in_url()),
        key=KEY,
        on_change=cursor.reset,
        help="What the last scan found: a difference between the cache and the database",
    )
    st.caption(_scanned(latest))
    return _ids(found, _in_url())


def ids(parameter: str) -> frozenset[str] | None:
    """The IDs of the sessions that a query parameter selects; None for all. Raises AppDatabaseError."""
    scans = run.read_rechecks(run.read_scans())
    return _ids(attention(scans[:1]), parameter) if scans else None


def chip() -> str | None:
    """What the filter selects, in words; None if it is not set."""
    latest = _latest()
    if latest is None:
        return None
    labels = _labels(attention([latest]), _in_url())
    chosen = url_choice.current(KEY, labels)
    return None if chosen == _ANY else f"Sync status: {labels[chosen]} (scan of {moment(latest.started_at)})"


def _latest() -> ScanResult | None:
    scans = run.with_rechecks(run.scans())
    return scans[0] if scans else None


def _in_url() -> str:
    return st.query_params.get(KEY, "")


def _labels(found: Attention, asked: str) -> dict[str, str]:
    kinds = dict.fromkeys([issue.kind for issue in found.issues])
    if asked in FINDING_LABELS:  # a kind that the latest scan no longer finds still selects nothing
        kinds.setdefault(asked)
    named = {kind: FINDING_LABELS.get(kind, kind) for kind in kinds}
    return {_ANY: "Any", ISSUES: "Any issue", UNSAVED: "Unsaved messages", **named}


def _ids(found: Attention, parameter: str) -> frozenset[str] | None:
    chosen = url_choice.code_of(parameter, _labels(found, parameter))
    if chosen == _ANY:
        return None
    if chosen == UNSAVED:
        return frozenset(item.session_id for item in found.expiring)
    return found.session_ids if chosen == ISSUES else found.of_kind(chosen)


def _scanned(latest: ScanResult) -> str:
    return f"{count(latest.compared, 'cached session')} compared {moment(latest.started_at)}."
