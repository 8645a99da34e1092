"""Scans that were kept: the trend, and what is new since the one before."""

from dataclasses import dataclass, replace

from chatdata.domain.drift import Comparison
from chatdata.services.scan.result import ScanResult
from chatdata.services.scan.wire import scan_from, scan_json
from chatdata.stores.app_db import AppDatabase, KeptScan

_LISTED = "listed"
"""In a kept summary: how many sessions the scan listed."""


@dataclass(frozen=True, slots=True)
class News:
    """The sessions of two scans, the worst first."""

    new: tuple[Comparison, ...]
    """Listed by the latest scan only, as it says."""
    still: tuple[Comparison, ...]
    """Listed by both, as the latest says."""
    gone: tuple[Comparison, ...]
    """Listed by the one before only, as that one said: repaired, expired or deleted since."""
    whole: bool
    """False where one of the scans found more sessions than it lists: then this is about those it lists."""


def keep(app_db: AppDatabase, result: ScanResult) -> bool:
    """Keeps a scan of everything that ran to its end, once; False for any other, which no trend can be drawn with."""
    if not result.whole:
        return False
    summary = scan_json(result)
    sessions = summary.pop("sessions")
    app_db.keep_scan(KeptScan({**summary, _LISTED: len(sessions)}, sessions))
    return True


def last_scans(app_db: AppDatabase, count: int = 2) -> list[ScanResult]:
    """The last scans, the newest first. Older ones don't list their sessions.

    What a later version of the inspector kept, and this one can't read, is left out.
    """
    found = (_result(scan) for scan in app_db.last_scans(count))
    return [result for result in found if result is not None]


def news(previous: ScanResult, latest: ScanResult) -> News:
    """What changed between two scans; a session that neither judged is no news."""
    before = {item.session_id: item for item in previous.sessions}
    after = {item.session_id: item for item in latest.sessions}
    return News(
        new=tuple(item for name, item in after.items() if _judged(item) and not _judged(before.get(name))),
        still=tuple(item for name, item in after.items() if _judged(before.get(name))),
        gone=tuple(item for name, item in before.items() if _judged(item) and name not in after),
        whole=not previous.not_listed and not latest.not_listed,
    )


def _judged(comparison: Comparison | None) -> bool:
    return comparison is not None and comparison.status not in (None, "moving")


def _result(scan: KeptScan) -> ScanResult | None:
    try:
        result = scan_from({**scan.summary, "sessions": scan.sessions or ()})
    except ValueError:
        return None
    if scan.sessions is None:
        return replace(result, not_listed=result.not_listed + scan.summary[_LISTED])
    return result
