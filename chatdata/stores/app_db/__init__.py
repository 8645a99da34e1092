"""The inspector's own data, in a database of its own and never in the inspected stores.

database           its operations
connections        what they need of the place where the database is
sqlite_file        a SQLite file, and migrations: its tables, and how older files get them
postgres_database  a PostgreSQL database, and postgres_schema: the same tables there
runs               lint runs
scans              scans
rechecks           what repaired sessions looked like after their last repair
scan_lock          the lock of scheduled scans
webhook_posts      what is posted to the webhook
audit              the audit log of repairs
audit_events       the audit log of views, exports and sends
redaction_keys     the keys that placeholders are derived from
annotations        bookmarks and notes on messages
saved_views        saved views of the list of sessions
tokens             the tokens of programs, without their secrets
imported           what imports found in their sources that the stores can't hold
"""

from chatdata.stores.app_db.audit import AuditEntry, AuditResult
from chatdata.stores.app_db.audit_events import AuditEvent, AuditFilter, EventKind
from chatdata.stores.app_db.connections import Place
from chatdata.stores.app_db.database import AppDatabase
from chatdata.stores.app_db.rechecks import KeptRecheck
from chatdata.stores.app_db.runs import LintRun
from chatdata.stores.app_db.scans import KeptScan
from chatdata.stores.app_db.sqlite_file import FILE_NAME
from chatdata.stores.app_db.webhook_posts import WaitingPost

__all__ = [
    "FILE_NAME",
    "AppDatabase",
    "AuditEntry",
    "AuditEvent",
    "AuditFilter",
    "AuditResult",
    "EventKind",
    "KeptRecheck",
    "KeptScan",
    "LintRun",
    "Place",
    "WaitingPost",
]
