"""Starts a scan, shows its progress, and reads the scan history."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata import AppDatabaseError
from chatdata.services.scan import ScanProgress, ScanResult, last_scans, rechecked
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, duration, plain
from pages.ui.server.services import connected, now, scan_job
from pages.ui.widgets import job_progress

_SCANS_SHOWN = 20


def show_line(scans: Sequence[ScanResult]) -> None:
    """Draws how old the latest scan is, with the button that starts another, in one line."""
    with st.container(horizontal=True, vertical_alignment="center", key="scan_line"):
        if scans and not scan_job().running:
            age = duration((now() - scans[0].finished_at).total_seconds())
            st.caption(
                f"Last scan {age} ago: {count(scans[0].compared, 'cached session')} compared with the database."
                f"{repaired_since(scans[0])}",
                width="content",
            )
        show(primary=False)


def row() -> DeltaGenerator:
    """Where the button and the sentence on the latest scan stand side by side, and a running scan above it."""
    return st.container(horizontal=not scan_job().running, vertical_alignment="center", key="scan_row")


def show(*, primary: bool = True) -> None:
    """Draws the button that starts a scan, or the running scan with a button that stops it."""
    job = scan_job()
    if job.running:
        _running()
        return
    if job.problem is not None:
        st.error(plain(job.problem), icon=":material/error:")
    if current_principal.current().may_scan and st.button(
        "Scan now", icon=":material/radar:", type="primary" if primary else "secondary", key="scan_now"
    ):
        job.start(connected(), None)
        st.rerun()


def scans() -> list[ScanResult]:
    """The scans of this deployment, newest first; one that just ended is included even if it could not be stored."""
    try:
        return read_scans()
    except AppDatabaseError as error:
        st.warning(f"Previous scans can't be read. {plain(str(error))}", icon=":material/database_off:")
        return _not_kept()


def read_scans() -> list[ScanResult]:
    """As `scans`. Raises AppDatabaseError when previous scans can't be read."""
    return [*_not_kept(), *last_scans(connected().app_db, _SCANS_SHOWN)]


def with_rechecks(scans: Sequence[ScanResult]) -> list[ScanResult]:
    """The scans, the latest with what the sessions repaired since its start look like after the repair."""
    try:
        return read_rechecks(scans)
    except AppDatabaseError:  # reported where the scans are read
        return list(scans)


def read_rechecks(scans: Sequence[ScanResult]) -> list[ScanResult]:
    """As `with_rechecks`. Raises AppDatabaseError."""
    return [*(rechecked(connected().app_db, scan) for scan in scans[:1]), *scans[1:]]


def repaired_since(latest: ScanResult) -> str:
    """How many sessions were repaired and re-checked since the scan, as a sentence after a space."""
    number = len(latest.repaired)
    return f" {count(number, 'session')} repaired and re-checked since." if number else ""


def _not_kept() -> list[ScanResult]:
    job = scan_job()
    return [] if job.running or job.last is None or job.last.kept else [job.last.result]


def say_none() -> None:
    """Says that there are no scans yet."""
    if not scan_job().running:
        st.info("No scans yet. Scans are read-only.", icon=":material/radar:")


@st.fragment(run_every="1s")
def _running() -> None:
    """Polls the job, which continues without this page."""
    job = scan_job()
    if not job.running:
        st.rerun()
    progress = job.progress
    done, total = (0, None) if progress is None else (progress.keys, progress.total)
    room = job_progress.show(done, total, _progress_text(progress))
    if current_principal.current().may_scan and room.button(
        "Stop scan", key="scan_cancel", help="Partial results are kept on this page"
    ):
        job.cancel()


def _progress_text(progress: ScanProgress | None) -> str:
    if progress is None:
        return "Starting scan…"
    of = f" of about {progress.total:,}" if progress.total else ""
    waiting = f" · {progress.waiting:,} to re-check" if progress.waiting else ""
    return f"{progress.keys:,}{of} scanned · {count(progress.found, 'issue')}{waiting}"
