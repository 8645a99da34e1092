"""The conversation timeline: a virtual list in the browser, fed by `pages.ui.session.messages.timeline_routes`."""

import streamlit as st

from chatdata import Source
from chatdata.services.inspection import Inspection
from pages.ui.auth import current_principal
from pages.ui.base.formatting import sendable, zone_name
from pages.ui.base.keys import key_of
from pages.ui.frontend.bundle import script, style
from pages.ui.session.links import find_in_url, message_in_url
from pages.ui.session.messages import live_switch

_timeline = st.components.v2.component(
    "conversation_timeline",
    html='<div class="timeline frame"></div>',
    css=style("timeline"),
    js=script("timeline"),
)


def show(session_id: str, inspection: Inspection, source: Source) -> bool:
    """Draws the timeline of the copy at the message in the URL; returns False if it can't be shown."""
    copy = inspection.readable(source)
    if copy is None:
        return False
    key = key_of("timeline", session_id, source)
    title = copy.info.title or ""
    draw(
        session_id,
        source,
        message=message_in_url(),
        find=find_in_url(),
        key=key,
        token=inspection.token,
        title=title,
        live=live_switch.is_on(),
    )
    return True


def draw(
    session_id: str,
    source: Source,
    *,
    message: int | None = None,
    find: str = "",
    key: str,
    token: str = "",
    title: str = "",
    live: bool = False,
) -> None:
    """Draws the timeline of one copy, as high as the window allows.

    Only these values go to the browser, which fetches the rest: a rerun costs nothing and moves nothing.
    `message` is the stored position to open at and light up, `find` a word to find from there on; another `token`
    makes it read the copy again. `title` is shown by the presenter view. With `live` it follows the running turn while
    its tab is visible. The browser keeps `replay` (a stored position) and `presenter` (on, light or dark) in the URL by
    itself.
    """
    principal = current_principal.current()
    _timeline(
        data={
            "session": session_id,
            "source": source,
            "message": message,
            "find": sendable(find) if principal.may_search_words else "",
            "token": token,
            "title": sendable(title),
            "zone": zone_name(),
            "view": principal.view,
            "live": live,
        },
        key=key,
        width="stretch",
    )
