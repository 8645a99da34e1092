"""The middleware in front of every route, from security headers to Streamlit's own files.

The content security policy blocks external resources, so that an image in a conversation can't report that it was
viewed.
"""

import base64
import hashlib
import logging
import re
import uuid
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatdata.services.failures import places_of
from pages.ui.auth.middleware import AuthMiddleware
from pages.ui.server import services
from pages.ui.server.doors import OriginGuard
from pages.ui.server.metrics import MetricsAccess, RequestTimes
from pages.ui.server.prefetch import ReadAhead
from pages.ui.server.streamlit_files import StreamlitFiles

log = logging.getLogger(__name__)

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def middleware() -> list[Middleware]:
    """The middleware, outermost first: headers, metrics, host and origin, authentication, prefetching, files."""
    return [
        Middleware(SecurityHeaders, policy=_policy()),
        Middleware(RequestTimes),
        Middleware(MetricsAccess),
        Middleware(OriginGuard),
        Middleware(AuthMiddleware, principal_with=services.principal_with),
        Middleware(ReadAhead),
        Middleware(StreamlitFiles),
    ]


class SecurityHeaders:
    """Adds the headers to each response, and responds if the app failed to."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                started = True
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            reference = uuid.uuid4().hex[:8]
            path = scope["path"].encode("unicode_escape").decode()
            log.error("a request for %s failed (%s): %s", path, reference, places_of(error))
            failed = PlainTextResponse(f"This failed. The server's log has the reason under {reference}.", 500)
            await failed(scope, receive, with_headers)


def _policy() -> str:
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in _inline_scripts())
    return (
        f"default-src 'self'; script-src 'self' blob: {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def _inline_scripts() -> list[str]:
    """The inline scripts of the installed Streamlit's page."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    return _INLINE_SCRIPT.findall(page.read_text(encoding="utf-8"))


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
