"""Tokens with which programs ask for what a role may see. Only the digest of a token's secret is kept."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from chatdata.domain.access.users import Principal, view_of
from chatdata.settings.auth import AccessSettings, Role

TokenState = Literal["valid", "expired", "revoked"]
PREFIX = "cit"
"""What every token begins with, so that people and secret scanners recognise one."""
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it is kept: everything but its secret."""

    id: str
    name: str
    """What the token is for; the audit log shows it."""
    role: Role
    digest: str
    """The SHA-256 of the secret in hex. A secret has 256 random bits, so that no slower digest is needed."""
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None = None

    def state(self, now: datetime) -> TokenState:
        """Whether the token is valid, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if now >= self.expires_at else "valid"


def written(token_id: str, secret: str) -> str:
    """The token as its owner gets it, once."""
    return f"{PREFIX}_{token_id}_{secret}"


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def parts_of(text: str) -> tuple[str, str] | None:
    """The ID and the secret of a written token; None for any other text."""
    prefix, _, rest = text.partition("_")
    token_id, _, secret = rest.partition("_")
    return (token_id, secret) if prefix == PREFIX and token_id and secret else None


def valid_token(text: str, tokens: Mapping[str, ApiToken], now: datetime) -> ApiToken | str:
    """The token that a text is, or a sentence that says why it is none. `tokens` are those that are kept, by ID."""
    parts = parts_of(text)
    if parts is None:
        return f"This is not a token. Send one in the header Authorization, as Bearer {PREFIX}_…"
    kept = tokens.get(parts[0])
    if kept is None or not hmac.compare_digest(kept.digest, digest_of(parts[1])):
        return "This token is not known here. A token belongs to the deployment that it was created for."
    state = kept.state(now)
    return kept if state == "valid" else f"This token is {state}. Ask for a new one: chatdata token create"


def principal_of_token(token: ApiToken, settings: AccessSettings, address: str = "") -> Principal:
    """The principal that a token stands for: its role's view, and never the right to write."""
    return Principal(
        f"token:{token.id}", f"{token.name} (token)", token.role, view_of(token.role, settings), address=address
    )
