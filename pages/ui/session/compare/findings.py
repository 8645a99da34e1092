"""What was found, worst first: what it means, what probably did it, what would end it."""

import streamlit as st

from chatdata.domain.drift import Comparison, DriftFinding, Severity
from chatdata.domain.text import json_or_text
from pages.ui.base.formatting import count, plain

_BADGES: dict[Severity, str] = {
    "critical": ":red-badge[critical]",
    "high": ":orange-badge[high]",
    "medium": ":yellow-badge[medium]",
    "info": ":gray-badge[info]",
}
_SHOWN = 600


def show(comparison: Comparison) -> None:
    """Draws each finding."""
    if not comparison.findings:
        st.caption("Nothing was found.")
    for finding in comparison.findings:
        draw(finding)


def draw(finding: DriftFinding) -> None:
    """Draws one finding in a frame."""
    with st.container(border=True):
        _draw(finding)


def _draw(finding: DriftFinding) -> None:
    where = " · ".join(_places(finding))
    st.markdown(f"{_BADGES[finding.severity]} **{plain(finding.kind)}** {plain(where)}")
    st.markdown(plain(finding.meaning))
    for number, cause in enumerate(finding.likely_causes):
        first = "Probably" if number == 0 else "Or"
        st.caption(f"{first} **{plain(cause.cause)}**: {plain(cause.evidence)}")
    _values(finding)
    for words, repairs in (("Would end it", finding.ended_by), ("Gains time, ends nothing", finding.eased_by)):
        if repairs:
            st.caption(f"{words}: {plain(', '.join(repairs))}")


def _places(finding: DriftFinding) -> list[str]:
    found = [count(finding.count, "message")] if finding.field is None and finding.count > 1 else []
    if finding.cache_position is not None:
        found.append(f"cache #{finding.cache_position}")
    if finding.database_position is not None:
        found.append(f"database #{finding.database_position}")
    if finding.field is not None:
        found.append(f"field {finding.field}")
    return found


def _values(finding: DriftFinding) -> None:
    if finding.cache_value is None and finding.database_value is None:
        return
    left, right = st.columns(2)
    sides = (
        (left, "Cache", finding.cache_value, finding.cache_position),
        (right, "Database", finding.database_value, finding.database_position),
    )
    for box, name, value, position in sides:
        box.caption(name)
        if value is None and position is None and finding.field is None:
            box.caption("not there")
        else:
            box.code(_text(value), language=None, wrap_lines=True)


def _text(value: object) -> str:
    text = json_or_text(value)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … ({len(text):,} characters)"
    return shown.encode("utf-8", "backslashreplace").decode()
