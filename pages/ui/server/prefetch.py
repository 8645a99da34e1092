"""Starts reading a conversation when its page is requested, while the browser still loads scripts."""

import asyncio
import logging
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from chatdata import ChatDataError, NotAllowed
from pages.ui.auth.current_principal import acting_as, of_connection
from pages.ui.server.inspections import JUST_READ, source_named
from pages.ui.server.services import inspections

log = logging.getLogger(__name__)


class ReadAhead:
    """Starts the prefetch and passes the request on; the page itself reports failures."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].endswith("/session"):
            query = parse_qs(scope["query_string"].decode("latin-1"))
            session_id, source = query.get("id", [""])[0], query.get("source", ["database"])[0]
            if session_id:
                asyncio.get_running_loop().run_in_executor(
                    None, read_ahead_for, HTTPConnection(scope), session_id, source
                )
        await self._app(scope, receive, send)


def read_ahead_for(connection: HTTPConnection, session_id: str, source: str) -> None:
    """Prefetches a conversation for the user who requests the page, at their data visibility."""
    try:
        with acting_as(of_connection(connection)):
            read_ahead(session_id, source)
    except NotAllowed:
        log.debug("prefetch skipped: not allowed")


def read_ahead(session_id: str, source: str) -> None:
    """Reads the copy that is shown first and prepares its timeline."""
    try:
        inspections().take(session_id, (source_named(source),), newer_than=JUST_READ)
        _ = inspections().timeline(session_id, source).index
    except (ChatDataError, LookupError) as error:
        log.debug("nothing was read ahead: %s", type(error).__name__)
