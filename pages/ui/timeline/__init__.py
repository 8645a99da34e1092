"""The conversation timeline: a virtual list in the browser that reads from `pages.ui.timeline_routes`."""

from pathlib import Path

import streamlit as st

from chatdata.copies import Source

_HERE = Path(__file__).parent
_SCRIPTS = (
    "text",
    "source",
    "state",
    "rows",
    "list",
    "texts",
    "message",
    "calls",
    "outline",
    "find",
    "toolbar",
    "keys",
    "view",
    "actions",
    "copying",
    "main",
)
"""In the order of one module: what a file uses while it is read comes before it."""


def _script() -> str:
    return "\n".join((_HERE / "js" / f"{name}.js").read_text("utf-8") for name in _SCRIPTS)


_timeline = st.components.v2.component(
    "conversation_timeline",
    html='<div class="timeline"></div>',
    css=(_HERE / "timeline.css").read_text("utf-8"),
    js=_script(),
)


def show(session_id: str, source: Source, *, message: int | None = None, key: str, token: str = "") -> None:
    """The timeline of one copy, as high as the window allows.

    Only these values go to the browser, which fetches the rest: a rerun costs nothing and moves nothing.
    `message` is the stored position to open at and light up; another `token` makes it read the copy again.
    """
    _timeline(
        data={"session": session_id, "source": source, "message": message, "token": token},
        key=key,
        width="stretch",
    )
