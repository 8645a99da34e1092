"""What several sessions are doing, by the same rule as on the page of one session (chatdata/domain/turns.py)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chatdata.domain.messages import in_utc
from chatdata.domain.turns import Activity, TurnState, activity, known_status
from chatdata.errors import DatabaseError, RedisError
from chatdata.services.session_stores import SessionStores


class SessionRow(Protocol):
    """What a row tells of a session's turn."""

    @property
    def session_id(self) -> str: ...

    @property
    def chat_status(self) -> str | None: ...

    @property
    def updated_at(self) -> datetime | None: ...


def activities(stores: SessionStores, rows: Iterable[SessionRow]) -> dict[str, Activity]:
    """Returns, by ID, what each session is doing whose row has a known status.

    While no store tells whether a turn lost its worker, none is called stuck.
    """
    known = [row for row in rows if known_status(row.chat_status) is not None]
    turns = _turns(stores, [row.session_id for row in known if row.chat_status == "running"])
    left = [session_id for session_id, turn in turns.items() if turn.locked is False]
    silent, now = _newest_messages(stores, left), stores.now()
    return {
        row.session_id: activity(
            row.chat_status, turns.get(row.session_id), silent.get(row.session_id) or in_utc(row.updated_at or now), now
        )
        for row in known
    }


def _turns(stores: SessionStores, session_ids: Sequence[str]) -> Mapping[str, TurnState]:
    try:
        return {} if stores.cache is None else stores.cache.read_turns(session_ids, stores.stuck_after)
    except RedisError:
        return {}


def _newest_messages(stores: SessionStores, session_ids: Sequence[str]) -> Mapping[str, datetime]:
    if stores.database is None or not session_ids:
        return {}
    try:
        return stores.database.newest_messages(session_ids)
    except DatabaseError:
        return {}
