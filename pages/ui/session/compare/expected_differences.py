"""Expected differences: how often each was found, and a switch that reports it as an issue."""

import streamlit as st

from chatdata import Copies
from chatdata.domain.drift import Comparison, ExpectedRule, compare
from chatdata.domain.labels import EXPECTED_LABELS
from pages.ui.session.compare import findings

DESCRIPTIONS: dict[ExpectedRule, str] = {
    "timestamp_precision": "microseconds in the cache, milliseconds in the database",
    "clock_skew": "the session's start is off by less than a minute",
    "stale_updated_at": "the cached time of the last update is older: it is not updated on save",
    "usage_aggregated": "tokens turn by turn in the cache, one sum in the database",
    "null_or_missing": "null on one side, missing on the other; the order of keys, the form of numbers",
    "unset_row_fields": "fields that a later version leaves empty in the cache",
    "control_characters": "control characters that the database strips",
    "windowed_cache": "a cache that keeps only the newest messages",
    "stale_status": "the chat's status, saved to the database only",
    "metadata_defaults": "metadata keys that one copy lacks and the other has with their default value",
    "arguments_reserialised": "the same JSON in a tool call's arguments, formatted differently",
    "streaming_index": "an index that streaming left on a tool call",
    "reasoning_rows": "reasoning messages, which a model is never sent",
}


def show(copies: Copies, comparison: Comparison) -> None:
    """Draws the counts and the switches."""
    if not comparison.ledger:
        st.caption("No expected differences.")
        return
    st.caption("Expected differences do not affect the status. Turn one on to report it as an issue.")
    shown: list[ExpectedRule] = []
    for rule, number in comparison.ledger.items():
        if st.toggle(
            f"{EXPECTED_LABELS[rule]}: {number:,} · {DESCRIPTIONS[rule]}", key=f"ledger_{rule}", help=f"Code: `{rule}`"
        ):
            shown.append(rule)
    if shown:
        looked = compare(copies, shown=frozenset(shown))
        for finding in looked.findings:
            if finding.kind in shown:
                findings.draw(finding)
