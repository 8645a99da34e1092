"""Which sessions a provider would reject, as they are or when only their last messages are sent."""

from typing import Any

import streamlit as st

from chatdata.domain.labels import LINT_LABELS, PROVIDER_LABELS
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, moment, plain
from pages.ui.cache_health.titles import titles
from pages.ui.server.lint_job import FleetLint, LintProgress
from pages.ui.server.services import connected, lint_job
from pages.ui.session.links import open_session
from pages.ui.widgets import clickable_table, column, job_progress
from pages.ui.widgets.cell import text
from pages.ui.widgets.column import Column

_MOST_LISTED = 500
_ROWS_SHOWN = 10


def show() -> None:
    """Draws the inputs, the progress of a running check, and the result of the latest."""
    if connected().stores.database is None:
        return
    st.subheader("Provider check", anchor=False)
    st.caption("Whether providers would accept the next request of each session, from the rows in the database.")
    job = lint_job()
    if job.running:
        _running()
        return
    if current_principal.current().may_scan:
        _inputs()
    state = job.state
    if state is None:
        return
    if state.error is not None:
        st.error(plain(state.error), icon=":material/error:")
    elif state.result is not None:
        _result(state.result)


def _inputs() -> None:
    row = st.container(horizontal=True, vertical_alignment="bottom")
    last = row.number_input(
        "Last messages only",
        min_value=1,
        value=None,
        step=1,
        key="lint_last",
        placeholder="All",
        help="Checks each session as if only its last messages were sent, as applications with a window do",
        width=190,
    )
    if row.button("Check all sessions", key="lint_all", icon=":material/rule:"):
        lint_job().start(connected(), last)
        st.rerun()


@st.fragment(run_every="1s")
def _running() -> None:
    """Polls the job, which continues without this page."""
    job = lint_job()
    state = job.state
    if state is None or not job.running:
        st.rerun()
    progress = state.progress
    done, total = (0, None) if progress is None else (progress.sessions, progress.total)
    room = job_progress.show(done, total, _progress_text(progress))
    if current_principal.current().may_scan and room.button("Stop check", key="lint_cancel"):
        job.cancel()


def _progress_text(progress: LintProgress | None) -> str:
    if progress is None:
        return "Starting check…"
    of = f" of about {progress.total:,}" if progress.total else ""
    return f"{progress.sessions:,}{of} sessions checked"


def _result(found: FleetLint) -> None:
    what = "" if found.last is None else f", with only the last {count(found.last, 'message')} of each"
    rejected = len(found.run.rejected)
    st.markdown(
        f"**{rejected:,} of {count(found.run.sessions, 'session')}** would be rejected by a provider{what}. "
        f"Checked {moment(found.finished_at)} for {plain(connected().settings.model)}."
    )
    if not rejected:
        return
    named = {PROVIDER_LABELS[provider]: number for provider, number in found.by_provider.items()}
    worst = sorted(named.items(), key=lambda item: (-item[1], item[0]))
    st.caption(" · ".join(f"{plain(name)} {number:,}" for name, number in worst))
    listed = list(found.codes)[:_MOST_LISTED]
    titled = titles(listed)
    clicked = clickable_table.show(
        [_row(session_id, found, titled) for session_id in listed],
        _columns(),
        key=f"provider-check-{found.finished_at}",
        alt="Sessions that a provider would reject; select one to see its payload",
        most_rows=_ROWS_SHOWN,
    )
    if rejected > len(listed):
        st.caption(f"The first {len(listed):,} of {rejected:,} are listed.")
    if clicked is not None:
        open_session(listed[clicked], tab="payload", part=None if found.last is None else "truncate")


def _row(session_id: str, found: FleetLint, titled: dict[str, str]) -> dict[str, Any]:
    providers = found.run.rejected[session_id]
    return {
        "session": titled.get(session_id) or text(session_id),
        "rules": ", ".join(LINT_LABELS[code] for code in LINT_LABELS if code in found.codes[session_id]),
        "providers": len(providers),
    }


def _columns() -> dict[str, Column]:
    return {
        "session": column.text("Conversation", width=300),
        "rules": column.text("Rules", width=460),
        "providers": column.number("Providers", width=80, help="How many would reject the request"),
    }
