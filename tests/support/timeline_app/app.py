"""An app with only the timeline for browser tests: `streamlit run tests/support/timeline_app/app.py`."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import streamlit as st

from chatdata.domain.timeline import Timeline, build
from pages.ui.server.json_routes import json_route
from pages.ui.server.script_routes import script_routes
from pages.ui.session.messages.timeline_routes import timeline_routes
from tests.support.timeline_app.conversations import CONVERSATIONS


class Given:
    """One conversation at a time, by name."""

    def timeline(self, session_id: str, _source: str) -> Timeline:
        return load(session_id)

    def marks(self, _session_id: str, _source: str) -> Mapping[int, str]:
        return {}

    def painted(self, session_id: str) -> None:
        pass


@lru_cache(maxsize=4)
def load(session_id: str) -> Timeline:
    if session_id not in CONVERSATIONS:
        raise LookupError(f"There is no conversation {session_id}.")
    return build(CONVERSATIONS[session_id]())


turns = json_route("/api/timeline/turns", lambda _request: {"turns": [], "currency": None})
app = st.App(Path(__file__).with_name("page.py"), routes=[*script_routes(), *timeline_routes(Given), turns])
