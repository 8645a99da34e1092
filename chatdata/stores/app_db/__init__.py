"""What the inspector keeps for itself: results of long runs, in a file of its own, never in the inspected stores.

file            the file
migrations      its schema, and how an older file gets it
runs            lint runs in it
scans           scans in it
audit           the audit log of repairs in it
audit_events    the audit log of looks, exports and sends in it
redaction_keys  the keys of placeholders in it
annotations     what people noted on messages, in it
"""

from chatdata.stores.app_db.audit import AuditEntry, AuditResult
from chatdata.stores.app_db.audit_events import AuditEvent, AuditFilter, EventKind
from chatdata.stores.app_db.file import FILE_NAME, AppDatabase
from chatdata.stores.app_db.runs import LintRun
from chatdata.stores.app_db.scans import KeptScan

__all__ = [
    "FILE_NAME",
    "AppDatabase",
    "AuditEntry",
    "AuditEvent",
    "AuditFilter",
    "AuditResult",
    "EventKind",
    "KeptScan",
    "LintRun",
]
