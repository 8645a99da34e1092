"""Who somebody is: a name to show, an address or name that lists may hold, and groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NAMES = ("email", "preferred_username", "name", "sub")


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who signed in."""

    name: str
    """As shown and as kept in the audit log."""
    known_as: str | None
    """What the lists of the settings are searched for: a verified e-mail address, or a proxy's name; case folded."""
    groups: frozenset[str] = frozenset()


def from_claims(claims: Mapping[str, Any], role_claim: str | None) -> Identity | None:
    """Somebody with an ID token (OpenID Connect Core 1.0, 5.1). None where the claims name nobody.

    An address that its provider calls unverified counts for no list: anybody could have put it there.
    """
    told = {name: claims.get(name) for name in _NAMES}
    name = next((value.strip() for value in told.values() if isinstance(value, str) and value.strip()), None)
    if name is None:
        return None
    email = told["email"] if claims.get("email_verified", True) in (True, "true") else None
    known_as = email.strip().casefold() if isinstance(email, str) else ""
    return Identity(name, known_as or None, _groups(claims, role_claim) if role_claim else frozenset())


def from_headers(users: Sequence[str], groups: Sequence[str]) -> Identity | None:
    """Somebody whom a proxy names: the values of its headers. None without exactly one name.

    Two names would mean that the proxy let one through that the reader sent.
    """
    if len(users) != 1 or not users[0].strip():
        return None
    name = users[0].strip()
    members = (member.strip() for value in groups for member in value.split(","))
    return Identity(name, name.casefold(), frozenset(member for member in members if member))


def _groups(claims: Mapping[str, Any], role_claim: str) -> frozenset[str]:
    """A claim of exactly this name wins: some providers name claims by URLs, which have dots."""
    value: Any = claims.get(role_claim)
    if value is None:
        value = claims
        for step in role_claim.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
    if isinstance(value, str):
        return frozenset({value})
    if isinstance(value, list | tuple | Mapping):  # some providers make each role a key
        return frozenset(item for item in value if isinstance(item, str))
    return frozenset()
