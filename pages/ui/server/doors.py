"""Checks Host and Origin in front of every route and WebSocket, with and without sign-in or a proxy.

A browser sends cookies, and reaches loopback, for any page that is open in it. So a request must be for a host that is
the inspector's (else a name that an attacker's DNS points here would do), and must not come from another origin:
scheme, host and port of Origin are those of the page. Streamlit's own check allows every port of loopback names.

What changes something, and a WebSocket, needs proof that a page of the inspector asks; what only reads is refused where
the browser says that another site's page asks, but for a link that is followed.
"""

import logging
import re
from dataclasses import dataclass, replace
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.auth_util import get_validated_redirect_uri

from chatdata import SettingsError
from chatdata.services.programs.problems import CallProblem
from chatdata.settings.auth import AccessSettings
from chatdata.settings.hosts import NAME as SETTING
from chatdata.settings.hosts import AllowedHosts, Origin, origin_of
from pages.ui.auth import sign_in
from pages.ui.auth.middleware import HEALTH, refuse
from pages.ui.auth.program_requests import MCP, is_for_programs, problem_response, token_in
from pages.ui.auth.sign_in_page import answer
from pages.ui.base import settings
from pages.ui.base.client_address import peer_of

log = logging.getLogger(__name__)

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_ANY_ADDRESS = ("", "0.0.0.0", "::")
_SAFE = ("GET", "HEAD", "OPTIONS")
_SCHEMES = {"ws": "http", "wss": "https"}
_MOST_SHOWN = 100
_TOKEN = re.compile(r"[^/]{31,}")
"""Path segments that are an ID or give access to a file; our own route names are shorter."""


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """Why a request is refused: a message for the client and one for the log."""

    sentence: str


class OriginGuard:
    """Lets in requests that the inspector's own pages make to one of its hosts; answers others with 403.

    The health route answers at any host, since load balancers ask by address; it reveals only that the server runs.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._listening = _listening()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"] == HEALTH:
            await self._app(scope, receive, send)
            return
        page = self._judge(scope, peer_of(scope, receive))
        if isinstance(page, RefusedRequest):
            await _say(page, scope, receive, send)
            return
        _believe(page, scope)
        await self._app(scope, receive, send)

    def _judge(self, scope: Scope, peer: str | None) -> Origin | RefusedRequest:
        """The origin of the page that asks or is asked for, or the refusal."""
        page = page_of(scope, peer, _readers(), self._listening)
        if isinstance(page, RefusedRequest):
            return page
        return _made_elsewhere(scope, page) or page


def page_of(
    scope: Scope, peer: str | None, readers: AccessSettings, listening: frozenset[str]
) -> Origin | RefusedRequest:
    """The origin that a request addresses, by its Host or by the forwarding headers of a named proxy."""
    headers = Headers(scope=scope)
    asked, scheme = headers.getlist("host"), _SCHEMES.get(scope["scheme"], str(scope["scheme"]))
    if len(asked) != 1:
        return RefusedRequest("it needs exactly one Host header.")
    if readers.trusts(peer):
        scheme = (_listed(headers, "x-forwarded-proto") or [scheme])[0].lower()
        asked = [*_listed(headers, "x-forwarded-host"), *asked]
    allowed = _allowed(readers, listening)
    pages = []
    for host in asked:
        page = allowed.page_at(scheme, host)
        if page is None or page.host not in allowed:
            return RefusedRequest(
                f"it is for the host {_shown(host)}, which is not known as a name of this inspector. "
                f"If it is one, add it to {SETTING} and restart."
            )
        pages.append(page)
    return pages[0]


def _made_elsewhere(scope: Scope, page: Origin) -> RefusedRequest | None:
    """Why a request can't come from our own page, judged by headers that no script can change; None if it can."""
    headers = Headers(scope=scope)
    origins, site = headers.getlist("origin"), headers.get("sec-fetch-site")
    if origins and origins != [str(page)]:
        return RefusedRequest(
            f"it was made by a page of {_shown(', '.join(origins))}, and only pages of {page} may make it. "
            f"If a proxy gives this inspector another address, add that to {SETTING} with its scheme, "
            "as https://inspector.internal, and restart."
        )
    if scope["type"] == "websocket":
        return None if origins else RefusedRequest(_NO_ORIGIN.format(what="a WebSocket", page=page))
    if scope["method"] in _SAFE:
        foreign = site in ("cross-site", "same-site") and not _follows_link(headers)
    elif site is None and not origins and _is_by_a_program(scope):
        return None
    elif site is None and not origins:
        return RefusedRequest(_NO_ORIGIN.format(what="a request that may change something", page=page))
    else:
        foreign = site not in (None, "same-origin")
    return (
        RefusedRequest(f"it was made elsewhere than on pages of {page} (Sec-Fetch-Site). {_NO_SETTING}")
        if foreign
        else None
    )


