"""Reads both copies and proposes what a repair would change."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import assert_never

from chatdata.domain.drift import Comparison, Repair, compare
from chatdata.domain.messages import DamagedValue
from chatdata.domain.text import agreeing, count
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
        cautions=(*planned.cautions, *_cautions(state)),
    )


def _read(database: Database, cache: SessionCache, session_id: str, now: datetime, *, rows_needed: bool) -> RepairState:
    try:
        return read_for_repair(cache, session_id, lambda: database.read_copy(session_id), now)
    except DatabaseError as error:
        if rows_needed:
            raise
        return read_cache_for_repair(cache, session_id, str(error), now)


_NEEDS_SOUND_ROWS: tuple[Repair, ...] = ("rewarm_cache", "save_cached_tail", "save_cached_text")


def _damaged(values: Sequence[DamagedValue]) -> str:
    """Why the rows may neither be copied to the cache nor be added to."""
    others = (
        f" {count(len(values) - 1, 'more value')} of these rows {agreeing(len(values) - 1, 'is', 'are')} damaged too."
    )
    return f"{values[0].sentence}{others if len(values) > 1 else ''} Correct the rows in the database first."


def _cautions(state: RepairState) -> Iterator[str]:
    """What people should know before an action that leaves damaged rows as they are."""
    if state.stored is not None and state.stored.damaged:
        yield f"{state.stored.damaged[0].sentence} The rows stay as they are."


def plan(state: RepairState, comparison: Comparison, action: Repair, seconds: int | None) -> Plan | Refusal:
    """What the action would write, or why it can't; depends on nothing but the arguments."""
    if state.reading.moved:
        return Refusal("moving", "The cached copy is changing right now. Try again in a moment.")
    if comparison.status == "missing":
        return Refusal(
            "not_found", f"Session {state.session_id} was not found: neither the database nor the cache has it."
        )
    if state.stored is not None and state.stored.damaged and action in _NEEDS_SOUND_ROWS:
        return Refusal("unsuitable", _damaged(state.stored.damaged))
    match action:
        case "invalidate_cache":
            return invalidate_cache(state, comparison)
        case "rewarm_cache":
            return rewarm_cache(state, comparison)
        case "save_cached_tail":
            return save_cached_tail(state, comparison)
        case "save_cached_text":
            return save_cached_text(state, comparison)
        case "keep_alive":
            return keep_alive(state, seconds)
        case _:
            assert_never(action)
