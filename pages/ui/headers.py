"""Security headers on every response, and who may ask a loopback server.

The policy lets nothing load from elsewhere: an image in a conversation can't tell anybody that it was read.
"""

import base64
import hashlib
import re
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from pages.ui.ahead import ReadAhead

_LOOPBACK = ("127.0.0.1", "localhost")
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def middleware() -> list[Middleware]:
    """The headers, reading ahead, and on a loopback address a check of the Host header, against DNS rebinding."""
    layers = [Middleware(SecurityHeaders, policy=_policy()), Middleware(ReadAhead)]
    if config.get_option("server.address") in _LOOPBACK:
        layers.insert(0, Middleware(TrustedHostMiddleware, allowed_hosts=list(_LOOPBACK)))
    return layers


class SecurityHeaders:
    """Adds the headers to each response that starts."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self._policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _policy() -> str:
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in _inline_scripts())
    return (
        f"default-src 'self'; script-src 'self' blob: {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def _inline_scripts() -> list[str]:
    """Those of Streamlit's own page, as installed."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    return _INLINE_SCRIPT.findall(page.read_text(encoding="utf-8"))


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
