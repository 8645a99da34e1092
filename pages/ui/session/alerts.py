"""What is wrong with a session, each in one sentence with the likely cause and a button for the fix."""

from datetime import datetime
from typing import Literal

import streamlit as st

from chatdata import Source
from chatdata.domain.copies import Copies, Unavailable, Unconfigured
from chatdata.domain.drift import Comparison, DriftFinding, Severity
from chatdata.domain.drift.findings.turns import doing_now
from chatdata.domain.drift.wording import until as when_expired
from chatdata.domain.labels import CAUSE_LABELS, PROVIDER_LABELS, REPAIR_LABELS
from chatdata.services.inspection import Inspection
from pages.ui.base.formatting import count, duration, in_time_zone, moment, plain
from pages.ui.server.services import connected, inspections
from pages.ui.session import tabs
from pages.ui.session.compare import repair

_BOX: dict[Severity, Literal["error", "warning", "info"]] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "info": "info",
}


def show(inspection: Inspection, source: Source) -> None:
    """Draws the worst difference between the copies, and the worst reason why a provider rejects the shown copy.

    While a turn runs the copy ends within it, so what a provider would say of a message after that is no news. Nor is
    it on the Payload tab, where each provider says so itself.
    """
    _show_drift(inspection.copies, inspection.comparison)
    within_a_turn = doing_now(inspection.copies) == "running"
    if inspection.readable(source) is not None and not within_a_turn and tabs.current() != "payload":
        _show_rejection(inspection.session_id, source)


def _show_drift(copies: Copies, comparison: Comparison) -> None:
    if comparison.status is None:
        if tabs.current() == "compare":
            st.warning(plain(_unasked(copies, comparison)), icon=":material/cloud_off:")
        return
    told = [finding for finding in comparison.findings if finding.severity != "info"]
    if told:
        worst = told[0]
        words = " ".join([_cost(comparison, worst), *_likely(worst), *_advised(worst), *_others(len(told) - 1)])
        _show_worst(plain(in_time_zone(words)), worst)


def _say(severity: Severity, words: str, icon: str) -> None:
    """Draws the sentence in the colour of the severity, which the style sheet adds where Streamlit has no such box."""
    box = {"error": st.error, "warning": st.warning, "info": st.info}[_BOX[severity]]
    with st.container(key=f"alert_{severity}_{icon}"):
        box(words, icon=f":material/{icon}:")


def _show_worst(words: str, worst: DriftFinding) -> None:
    with st.container(key="drift_alert", horizontal=True, vertical_alignment="center"):
        _say(worst.severity, words, "difference")
        if worst.repairs and repair.allowed():
            st.button(
                "Preview repair",
                key="alert_repair",
                icon=":material/build:",
                help=REPAIR_LABELS[worst.repairs[0]],
                on_click=repair.choose,
                args=(worst.repairs[0],),
            )
        elif tabs.current() != "compare":
            st.button(
                "Show issues", key="alert_issues", icon=":material/difference:", on_click=tabs.go, args=("compare",)
            )


def _likely(finding: DriftFinding) -> list[str]:
    causes = finding.likely_causes
    return [f"Likely cause: {CAUSE_LABELS[causes[0].cause].rstrip('.')}."] if causes else []


def _advised(finding: DriftFinding) -> list[str]:
    return [finding.advice] if finding.advice else []


def _others(number: int) -> list[str]:
    return [f"And {count(number, 'more issue')}."] if number else []


def _show_rejection(session_id: str, source: Source) -> None:
    judged = inspections().preview(session_id, source, connected().settings.model).judged
    rejecting, error = judged.rejected_by, judged.main_error
    if not rejecting or error is None:
        return
    who = (
        "Every provider"
        if len(rejecting) == len(PROVIDER_LABELS)
        else _named([PROVIDER_LABELS[it] for it in rejecting])
    )
    with st.container(key="payload_alert", horizontal=True, vertical_alignment="center"):
        why = plain(_reason(len(error.rejecting), len(rejecting), error.meaning))
        _say("high", f"{plain(who)} would reject the next request. {why}", "block")
        st.button(
            "Show in payload", key="alert_payload", icon=":material/data_object:", on_click=tabs.go, args=("payload",)
        )


def _reason(sharing: int, rejecting: int, meaning: str) -> str:
    """The meaning of the error that most rejecting providers share, with their number if others have other reasons."""
    if sharing == rejecting:
        return meaning
    if sharing == 1:
        return "Each has a reason of its own."
    return f"{sharing:,} of the {rejecting:,} for this reason: {meaning}"


def _named(names: list[str]) -> str:
    first, *others = names
    if not others:
        return first
    return f"{first} and {others[0]}" if len(others) == 1 else f"{first} and {len(others)} more providers"


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
