"""The server: pages, the timeline's routes, a health route, sign-in, security headers.

`streamlit run app.py` finds `app`.
"""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pages.ui.server import allocator, collector

collector.prepare()
allocator.prepare()

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from chatdata import ChatDataError
from chatdata.services.failures import log_places_only
from pages.ui.auth import sign_in
from pages.ui.auth.middleware import HEALTH
from pages.ui.auth.routes import sign_in_routes
from pages.ui.compare.routes import compare_routes
from pages.ui.export.bulk_jobs import exports
from pages.ui.export.routes import list_export_routes
from pages.ui.server import services
from pages.ui.server.api.mcp_route import mcp_routes
from pages.ui.server.api.routes import api_routes
from pages.ui.server.demo import start_demo
from pages.ui.server.metrics import metrics_routes
from pages.ui.server.middleware import middleware
from pages.ui.server.page_shell import page_routes
from pages.ui.server.script_routes import script_routes
from pages.ui.session.compare.routes import drift_routes
from pages.ui.session.messages.annotation_routes import note_routes
from pages.ui.session.messages.live_routes import live_routes
from pages.ui.session.messages.source_routes import source_routes
from pages.ui.session.messages.timeline_routes import timeline_routes
from pages.ui.session.messages.turn_routes import turn_routes
from pages.ui.session.payload.routes import payload_routes
from pages.ui.sessions.routes import list_routes

log = logging.getLogger(__name__)

log_places_only()
# Reading a large conversation holds the interpreter; a browser that opens asks for sixty files meanwhile.
sys.setswitchinterval(0.0005)


async def health(_request: Request) -> PlainTextResponse:
    """Says that the app serves, and no more to strangers."""
    return PlainTextResponse("ok")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Fills the embedded stores with demo conversations and starts scheduled scans; closes everything at the end."""
    if (wrong := sign_in.problem()) is not None:
        log.error("Serving is disabled: %s", wrong)
    for start in (start_demo, services.start_monitor):
        try:
            start()
        except ChatDataError as error:
            log.error("%s", error)
    collector.keep_imported()
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
        *page_routes(),
        *script_routes(),
        *timeline_routes(services.inspections),
        *turn_routes(services.inspections),
        *live_routes(services.inspections, services.followed),
        *payload_routes(services.inspections),
        *drift_routes(services.inspections),
        *compare_routes(services.inspections),
        *list_routes(),
        *list_export_routes(),
        *note_routes(),
        *source_routes(),
        *api_routes(),
        *mcp_routes(),
        *metrics_routes(),
    ],
    middleware=middleware(),
    lifespan=lifespan,
)
