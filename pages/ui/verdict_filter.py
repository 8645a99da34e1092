"""Only sessions whose next turn a provider would reject, as the last kept look at all of them found."""

import streamlit as st

from chatdata import KeptFileError
from chatdata.kept import Kept, LintRun
from chatdata.lint import PROVIDERS
from chatdata.linting import last_lint
from pages.ui import place
from pages.ui.wiring import connected
from pages.ui.words import count, moment, plain

_ANY, _SOME, _BY = "any verdict", "would be rejected", "rejected by "
KEY = "next_turn"
EMPTY = _ANY


def show() -> frozenset[str] | None:
    """Draws the choice; the ids of the sessions, or None for all."""
    try:
        run = last_lint(connected().sessions, Kept(connected().settings.data_dir))
    except KeptFileError as error:
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
        on_change=place.reset,
        help="Whether a provider would reject what would be sent next",
    )
    st.caption(f"{count(run.sessions, 'session')} judged {moment(run.finished_at)}, {run.source} copies.")
    return None if chosen == _ANY else _ids(run, chosen)


def _ids(run: LintRun, chosen: str) -> frozenset[str]:
    provider = chosen.removeprefix(_BY)
    return frozenset(
        session_id for session_id, providers in run.rejected.items() if chosen == _SOME or provider in providers
    )
