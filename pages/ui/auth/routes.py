"""The way to the provider and back to where a link pointed.

Streamlit's own way ends on the first page, whatever was asked for: the address that was wanted waits in a cookie.
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
"""A percent sign too: what is wanted is encoded already."""


def sign_in_routes() -> list[Route]:
    """GET /sign-in: `provider` and `to`, an address of this server → on to the provider."""
    return [Route(SIGN_IN_PATH, _sign_in, methods=["GET"], name="sign-in")]


def own_address(to: str) -> str:
    """An address of this server: what isn't one becomes the first page. A browser reads a backslash as a slash."""
    safe = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() and len(to) <= _LONGEST
    return quote(to, safe=_AS_IT_IS) if safe else "/"


def lead_back(message: Message, connection: HTTPConnection) -> None:
    """Has the answer to a sign-in that worked lead to what was wanted."""
    headers = MutableHeaders(scope=message)
    wanted = connection.cookies.get(_WANTED)
    signed_in = any(value.startswith(f"{USER_COOKIE_NAME}=") for value in headers.getlist("set-cookie"))
    if wanted and signed_in and message["status"] == 302:
        headers["location"] = own_address(unquote(wanted))
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
