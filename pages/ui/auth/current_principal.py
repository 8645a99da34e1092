"""Who is reading: the one object that pages and routes ask what they may show.

Without a sign-in it is whoever uses this machine. With one it is known from the connection, by the same function in a
page (which has the headers and cookies of its websocket) and in a route.
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
from pages.ui.base import settings

SIGN_IN = "Sign in to view conversations."
NOT_NAMED = (
    "The proxy in front of this inspector did not identify you. Sign in there, then open the inspector through it."
)
VIEW = "view"
"""The URL's name of the view that is asked for, and the key of its input; empty for all that the role has."""
_acting: ContextVar[Principal | None] = ContextVar("acting", default=None)


@dataclass(frozen=True)
class Credentials:
    """What a connection brings along."""

    values: Callable[[str], Sequence[str]]
    """The values of a header."""
    cookies: Mapping[str, str]
    address: str = ""


def current() -> Principal:
    """The reader of the page or of the request that is being answered, in the view that was asked for.

    NotAllowed, NotSignedIn with a sentence.
    """
    return _acting.get() or of_page().seeing(_asked_view())


def of_page() -> Principal:
    """The reader of the page with all that the role has, whatever view was asked for."""
    return of(_credentials_of_page())


def of_connection(connection: HTTPConnection) -> Principal:
    """The reader who makes a request, in the view that it asks for. NotAllowed, NotSignedIn with a sentence."""
    client = connection.client
    credentials = Credentials(connection.headers.getlist, connection.cookies, client.host if client else "")
    return of(credentials).seeing(connection.query_params.get(VIEW))


def of(credentials: Credentials) -> Principal:
    """The reader who has these. NotAllowed, NotSignedIn with a sentence."""
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
    """NotAllowed where a reader may not do this; `what` completes "your role does not allow to"."""
    if not allowed:
        raise NotAllowed(f"Your role does not allow you to {what}.")


@contextmanager
def acting_as(principal: Principal) -> Iterator[None]:
    """What is done in this context is done for this reader."""
    token = _acting.set(principal)
    try:
        yield
    finally:
        _acting.reset(token)


def _person(credentials: Credentials) -> Identity | None:
    """Headers are believed here: the wall lets only those of named proxies through."""
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
    """Headers arrive as Latin-1, whatever they were."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _asked_view() -> str | None:
    """What the side bar says; before it is drawn for the first time, the URL."""
    if get_script_run_ctx() is None:
        return None
    asked = st.session_state[VIEW] if VIEW in st.session_state else st.query_params.get(VIEW)
    return asked if isinstance(asked, str) else None


def _credentials_of_page() -> Credentials:
    """Those of the websocket; none outside of a page, where nobody is signed in."""
    if get_script_run_ctx() is None:
        return Credentials(lambda _name: (), {})
    context, address = st.context, st.context.ip_address
    return Credentials(context.headers.get_all, context.cookies, address if isinstance(address, str) else "127.0.0.1")


def _writable() -> bool:
    try:
        return settings.settings().access == "write"
    except SettingsError:  # said by what needs the stores
        return False


def _user_of_this_machine() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "(unknown)"
