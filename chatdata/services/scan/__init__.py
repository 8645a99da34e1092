"""Scans: compares every cached session with its rows.

`scan` runs a scan, `scan_with_workers` one in several processes, and `merge` adds up the results of shards.
`scan_json` and `scan_from` convert a result to the JSON of the contract and back. `keep`, `last_scans` and `news` store
scans in the inspector's own database and compare them; `attention` sorts what they found by what is lost first, and
`issue_states` tells what became of a session's issues. `keep_recheck` stores what a session looked like after a repair,
and `rechecked` is a scan with these re-checks in place of what it found.
"""

from chatdata.services.scan.attention import Attention, OpenIssue, attention, first_seen
from chatdata.services.scan.history import News, keep, last_scans, last_summary, news
from chatdata.services.scan.issue_states import IssueKind, IssueState, issue_states
from chatdata.services.scan.measures import AGE_BOUNDS, HORIZONS, WINDOWS, ScanMeasures, WrittenSessions
from chatdata.services.scan.merging import merge
from chatdata.services.scan.rechecks import keep_recheck, rechecked
from chatdata.services.scan.result import (
    MOST_SESSIONS,
    Consistency,
    DanglingChannel,
    ScanResult,
    ScanStatus,
    above_info,
)
from chatdata.services.scan.scanning import GRACE_SECONDS, MOST_LOOKS, ScanProgress, scan
from chatdata.services.scan.shards import Shard
from chatdata.services.scan.wire import scan_from, scan_json
from chatdata.services.scan.workers import MOST_WORKERS, WorkerLost, scan_with_workers

__all__ = [
    "AGE_BOUNDS",
    "GRACE_SECONDS",
    "HORIZONS",
    "MOST_LOOKS",
    "MOST_SESSIONS",
    "MOST_WORKERS",
    "WINDOWS",
    "Attention",
    "Consistency",
    "DanglingChannel",
    "IssueKind",
    "IssueState",
    "News",
    "OpenIssue",
    "ScanMeasures",
    "ScanProgress",
    "ScanResult",
    "ScanStatus",
    "Shard",
    "WorkerLost",
    "WrittenSessions",
    "above_info",
    "attention",
    "first_seen",
    "issue_states",
    "keep",
    "keep_recheck",
    "last_scans",
    "last_summary",
    "merge",
    "news",
    "rechecked",
    "scan",
    "scan_from",
    "scan_json",
    "scan_with_workers",
]
