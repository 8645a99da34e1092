"""The Truncate tab: checks the end of a payload alone, as a sliding context window would send it."""

from typing import Any

import streamlit as st

from chatdata.domain.labels import LINT_LABELS, LINT_SEVERITY_LABELS, PROVIDER_LABELS
from chatdata.domain.lint import PROVIDERS, Report
from chatdata.domain.payload import Cut, Preview, assess_raw, cut, splits_tool_call
from chatdata.domain.tokens import model_facts
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, plain
from pages.ui.widgets import column, table

_RANGES_SHOWN = 12


def show(preview: Preview, model: str) -> None:
    """Draws the inputs, the number of messages left, and the verdicts on them."""
    if current_principal.current().view == "structure":
        st.info(
            "Truncation needs the text of messages, which the structure view hides.", icon=":material/visibility_off:"
        )
        return
    params: list[Any] = preview.judged.payload.params
    if not params:
        st.info("Nothing to truncate: the payload has no messages.", icon=":material/content_cut:")
        return
    st.caption(
        "Simulates a sliding context window. Without another user message, Anthropic and Mistral reject a window that "
        "ends with the assistant."
    )
    limit = _inputs(preview, len(params))
    kept = cut(params, limit, preview.judged.tokens.messages)
    next_user = st.checkbox("Append a user message", key="cut_next", bind="query-params")
    positions = [message.positions for message in preview.judged.payload.messages]
    report = assess_raw(params, model_facts(model), positions=positions, kept=kept, next_user=next_user)
    st.markdown(f"**{count(len(kept), 'message')} of {len(params):,}** would be sent.")
    _verdict(report)
    _orphaning(params)


def _inputs(preview: Preview, most: int) -> Cut:
    by_tokens = preview.judged.tokens.total is not None
    left, middle, right = st.columns([3, 3, 4], vertical_alignment="bottom")
    unit = left.segmented_control(
        "Keep the last", ["messages", "tokens"], default="messages", required=True, key="cut_by", bind="query-params"
    )
    system = right.checkbox("Keep the system message", value=True, key="cut_system", bind="query-params")
    if unit == "tokens" and by_tokens:
        tokens = middle.number_input(
            "Number of tokens", 1, value=4_000, step=500, key="cut_tokens", bind="query-params"
        )
        return Cut(tokens=int(tokens), keep_system=system)
    if unit == "tokens":
        st.caption("Token count unknown: no tokenizer for this model. Truncating by messages.")
    number = middle.number_input("Number of messages", 1, value=min(20, most), key="cut_messages", bind="query-params")
    return Cut(messages=int(number), keep_system=system)


_COLUMNS = {
    "Severity": column.text("Severity", width=80),
    "Rule": column.text("Rule", width=190),
    "Message": column.text("Message", width=80),
    "Description": column.text("Description", width=300),
    "Error": column.text("Error", width=300),
}


def _verdict(report: Report) -> None:
    rejecting = [PROVIDER_LABELS[name] for name in PROVIDERS if report.verdicts[name] == "reject"]
    if not rejecting:
        st.success("Valid for all providers.", icon=":material/check:")
    else:
        st.error(f"Fails on: {', '.join(rejecting)}.", icon=":material/block:")
    rows = [
        {
            "Severity": LINT_SEVERITY_LABELS[finding.severity],
            "Rule": LINT_LABELS[finding.code],
            "Message": ", ".join(f"#{position}" for position in finding.stored_positions),
            "Description": finding.meaning,
            "Error": finding.rejected_by[0].text if finding.rejected_by else "",
        }
        for finding in report.findings
    ]
    if rows:
        table.show(rows, _COLUMNS, key="truncation_issues", alt="Issues of what is left", opens=False)


def _orphaning(params: list[Any]) -> None:
    """Draws which cut points split a tool call from its result."""
    ranges = splits_tool_call(params)
    if not ranges:
        st.caption("No cut point splits a tool call from its result.")
        return
    shown = ", ".join(_range(*one) for one in ranges[:_RANGES_SHOWN])
    more = f", and {len(ranges) - _RANGES_SHOWN:,} more" if len(ranges) > _RANGES_SHOWN else ""
    bad = sum(most - least + 1 for least, most in ranges)
    st.caption(
        f"{count(bad, 'cut point')} of {len(params):,} {'splits' if bad == 1 else 'split'} a tool call from its "
        f"result: the last {plain(shown)} messages{more}."
    )


def _range(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,}–{most:,}"
