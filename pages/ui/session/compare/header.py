"""The header of the comparison: the status and its impact."""

from datetime import datetime
from typing import Literal

import streamlit as st

from chatdata.domain.copies import Copies, Unavailable, Unconfigured
from chatdata.domain.drift import CachedSummary, Comparison, DriftFinding, Severity, Status, StoredSummary
from chatdata.domain.drift.wording import until as when_expired
from chatdata.domain.labels import NOT_CHECKED, STATUS_LABELS
from chatdata.services.inspection import Inspection
from pages.ui.base.formatting import count, duration, in_time_zone, moment, plain
from pages.ui.session.messages import source_switch
from pages.ui.widgets import fact_header
from pages.ui.widgets.fact_header import Fact, Tone

_STATUS: dict[Status, tuple[str, Tone]] = {
    "in_sync": ("Both copies hold the same conversation.", "ok"),
    "drifted": ("The copies differ.", "warning"),
    "uncached": ("Only the database has it: expected once the TTL is over.", "off"),
    "ghost": ("Only the cache has it.", "warning"),
    "corrupt": ("The cached bytes can't be read as a session.", "warning"),
    "moving": ("A copy is changing right now. Refresh in a moment.", "off"),
    "missing": ("Session not found in either store.", "off"),
}
_BOX: dict[Severity, Literal["error", "warning", "info"]] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "info": "info",
}


def show(inspection: Inspection, comparison: Comparison) -> None:
    """Draws the session's facts and the status."""
    copy = inspection.readable("database") or inspection.readable("cache")
    title = copy.info.title if copy else None
    fact_header.show(
        title or ("Untitled conversation" if copy else "Cache vs database"),
        [
            _what(comparison),
            [
                _status(comparison),
                _cache(comparison.cache),
                _last_written(comparison.cache),
                _database(comparison.database),
            ],
        ],
        key="drift_head",
        quiet_title=not title,
    )
    row = st.container(horizontal=True, vertical_alignment="center")
    with row.container():
        _verdict(inspection.copies, comparison)
    with row.container(width="content"):
        source_switch.refresh(comparison.session_id, comparison.read_at)


def _what(comparison: Comparison) -> list[Fact]:
    user = Fact("User", comparison.user_id or "No user", copy=bool(comparison.user_id))
    return [Fact("Session", comparison.session_id, copy=True), user]


def _status(comparison: Comparison) -> Fact:
    if comparison.status is None:
        return Fact("Status", NOT_CHECKED, tone="off", hint="A store is unavailable")
    hint, tone = _STATUS[comparison.status]
    return Fact("Status", STATUS_LABELS[comparison.status], tone=tone, hint=hint)


def _cache(cache: CachedSummary) -> Fact:
    if not cache.present:
        return Fact("Cache", "Not cached" if cache.present is False else "Unavailable", tone="off")
    if cache.messages is None:
        return Fact("Cache", f"Unreadable, {cache.size or 0:,} bytes", tone="warning")
    left = "no expiry (TTL −1)" if cache.ttl_seconds is None else f"expires in {duration(cache.ttl_seconds)}"
    return Fact("Cache", f"{count(cache.messages, 'message')} · {left}", tone="ok")


def _last_written(cache: CachedSummary) -> Fact:
    hint = "Derived from the TTL: each write resets it, reads do not extend it"
    return Fact("Cache written", moment(cache.last_written_at) if cache.last_written_at else "Unknown", hint=hint)


def _database(database: StoredSummary) -> Fact:
    if not database.present:
        return Fact("Database", "Not in the database" if database.present is False else "Unavailable", tone="off")
    updated = f", updated {moment(database.updated_at)}" if database.updated_at else ""
    return Fact("Database", f"{count(database.messages or 0, 'message')}{updated}", tone="ok")


def _verdict(copies: Copies, comparison: Comparison) -> None:
    """Draws the status with its impact, messages at risk first."""
    if comparison.status is None:
        st.warning(plain(_unasked(copies, comparison)), icon=":material/cloud_off:")
        return
    told = [finding for finding in comparison.findings if finding.severity != "info"]
    if not told:
        _quiet(comparison.status)
        return
    more = f" And {count(len(told) - 1, 'more issue')}." if len(told) > 1 else ""
    box = {"error": st.error, "warning": st.warning, "info": st.info}[_BOX[told[0].severity]]
    box(plain(in_time_zone(_cost(comparison, told[0])) + more), icon=":material/difference:")


def _unasked(copies: Copies, comparison: Comparison) -> str:
    """Names the unavailable stores and the reasons."""
    verb = "is" if len(comparison.unavailable) == 1 else "are"
    names = " and ".join(f"the {source}" for source in comparison.unavailable)
    sides = {"cache": copies.cached, "database": copies.stored}
    why = [
        side.reason if isinstance(side, Unavailable) else side.hint
        for source in comparison.unavailable
        if isinstance(side := sides[source], Unavailable | Unconfigured)
    ]
    return " ".join([f"Nothing can be compared: {names} {verb} unavailable.", *why])


def _cost(comparison: Comparison, worst: DriftFinding) -> str:
    """The meaning of the worst finding, with the time left if messages will be lost."""
    until = comparison.at_risk_until
    if not comparison.at_risk:
        return worst.meaning
    if worst.at_risk and until is not None:
        return worst.meaning.replace(when_expired(until), f"in {_left(comparison, until)}")
    when = "have no expiry" if until is None else f"will be lost in {_left(comparison, until)}"
    return f"{_only_cached(comparison.at_risk)} and {when}. {worst.meaning}"


def _only_cached(messages: int) -> str:
    return f"{count(messages, 'message')} {'exists' if messages == 1 else 'exist'} only in the cache"


def _left(comparison: Comparison, until: datetime) -> str:
    return f"{duration((until - comparison.read_at).total_seconds())} ({moment(until)})"


def _quiet(status: Status) -> None:
    words = plain(_STATUS[status][0])
    if status == "in_sync":
        st.success(words, icon=":material/check:")
    else:
        st.info(words, icon=":material/info:")
