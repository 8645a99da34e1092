"""Finds cache-only sessions that share a user without rows: a deleted account shows in several sessions at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from chatdata.domain.drift import Comparison, DriftFinding, LikelyCause
from chatdata.errors import DatabaseError
from chatdata.stores.database import Database, SessionFilter

_MOST_USERS = 100
"""How many users are looked up in the database."""


def explained(sessions: Sequence[Comparison], database: Database) -> tuple[Comparison, ...]:
    """Returns the sessions; if several cache-only ones share a user without rows, their first cause is its deletion."""
    ghosts = Counter(one.user_id for one in sessions if one.status == "ghost" and one.user_id is not None)
    several = [(user, count) for user, count in ghosts.most_common(_MOST_USERS) if count > 1]
    try:
        gone = {user: count for user, count in several if not database.count_sessions(SessionFilter(user_id=user))}
    except DatabaseError:
        return tuple(sessions)
    return tuple(
        _told(one, gone[one.user_id]) if one.status == "ghost" and one.user_id in gone else one for one in sessions
    )


def _told(ghost: Comparison, count: int) -> Comparison:
    return replace(ghost, findings=tuple(_first(finding, count) for finding in ghost.findings))


def _first(finding: DriftFinding, count: int) -> DriftFinding:
    if finding.kind != "ghost_session" or finding.likely_causes[0].cause == "creation_failed":
        return finding
    deleted = LikelyCause("user_deleted", f"{count:,} cached sessions name this user, who has no rows.")
    return replace(
        finding, likely_causes=(deleted, *(one for one in finding.likely_causes if one.cause != deleted.cause))
    )
