"""The head of the Drift page: the status and its cost in words."""

from datetime import datetime
from typing import Literal

import streamlit as st

from chatdata.domain.copies import Copies, Unavailable, Unconfigured
from chatdata.domain.drift import CachedSummary, Comparison, DriftFinding, Severity, Status, StoredSummary
from chatdata.domain.drift.wording import until as when_expired
from chatdata.services.inspection import Inspection
from pages.ui.base.formatting import count, duration, moment, plain
from pages.ui.session.messages import source_switch
from pages.ui.widgets import fact_header
from pages.ui.widgets.fact_header import Fact, Tone

_STATUS: dict[Status, tuple[str, str, Tone]] = {
    "in_sync": ("in sync", "Both copies hold the same conversation.", "ok"),
    "drifted": ("drifted", "The copies differ.", "warning"),
    "uncached": ("not cached", "Only the database has it: normal after the time to live.", "off"),
    "ghost": ("ghost", "Only the cache has it.", "warning"),
    "corrupt": ("corrupt", "The cached bytes can't be read as a session.", "warning"),
    "moving": ("moving", "A copy is changing right now. Refresh in a moment.", "off"),
    "missing": ("missing", "Neither store has it.", "off"),
}
_BOX: dict[Severity, Literal["error", "warning", "info"]] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "info": "info",
}


def show(inspection: Inspection, comparison: Comparison) -> None:
    """Draws what is compared, and the verdict."""
    copy = inspection.readable("database") or inspection.readable("cache")
    title = copy.info.title if copy else None
    fact_header.show(
        title or ("Untitled conversation" if copy else "Drift"),
        [
            _what(comparison),
            [_status(comparison), _cache(comparison.cache), _written(comparison.cache), _database(comparison.database)],
        ],
        key="drift_head",
        quiet_title=not title,
    )
    left, right = st.columns([7, 3], vertical_alignment="center")
    with left:
        _verdict(inspection.copies, comparison)
    with right:
        source_switch.look_again(comparison.session_id, comparison.read_at)


def _what(comparison: Comparison) -> list[Fact]:
    user = Fact("User", comparison.user_id or "(no user)", copy=bool(comparison.user_id))
    return [Fact("Session", comparison.session_id, copy=True), user]


def _status(comparison: Comparison) -> Fact:
    if comparison.status is None:
        return Fact("Status", "not judged", tone="off", hint="A store could not be asked")
    word, hint, tone = _STATUS[comparison.status]
    return Fact("Status", word, tone=tone, hint=hint)


def _cache(cache: CachedSummary) -> Fact:
    if not cache.present:
        return Fact("Cache", "not cached" if cache.present is False else "could not be asked", tone="off")
    if cache.messages is None:
        return Fact("Cache", f"unreadable, {cache.size or 0:,} bytes", tone="warning")
    left = "no time to live" if cache.ttl_seconds is None else f"{duration(cache.ttl_seconds)} left"
    return Fact("Cache", f"{count(cache.messages, 'message')}, {left}", tone="ok")


def _written(cache: CachedSummary) -> Fact:
    hint = "From the time left: each write sets the full time to live, and no read extends it"
    return Fact("Cache written", moment(cache.last_written_at) if cache.last_written_at else "unknown", hint=hint)


def _database(database: StoredSummary) -> Fact:
    if not database.present:
        return Fact("Database", "no such row" if database.present is False else "could not be asked", tone="off")
    updated = f", updated {moment(database.updated_at)}" if database.updated_at else ""
    return Fact("Database", f"{count(database.messages or 0, 'message')}{updated}", tone="ok")


def _verdict(copies: Copies, comparison: Comparison) -> None:
    """The worst finding in its own words; what is at risk first."""
    if comparison.status is None:
        st.warning(plain(_unasked(copies, comparison)), icon=":material/cloud_off:")
        return
    told = [finding for finding in comparison.findings if finding.severity != "info"]
    if not told:
        _quiet(comparison.status)
        return
    more = f" And {count(len(told) - 1, 'more finding')}." if len(told) > 1 else ""
    box = {"error": st.error, "warning": st.warning, "info": st.info}[_BOX[told[0].severity]]
    box(plain(_cost(comparison, told[0]) + more), icon=":material/difference:")


def _unasked(copies: Copies, comparison: Comparison) -> str:
    """Which store, and why."""
    names = " and ".join(f"the {source}" for source in comparison.unavailable)
    sides = {"cache": copies.cached, "database": copies.stored}
    why = [
        side.reason if isinstance(side, Unavailable) else side.hint
        for source in comparison.unavailable
        if isinstance(side := sides[source], Unavailable | Unconfigured)
    ]
    return " ".join([f"Nothing can be compared: {names} could not be asked.", *why])


def _cost(comparison: Comparison, worst: DriftFinding) -> str:
    """The worst finding in its own words, with the time left where words will be lost; else those are said before."""
    until = comparison.at_risk_until
    if not comparison.at_risk:
        return worst.meaning
    if worst.at_risk and until is not None:
        return worst.meaning.replace(when_expired(until), f"in {_left(comparison, until)}")
    when = "for as long as its key is there" if until is None else f"gone in {_left(comparison, until)}"
    return f"{count(comparison.at_risk, 'message')} only in the cache, {when}. {worst.meaning}"


def _left(comparison: Comparison, until: datetime) -> str:
    return f"{duration((until - comparison.read_at).total_seconds())} ({moment(until)})"


def _quiet(status: Status) -> None:
    words = plain(_STATUS[status][1])
    if status == "in_sync":
        st.success(words, icon=":material/check:")
    else:
        st.info(words, icon=":material/info:")
