"""The dialog that exports sessions of the list: all that match the filters, or selected rows."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from chatdata.services.catalog import MOST_CACHED_SESSIONS, CachedOnly, SessionFilter, SessionLine
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count
from pages.ui.export import bulk_progress, options
from pages.ui.export.bulk_jobs import ExportFile, exports
from pages.ui.export.bulk_writer import MOST_IN_HTML, ExportRequest, requested_pieces
from pages.ui.export.options import EVIDENCE, FORM_NAMES, MIMES, Choice
from pages.ui.server.services import connected, now, search
from pages.ui.shell import query_errors
from pages.ui.widgets import column, table
from pages.ui.widgets.cell import text

_KEY = "list_export"
_ROW_PIXELS, _ROWS = 33, 5
_ALL, _SOME = "all", "some"


def button(where: SessionFilter, cached: CachedOnly, lines: Sequence[SessionLine], total: int | None) -> None:
    """Draws the button that opens the dialog. `lines` are those of this page; `total` is None without the database."""
    if st.button("Export", icon=":material/download:", width="stretch", help="Export sessions of this list to a file"):
        _dialog(where, cached, list(lines), total)


@st.dialog("Export sessions", width="medium", on_dismiss="rerun")
def _dialog(where: SessionFilter, cached: CachedOnly, lines: list[SessionLine], total: int | None) -> None:
    with query_errors.part("Export", "pick a user or a shorter time range under Filters"):
        if bulk_progress.show():
            return
        chosen = _which(lines, total)
        choice = options.show(("json", "jsonl", "md", "html", "csv"), ("database", "cache"), key=_KEY)
        number = total if chosen is None else len(chosen)
        st.markdown(_summary_text(number, choice))
        st.button(
            "Export",
            type="primary",
            disabled=_too_many(number, choice) or number == 0,
            on_click=_start,
            args=(ExportRequest(where, cached, chosen or (), choice, search()), number),
        )


def _which(lines: list[SessionLine], total: int | None) -> tuple[str, ...] | None:
    """The IDs of the selected sessions; None means all matching ones."""
    every = "All matching cached sessions" if total is None else f"All matching sessions ({total:,})"
    which = st.segmented_control(
        "Sessions",
        [_ALL, _SOME],
        default=_ALL,
        required=True,
        format_func={_ALL: every, _SOME: "Selected rows"}.__getitem__,
        key=f"{_KEY}_which",
    )
    return _some(lines) if which == _SOME else None


def _some(lines: list[SessionLine]) -> tuple[str, ...]:
    columns = {
        "Session": column.text("Session", width=430),
        "active": column.time("Last activity"),
        "messages": column.number("Messages", width=90),
    }
    pressed = table.show(
        [_row(line) for line in lines],
        columns,
        key=f"{_KEY}_rows",
        alt="Sessions of this page; tick the rows to export",
        most_rows=_ROWS,
        opens=False,
        ticks=True,
    )
    return tuple(lines[row].summary.session_id for row in pressed.ticked)


def _row(line: SessionLine) -> dict[str, object]:
    """A table row for a session; at the structure level only its ID."""
    summary = line.summary
    told = summary.title or summary.first_user_message if current_principal.current().may_see_people else None
    return {
        "Session": text(told) or summary.session_id,
        "active": pd.Timestamp(summary.updated_at),
        "messages": summary.messages,
    }


def _summary_text(number: int | None, choice: Choice) -> str:
    if _too_many(number, choice):
        return (
            f"An HTML report holds at most {MOST_IN_HTML} sessions, because a browser loads all of it at once. "
            "Choose another format, or narrow the list."
        )
    if number == 0:
        return "Select the rows to export."
    size = "at most " + count(MOST_CACHED_SESSIONS, "session") if number is None else count(number, "session")
    return (
        f"**{size}** as {FORM_NAMES[choice.form]}. "
        "The export runs in the background; you can download it when it is ready."
    )


def _too_many(number: int | None, choice: Choice) -> bool:
    return choice.form == "html" and number is not None and number > MOST_IN_HTML


def _start(request: ExportRequest, number: int | None) -> None:
    """Callback: starts the export and remembers it for this tab. Raises NotAllowed for a wider data visibility."""
    principal, stores = current_principal.current(), connected()
    current_principal.demand(request.choice.view in options.views(principal), "export this view")
    which = "selected sessions" if request.chosen else "matching sessions"
    evidence = "evidence" if request.choice.form in EVIDENCE else "sessions"
    parcel = ExportFile(
        f"{evidence}-{now():%Y%m%d-%H%M%S}-{request.choice.view}.{request.choice.form}",
        MIMES[request.choice.form],
        f"{which} as {request.choice.words}",
    )
    make = partial(requested_pieces, stores, request)
    bulk_progress.wait_for(exports.start(stores.settings.data_dir, principal, parcel, number, make))
