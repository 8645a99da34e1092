"""The scan: every cached session against its rows.

`scan` walks, `merge` adds up shards, `scan_json` and `scan_from` are the contract's JSON of a result and back, and
`keep`, `last_scans` and `news` remember scans in the inspector's own file.
"""

from chatdata.services.scan.history import News, keep, last_scans, news
from chatdata.services.scan.merging import merge
from chatdata.services.scan.result import MOST_SESSIONS, Consistency, ScanResult, ScanStatus, above_info
from chatdata.services.scan.scanning import GRACE_SECONDS, MOST_LOOKS, ScanProgress, scan
from chatdata.services.scan.shards import Shard
from chatdata.services.scan.wire import scan_from, scan_json

__all__ = [
    "GRACE_SECONDS",
    "MOST_LOOKS",
    "MOST_SESSIONS",
    "Consistency",
    "News",
    "ScanProgress",
    "ScanResult",
    "ScanStatus",
    "Shard",
    "above_info",
    "keep",
    "last_scans",
    "merge",
    "news",
    "scan",
    "scan_from",
    "scan_json",
]
