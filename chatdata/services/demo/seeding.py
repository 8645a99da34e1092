"""The demo conversations in the embedded stores: put there once, their cached copies renewed with each start.

A small file in the data folder remembers the seed and the moment that the demo was made for, so that a renewal
plants the same documents again, with their times to live counted from now. What a person has changed since is
theirs: it is never planted over, and what they deleted stays deleted.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from chatdata.domain.copies import CachedCopy
from chatdata.domain.messages import in_utc
from chatdata.errors import RedisError, SettingsError
from chatdata.services.connect import Connected
from chatdata.services.demo import DemoSession, demo_sessions
from chatdata.services.sessions.bulk_write import writable_database
from chatdata.services.sessions.saving import usage_by_turn
from chatdata.stores import private_files
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, rows
from chatdata.stores.database.tables import chat_message, chat_session

DEMO_SEED = 7
"""The seed that the stories of chatdata.services.demo are told with."""
STATE_FILE = "demo.json"
_LOCK = "demo"
_ONLY_EMBEDDED = (
    "Demo conversations go into the embedded stores only: unset DATABASE_URL, REDIS_URL, REDIS_HOST and "
    "REDIS_CLUSTER_HOST."
)

Head = tuple[str | None, str | None, datetime, int]
"""Title, user, last update and number of messages: each change by a person changes one of them."""


@dataclass(frozen=True, slots=True)
class FillReport:
    """What was done to the demo."""

    created: int
    """Sessions whose rows are new."""
    messages: int
    """Rows of messages written."""
    cached: int
    """Cached copies planted as the demo has them."""
    from_rows: int
    """Cached copies made from the rows, since these were changed since."""
    deleted: int
    """Sessions that were deleted since; they stay so."""
    cache_problem: str | None
    """Why the cached copies were not written, or not all of them."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What the file remembers."""

    seed: int
    anchor: datetime
    """The moment that the demo was made for."""


def seed_demo(connected: Connected, now: datetime, seed: int = DEMO_SEED) -> FillReport:
    """Puts the demo of a seed into the embedded stores; where it is already, its cached copies are renewed.

    SettingsError for stores that aren't embedded, ReadOnlyError where writing is not allowed, DatabaseError.
    Safe while others do the same.
    """
    if not connected.settings.embedded:
        raise SettingsError(_ONLY_EMBEDDED)
    database = writable_database(connected.stores)
    with database.session_lock(_LOCK):  # SQLite has one lock for all sessions: nobody else writes meanwhile
        demo = _demo_that_is_there(connected, database, seed)
        if demo is not None:
            return _renew(connected, database, demo)
        return _fill(connected, database, _Made(seed, in_utc(now)))


def seed_if_empty(connected: Connected, now: datetime, seed: int = DEMO_SEED) -> FillReport | None:
    """Fills embedded stores without a session; None where there is nothing to fill."""
    if not _may_change(connected):
        return None
    database = writable_database(connected.stores)
    if database.facts().sessions:
        return None
    return seed_demo(connected, now, seed)


def refresh_demo(connected: Connected) -> FillReport | None:
    """Plants the cached copies of the demo again, with their times to live from now on; None without a demo.

    Documents keep the times of the demo's own moment, as its rows do.
    """
    if not _may_change(connected):
        return None
    database = writable_database(connected.stores)
    with database.session_lock(_LOCK):
        made = _read_state(connected)
        if made is None:
            return None
        demo = demo_sessions(made.anchor, made.seed)
        return _renew(connected, database, demo) if _heads(database, demo) else None


def seed_or_refresh(connected: Connected, now: datetime, seed: int = DEMO_SEED) -> FillReport | None:
    """What each start does: fills empty embedded stores, else renews the demo in them.

    None where there is nothing to do: a deployment, stores opened read-only, conversations without a demo.
    """
    return seed_if_empty(connected, now, seed) or refresh_demo(connected)


def _may_change(connected: Connected) -> bool:
    return connected.settings.embedded and connected.settings.access == "write"


