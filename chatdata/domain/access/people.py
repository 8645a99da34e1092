"""A person's identity: a display name, the address or name that role lists refer to, and groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NAMES = ("email", "preferred_username", "name", "sub")


@dataclass(frozen=True, slots=True)
class Identity:
    """A person who signed in."""

    name: str
    """The display name, also recorded in the audit log."""
    known_as: str | None
    """The case-folded entry to find in the role lists: a verified e-mail address, or the name that a proxy sent."""
    groups: frozenset[str] = frozenset()


def from_claims(claims: Mapping[str, Any], role_claim: str | None) -> Identity | None:
    """Returns the identity in an ID token's claims (OpenID Connect Core 1.0, 5.1), or None if they name nobody.

    An address that the provider calls unverified matches no role list: anybody could have entered it.
    """
    claimed = {name: claims.get(name) for name in _NAMES}
    name = next((value.strip() for value in claimed.values() if isinstance(value, str) and value.strip()), None)
    if name is None:
        return None
    email = claimed["email"] if claims.get("email_verified", True) in (True, "true") else None
    known_as = email.strip().casefold() if isinstance(email, str) else ""
    return Identity(name, known_as or None, _groups(claims, role_claim) if role_claim else frozenset())


def from_headers(users: Sequence[str], groups: Sequence[str]) -> Identity | None:
    """Returns the identity in the values of a proxy's user and group headers, or None without exactly one user.

    Two user headers would mean that the proxy passed on one that the client sent.
    """
    if len(users) != 1 or not users[0].strip():
        return None
    name = users[0].strip()
    members = (member.strip() for value in groups for member in value.split(","))
    return Identity(name, name.casefold(), frozenset(member for member in members if member))


def _groups(claims: Mapping[str, Any], role_claim: str) -> frozenset[str]:
    """Returns the groups at a dotted path; a claim of exactly that name wins, since some are URLs with dots."""
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
