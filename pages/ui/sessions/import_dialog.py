"""Import of conversations from files, where writing is allowed."""

from typing import Any

import streamlit as st

from chatdata.domain.dialects import DIALECTS, FORMATS, Dialect
from chatdata.services.importing import ImportReport, can_import, import_lines
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, plain
from pages.ui.server.services import connected, now
from pages.ui.session.links import SESSION, parameters
from pages.ui.widgets import column, table

_LISTED = 20
_LINKED = 5


def button() -> None:
    """Draws the Import button; nothing if the stores are read-only or the role does not allow it."""
    allowed = can_import(connected().stores) and current_principal.current().may_import
    if allowed and st.button("Import", icon=":material/upload:", width="stretch"):
        _dialog()


@st.dialog("Import conversations", width="medium", on_dismiss="rerun")
def _dialog() -> None:
    st.markdown(
        "JSON Lines or a JSON array of conversations, a single array of messages, or raw cached documents: OpenAI's "
        "message format, requests and logs of other APIs, exports of chat apps, or session files of agents. Sessions "
        "are written to the database and the cache. Existing messages are not changed."
    )
    titles = {item.name: item.title for item in FORMATS}
    dialect = st.selectbox(
        "Format", [None, *DIALECTS], format_func=lambda name: titles[name] if name else "Recognized by its keys"
    )
    files = st.file_uploader("Files", type=["jsonl", "json", "ndjson"], accept_multiple_files=True)
    for file in files or ():
        _import(file, dialect)


def _import(file: Any, dialect: Dialect | None) -> None:
    """Imports a file once per format, however often the dialog is drawn.

    Raises NotAllowed if the role does not allow it.
    """
    current_principal.demand(current_principal.current().may_import, "import conversations")
    done: dict[tuple[str, Dialect | None], ImportReport] = st.session_state.setdefault("imported_files", {})
    key = (file.file_id, dialect)
    if key not in done:
        connection = connected()
        bar, size = st.progress(0.0, text="Importing…"), max(file.size, 1)

        def show_progress(read: int) -> None:
            bar.progress(min(read / size, 1.0), text="Importing…")

        done[key] = import_lines(
            connection.stores,
            file,
            now(),
            show_progress,
            embedded=connection.settings.embedded,
            kept=connection.app_db,
            dialect=dialect,
        )
        bar.empty()
    _show(file.name, done[key])


def _show(name: str, report: ImportReport) -> None:
    st.markdown(f"**{plain(name)}**: {_summary(report)}")
    _link([*report.created, *report.appended])
    trouble = [text for text in (report.stopped, report.cache_problem) if text]
    for text in trouble:
        st.warning(plain(text))
    for title, entries in (
        ("Skipped", [(problem.line, problem.reason) for problem in report.problems]),
        ("Warnings", [(note.line, note.text) for note in report.notes]),
    ):
        _list(title, entries)


def _link(session_ids: list[str]) -> None:
    """Draws links to the sessions that were created or updated, of many to the first ones."""
    for session_id in session_ids[:_LINKED]:
        st.page_link(SESSION, label=plain(session_id), icon=":material/forum:", query_params=parameters(session_id))
    if len(session_ids) > _LINKED:
        st.caption(f"{count(len(session_ids) - _LINKED, 'more session')} in the list behind this dialog.")


def _summary(report: ImportReport) -> str:
    return (
        f"{len(report.created):,} created · {len(report.appended):,} updated · {len(report.unchanged):,} unchanged · "
        f"{len(report.problems):,} skipped · {count(report.messages, 'message')} written"
    )


def _list(title: str, entries: list[tuple[int, str]]) -> None:
    if entries:
        with st.expander(f"{title}: {len(entries):,}", expanded=title == "Skipped"):
            table.show(
                [{"line": line, "what": what} for line, what in entries],
                {"line": column.number("Line", width=70), "what": column.text("Details", width=520)},
                key=f"import_{title}",
                alt=title,
                most_rows=_LISTED,
                opens=False,
            )
