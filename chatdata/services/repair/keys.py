"""Actions on the key alone: delete it, or let it live longer."""

from dataclasses import replace

from chatdata.domain.copies import Absent, CachedCopy, CorruptDocument
from chatdata.domain.drift import Comparison
from chatdata.domain.formatting import duration
from chatdata.services.repair.data_loss import lost_with_document
from chatdata.services.repair.plans import DeleteKey, ExtendKey, Plan, renewed, size_of, ttl_of
from chatdata.services.repair.proposal import Change, Refusal
from chatdata.services.repair.reading import RepairState

_UNASKED = (
    "The database could not be asked: whether its rows have these words is not known, and only the cached bytes are "
    "compared before the write."
)
NO_KEY = "There is no cached copy."


def invalidate_cache(seen: RepairState, comparison: Comparison) -> Plan | Refusal:
    """Deletes the key: the next reader takes the rows."""
    if seen.cached is None:
        return Refusal("nothing_to_do", f"{NO_KEY} There is nothing to delete.")
    return Plan(
        write=DeleteKey(),
        copies=replace(seen.copies, cached=Absent()),
        changes=[
            Change("cache", "bytes", size_of(seen.reading.raw), None),
            Change("cache", "time to live", ttl_of(seen), None),
        ],
        lost=list(lost_with_document(seen, comparison)),
        cautions=_without_rows(seen),
    )


def keep_alive(seen: RepairState, seconds: int | None) -> Plan | Refusal:
    """Extends the time to live: to the full one, or to the seconds given; never shortens it."""
    if seen.cached is None:
        return Refusal("nothing_to_do", f"{NO_KEY} There is nothing to keep.")
    if isinstance(seen.cached, CorruptDocument) and seen.stored is not None:
        return Refusal(
            "unsuitable", "The cached bytes can't be read and the database has the session: see rewarm_cache."
        )
    left, wanted = ttl_of(seen), seconds or seen.session_ttl
    if left is not None and left >= wanted:
        return Refusal(
            "nothing_to_do", f"The cached copy lives {duration(left)} still, and not less than that is asked."
        )
    expiry = renewed(seen, wanted)
    return Plan(
        write=ExtendKey(wanted),
        copies=replace(seen.copies, cached=replace(seen.cached, expiry=expiry)),
        changes=[Change("cache", "time to live", left, float(wanted))],
        cautions=[_UNASKED] if seen.unasked else [],
    )


def _without_rows(seen: RepairState) -> list[str]:
    if seen.stored is not None:
        return []
    if isinstance(seen.cached, CachedCopy):
        return ["The database has no such session: right if it was deleted, the end of it if it could not be saved."]
    return ["The database has no such session: these bytes are all there is of it."]
