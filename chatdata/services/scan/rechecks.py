"""What repaired sessions look like now, in place of what the last scan found in them, until the next scan."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from chatdata.domain.drift import Comparison, Status
from chatdata.errors import AppDatabaseError
from chatdata.services.scan.counters import hour_of, lean
from chatdata.services.scan.result import ScanResult, by_hour, needs_listing, worst_first
from chatdata.services.scan.wire import session_from, session_json
from chatdata.stores.app_db import AppDatabase, KeptRecheck

log = logging.getLogger(__name__)

_Key = TypeVar("_Key")
_COUNTED: tuple[Status, ...] = ("in_sync", "drifted", "ghost", "corrupt", "moving")


def keep_recheck(app_db: AppDatabase, comparison: Comparison | None, at: datetime) -> None:
    """Stores the comparison of both copies after a repair; nothing if they could not be judged.

    A failure is only logged, since the repair is done: the session stays listed until the next scan.
    """
    if comparison is None or comparison.status in (None, "moving"):
        return
    session = session_json(lean(comparison))
    try:
        app_db.keep_recheck(KeptRecheck(comparison.session_id, at.timestamp(), session))
    except AppDatabaseError as error:
        log.warning("the re-check of session %s was not stored: %s", comparison.session_id, error)


def rechecked(app_db: AppDatabase, scan: ScanResult) -> ScanResult:
    """The scan with the sessions that were repaired since its start as they were found after the repair.

    Its counts, apart from the measures for monitoring, are those of the sessions as they are now. Sessions it does not
    list are left as they are. Raises AppDatabaseError.
    """
    listed = {item.session_id for item in scan.sessions}
    found = [one for one in app_db.rechecks_since(scan.started_at.timestamp()) if one.session_id in listed]
    later = dict(_read(found))
    before = [item for item in scan.sessions if item.session_id in later]
    if not before:
        return scan
    after = [later[item.session_id] for item in before]
    kept = [item for item in scan.sessions if item.session_id not in later]
    return replace(
        scan,
        **_statuses(scan, before, after),
        findings_by_kind=dict(sorted(_difference(scan.findings_by_kind, _kinds(before), _kinds(after)).items())),
        messages_at_risk=scan.messages_at_risk + _at_risk(after) - _at_risk(before),
        at_risk_by_hour=by_hour(_difference(scan.at_risk_by_hour, _hours(before), _hours(after))),
        sessions=tuple(worst_first([*kept, *(item for item in after if needs_listing(item))])),
        rechecked_at=_moment(found[-1]),
        repaired={item.session_id: item for item in before if not needs_listing(later[item.session_id])},
    )


def _read(found: Iterable[KeptRecheck]) -> Iterable[tuple[str, Comparison]]:
    for recheck in found:
        try:
            yield recheck.session_id, session_from(recheck.session)
        except ValueError as error:  # stored by a later version
            log.info("the re-check of %s at %s was not read: %s", recheck.session_id, _moment(recheck), error)


def _moment(recheck: KeptRecheck) -> datetime:
    return datetime.fromtimestamp(recheck.at, UTC)


def _statuses(scan: ScanResult, before: Iterable[Comparison], after: Iterable[Comparison]) -> dict[str, Any]:
    had, have = (Counter(item.status for item in group) for group in (before, after))
    return {name: getattr(scan, name) + have[name] - had[name] for name in _COUNTED}


def _kinds(comparisons: Iterable[Comparison]) -> Counter[str]:
    return Counter(finding.kind for item in comparisons for finding in item.findings)


def _hours(comparisons: Iterable[Comparison]) -> Counter[datetime | None]:
    found: Counter[datetime | None] = Counter()
    for item in comparisons:
        if item.at_risk:
            found[hour_of(item.at_risk_until)] += item.at_risk
    return found


def _at_risk(comparisons: Iterable[Comparison]) -> int:
    return sum(item.at_risk for item in comparisons)


def _difference(counts: Mapping[_Key, int], less: Mapping[_Key, int], more: Mapping[_Key, int]) -> dict[_Key, int]:
    """The counts without the first ones and with the second ones; what is left at 0 is omitted."""
    found = {key: counts.get(key, 0) - less.get(key, 0) + more.get(key, 0) for key in {**counts, **more}}
    return {key: number for key, number in found.items() if number > 0}
