"""A person's identity: what identifies them, a display name, the entry in role lists, and groups."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NAMES = ("email", "preferred_username", "name", "sub")


@dataclass(frozen=True, slots=True)
class Identity:
    """A person who signed in."""

    subject: str
    """Identifies the person and nobody else: issuer and subject of an ID token as a JSON array, or a proxy's user."""
    name: str
    """The display name. Never compared: people can choose theirs at many providers."""
    known_as: str | None
    """The case-folded entry to find in the role lists: a verified e-mail address, or the name that a proxy sent."""
    groups: frozenset[str] = frozenset()


def from_claims(claims: Mapping[str, Any], role_claim: str | None) -> Identity | None:
    """Returns the identity in an ID token's claims (OpenID Connect Core 1.0, 2 and 5.1), or None without a subject.

    An address that the provider calls unverified is marked as such and matches no role list: anybody could have
    entered it.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        return None
    claimed = {name: claims.get(name) for name in _NAMES}
    name = next((value.strip() for value in claimed.values() if isinstance(value, str) and value.strip()), subject)
    email = claimed["email"].strip() if isinstance(claimed["email"], str) else ""
    verified = claims.get("email_verified", True) in (True, "true")
    issuer = claims.get("iss")
    return Identity(
        json.dumps([issuer if isinstance(issuer, str) else "", subject]),
        f"{name} (unverified)" if email and not verified else name,
        (email.casefold() or None) if verified else None,
        _groups(claims, role_claim) if role_claim else frozenset(),
    )


def from_headers(users: Sequence[str], groups: Sequence[str]) -> Identity | None:
    """Returns the identity in the values of a proxy's user and group headers, or None without exactly one user.

    Two user headers would mean that the proxy passed on one that the client sent.
    """
    if len(users) != 1 or not users[0].strip():
        return None
    name = users[0].strip()
    members = (member.strip() for value in groups for member in value.split(","))
    return Identity(name, name, name.casefold(), frozenset(member for member in members if member))


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