_NO_SETTING = "No setting allows that."
_NO_ORIGIN = (
    "{what} without an Origin header comes from no page of this inspector, as browsers always send one. "
    f"{_NO_SETTING} A program sends Origin: {{page}}"
)


def _is_by_a_program(scope: Scope) -> bool:
    """True for a request that only a token lets in, which no browser adds by itself; browsers also send Origin."""
    return scope["path"] == MCP or (is_for_programs(scope["path"]) and token_in(scope) is not None)


def _follows_link(headers: Headers) -> bool:
    """True if a browser navigates to the address, whose content the linking page can't read."""
    navigates = headers.get("sec-fetch-mode") == "navigate"
    return navigates and headers.get("sec-fetch-dest", "document") == "document"


def _believe(page: Origin, scope: Scope) -> None:
    """Passes on the address that was checked, whatever a proxy made of it, since Streamlit compares it with Origin."""
    host = page.netloc.encode()
    scope["headers"] = [(name, host if name == b"host" else value) for name, value in scope["headers"]]
    scope["scheme"] = page.scheme.replace("http", "ws") if scope["type"] == "websocket" else page.scheme


def _allowed(readers: AccessSettings, listening: frozenset[str]) -> AllowedHosts:
    """The allowed hosts: loopback names, the listening address, the setting's, and that of the sign-in redirect."""
    stated = readers.hosts
    back = _where_sign_in_leads()
    return replace(
        stated,
        names=_LOOPBACK | listening | stated.names,
        origins=stated.origins | ({back} if back else frozenset()),
    )


def _where_sign_in_leads() -> Origin | None:
    if not sign_in.by_openid():
        return None
    scheme, _, rest = (get_validated_redirect_uri() or "").partition("://")
    return origin_of(scheme, rest.partition("/")[0])


def _listening() -> frozenset[str]:
    """The address that this server is bound to; empty if it is bound to all addresses."""
    address = str(config.get_option("server.address") or "").strip("[]")
    if address in _ANY_ADDRESS:
        return frozenset()
    bound = origin_of("http", f"[{address}]" if ":" in address else address)
    return frozenset({bound.host}) if bound else frozenset()


def _readers() -> AccessSettings:
    """The access settings; empty ones if they are invalid, when nothing is served anyway."""
    try:
        return settings.readers()
    except SettingsError:
        return AccessSettings()


def _listed(headers: Headers, name: str) -> list[str]:
    """The values that proxies wrote into a header, the browser's first."""
    entries = (entry.strip() for value in headers.getlist(name) for entry in value.split(","))
    return [entry for entry in entries if entry]


def _shown(text: str) -> str:
    """Text from a client, made safe for a log and a page."""
    plain = text.encode("unicode_escape").decode()
    return (plain if len(plain) <= _MOST_SHOWN else f"{plain[:_MOST_SHOWN]}…") or "(none)"


async def _say(refusal: RefusedRequest, scope: Scope, receive: Receive, send: Send) -> None:
    kind = scope.get("method", "WebSocket")
    log.warning("%s %s: refused, because %s", kind, _shown(_TOKEN.sub("…", scope["path"])), refusal.sentence)
    if is_for_programs(scope["path"]):
        problem = CallProblem(HTTPStatus.FORBIDDEN, f"This request was refused: {refusal.sentence}")
        await refuse(problem_response(problem), scope, receive, send)
        return
    html = "text/html" in Headers(scope=scope).get("accept", "") and kind in ("GET", "HEAD")
    await refuse(answer(403, f"This request was refused: {refusal.sentence}", html=html), scope, receive, send)
