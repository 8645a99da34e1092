"""Writes the demo conversations into the embedded stores once, and renews their cached copies at each start.

A small file in the data folder records the seed and the moment that the demo was generated for, so that a renewal
writes the same documents again, with their times to live counted from now. A start leaves those alone that are there
and have half of their time left: when a key was written is judged by that time, and would move with each start.
Sessions that a person has changed since are never overwritten, and sessions that they deleted stay deleted. A demo of
an earlier version gets the rows of this one, since its documents would differ from them.
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
"""The seed that the stories of chatdata.services.demo use by default."""
DEMO_VERSION = 3
"""Increases with every change to what the demo contains."""
STATE_FILE = "demo.json"
_LOCK = "demo"
_ONLY_EMBEDDED = (
    "Demo conversations go into the embedded stores only: unset DATABASE_URL, REDIS_URL, REDIS_HOST and "
    "REDIS_CLUSTER_HOST."
)

Head = tuple[str | None, str | None, datetime, int]
"""Title, user, last update and number of messages. Any change that a person makes alters one of them."""


@dataclass(frozen=True, slots=True)
class FillReport:
    """What seeding or renewing the demo wrote."""

    created: int
    """Sessions inserted into the database."""
    messages: int
    """Message rows inserted."""
    cached: int
    """Cached documents that are exactly as the demo defines them, drift included."""
    from_rows: int
    """Cached documents rebuilt from the rows, because a person had changed the session."""
    deleted: int
    """Sessions that a person has deleted since; they are not restored."""
    cache_problem: str | None
    """Why some or all cached documents could not be written, if so."""


@dataclass(frozen=True, slots=True)
class _State:
    """The contents of the state file."""

    seed: int
    anchor: datetime
    """The moment that the demo was generated for."""
    version: int = DEMO_VERSION
    ids: frozenset[str] = frozenset()
    """The sessions that this version of the demo had; none if they are not known."""


def seed_demo(connected: Connected, now: datetime, seed: int = DEMO_SEED) -> FillReport:
    """Writes the demo of a seed into the embedded stores; if it is already there, only its cached copies are renewed.

    Safe to call from several processes at once. Raises SettingsError when the stores are not embedded, ReadOnlyError
    when writing is not allowed, and DatabaseError.
    """
    if not connected.settings.embedded:
        raise SettingsError(_ONLY_EMBEDDED)
    database = writable_database(connected.stores)
    with database.session_lock(_LOCK):  # SQLite has one lock for all sessions: no other writer runs
        state = _read_state(connected)
        if state is not None and state.seed == seed and (report := _bring_up_to_date(connected, database, state)):
            return report
        return _fill(connected, database, _State(seed, in_utc(now)))


def seed_if_empty(connected: Connected, now: datetime, seed: int = DEMO_SEED) -> FillReport | None:
    """Seeds writable embedded stores that hold no session yet; returns None, and writes nothing, for all others."""
    if not _may_change(connected):
        return None
    database = writable_database(connected.stores)
    if database.facts().sessions:
        return None
    return seed_demo(connected, now, seed)


def refresh_demo(connected: Connected) -> FillReport | None:
    """Writes the demo's cached copies again that expired, changed or soon expire; returns None without a demo.

    Their times to live are counted from now. The times inside the documents stay those that the demo was generated for,
    like the times in its rows.
    """
    if not _may_change(connected):
        return None
    database = writable_database(connected.stores)
    with database.session_lock(_LOCK):
        state = _read_state(connected)
        return None if state is None else _bring_up_to_date(connected, database, state, keep=True)


def seed_or_refresh(connected: Connected, now: datetime, seed: int = DEMO_SEED) -> FillReport | None:
    """Seeds empty embedded stores, or else renews the demo in them; called at every start.

    Returns None when there is nothing to do: a deployment, read-only stores, or embedded stores without a demo.
    """
    return seed_if_empty(connected, now, seed) or refresh_demo(connected)


def planted_seed(connected: Connected) -> int | None:
    """The seed of the demo in this data folder; None without one."""
    state = _read_state(connected)
    return None if state is None else state.seed


def _may_change(connected: Connected) -> bool:
    return connected.settings.embedded and connected.settings.access == "write"


def _bring_up_to_date(
    connected: Connected, database: Database, state: _State, *, keep: bool = False
) -> FillReport | None:
    """Renews the demo as it was generated; None if none of its sessions is in the database.

    `keep` leaves the cached copies alone that are as they should be.
    """
    demo = demo_sessions(state.anchor, state.seed)
    heads = _heads(database, demo)
    if not heads:
        return None
    if state.version == DEMO_VERSION:
        return _renew(connected, database, demo, keep=keep)
    added = [item for item in demo if state.ids and item.session.session_id not in state.ids | heads.keys()]
    changed = [item for item in demo if heads.get(item.session.session_id) == _head(item)]
    _write(database, [item for item in (*changed, *added) if item.row is not None])
    _write_state(connected, _State(state.seed, state.anchor, ids=_ids(demo)))
    return _renew(connected, database, demo)


def _write(database: Database, items: Sequence[DemoSession]) -> None:
    """Writes the rows of sessions, in place of those that they have."""
    messages = [_with_zones(row) for item in items for row in item.rows]
    database.add_status_column()
    with database.writing() as connection:
        for item in items:
            rows.delete_session(connection, item.session.session_id, None)
        rows.insert_rows(connection, [_with_zones(item.row or {}) for item in items], messages)
        rows.set_statuses(connection, {item.session.session_id: item.status for item in items})


def _ids(demo: Sequence[DemoSession]) -> frozenset[str]:
    return frozenset(item.session.session_id for item in demo)


def _fill(connected: Connected, database: Database, state: _State) -> FillReport:
    demo = demo_sessions(state.anchor, state.seed)
    known = _heads(database, demo)
    fresh = [item for item in demo if item.row is not None and item.session.session_id not in known]
    _write_state(connected, replace(state, ids=_ids(demo)))
    _write(database, fresh)
    created = sum(len(item.rows) for item in fresh)
    return replace(_renew(connected, database, demo), created=len(fresh), messages=created)


def _with_zones(row: Mapping[str, object]) -> rows.Row:
    return {name: in_utc(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _renew(connected: Connected, database: Database, demo: Sequence[DemoSession], *, keep: bool = False) -> FillReport:
    """Writes the demo's cached copies; a failure of the cache is part of the report, never an exception."""
    heads = _heads(database, demo)
    deleted = sum(item.row is not None and item.session.session_id not in heads for item in demo)
    report = FillReport(created=0, messages=0, cached=0, from_rows=0, deleted=deleted, cache_problem=None)
    cache = connected.stores.cache
    if cache is None:
        return replace(report, cache_problem=connected.stores.cache_hint)
    unchanged = [item for item in demo if heads.get(item.session.session_id) == _head(item)]
    changed = [item for item in demo if heads.get(item.session.session_id) not in (None, _head(item))]
    try:
        cached = sum(_plant(cache, item, keep) for item in unchanged)
        from_rows = sum(_cache_rows(cache, database, item, keep) for item in changed)
    except RedisError as error:
        return replace(report, cache_problem=str(error))
    return replace(report, cached=cached, from_rows=from_rows)


