"""Normal differences: how often each was set aside, and a switch that shows them as findings."""

import streamlit as st

from chatdata import Copies
from chatdata.domain.drift import Comparison, ExpectedRule, compare
from pages.ui.session.compare import findings

_RULES: dict[ExpectedRule, str] = {
    "timestamp_precision": "microseconds in the cache, milliseconds in the database",
    "clock_skew": "the session's start is off by less than a minute",
    "stale_updated_at": "the cached time of the last update is older: it is never bumped",
    "usage_aggregated": "tokens turn by turn in the cache, one sum in the database",
    "null_or_missing": "null on one side, missing on the other; the order of keys, the form of numbers",
    "unset_row_fields": "fields that a later version leaves empty in the cache",
    "control_characters": "control characters that the database does not take",
    "windowed_cache": "a cache that keeps only the newest messages",
    "stale_status": "the chat's status, which goes to the database only",
}


def show(copies: Copies, comparison: Comparison) -> None:
    """Draws the counts and the switches."""
    if not comparison.ledger:
        st.caption("No normal difference had to be set aside.")
        return
    st.caption("These differences are expected and change no status. Switch one on to see it as a finding.")
    shown: list[ExpectedRule] = []
    for rule, number in comparison.ledger.items():
        if st.toggle(f"{rule}: {number:,} · {_RULES[rule]}", key=f"ledger_{rule}"):
            shown.append(rule)
    if shown:
        looked = compare(copies, shown=frozenset(shown))
        for finding in looked.findings:
            if finding.kind in shown:
                findings.draw(finding)
