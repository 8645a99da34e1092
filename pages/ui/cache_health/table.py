"""The sessions that need attention, sorted by what is lost first, and what changed since the previous scan."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from chatdata import AppDatabaseError
from chatdata.domain.drift import Comparison
from chatdata.domain.labels import FINDING_LABELS, repair_label, status_label
from chatdata.domain.text import agreeing
from chatdata.services.scan import ScanResult, attention, first_seen, news
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, in_time_zone, moment
from pages.ui.base.severity_marks import marked_name
from pages.ui.cache_health.titles import titles
from pages.ui.server.services import connected
from pages.ui.session.compare import repair
from pages.ui.widgets import clickable_table, column
from pages.ui.widgets.cell import text
from pages.ui.widgets.column import Column

_ROWS_SHOWN = 12
_MOST_TITLES = 500
_MOST_REPAIRS = 500
_OF_PEOPLE = ("user", "meaning")
"""Columns hidden at the structure level."""


def show(latest: ScanResult, scans: Sequence[ScanResult]) -> tuple[str | None, tuple[Comparison, ...]]:
    """Draws the table; returns the ID of the session that was clicked, and the sessions that were ticked.

    `scans` are the finished ones, newest first; ticking is there for those who may repair.
    """
    previous = scans[1] if latest.status == "finished" and len(scans) > 1 else None
    resolved = _resolved(latest, previous)
    if not (latest.sessions or resolved) and (latest.to_look_at or latest.status != "finished"):
        st.warning("The scan ended before it could list any session.", icon=":material/block:")
        return None, ()
    if not (latest.sessions or resolved) and previous is None:
        st.success("No session needs attention.", icon=":material/check:")
        return None, ()
    _say_number(latest, previous, resolved)
    listed = _lost_first(latest)
    shown = [*listed, *resolved]
    rows = _rows(listed, resolved, latest, scans, previous)
    alt = "Sessions that need attention; select one to compare its copies"
    key = f"cache-health-{latest.rechecked_at or latest.started_at}"
    ids = [item.session_id for item in shown]
    if not repair.allowed():
        clicked = clickable_table.show(rows, _columns(), key=key, alt=alt, most_rows=_ROWS_SHOWN, ids=ids)
        return (None if clicked is None else shown[clicked].session_id), ()
    clicked, ticked = clickable_table.show_selectable(
        rows, _columns(), key=key, alt=alt, most_rows=_ROWS_SHOWN, ids=ids
    )
    chosen = tuple(listed[index] for index in ticked if index < len(listed))
    return (None if clicked is None else shown[clicked].session_id), chosen


def _resolved(latest: ScanResult, previous: ScanResult | None) -> tuple[Comparison, ...]:
    """The sessions repaired since the latest scan, then those that only the previous scan lists."""
    gone = () if previous is None else news(previous, latest).gone
    return (*latest.repaired.values(), *(item for item in gone if item.session_id not in latest.repaired))


def _say_number(latest: ScanResult, previous: ScanResult | None, resolved: Sequence[Comparison]) -> None:
    if latest.to_look_at:
        need = agreeing(latest.to_look_at, "needs", "need")
        st.markdown(f"**{count(latest.to_look_at, 'session')} {need} attention**, sorted by what expires first")
    else:
        st.success("No session needs attention.", icon=":material/check:")
    told = []
    if alike := sum(comparison.status == "in_sync" for comparison in latest.sessions):
        told.append(f"{count(alike, 'of them is', 'of them are')} in sync, with an issue of another kind.")
    if previous is not None:
        changes = news(previous, latest)
        told.append(
            f"Since last scan: {len(changes.new):,} new · {len(changes.still):,} open · {len(resolved):,} resolved"
        )
    elif resolved:
        told.append(f"Since this scan: {len(resolved):,} resolved")
    if told:
        st.caption(" ".join(told))
    if latest.not_listed:
        st.caption(f"Only the worst {len(latest.sessions):,} are listed.")


def _lost_first(latest: ScanResult) -> tuple[Comparison, ...]:
    """The sessions whose messages expire next, then the others, worst first."""
    expiring = attention([latest]).expiring
    ids = {item.session_id for item in expiring}
    return (*expiring, *(item for item in latest.sessions if item.session_id not in ids))


def _rows(
    listed: Sequence[Comparison],
    resolved: Sequence[Comparison],
    latest: ScanResult,
    scans: Sequence[ScanResult],
    previous: ScanResult | None,
) -> list[dict[str, Any]]:
    named = titles([item.session_id for item in (*listed[:_MOST_TITLES], *resolved[:_MOST_TITLES])])
    seen = first_seen([latest, *(scan for scan in scans if scan is not latest)])
    new = set() if previous is None else {item.session_id for item in news(previous, latest).new}
    rows = [
        {
            **_row(item, named),
            "state": "new" if item.session_id in new else "open",
            "seen": seen.get(item.session_id, latest.started_at),
            "user": text(item.user_id) or "No user",
        }
        for item in listed
    ]
    repaired = _repaired_since((previous or latest).started_at) if resolved else {}
    gone = {"state": "resolved", "seen": None, "left": None, "risk": None}
    rows += [{**_row(item, named), **gone, "meaning": repaired.get(item.session_id, "")} for item in resolved]
    if not current_principal.current().may_see_people:
        rows = [{name: value for name, value in row.items() if name not in _OF_PEOPLE} for row in rows]
    return rows


def _repaired_since(start: datetime) -> dict[str, str]:
    """How and when each session was repaired since then; who did it is told where the audit log may be read."""
    try:
        entries = connected().app_db.audit_entries(_MOST_REPAIRS)
    except AppDatabaseError:
        return {}
    named = current_principal.current().may_see_audit
    return {
        entry.session_id: (
            f"Repaired{f' by {entry.who}' if named else ''}: {repair_label(entry.action)}, {moment(entry.at)}"
        )
        for entry in reversed(entries)
        if entry.result == "done" and entry.at >= start
    }


def _row(comparison: Comparison, named: Mapping[str, str]) -> dict[str, Any]:
    findings = [finding for finding in comparison.findings if finding.severity != "info"]
    severity = findings[0].severity if findings else None
    return {
        "session": named.get(comparison.session_id) or text(comparison.session_id),
        "left": _left(comparison),
        "risk": comparison.at_risk or None,
        "found": ", ".join(dict.fromkeys(FINDING_LABELS[finding.kind] for finding in findings))
        or status_label(comparison.status),
        "severity": "" if severity is None else marked_name(severity),
        "meaning": text(in_time_zone(findings[0].meaning)) if findings else "",
    }


def _left(comparison: Comparison) -> datetime | str | None:
    """When messages are lost; None if none are."""
    if not comparison.at_risk:
        return None
    return comparison.at_risk_until or "no expiry"


def _columns() -> dict[str, Column]:
    return {
        "session": column.text("Conversation", width=200, help="The title; the ID where there is none"),
        "left": column.left("Expires in", width=96, help="When messages that exist only in the cache are lost"),
        "risk": column.number("Unsaved", width=78, help="Messages that exist only in the cache"),
        "found": column.text("Issue", width=160),
        "severity": column.mark("Severity", width=104),
        "meaning": column.text("Impact", width=230),
        "state": column.text("State", width=70, help="New since the last scan, still open, or resolved since"),
        "seen": column.ago("First seen", width=90, help="By the scans that are kept"),
        "user": column.text("User", width=80),
    }
