"""The Model impact tab: what a model would be sent from each copy, and which providers would reject it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from chatdata import Source
from chatdata.domain.payload import Assessment
from chatdata.domain.side_by_side import (
    PayloadDiff,
    Payloads,
    Sent,
    compare_payloads,
    payload_sentences,
    payload_weight,
)
from chatdata.services.inspection import BOTH, Inspection
from pages.ui.base.formatting import plain
from pages.ui.base.keys import key_of
from pages.ui.server.services import connected, inspections
from pages.ui.session.links import SESSION, open_session, parameters
from pages.ui.widgets import clickable_table, column
from pages.ui.widgets.cell import text
from pages.ui.widgets.column import Column

_MOST_LISTED = 500
_ROWS_SHOWN = 12
_ORDER: tuple[Source, ...] = ("cache", "database")
_WHAT = {
    "only_database": "Missing in cache",
    "only_cache": "Only in cache",
    "otherwise": "Modified",
    "elsewhere": "Moved",
}


def show(session_id: str, inspection: Inspection) -> None:
    """Draws the size of both payloads, and a table of messages that differ."""
    model = connected().settings.model
    judged = {
        source: inspections().preview(session_id, source, model).judged
        for source in _ORDER
        if inspection.readable(source) is not None
    }
    if not judged:
        st.caption("No copy can be read: there is nothing to send.")
        return
    payloads = _compared(inspection, judged)
    for sentence in payload_sentences(payloads) if payloads else ():
        st.markdown(plain(sentence))
    _cards(session_id, judged, model)
    if payloads and payloads.apart:
        _table(session_id, payloads, inspection.token)


def _compared(inspection: Inspection, judged: Mapping[Source, Assessment]) -> Payloads | None:
    if len(judged) < len(BOTH):
        return None
    return compare_payloads(judged["cache"], judged["database"], inspection.copies, inspection.comparison)


def _cards(session_id: str, judged: Mapping[Source, Assessment], model: str) -> None:
    for box, (source, one) in zip(st.columns(len(judged)), judged.items(), strict=True):
        with box.container(border=True):
            st.markdown(f"**From the {source}**")
            st.markdown(plain(payload_weight(one, model)))
            st.page_link(
                SESSION,
                label=f"Payload from the {source}",
                icon=":material/data_object:",
                query_params=parameters(session_id, source=source, tab="payload"),
            )


def _table(session_id: str, payloads: Payloads, token: str) -> None:
    listed = payloads.apart[:_MOST_LISTED]
    more = f"; the first {_MOST_LISTED:,} of {len(payloads.apart):,}" if len(payloads.apart) > _MOST_LISTED else ""
    st.caption(f"Messages that differ in the model request{more}. Click a row to open it.")
    clicked = clickable_table.show(
        [_row(item) for item in listed],
        _columns(),
        key=key_of("drift-payloads", token),
        alt="Messages that differ in the model request; select one to open it in the conversation",
        most_rows=_ROWS_SHOWN,
    )
    if clicked is not None:
        at = _of(listed[clicked])
        open_session(session_id, source=at.source, message=at.positions[0])


def _row(item: PayloadDiff) -> dict[str, Any]:
    sent = _of(item)
    words = text(sent.words)
    if item.kind == "otherwise" and item.cached and item.stored:
        words = f"{text(item.cached.words)} → {text(item.stored.words)}"
    return {
        "what": _WHAT[item.kind],
        "cache": _places(item.cached),
        "database": _places(item.stored),
        "role": text(sent.role),
        "words": words,
        "tools": text(", ".join(sent.tools)),
        "tokens": sent.tokens,
    }


def _of(item: PayloadDiff) -> Sent:
    sent = item.stored or item.cached
    assert sent is not None
    return sent


def _places(sent: Sent | None) -> str:
    return "" if sent is None else ", ".join(map(str, sent.positions))


def _columns() -> dict[str, Column]:
    return {
        "what": column.text("Change", width=150),
        "cache": column.text("Cache #", width=70),
        "database": column.text("Database #", width=84),
        "role": column.text("Role", width=80),
        "words": column.text("Preview", width=420, help="From the cache → from the database, where both have text"),
        "tools": column.text("Tool calls", width=140),
        "tokens": column.number("Tokens", width=70, help="Estimated; “–” means unknown"),
    }