def _plant(cache: SessionCache, item: DemoSession, keep: bool) -> bool:
    if item.document is None:
        return False
    if not (keep and _is_fresh(cache, item)):
        cache.put_raw(item.session.session_id, item.document, ttl_seconds=item.ttl_seconds)
    if item.waiting:
        cache.put_waiting(item.session.session_id, item.waiting)
    return True


def _is_fresh(cache: SessionCache, item: DemoSession) -> bool:
    """Whether the cache holds the demo's document, with half of its time to live or more."""
    copy, raw = cache.read_copy_and_raw(item.session.session_id)
    if copy is None or raw != item.document:
        return False
    left = copy.expiry.ttl_seconds
    if left is None or item.ttl_seconds is None:
        return left == item.ttl_seconds
    return left >= item.ttl_seconds / 2


def _cache_rows(cache: SessionCache, database: Database, item: DemoSession, keep: bool) -> bool:
    """Rebuilds the cached copy from the rows, unless that would lose messages that only the cache has."""
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
        if keep and (session.title, session.messages) == (known.title, known.messages):
            return False
    cache.put(session)
    return True


def _head(item: DemoSession) -> Head | None:
    """The head that the database has while nobody changed the session; None for a session without a row."""
    if item.row is None:
        return None
    row = _with_zones(item.row)
    return row["title"], row["userId"], row["updatedAt"], len(item.rows)


def _heads(database: Database, demo: Sequence[DemoSession]) -> dict[str, Head]:
    """The heads of those demo sessions that are in the database, by session id."""
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


def _read_state(connected: Connected) -> _State | None:
    try:
        state = json.loads(_state_file(connected).read_text())
        anchor = in_utc(datetime.fromisoformat(state["anchor"]))
        return _State(int(state["seed"]), anchor, int(state.get("version", 1)), frozenset(state.get("ids", ())))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _write_state(connected: Connected, state: _State) -> None:
    kept = {
        "seed": state.seed,
        "anchor": state.anchor.isoformat(),
        "version": state.version,
        "ids": sorted(state.ids),
    }
    private_files.write_text(_state_file(connected), json.dumps(kept) + "\n")


def _state_file(connected: Connected) -> Path:
    return connected.settings.data_dir / STATE_FILE
