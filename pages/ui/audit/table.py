"""The events of the audit log as a table and as CSV."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from chatdata.domain.labels import AUDIT_EVENT_LABELS, VISIBILITY_LABELS
from chatdata.services.audit import AuditEvent, AuditFilter
from pages.ui.base.formatting import count
from pages.ui.server.services import connected
from pages.ui.widgets import column, table
from pages.ui.widgets.cell import text
from pages.ui.widgets.column import Column
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
    table.show(rows, _columns(), key="audit_events", alt="Events", opens=False, order="none" if more else "here")


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


def _columns() -> dict[str, Column]:
    return {
        "at": column.time("Time", format=column.SECONDS, width=158),
        "kind": column.text("Event", width=75),
        "who": column.text("User", width=170),
        "session_id": column.text("Session", width=250),
        "view": column.text("Visibility", width=70),
        "address": column.text("IP address", width=100),
        "what": column.text("Details", width=245),
    }
