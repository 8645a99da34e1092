"""Charts of a scan: unsaved messages by hour, the scan history, and issues by type."""

from collections.abc import Callable
from functools import partial
from typing import cast

import altair as alt
import pandas as pd
import streamlit as st

from chatdata.domain.drift import SEVERITY, Kind, Severity, Status
from chatdata.domain.labels import FINDING_LABELS, STATUS_LABELS
from chatdata.services.scan import ScanResult
from pages.ui.base.formatting import zone
from pages.ui.base.severity_marks import marked_name, shades
from pages.ui.widgets.charts import COLOURS, draw

_SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "info")
_STATUS_COLOURS: dict[Status, str] = {
    "drifted": COLOURS["blue"],
    "ghost": COLOURS["purple"],
    "corrupt": COLOURS["grey"],
}
"""Not those of severities: what is out of sync may be of any."""
_HEIGHT = 170
_PER_KIND = 22
_AROUND_KINDS = 110


def show_risk_and_trend(latest: ScanResult, scans: list[ScanResult]) -> None:
    """Draws the unsaved messages by hour and the scan history, each where there is data for it."""
    drawings: list[Callable[[], None]] = []
    if latest.messages_at_risk:
        drawings.append(partial(_risk, latest))
    if len(scans) > 1:
        drawings.append(partial(_trend, scans))
    for column, drawing in zip(st.columns(len(drawings)) if drawings else (), drawings, strict=True):
        with column:
            drawing()


def show_kinds(latest: ScanResult) -> None:
    """Draws how many issues of each type the scan found."""
    if latest.findings_by_kind:
        _kinds(latest)


def _kinds(result: ScanResult) -> None:
    st.markdown("**Issues by type**")
    rows = [
        {
            "kind": FINDING_LABELS.get(kind, kind),
            "findings": number,
            "severity": marked_name(SEVERITY.get(cast("Kind", kind), "info")),
        }
        for kind, number in result.findings_by_kind.items()
    ]
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar()
        .encode(
            x=alt.X("findings:Q", title="issues", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("kind:N", title=None, sort="-x", axis=alt.Axis(labelLimit=240, labelOverlap=False)),
            color=alt.Color("severity:N", scale=_scale(), legend=alt.Legend(orient="top", title=None, columns=4)),
            tooltip=[alt.Tooltip("kind:N", title="type"), alt.Tooltip("findings:Q", title="issues"), "severity"],
        )
    )
    height = _PER_KIND * len(rows) + _AROUND_KINDS
    draw(chart, key="health-kinds", alt_text=f"Issues by type, {len(rows)} types", height=height)


def _risk(result: ScanResult) -> None:
    st.markdown("**Unsaved messages by hour of expiry**")
    rows = [
        {"hour": hour, "messages": number}
        for hour, number in sorted((hour, number) for hour, number in result.at_risk_by_hour.items() if hour)
    ]
    never = sum(number for hour, number in result.at_risk_by_hour.items() if hour is None)
    if rows:
        frame = pd.DataFrame(rows)
        frame["hour"] = frame["hour"].dt.tz_convert(zone()).dt.tz_localize(None)  # the chart knows no zones
        frame["end"] = frame["hour"] + pd.Timedelta(hours=1)
        chart = (
            alt.Chart(frame)
            .mark_bar(color=shades()["critical"])
            .encode(
                x=alt.X("hour:T", title=None, axis=alt.Axis(format="%a %H:%M", labelOverlap=True)),
                x2="end:T",
                y=alt.Y("messages:Q", title="messages", axis=alt.Axis(tickMinStep=1)),
                y2=alt.datum(0),
                tooltip=[alt.Tooltip("hour:T", format="%a %-d %b %H:%M", title="from"), "messages"],
            )
        )
        draw(chart, key="health-risk", alt_text=f"Unsaved messages by hour, {len(rows)} hours", height=_HEIGHT)
    if never:
        st.caption(f"{never:,} more have no expiry.")


def _trend(scans: list[ScanResult]) -> None:
    st.markdown("**Scan history**")
    rows = [
        {"scan": scan.started_at, "status": STATUS_LABELS[name], "sessions": getattr(scan, name)}
        for scan in scans
        for name in _STATUS_COLOURS
    ]
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(point={"filled": True, "size": 60})
        .encode(
            x=alt.X("scan:T", title=None, axis=alt.Axis(format="%-d %b %H:%M", tickCount=4, labelOverlap=True)),
            y=alt.Y("sessions:Q", title="sessions", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "status:N",
                scale=alt.Scale(domain=_statuses(), range=list(_STATUS_COLOURS.values())),
                legend=alt.Legend(orient="right", title=None),
            ),
            shape=alt.Shape("status:N", sort=_statuses(), scale=alt.Scale(domain=_statuses(), range=_SHAPES)),
            tooltip=["scan", "status", "sessions"],
        )
    )
    draw(chart, key="health-trend", alt_text=f"Sessions out of sync in {len(scans)} scans", height=_HEIGHT)


_SHAPES = ["circle", "square", "diamond"]


def _statuses() -> list[str]:
    return [STATUS_LABELS[name] for name in _STATUS_COLOURS]


def _scale() -> alt.Scale:
    return alt.Scale(domain=[marked_name(name) for name in _SEVERITIES], range=[shades()[name] for name in _SEVERITIES])
