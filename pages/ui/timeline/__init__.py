"""The conversation timeline: a virtual list that reads from `pages.ui.session.messages.timeline_routes`."""

from pathlib import Path

import streamlit as st

from chatdata.domain.copies import Source
from pages.ui import virtual
from pages.ui.auth import current_reader
from pages.ui.base.formatting import sendable, zone_name

_HERE = Path(__file__).parent
_SCRIPTS = (
    "source",
    "address",
    "state",
    "schedule",
    "rows",
    "texts",
    "message",
    "calls",
    "outline",
    "find",
    "toolbar",
    "replaybar",
    "keys",
    "view",
    "actions",
    "copying",
    "notes",
    "noting",
    "typist",
    "replay",
    "replaying",
    "presenter",
    "main",
)

_timeline = st.components.v2.component(
    "conversation_timeline",
    html='<div class="timeline frame"></div>',
    css=virtual.style(_HERE, "timeline.css"),
    js=virtual.script(_HERE, _SCRIPTS),
)


def show(
    session_id: str, source: Source, *, message: int | None = None, key: str, token: str = "", title: str = ""
) -> None:
    """The timeline of one copy, as high as the window allows.

    Only these values go to the browser, which fetches the rest: a rerun costs nothing and moves nothing.
    `message` is the stored position to open at and light up; another `token` makes it read the copy again. `title` is
    shown by the presenter view. The browser keeps `replay` (a stored position) and `presenter` (on, light or dark) in
    the URL by itself.
    """
    _timeline(
        data={
            "session": session_id,
            "source": source,
            "message": message,
            "token": token,
            "title": sendable(title),
            "zone": zone_name(),
            "view": current_reader.current().view,
        },
        key=key,
        width="stretch",
    )
