"""Reads both copies and proposes what a repair would change."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import assert_never

from chatdata.domain.drift import Comparison, Repair, compare
from chatdata.errors import DatabaseError
from chatdata.services.repair.append_tail import save_cached_tail
from chatdata.services.repair.keys import invalidate_cache, keep_alive
from chatdata.services.repair.plans import Plan
from chatdata.services.repair.proposal import Proposal, Refusal
from chatdata.services.repair.reading import RepairState, read_cache_for_repair, read_for_repair
from chatdata.services.repair.rewarming import rewarm_cache
from chatdata.services.session_stores import SessionStores
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database


def propose(
    stores: SessionStores,
    session_id: str,
    action: Repair,
    *,
    seconds: int | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Proposal | Refusal:
    """What the action would change in both copies as they are now; nothing is written. `seconds` is for keep_alive.

    Raises NotConfigured, DatabaseError or RedisError when a store is unavailable, except that keep_alive, which does
    not need the rows, works while the database is down.
    """
    database, cache = stores.require_database(), stores.require_cache()
    state = _read(database, cache, session_id, clock(), rows_needed=action != "keep_alive")
    comparison = state.compared()
    planned = plan(state, comparison, action, seconds)
    if isinstance(planned, Refusal):
        return planned
    return Proposal(
        session_id=session_id,
        action=action,
        seconds=seconds,
        guard=state.guard,
        before=comparison,
        after=compare(planned.copies),
        changes=tuple(planned.changes),
        lost=tuple(planned.lost),
        cautions=tuple(planned.cautions),
    )


def _read(database: Database, cache: SessionCache, session_id: str, now: datetime, *, rows_needed: bool) -> RepairState:
    try:
        return read_for_repair(cache, session_id, lambda: database.read_copy(session_id), now)
    except DatabaseError as error:
        if rows_needed:
            raise
        return read_cache_for_repair(cache, session_id, str(error), now)


def plan(state: RepairState, comparison: Comparison, action: Repair, seconds: int | None) -> Plan | Refusal:
    """What the action would write, or why it can't; depends on nothing but the arguments."""
    if state.reading.moved:
        return Refusal("moving", "The cached copy is changing right now. Try again in a moment.")
    if comparison.status == "missing":
        return Refusal(
            "not_found", f"Session {state.session_id} was not found: neither the database nor the cache has it."
        )
    match action:
        case "invalidate_cache":
            return invalidate_cache(state, comparison)
        case "rewarm_cache":
            return rewarm_cache(state, comparison)
        case "save_cached_tail":
            return save_cached_tail(state, comparison)
        case "keep_alive":
            return keep_alive(state, seconds)
        case _:
            assert_never(action)
