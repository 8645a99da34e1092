"""The scan history: storing scans, reading the latest ones, and comparing two of them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chatdata.domain.drift import Comparison
from chatdata.services.scan.result import ScanResult
from chatdata.services.scan.wire import scan_from, scan_json
from chatdata.stores.app_db import AppDatabase, KeptScan

_LISTED = "listed"
"""Key of a stored summary for the number of sessions that the scan listed."""
_LISTED_SINCE, _FOUND_SINCE = "listed_since", "found_since"
"""Keys of a stored session."""


@dataclass(frozen=True, slots=True)
class News:
    """The sessions listed by two scans, worst first."""

    new: tuple[Comparison, ...]
    """Sessions listed by the latest scan only."""
    still: tuple[Comparison, ...]
    """Sessions listed by both scans, as compared by the latest."""
    gone: tuple[Comparison, ...]
    """Sessions listed by the previous scan only: repaired, expired or deleted since then."""
    whole: bool
    """False if a scan found more sessions than it lists, so that only the listed ones are compared."""


def keep(app_db: AppDatabase, result: ScanResult) -> bool:
    """Stores a complete scan once; returns False for a partial one, which would distort the trend."""
    if not result.whole:
        return False
    summary = scan_json(result)
    sessions = summary.pop("sessions")
    previous = next(iter(last_scans(app_db, 1)), None)
    for session, comparison in zip(sessions, result.sessions, strict=True):
        session |= _since(comparison, result, previous)
    app_db.keep_scan(KeptScan({**summary, _LISTED: len(sessions)}, sessions))
    return True


def last_scans(app_db: AppDatabase, count: int = 2) -> list[ScanResult]:
    """The last stored scans, newest first; older ones don't list their sessions.

    Scans stored by a later version of the inspector are omitted if this version can't read them.
    """
    found = (_result(scan) for scan in app_db.last_scans(count))
    return [result for result in found if result is not None]


def last_summary(app_db: AppDatabase) -> ScanResult | None:
    """The last stored scan without its sessions, which is quick to read; None if there is none, or as `last_scans`."""
    kept = app_db.last_summary()
    return None if kept is None else _result(kept)


def news(previous: ScanResult, latest: ScanResult) -> News:
    """The sessions that are new, still listed or gone between two scans; sessions judged by neither are left out."""
    before = {item.session_id: item for item in previous.sessions}
    after = {item.session_id: item for item in latest.sessions}
    return News(
        new=tuple(item for name, item in after.items() if _judged(item) and not _judged(before.get(name))),
        still=tuple(item for name, item in after.items() if _judged(before.get(name))),
        gone=tuple(item for name, item in before.items() if _judged(item) and name not in after),
        whole=not previous.not_listed and not latest.not_listed,
    )


def _since(comparison: Comparison, result: ScanResult, previous: ScanResult | None) -> dict[str, Any]:
    """Since when a session was listed, and each kind found, by every scan; it outlives the lists of older scans."""
    name, start = comparison.session_id, result.started_at
    earlier = previous if previous is not None and previous.started_at < start else None
    listed = start if earlier is None else earlier.listed_since.get(name, start)
    found = {} if earlier is None else earlier.found_since.get(name, {})
    kinds = {finding.kind for finding in comparison.findings if finding.severity != "info"}
    return {
        _LISTED_SINCE: listed.isoformat(),
        _FOUND_SINCE: {kind: found.get(kind, start).isoformat() for kind in sorted(kinds)},
    }


def _judged(comparison: Comparison | None) -> bool:
    return comparison is not None and comparison.status not in (None, "moving")


def _result(scan: KeptScan) -> ScanResult | None:
    try:
        result = scan_from({**scan.summary, "sessions": scan.sessions or ()})
    except ValueError:
        return None
    if scan.sessions is None:
        return replace(result, not_listed=result.not_listed + scan.summary[_LISTED])
    return replace(
        result,
        listed_since={one["session_id"]: _moment(one.get(_LISTED_SINCE), result.started_at) for one in scan.sessions},
        found_since={
            one["session_id"]: {kind: _moment(text, result.started_at) for kind, text in one[_FOUND_SINCE].items()}
            for one in scan.sessions
            if _FOUND_SINCE in one
        },
    )


def _moment(text: str | None, otherwise: datetime) -> datetime:
    return otherwise if text is None else datetime.fromisoformat(text)
