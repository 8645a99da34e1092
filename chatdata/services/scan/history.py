"""The scan history: storing scans, reading the latest ones, and comparing two of them."""

from dataclasses import dataclass, replace
from datetime import datetime

from chatdata.domain.drift import Comparison
from chatdata.services.scan.result import ScanResult
from chatdata.services.scan.wire import scan_from, scan_json
from chatdata.stores.app_db import AppDatabase, KeptScan

_LISTED = "listed"
"""Key of a stored summary for the number of sessions that the scan listed."""
_SINCE = "listed_since"
"""Key of a stored session."""


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
    since = _since(result, previous)
    for session in sessions:
        session[_SINCE] = since[session["session_id"]].isoformat()
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


def _since(result: ScanResult, previous: ScanResult | None) -> dict[str, datetime]:
    """Since when each session of a scan has been listed by every scan, which outlives the lists of older scans."""
    before: dict[str, datetime] = {}
    if previous is not None and previous.started_at < result.started_at:
        before = {
            item.session_id: previous.listed_since.get(item.session_id, previous.started_at)
            for item in previous.sessions
        }
    return {item.session_id: before.get(item.session_id, result.started_at) for item in result.sessions}


def _judged(comparison: Comparison | None) -> bool:
    return comparison is not None and comparison.status not in (None, "moving")


def _result(scan: KeptScan) -> ScanResult | None:
    try:
        result = scan_from({**scan.summary, "sessions": scan.sessions or ()})
    except ValueError:
        return None
    if scan.sessions is None:
        return replace(result, not_listed=result.not_listed + scan.summary[_LISTED])
    since = {one["session_id"]: datetime.fromisoformat(one[_SINCE]) for one in scan.sessions if _SINCE in one}
    return replace(result, listed_since=since)
