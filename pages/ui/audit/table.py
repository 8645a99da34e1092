"""The events of the audit log as a table and as CSV."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from chatdata.domain.labels import AUDIT_EVENT_LABELS, VISIBILITY_LABELS
from chatdata.services.audit import AuditEvent, AuditFilter
from pages.ui.base.formatting import count, zone
from pages.ui.server.services import connected
from pages.ui.widgets.clickable_table import text
from pages.ui.widgets.csv import csv_text
from pages.ui.widgets.download import download_button

MOST_SHOWN = 500
_ALL = AuditFilter()


def read(where: AuditFilter, limit: int | None = MOST_SHOWN + 1) -> tuple[AuditEvent, ...]:
    """The newest events of this deployment: by default one more than are shown, to know whether there are more."""
    connection = connected()
    return connection.app_db.audit_events(where, limit)


def say_none(where: AuditFilter) -> None:
    """Says why no events are listed."""
    if where == _ALL:
        st.info("No events yet.", icon=":material/history:")
    else:
        st.info("No matching events.", icon=":material/filter_alt_off:")


def show(events: Sequence[AuditEvent], *, more: bool) -> None:
    """Draws the events as a table."""
    st.markdown(f"**Latest {len(events):,} events**" if more else f"**{count(len(events), 'event')}**")
    rows = [{"at": pd.Timestamp(event.at), **_texts(event), **_labels(event)} for event in events]
    st.dataframe(rows, hide_index=True, width="stretch", height="content", column_config=_columns())


def download(where: AuditFilter) -> None:
    """Draws the CSV button; the file has all matching events, not only those shown."""

    def csv() -> str:
        return csv_text(pd.DataFrame([{"at": event.at.isoformat(), **_texts(event)} for event in read(where, None)]))

    download_button("CSV", csv, "audit.csv", what="the audit log as CSV", mime="text/csv", key="audit_csv")


def _texts(event: AuditEvent) -> dict[str, object]:
    fields = {
        "kind": event.kind,
        "who": event.who,
        "session_id": event.session_id,
        "view": event.view,
        "address": event.address,
        "what": event.what,
    }
    return {name: text(value) for name, value in fields.items()}


def _labels(event: AuditEvent) -> dict[str, object]:
    return {"kind": AUDIT_EVENT_LABELS[event.kind], "view": VISIBILITY_LABELS[event.view]}


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "at": config.DatetimeColumn("Time", format="YYYY-MM-DD HH:mm:ss", timezone=str(zone()), width=140),
        "kind": config.TextColumn("Event", width=75),
        "who": config.TextColumn("User", width=170),
        "session_id": config.TextColumn("Session", width=250),
        "view": config.TextColumn("Visibility", width=70),
        "address": config.TextColumn("IP address", width=100),
        "what": config.TextColumn("Details", width=245),
    }
