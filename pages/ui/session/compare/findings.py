"""The issues, worst first: what each means, its likely cause, and what fixes it."""

from collections.abc import Sequence

import streamlit as st

from chatdata.domain.copies import Source
from chatdata.domain.drift import Comparison, DriftFinding, Repair
from chatdata.domain.labels import CAUSE_LABELS, FINDING_LABELS, PURPOSE_LABELS, REPAIR_LABELS
from chatdata.domain.text import json_or_text
from pages.ui.base.formatting import count, in_time_zone, plain
from pages.ui.base.severity_marks import badge
from pages.ui.session.compare import issue_states, repair

_SHOWN = 600
_MOST_PLACES = 8


def show(comparison: Comparison) -> None:
    """Draws each finding with its state and the repair asked for in it, and those that are resolved."""
    repair.show_last_outcome(comparison.session_id)
    told = issue_states.history(comparison)
    if not comparison.findings:
        st.caption("No issues.")
    for number, finding in enumerate(comparison.findings):
        buttons = f"fix-{number}" if repair.allowed() else None
        state = issue_states.badge(told.current.get(finding.kind))
        draw(finding, buttons=buttons, state=state, session_id=comparison.session_id)
    issue_states.show_resolved(told)


def draw(finding: DriftFinding, *, buttons: str | None = None, state: str = "", session_id: str = "") -> None:
    """Draws one finding in a frame. Its fixes are buttons whose keys begin with `buttons`, or text if it is None.

    `state` is Markdown that says since when the issue is there; `session_id` is needed for buttons.
    """
    with st.container(border=True):
        _draw(finding, buttons, state, session_id)


def _draw(finding: DriftFinding, buttons: str | None, state: str, session_id: str) -> None:
    where = " · ".join(_places(finding))
    code = f":gray[:small[{plain(finding.kind)}]]"
    st.markdown(f"{badge(finding.severity)} **{plain(FINDING_LABELS[finding.kind])}** {code} {plain(where)} {state}")
    st.markdown(plain(in_time_zone(finding.meaning)))
    for number, cause in enumerate(finding.likely_causes):
        first = "Likely cause" if number == 0 else "Alternative"
        st.caption(f"{first}: **{plain(CAUSE_LABELS[cause.cause])}**. {plain(in_time_zone(cause.evidence))}")
    for one in finding.consequences:
        st.caption(f"Same cause: **{plain(FINDING_LABELS[one.kind])}**. {plain(in_time_zone(one.meaning))}")
    _values(finding)
    if finding.advice:
        st.markdown(plain(in_time_zone(finding.advice)))
    for purpose, repairs in finding.suggestions:
        _draw_fixes(PURPOSE_LABELS[purpose], repairs, buttons)
    if buttons is not None:
        repair.show_inline(session_id, buttons)


def _draw_fixes(words: str, repairs: tuple[Repair, ...], buttons: str | None) -> None:
    if buttons is None:
        st.caption(f"{words}: {plain(', '.join(REPAIR_LABELS[action] for action in repairs))}")
        return
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption(f"{words}:", width="content")
    for action in repairs:
        row.button(
            REPAIR_LABELS[action],
            key=f"{buttons}-{action}",
            help="Shows here what the repair would change",
            on_click=repair.ask_inline,
            args=(action, buttons),
        )


def _places(finding: DriftFinding) -> list[str]:
    found = [count(finding.count, "message")] if finding.field is None and finding.count > 1 else []
    sources: tuple[Source, ...] = ("cache", "database")
    found += [f"{source} {_listed(positions)}" for source in sources if (positions := finding.positions(source))]
    if finding.field is not None:
        found.append(f"field {finding.field}")
    return found


def _listed(positions: Sequence[int]) -> str:
    """The positions, as in "#3, #8 and 12 more"."""
    more = f" and {len(positions) - _MOST_PLACES:,} more" if len(positions) > _MOST_PLACES else ""
    return ", ".join(f"#{position}" for position in positions[:_MOST_PLACES]) + more


def _values(finding: DriftFinding) -> None:
    if finding.cache_value is None and finding.database_value is None:
        return
    if finding.waits:
        st.caption("Waiting list")
        st.code(_text(finding.cache_value), language=None, wrap_lines=True)
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
