"""How many turns run, wait for a worker, or have lost theirs, now and not as of the last scan."""

from dataclasses import dataclass

from chatdata.domain.copies import Absent, Copies
from chatdata.domain.drift.findings.streams import outcome_of
from chatdata.errors import DatabaseError, RedisError
from chatdata.services.activities import activities
from chatdata.services.session_stores import SessionStores

MOST = 500
"""How many sessions with a status other than idle are looked at."""


@dataclass(frozen=True, slots=True)
class TurnsNow:
    """The turns of a deployment at one moment."""

    running: int
    queued: int
    stuck: int
    """Turns marked as running that no worker is processing."""
    all_counted: bool
    """False if there are more than were looked at."""
    by_status: bool = True
    """Whether the rows have a status, by which sessions can be filtered."""


def turns_now(stores: SessionStores) -> TurnsNow | None:
    """Counts the turns by the rows' status and the executor's locks, or by tasks in the cache without such a status.

    Returns None where no store tells, as while the one that is needed is unavailable.
    """
    try:
        if stores.database is not None and stores.database.has_status:
            return _by_status(stores)
        return None if stores.cache is None else _by_tasks(stores)
    except (DatabaseError, RedisError):
        return None


def _by_status(stores: SessionStores) -> TurnsNow:
    found = stores.require_database().unfinished_turns(MOST + 1)
    doing = list(activities(stores, found[:MOST]).values())
    return TurnsNow(doing.count("running"), doing.count("queued"), doing.count("stuck"), len(found) <= MOST)


def _by_tasks(stores: SessionStores) -> TurnsNow:
    cache = stores.require_cache()
    ids = sorted(cache.running_tasks())
    states = cache.with_streams(cache.read_turns(ids[:MOST], stores.stuck_after))
    outcomes = [
        outcome_of(state.streams[0], Copies(session_id, Absent(), Absent(), stores.now(), state))
        for session_id, state in states.items()
        if state.streams
    ]
    return TurnsNow(outcomes.count("running"), 0, outcomes.count("worker_gone"), len(ids) <= MOST, by_status=False)
