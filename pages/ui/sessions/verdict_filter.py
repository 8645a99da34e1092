"""Only sessions whose next turn a provider would reject, as the last kept look at all of them found."""

import streamlit as st

from chatdata import AppDatabaseError
from chatdata.domain.lint import PROVIDERS
from chatdata.stores.app_db import LintRun
from pages.ui.base.formatting import count, moment, plain
from pages.ui.server.services import connected
from pages.ui.sessions import cursor

_ANY, _SOME, _BY = "any verdict", "would be rejected", "rejected by "
KEY = "next_turn"
EMPTY = _ANY


def show() -> frozenset[str] | None:
    """Draws the choice; the ids of the sessions, or None for all."""
    try:
        run = _last()
    except AppDatabaseError as error:
        st.caption(plain(str(error)))
        return None
    if run is None:
        st.caption("Next turn rejected? Not judged yet: run `python -m chatdata lint --all` where the inspector runs.")
        return None
    chosen = st.selectbox(
        "Next turn",
        [_ANY, _SOME, *(_BY + provider for provider in PROVIDERS)],  # as they stand in the URL
        key=KEY,
        bind="query-params",
        on_change=cursor.reset,
        help="Whether a provider would reject what would be sent next",
    )
    st.caption(_judged(run))
    return None if chosen == _ANY else _ids(run, chosen)


def say() -> None:
    """What the list is narrowed to, where it is: the filter itself may be out of sight."""
    chosen = st.session_state.get(KEY, _ANY)
    run = _last() if chosen not in (None, _ANY) else None
    if run is not None:
        st.caption(f":material/filter_alt: Only sessions whose next turn: {plain(str(chosen))}. {_judged(run)}")


def _last() -> LintRun | None:
    connection = connected()
    return connection.app_db.last_lint("database", connection.settings.model)


def _judged(run: LintRun) -> str:
    model = plain(connected().settings.model)
    return f"{count(run.sessions, 'session')} judged {moment(run.finished_at)}, {run.source} copies, {model}."


def _ids(run: LintRun, chosen: str) -> frozenset[str]:
    provider = chosen.removeprefix(_BY)
    return frozenset(
        session_id for session_id, providers in run.rejected.items() if chosen == _SOME or provider in providers
    )
