"""Only sessions whose next turn a provider would reject, as the last kept look at all of them found."""

import streamlit as st

from chatdata import KeptFileError
from chatdata.kept import Kept, LintRun
from chatdata.lint import PROVIDERS
from chatdata.linting import last_lint
from chatdata.payload import PROVIDER_NAMES
from pages.ui import place
from pages.ui.wiring import connected
from pages.ui.words import count, moment, plain

_ANY, _SOME = "any", "rejected"
KEY = "next_turn"


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
        [_ANY, _SOME, *PROVIDERS],
        format_func=_name,
        key=KEY,
        on_change=place.reset,
        help="Whether a provider would reject what would be sent next",
    )
    st.caption(f"{count(run.sessions, 'session')} judged {moment(run.finished_at)}, {run.source} copies.")
    return None if chosen == _ANY else _ids(run, chosen)


def _ids(run: LintRun, chosen: str) -> frozenset[str]:
    return frozenset(
        session_id for session_id, providers in run.rejected.items() if chosen == _SOME or chosen in providers
    )


def _name(choice: str) -> str:
    if choice == _ANY:
        return "rejected or not"
    if choice == _SOME:
        return "would be rejected by some provider"
    return f"{PROVIDER_NAMES[choice]} would reject it"
