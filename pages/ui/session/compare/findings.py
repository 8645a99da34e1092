"""The issues, worst first: what each means, its likely cause, and what fixes it."""

import streamlit as st

from chatdata.domain.drift import Comparison, DriftFinding, Severity
from chatdata.domain.labels import CAUSE_LABELS, FINDING_LABELS, REPAIR_LABELS, SEVERITY_LABELS
from chatdata.domain.text import json_or_text
from pages.ui.base.formatting import count, plain

_COLOURS: dict[Severity, str] = {"critical": "red", "high": "orange", "medium": "yellow", "info": "gray"}
_SHOWN = 600


def show(comparison: Comparison) -> None:
    """Draws each finding."""
    if not comparison.findings:
        st.caption("No issues.")
    for finding in comparison.findings:
        draw(finding)


def draw(finding: DriftFinding) -> None:
    """Draws one finding in a frame."""
    with st.container(border=True):
        _draw(finding)


def _draw(finding: DriftFinding) -> None:
    where = " · ".join(_places(finding))
    badge = f":{_COLOURS[finding.severity]}-badge[{SEVERITY_LABELS[finding.severity]}]"
    code = f":gray[:small[{plain(finding.kind)}]]"
    st.markdown(f"{badge} **{plain(FINDING_LABELS[finding.kind])}** {code} {plain(where)}")
    st.markdown(plain(finding.meaning))
    for number, cause in enumerate(finding.likely_causes):
        first = "Likely cause" if number == 0 else "Alternative"
        st.caption(f"{first}: **{plain(CAUSE_LABELS[cause.cause])}**. {plain(cause.evidence)}")
    _values(finding)
    for words, repairs in (("Suggested fix", finding.ended_by), ("Workaround", finding.eased_by)):
        if repairs:
            st.caption(f"{words}: {plain(', '.join(REPAIR_LABELS[repair] for repair in repairs))}")


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
            box.caption("(missing)")
        else:
            box.code(_text(value), language=None, wrap_lines=True)


def _text(value: object) -> str:
    text = json_or_text(value)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … ({len(text):,} characters)"
    return shown.encode("utf-8", "backslashreplace").decode()
