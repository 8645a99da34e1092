"""Network addresses of a connection's ends."""

import ipaddress
from collections.abc import Iterable

from starlette.types import Receive, Scope

_FORWARDED = b"x-forwarded-for"


def is_loopback(address: str | None) -> bool:
    """True for an address that only this machine can reach."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address((address or "").strip("[]")).is_loopback
    except ValueError:
        return False


def reached_from_elsewhere(scope: Scope) -> bool:
    """True if the connection arrived at an address of this machine that others can reach."""
    server = scope.get("server")
    if not server or not server[0] or str(server[0]).startswith("/"):  # a Unix socket
        return False
    return not is_loopback(str(server[0]))


def peer_of(scope: Scope, receive: Receive) -> str | None:
    """The address of the direct peer; None if unknown.

    Uvicorn replaces a loopback peer's address in the scope with what it sent as X-Forwarded-For, so the transport is
    asked instead.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is not None:
        name = transport.get_extra_info("peername")
        return str(name[0]) if isinstance(name, tuple) and name else None
    if any(name == _FORWARDED for name, _ in scope["headers"]):
        return None
    client = scope.get("client")
    return str(client[0]) if client else None


def forwarded_for(scope: Scope) -> list[str]:
    """The addresses in X-Forwarded-For, the nearest one last."""
    values: Iterable[bytes] = (value for name, value in scope["headers"] if name == _FORWARDED)
    entries = (entry.strip() for value in values for entry in value.decode("latin-1").split(","))
    return [entry for entry in entries if entry]
