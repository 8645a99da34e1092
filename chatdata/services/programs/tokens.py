"""Creates and revokes the tokens of programs, and says whom a token stands for."""

import secrets
from datetime import datetime, timedelta

from chatdata.domain.access import ApiToken, Principal, Role, principal_of_token, valid_token
from chatdata.domain.access.tokens import LONGEST_NAME, digest_of, written
from chatdata.domain.access.users import view_of
from chatdata.errors import NotFound, NotSignedIn
from chatdata.services.connect import Connected
from chatdata.stores.app_db import AuditEvent

LONGEST = timedelta(days=366)
"""The longest lifetime of a token."""
_SECRET_BYTES = 32


def create_token(
    connected: Connected, name: str, role: Role, lifetime: timedelta, *, who: str, now: datetime
) -> tuple[str, ApiToken]:
    """Keeps a new token and returns it as its owner gets it, once, and as it is kept. Raises ValueError, as a sentence.

    The audit log says who made it before it is kept.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ValueError(f"A token needs a name of at most {LONGEST_NAME} printable characters.")
    if not timedelta() < lifetime <= LONGEST:
        raise ValueError(f"A token is valid for at most {LONGEST.days} days.")
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    token = ApiToken(secrets.token_hex(4), name, role, digest_of(secret), now, who, now + lifetime)
    _record(connected, token, who, now, f"created {token.id} for {name}: {role}, until {token.expires_at:%Y-%m-%d}")
    connected.app_db.keep_token(token)
    return written(token.id, secret), token


def revoke_token(connected: Connected, token_id: str, *, who: str, now: datetime) -> ApiToken:
    """Revokes a token for good and returns it. Raises NotFound if no token that is not revoked has this ID."""
    token = next((one for one in connected.app_db.tokens() if one.id == token_id and one.revoked_at is None), None)
    if token is None:
        raise NotFound(f"There is no token {token_id} to revoke. To see all, run: python -m chatdata token list")
    _record(connected, token, who, now, f"revoked {token.id} for {token.name}")
    connected.app_db.revoke_token(token_id, now)
    return token


def principal_with(connected: Connected, text: str, now: datetime, address: str = "") -> Principal:
    """The principal that a token stands for. Raises NotSignedIn for a wrong, expired or revoked one."""
    kept = {token.id: token for token in connected.app_db.tokens()}
    token = valid_token(text, kept, now)
    if isinstance(token, str):
        raise NotSignedIn(token)
    return principal_of_token(token, connected.settings.readers, address)


def _record(connected: Connected, token: ApiToken, who: str, now: datetime, what: str) -> None:
    view = view_of(token.role, connected.settings.readers)
    connected.app_db.keep_event(AuditEvent(now, connected.stores.deployment, "token", who, "", view, what=what))