def _demo_that_is_there(connected: Connected, database: Database, seed: int) -> list[DemoSession] | None:
    """The demo as it was made, if any of its sessions is still there."""
    made = _read_state(connected)
    if made is None or made.seed != seed:
        return None
    demo = demo_sessions(made.anchor, seed)
    return demo if _heads(database, demo) else None


def _fill(connected: Connected, database: Database, made: _Made) -> FillReport:
    demo = demo_sessions(made.anchor, made.seed)
    known = _heads(database, demo)
    fresh = [item for item in demo if item.row is not None and item.session.session_id not in known]
    messages = [row for item in fresh for row in item.rows]
    _write_state(connected, made)
    with database.writing() as connection:
        rows.insert_rows(
            connection, [_with_zones(item.row or {}) for item in fresh], [_with_zones(r) for r in messages]
        )
    return replace(_renew(connected, database, demo), created=len(fresh), messages=len(messages))


def _with_zones(row: Mapping[str, object]) -> rows.Row:
    return {name: in_utc(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _renew(connected: Connected, database: Database, demo: Sequence[DemoSession]) -> FillReport:
    """Brings the cached copies to where the demo has them, in a cache that may fail."""
    heads = _heads(database, demo)
    deleted = sum(item.row is not None and item.session.session_id not in heads for item in demo)
    report = FillReport(created=0, messages=0, cached=0, from_rows=0, deleted=deleted, cache_problem=None)
    cache = connected.stores.cache
    if cache is None:
        return replace(report, cache_problem=connected.stores.cache_hint)
    planted = [item for item in demo if heads.get(item.session.session_id) == _head(item)]
    changed = [item for item in demo if heads.get(item.session.session_id) not in (None, _head(item))]
    try:
        cached = sum(_plant(cache, item) for item in planted)
        from_rows = sum(_cache_rows(cache, database, item) for item in changed)
    except RedisError as error:
        return replace(report, cache_problem=str(error))
    return replace(report, cached=cached, from_rows=from_rows)


def _plant(cache: SessionCache, item: DemoSession) -> bool:
    if item.document is None:
        return False
    cache.put_raw(item.session.session_id, item.document, ttl_seconds=item.ttl_seconds)
    return True


def _cache_rows(cache: SessionCache, database: Database, item: DemoSession) -> bool:
    """The rows as the cached copy, unless the cache has messages that would be lost."""
    session_id = item.session.session_id
    stored = database.read_copy(session_id)
    if item.document is None or stored is None:
        return False
    session, cached = stored.session(), cache.read_copy(session_id)
    if isinstance(cached, CachedCopy):
        known = cached.session()
        if session.messages[: len(known.messages)] != known.messages:
            return False
        session = session.model_copy(update={"usage": usage_by_turn(session, known)})
    cache.put(session)
    return True


def _head(item: DemoSession) -> Head | None:
    """What the database says of it as long as nobody changed it; None for a ghost."""
    if item.row is None:
        return None
    row = _with_zones(item.row)
    return row["title"], row["userId"], row["updatedAt"], len(item.rows)


def _heads(database: Database, demo: Sequence[DemoSession]) -> dict[str, Head]:
    """What the database says of each session of the demo that it has."""
    s, ids = chat_session.c, [item.session.session_id for item in demo]
    count = func.count(chat_message.c.id)
    statement = (
        select(s.id, s.title, s.userId, s.updatedAt, count)
        .outerjoin_from(chat_session, chat_message, chat_message.c.sessionId == s.id)
        .where(s.id.in_(ids))
        .group_by(s.id)
    )
    with database.reading() as connection:
        return {row[0]: (row[1], row[2], row[3], row[4]) for row in connection.execute(statement)}


def _read_state(connected: Connected) -> _Made | None:
    try:
        state = json.loads(_state_file(connected).read_text())
        return _Made(int(state["seed"]), in_utc(datetime.fromisoformat(state["anchor"])))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write_state(connected: Connected, made: _Made) -> None:
    file = _state_file(connected)
    private_files.write_text(file, json.dumps({"seed": made.seed, "anchor": made.anchor.isoformat()}) + "\n")


def _state_file(connected: Connected) -> Path:
    return connected.settings.data_dir / STATE_FILE
