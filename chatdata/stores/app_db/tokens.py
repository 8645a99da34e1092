"""The tokens of programs in the inspector's own database, without their secrets. Each function takes a connection."""

import json
from datetime import datetime, timedelta

from chatdata.domain.access import ApiToken
from chatdata.stores.app_db.connections import Connection

MOST_TOKENS = 1_000
"""The maximum number of tokens of one deployment."""
_LISTED_FOR = timedelta(days=366)
"""How long a token that has expired stays in the list."""
_COLUMNS = "id, name, role, digest, created_at, created_by, expires_at, revoked_at"


def all_tokens(connection: Connection, deployment: str) -> tuple[ApiToken, ...]:
    """All tokens, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM api_token WHERE deployment = ? ORDER BY created_at, id", (deployment,)
    )
    return tuple(
        ApiToken(
            token_id,
            json.loads(name),
            role,
            digest,
            datetime.fromisoformat(created_at),
            json.loads(created_by),
            datetime.fromisoformat(expires_at),
            None if revoked_at is None else datetime.fromisoformat(revoked_at),
        )
        for token_id, name, role, digest, created_at, created_by, expires_at, revoked_at in rows
    )


def keep(connection: Connection, deployment: str, token: ApiToken) -> None:
    """Adds a token, and drops those that expired a year ago. Raises ValueError beyond MOST_TOKENS."""
    long_ago = token.created_at - _LISTED_FOR
    for one in all_tokens(connection, deployment):
        if one.expires_at < long_ago:
            connection.execute("DELETE FROM api_token WHERE deployment = ? AND id = ?", (deployment, one.id))
    (count,) = connection.execute("SELECT count(*) FROM api_token WHERE deployment = ?", (deployment,)).fetchone()
    if count >= MOST_TOKENS:
        raise ValueError(f"There are already {MOST_TOKENS:,} tokens.")
    connection.execute(
        f"INSERT INTO api_token (deployment, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        (
            deployment,
            token.id,
            json.dumps(token.name),
            token.role,
            token.digest,
            token.created_at.isoformat(),
            json.dumps(token.created_by),
            token.expires_at.isoformat(),
        ),
    )


def revoke(connection: Connection, deployment: str, token_id: str, at: datetime) -> bool:
    """Revokes a token for good; False if there is none with this ID, or it is revoked already."""
    done = connection.execute(
        "UPDATE api_token SET revoked_at = ? WHERE deployment = ? AND id = ? AND revoked_at IS NULL",
        (at.isoformat(), deployment, token_id),
    )
    return done.rowcount == 1
