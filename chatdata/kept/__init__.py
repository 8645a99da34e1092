"""What the inspector keeps for itself: results of long runs, in a file of its own, never in the inspected stores.

file   the file
runs   lint runs in it
scans  scans in it
audit  the audit log of repairs in it
audit_events  the audit log of looks, exports and sends in it
view_keys  the keys of stand-ins in it
notes  what people noted on messages, in it
"""

from chatdata.kept.audit import AuditEntry, AuditResult
from chatdata.kept.audit_events import AuditEvent, AuditFilter, EventKind
from chatdata.kept.file import FILE_NAME, Kept
from chatdata.kept.runs import LintRun
from chatdata.kept.scans import KeptScan

__all__ = [
    "FILE_NAME",
    "AuditEntry",
    "AuditEvent",
    "AuditFilter",
    "AuditResult",
    "EventKind",
    "Kept",
    "KeptScan",
    "LintRun",
]
