"""Starting a scan, how far it is, and the scans that were kept."""

import streamlit as st

from chatdata import AppDatabaseError
from chatdata.services.scan import ScanProgress, ScanResult, last_scans
from pages.ui.auth import current_reader
from pages.ui.base.formatting import count, plain
from pages.ui.server.services import connected, scan_job

_SCANS_SHOWN = 20


def show() -> None:
    """Draws the button, or the running scan with a way to end it."""
    job = scan_job()
    if job.running:
        _running()
        return
    if job.problem is not None:
        st.error(plain(job.problem), icon=":material/error:")
    if current_reader.current().may_scan and st.button(
        "Scan now", icon=":material/radar:", type="primary", key="scan_now"
    ):
        job.start(connected(), None)
        st.rerun()


def scans() -> list[ScanResult]:
    """The kept scans of this deployment, the newest first; the one that just ended first, even if it was not kept."""
    job = scan_job()
    ended = [] if job.running or job.last is None or job.last.kept else [job.last.result]
    return [*ended, *_kept()]


def _kept() -> list[ScanResult]:
    connection = connected()
    try:
        return last_scans(connection.app_db, _SCANS_SHOWN)
    except AppDatabaseError as error:
        st.warning(f"Scans that were kept before can't be read. {plain(str(error))}", icon=":material/database_off:")
        return []


def say_none() -> None:
    """Before the first scan."""
    if not scan_job().running:
        st.info(
            "No scan was kept yet. A scan only reads; it asks both stores for every cached session, a hundred at once.",
            icon=":material/radar:",
        )


@st.fragment(run_every="1s")
def _running() -> None:
    """Polls the job, which goes on without this page."""
    job = scan_job()
    if not job.running:
        st.rerun()
    left, right = st.columns([6, 1], vertical_alignment="center")
    left.progress(_share(job.progress), text=_words(job.progress))
    if current_reader.current().may_scan and right.button(
        "End it", key="scan_cancel", help="Keeps what is known by then on this page"
    ):
        job.cancel()


def _share(progress: ScanProgress | None) -> float:
    if progress is None or not progress.total:
        return 0.0
    return min(progress.keys / progress.total, 1.0)


def _words(progress: ScanProgress | None) -> str:
    if progress is None:
        return "Starting …"
    of = f" of about {progress.total:,}" if progress.total else ""
    waiting = f"; {count(progress.waiting, 'session')} waiting for a second look" if progress.waiting else ""
    return f"{count(progress.keys, 'cached session')}{of} read, {progress.found:,} to look at{waiting}"
