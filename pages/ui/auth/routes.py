"""Sign-in routes: to the provider, and back to the requested page.

Streamlit's own sign-in always ends on the first page, so the requested address is kept in a cookie.
"""

from urllib.parse import quote, unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Message
from streamlit.auth_util import get_validated_redirect_uri
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from pages.ui.auth import sign_in

SIGN_IN_PATH = "/sign-in"
_WANTED = "inspector_wanted"
_SECONDS = 600
_LONGEST = 2_000
_AS_IT_IS = "/?=&%~:,+@!$'()*;"
"""Characters left unencoded, percent signs included, since the address is already encoded."""


def sign_in_routes() -> list[Route]:
    """GET /sign-in: redirects to `provider` and remembers `to`, an address of this server."""
    return [Route(SIGN_IN_PATH, _sign_in, methods=["GET"], name="sign-in")]


def own_address(to: str) -> str:
    """Returns the address if it is on this server, else "/". Browsers treat a backslash as a slash."""
    safe = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() and len(to) <= _LONGEST
    return quote(to, safe=_AS_IT_IS) if safe else "/"


def lead_back(message: Message, connection: HTTPConnection) -> None:
    """Makes the response to a successful sign-in redirect to the requested address."""
    headers = MutableHeaders(scope=message)
    target = connection.cookies.get(_WANTED)
    signed_in = any(value.startswith(f"{USER_COOKIE_NAME}=") for value in headers.getlist("set-cookie"))
    if target and signed_in and message["status"] == 302:
        headers["location"] = own_address(unquote(target))
        headers.append("set-cookie", f"{_WANTED}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax")


async def _sign_in(request: Request) -> Response:
    provider = request.query_params.get("provider", "")
    to = own_address(request.query_params.get("to", "/"))
    if provider not in sign_in.providers():
        return RedirectResponse(to, 302)
    answer = RedirectResponse(generate_login_redirect_url(provider), 302, {"Cache-Control": "no-store"})
    secure = (get_validated_redirect_uri() or "").startswith("https://")
    answer.set_cookie(_WANTED, quote(to, safe=""), max_age=_SECONDS, httponly=True, samesite="lax", secure=secure)
    return answer
