"""Repairs that affect only the cache key: deleting it, or extending its time to live."""

from dataclasses import replace

from chatdata.domain.copies import Absent, CachedCopy, CorruptDocument
from chatdata.domain.drift import Comparison
from chatdata.domain.formatting import duration
from chatdata.services.repair.data_loss import lost_with_document
from chatdata.services.repair.plans import DeleteKey, ExtendKey, Plan, renewed, size_of, ttl_of
from chatdata.services.repair.proposal import Change, Refusal
from chatdata.services.repair.reading import RepairState

_UNASKED = (
    "The database is unavailable: whether it has these messages is unknown, and only the cached bytes are compared "
    "before the write."
)
NO_KEY = "There is no cached copy."


def invalidate_cache(state: RepairState, comparison: Comparison) -> Plan | Refusal:
    """Plans to delete the key, so that the application reads the session from the database next."""
    if state.cached is None:
        return Refusal("nothing_to_do", f"{NO_KEY} There is nothing to delete.")
    return Plan(
        write=DeleteKey(),
        copies=replace(state.copies, cached=Absent()),
        changes=[
            Change("cache", "bytes", size_of(state.reading.raw), None),
            Change("cache", "time to live", ttl_of(state), None),
        ],
        lost=list(lost_with_document(state, comparison)),
        cautions=_without_rows(state),
    )


def keep_alive(state: RepairState, seconds: int | None) -> Plan | Refusal:
    """Plans to extend the time to live to the full one, or to the given seconds; it is never shortened."""
    if state.cached is None:
        return Refusal("nothing_to_do", f"{NO_KEY} There is nothing to extend.")
    if isinstance(state.cached, CorruptDocument) and state.stored is not None:
        return Refusal(
            "unsuitable", "The cached bytes can't be read and the database has the session: use rewarm_cache."
        )
    left, wanted = ttl_of(state), seconds or state.session_ttl
    if left is not None and left >= wanted:
        return Refusal(
            "nothing_to_do", f"The cached copy expires in {duration(left)}, which is no less than the requested time."
        )
    expiry = renewed(state, wanted)
    return Plan(
        write=ExtendKey(wanted),
        copies=replace(state.copies, cached=replace(state.cached, expiry=expiry)),
        changes=[Change("cache", "time to live", left, float(wanted))],
        cautions=[_UNASKED] if state.unasked else [],
    )


def _without_rows(state: RepairState) -> list[str]:
    if state.stored is not None:
        return []
    if isinstance(state.cached, CachedCopy):
        return ["The database has no such session: safe if it was deleted, but the last copy if it was never saved."]
    return ["The database has no such session: these bytes are its last copy."]
