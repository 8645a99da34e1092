"""Both copies looked at, and what an action would make of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import assert_never

from chatdata.domain.drift import Comparison, Repair, compare
from chatdata.errors import DatabaseError
from chatdata.services.repair.append_tail import save_cached_tail, save_cached_text
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
    """What the action would do to both copies as they are now; nothing is written. `seconds` is for keep_alive.

    NotConfigured, DatabaseError or RedisError where a store can't be asked: every repair is about both, but that
    keep_alive, which takes nothing from the rows and gives them nothing, works while the database is down.
    """
    database, cache = stores.require_database(), stores.require_cache()
    seen = _seen(database, cache, session_id, clock(), rows_needed=action != "keep_alive")
    comparison = seen.compared()
    planned = plan(seen, comparison, action, seconds)
    if isinstance(planned, Refusal):
        return planned
    return Proposal(
        session_id=session_id,
        action=action,
        seconds=seconds,
        guard=seen.guard,
        before=comparison,
        after=compare(planned.copies),
        changes=tuple(planned.changes),
        lost=tuple(planned.lost),
        cautions=tuple(planned.cautions),
    )


def _seen(database: Database, cache: SessionCache, session_id: str, now: datetime, *, rows_needed: bool) -> RepairState:
    try:
        return read_for_repair(cache, session_id, lambda: database.read_copy(session_id), now)
    except DatabaseError as error:
        if rows_needed:
            raise
        return read_cache_for_repair(cache, session_id, str(error), now)


def plan(seen: RepairState, comparison: Comparison, action: Repair, seconds: int | None) -> Plan | Refusal:
    """What the action would write; the same for the same copies."""
    if seen.reading.moved:
        return Refusal("moving", "The cached copy is changing right now. Try again in a moment.")
    if comparison.status == "missing":
        return Refusal(
            "not_found", f"Session {seen.session_id} was not found: neither the database nor the cache has it."
        )
    match action:
        case "invalidate_cache":
            return invalidate_cache(seen, comparison)
        case "rewarm_cache":
            return rewarm_cache(seen, comparison)
        case "save_cached_tail":
            return save_cached_tail(seen, comparison)
        case "save_cached_text":
            return save_cached_text(seen, comparison)
        case "keep_alive":
            return keep_alive(seen, seconds)
        case _:
            assert_never(action)
