"""The progress of a list export, and the link to its file."""

import streamlit as st

from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, plain
from pages.ui.export import download_link
from pages.ui.export.bulk_jobs import ExportProgress, ListExport, exports
from pages.ui.export.routes import path_of
from pages.ui.widgets import job_progress

_TOKEN = "list_export_token"
_MEGA = 1_000_000


def wait_for(token: str) -> None:
    """Makes this tab show the export with this token."""
    st.session_state[_TOKEN] = token


def show() -> bool:
    """Draws the export that this tab waits for; returns False if there is none."""
    if _job() is None:
        return False
    _progress()
    st.button(
        "Discard export",
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=_leave,
        help="Deletes the file, or cancels the export while it runs",
    )
    return True


def _job() -> ListExport | None:
    token = st.session_state.get(_TOKEN)
    if token is None:
        return None
    try:
        return exports.of(token, current_principal.current())
    except LookupError:  # long ago
        del st.session_state[_TOKEN]
        return None


def _leave() -> None:
    """Callback: cancels the export, or deletes its file."""
    job = _job()
    if job is not None:
        job.cancel()
    st.session_state.pop(_TOKEN, None)


@st.fragment(run_every="1s")
def _progress() -> None:
    """Polls the job, which continues without this page."""
    job = _job()
    if job is None:
        return
    match job.state.status:
        case "running":
            _running(job)
        case "done":
            _done(job)
        case "cancelled":
            st.info("Export cancelled.", icon=":material/close:")
        case "failed":
            st.error(f"Export failed. {plain(job.state.error or '')}", icon=":material/error:")


def _running(job: ListExport) -> None:
    room = job_progress.show(job.written.sessions, job.total, _progress_text(job))
    room.button("Cancel", key="list_export_cancel", on_click=job.cancel)


def _progress_text(job: ListExport) -> str:
    progress = job.state.progress
    if progress is None:
        return "Queued…"
    of = f" of {job.total:,}" if job.total is not None else ""
    return f"{progress.sessions:,}{of} sessions exported"


def _done(job: ListExport) -> None:
    held, size = count(job.written.sessions, "session"), _size(job.state.result or 0)
    if job.taken:
        st.success(f"Downloaded: {held}, {size}.", icon=":material/check:")
    else:
        st.markdown(f"**{held}**, {size}: {plain(job.parcel.name)}.{_missing(job.written)}")
        download_link.show("Download", path_of(st.session_state[_TOKEN]), job.parcel.name)
        st.caption("One-time download, deleted after an hour.")


def _missing(written: ExportProgress) -> str:
    if not written.missing:
        return ""
    return f" {count(written.missing, 'session')} skipped: copy not found, or deleted during the export."


def _size(size: int) -> str:
    return f"{size / _MEGA:,.1f} MB" if size >= _MEGA else f"{max(size / 1_000, 0.1):,.1f} KB"
