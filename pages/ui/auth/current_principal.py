"""The current principal: the one object that tells pages and routes what they may show.

Without sign-in it is the user of this machine. With sign-in it comes from the headers and cookies of the connection,
through the same function for a page (its WebSocket) and a route.
"""

import getpass
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import streamlit as st
from starlette.requests import HTTPConnection
from streamlit.runtime.scriptrunner import get_script_run_ctx

from chatdata import NotAllowed, NotSignedIn, SettingsError
from chatdata.domain.access import Identity, Principal, from_claims, from_headers, principal_of
from pages.ui.auth import sign_in
from pages.ui.auth.id_token_cookie import claims_in
from pages.ui.auth.program_requests import principal_of_token
from pages.ui.base import settings

SIGN_IN = "Sign in to view conversations."
NOT_NAMED = (
    "The proxy in front of this inspector did not identify you. Sign in there, then open the inspector through it."
)
VIEW = "view"
"""The query parameter and input key of the data visibility; empty means the widest that the role allows."""
_acting: ContextVar[Principal | None] = ContextVar("acting", default=None)


@dataclass(frozen=True)
class Credentials:
    """The headers, cookies and address of a connection."""

    values: Callable[[str], Sequence[str]]
    """Returns all values of a header."""
    cookies: Mapping[str, str]
    address: str = ""


def current() -> Principal:
    """The principal of the current page or request, at the requested data visibility.

    Raises NotAllowed or NotSignedIn.
    """
    return _acting.get() or of_page().seeing(_asked_view())


def of_page() -> Principal:
    """The principal of the page at the widest data visibility of its role, whatever the URL requests."""
    return of(_credentials_of_page())


def of_connection(connection: HTTPConnection) -> Principal:
    """The principal of a request, at the data visibility it asks for. Raises NotAllowed or NotSignedIn."""
    if (program := principal_of_token(connection)) is not None:
        return program.seeing(connection.query_params.get(VIEW))
    client = connection.client
    credentials = Credentials(connection.headers.getlist, connection.cookies, client.host if client else "")
    return of(credentials).seeing(connection.query_params.get(VIEW))


def of(credentials: Credentials) -> Principal:
    """The principal with these credentials. Raises NotAllowed or NotSignedIn."""
    wrong = sign_in.problem()
    if wrong is not None:
        raise NotAllowed(wrong)
    if not sign_in.required():
        user = _user_of_this_machine()
        return Principal(
            user,
            user,
            "operator",
            "full",
            _writable(),
            signed_in=False,
            address=credentials.address,
            known_as=user.casefold(),
        )
    person = _person(credentials)
    if person is None:
        raise NotSignedIn(SIGN_IN if sign_in.by_openid() else NOT_NAMED)
    found = principal_of(person, settings.readers(), writable=_writable(), address=credentials.address)
    if isinstance(found, str):
        raise NotAllowed(found)
    return found


def demand(allowed: bool, what: str) -> None:
    """Raises NotAllowed unless `allowed`; `what` completes "Your role does not allow you to"."""
    if not allowed:
        raise NotAllowed(f"Your role does not allow you to {what}.")


@contextmanager
def acting_as(principal: Principal) -> Iterator[None]:
    """Makes this the current principal within the context."""
    token = _acting.set(principal)
    try:
        yield
    finally:
        _acting.reset(token)


def _person(credentials: Credentials) -> Identity | None:
    """The identity in the credentials. Headers can be trusted, since the wall drops those not sent by a named proxy."""
    readers = settings.readers()
    if readers.user_header is not None:
        groups = credentials.values(readers.groups_header) if readers.groups_header else ()
        named = from_headers(
            [_utf8(value) for value in credentials.values(readers.user_header)], [_utf8(value) for value in groups]
        )
        if named is not None or not sign_in.by_openid():
            return named
    claims = claims_in(credentials.cookies, readers.sign_in_seconds)
    return None if claims is None else from_claims(claims, readers.role_claim)


def _utf8(value: str) -> str:
    """Decodes a header as UTF-8 if possible; servers hand headers over as Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _asked_view() -> str | None:
    """The requested data visibility: that of the side bar or, before it is first drawn, of the URL."""
    if get_script_run_ctx() is None:
        return None
    view = st.session_state[VIEW] if VIEW in st.session_state else st.query_params.get(VIEW)
    return view if isinstance(view, str) else None


def _credentials_of_page() -> Credentials:
    """The credentials of the page's WebSocket; empty outside a page."""
    if get_script_run_ctx() is None:
        return Credentials(lambda _name: (), {})
    context, address = st.context, st.context.ip_address
    return Credentials(context.headers.get_all, context.cookies, address if isinstance(address, str) else "127.0.0.1")


def _writable() -> bool:
    try:
        return settings.settings().access == "write"
    except SettingsError:  # reported by whatever needs the stores
        return False


def _user_of_this_machine() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "(unknown)"
