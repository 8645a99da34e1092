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
_live_alone = st.components.v2.component(
    "conversation_live",
    html='<div class="live-alone frame"></div>',
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


def follow(session_id: str, source: Source) -> None:
    """Draws the running turn alone, for a session of which this copy can't be shown; nothing unless it is followed."""
    if live_switch.is_on():
        _live_alone(
            data=_asked(session_id, source, live=True), key=key_of("live", session_id, source), on_news_change=_rerun
        )


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
    _timeline(
        data={
            **_asked(session_id, source, live=live),
            "message": message,
            "find": sendable(find) if current_principal.current().may_search_words else "",
            "token": token,
            "title": sendable(title),
        },
        key=key,
        width="stretch",
        on_news_change=_rerun,
    )


def _asked(session_id: str, source: Source, *, live: bool) -> dict[str, object]:
    """What the browser asks the routes for."""
    view = current_principal.current().view
    return {"session": session_id, "source": source, "view": view, "zone": zone_name(), "live": live}


def _rerun() -> None:
    """The browser saw that a copy was written or the turn has ended: the rerun draws the page as it is by now."""
