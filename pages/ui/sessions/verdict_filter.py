"""The filter for sessions that fail a provider check, by the latest check of all sessions."""

import streamlit as st

from chatdata import AppDatabaseError
from chatdata.domain.labels import PROVIDER_LABELS
from chatdata.services.lint_all import LintRun
from pages.ui.base.formatting import count, moment, plain
from pages.ui.server.services import connected
from pages.ui.sessions import cursor
from pages.ui.widgets import url_choice

_ANY, _SOME, _BY = "any verdict", "would be rejected", "rejected by "
"""The codes in the URL."""
_LABELS = {_ANY: "Any", _SOME: "Fails", **{_BY + code: f"Fails on {name}" for code, name in PROVIDER_LABELS.items()}}
KEY = "next_turn"


def parameter() -> dict[str, str]:
    """The query parameter that chooses the sessions that some provider would reject."""
    return {KEY: _SOME}


def show() -> frozenset[str] | None:
    """Draws the filter; returns the IDs of matching sessions, or None for all."""
    try:
        run = _read()
    except AppDatabaseError as error:
        st.caption(plain(str(error)))
        return None
    if run is None:
        st.caption("Provider check: not checked yet. Run `python -m chatdata lint --all` where the inspector runs.")
        return None
    url_choice.dropdown(
        "Provider check",
        _LABELS,
        key=KEY,
        on_change=cursor.reset,
        help="Whether a provider would reject the next request",
    )
    st.caption(_checked(run))
    return _ids(run, st.query_params.get(KEY))


def ids(parameter: str | None) -> frozenset[str] | None:
    """The IDs of the sessions that a query parameter selects; None for all. Raises AppDatabaseError."""
    run = _read()
    return None if run is None else _ids(run, parameter)


def chip() -> str | None:
    """What the filter selects, in words; None if it is not set."""
    chosen = url_choice.current(KEY, _LABELS)
    run = last() if chosen != _ANY else None
    return None if run is None else f"Provider check: {_LABELS[chosen]} (check of {moment(run.finished_at)})"


def last() -> LintRun | None:
    """The latest check of all sessions; None before the first, or where the inspector's own database can't be read."""
    try:
        return _read()
    except AppDatabaseError:
        return None


def _read() -> LintRun | None:
    connection = connected()
    return connection.app_db.last_lint("database", connection.settings.model)


def _checked(run: LintRun) -> str:
    model = plain(connected().settings.model)
    return f"{count(run.sessions, 'session')} checked {moment(run.finished_at)} ({run.source} copies, {model})."


def _ids(run: LintRun, parameter: str | None) -> frozenset[str] | None:
    chosen = url_choice.code_of(parameter, _LABELS)
    if chosen == _ANY:
        return None
    provider = chosen.removeprefix(_BY)
    return frozenset(
        session_id for session_id, providers in run.rejected.items() if chosen == _SOME or provider in providers
    )
