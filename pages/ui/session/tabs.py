"""The tabs of a session, whose codes are kept in the URL."""

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata import Source
from chatdata.domain.labels import PROVIDER_LABELS
from chatdata.services.inspection import Inspection
from chatdata.services.usage import counted_responses
from pages.ui.server.services import connected, inspections
from pages.ui.widgets import url_choice

Tab = Literal["messages", "compare", "payload", "tokens"]
PARAMETER = "tab"
PART = "part"
"""The query parameter of the tabs inside a tab."""
_LABELS: dict[Tab, str] = {
    "messages": "Messages",
    "compare": "Cache vs database",
    "payload": "Payload",
    "tokens": "Tokens",
}


def current() -> Tab:
    """The tab in the URL; Messages if missing or unknown."""
    return url_choice.current(PARAMETER, _LABELS)


def show() -> tuple[Tab, DeltaGenerator]:
    """Draws the tabs; returns the open one and its container."""
    with st.container(key="session_tabs"):
        return url_choice.tabs(_LABELS, key=PARAMETER)


def go(tab: Tab, part: str | None = None) -> None:
    """Callback: opens a tab, at one of its parts if given."""
    url_choice.put(PARAMETER, tab, _LABELS)
    st.query_params.pop(PART, None)
    if part is not None:
        st.query_params[PART] = part


def show_counts(inspection: Inspection, source: Source) -> None:
    """Writes beside each label how many messages, issues, rejecting providers and responses with tokens there are.

    The style sheet adds the figures, since labels that change would have the browser build the tabs anew.
    """
    numbers = [_number(tab, inspection, source) for tab in _LABELS]
    rules = [
        _rule(place, tab, number)
        for place, (tab, number) in enumerate(zip(_LABELS, numbers, strict=True), start=1)
        if number
    ]
    st.html(f"<style>{' '.join(rules)}</style>")


def _rule(place: int, tab: Tab, number: int) -> str:
    """The figure of a tab; of rejecting providers also the words for it, as a tooltip and for screen readers."""
    at = f'.st-key-session_tabs [role="tab"]:nth-of-type({place}):not([role="tabpanel"] *)'
    if tab != "payload":
        return f'{at}::after {{ content: "{number:,}"; }}'
    words = _rejecting(number)
    spoken = f'{at}::after {{ content: "{number:,}"; content: "{number:,}" / "({words[:1].lower()}{words[1:]})"; }}'
    return f'{spoken} {at}:is(:hover, :focus-visible)::before {{ content: "{words}"; content: "{words}" / ""; }}'


def _rejecting(providers: int) -> str:
    if providers == 1:
        return f"1 of {len(PROVIDER_LABELS)} providers rejects the next request"
    who = "All" if providers == len(PROVIDER_LABELS) else f"{providers} of {len(PROVIDER_LABELS)}"
    return f"{who} providers reject the next request"


def _number(tab: Tab, inspection: Inspection, source: Source) -> int:
    if tab == "compare":
        return sum(finding.severity != "info" for finding in inspection.comparison.findings)
    copy = inspection.readable(source)
    if copy is None:
        return 0
    if tab == "messages":
        return len(copy.messages)
    if tab == "tokens":
        return counted_responses(inspection.copies)
    return len(inspections().preview(inspection.session_id, source, connected().settings.model).judged.rejected_by)
