"""The server: pages, the timeline's routes, a health route, sign-in, security headers.

`streamlit run app.py` finds `app`.
"""

import gc
import logging
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from chatdata import ChatDataError
from chatdata.domain.payload import Preview
from chatdata.domain.side_by_side import SideBySide
from chatdata.domain.timeline import Timeline
from pages.ui.auth import sign_in
from pages.ui.auth.middleware import HEALTH
from pages.ui.auth.routes import sign_in_routes
from pages.ui.export.bulk_jobs import exports
from pages.ui.export.routes import list_export_routes
from pages.ui.server import services
from pages.ui.server.demo import start_demo
from pages.ui.server.middleware import middleware
from pages.ui.session.compare.routes import drift_routes
from pages.ui.session.messages.annotation_routes import note_routes
from pages.ui.session.messages.timeline_routes import timeline_routes
from pages.ui.session.payload.routes import payload_routes

log = logging.getLogger(__name__)

# Reading a large conversation holds the interpreter; a browser that opens asks for sixty files meanwhile.
sys.setswitchinterval(0.0005)
# A conversation is a hundred thousand objects of which none is garbage: the collector need not look so often.
gc.set_threshold(20_000, 10, 5)


async def health(_request: Request) -> PlainTextResponse:
    """Says that the app serves, and no more to strangers."""
    return PlainTextResponse("ok")


def load(session_id: str, source: str) -> Timeline:
    """The timeline of a copy that a page has read, or that is read now."""
    return services.snapshots().timeline(session_id, source)


def load_marks(session_id: str, source: str) -> Mapping[int, str]:
    """What the other copy has otherwise."""
    return services.snapshots().marks(session_id, source)


def load_payload(session_id: str, source: str, model: str) -> Preview:
    """The payload of such a copy for a model."""
    return services.snapshots().preview(session_id, source, model)


def load_aligned(session_id: str) -> SideBySide:
    """Both copies side by side."""
    return services.snapshots().aligned(session_id)


def opened(session_id: str) -> None:
    """The browser has what it needs to show a conversation."""
    services.snapshots().opened(session_id)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Fills the embedded stores with demo conversations at the start, lets go of them at the end."""
    if (wrong := sign_in.problem()) is not None:
        log.error("Nothing is shown to anybody. %s", wrong)
    try:
        start_demo()
    except ChatDataError as error:
        log.error("%s", error)
    try:
        yield
    finally:
        exports.close()
        services.close()


app = st.App(
    "pages/router.py",
    routes=[
        Route(HEALTH, health),
        *sign_in_routes(),
        *timeline_routes(load, opened, load_marks),
        *payload_routes(load_payload),
        *drift_routes(load_aligned),
        *list_export_routes(),
        *note_routes(),
    ],
    middleware=middleware(),
    lifespan=lifespan,
)
