"""The audit log's vocabulary for pages: an event, its kind, the filter of the log, and an entry about a repair.

The log itself is in the inspector's own database: `Connected.app_db` adds events and reads them.
"""

from chatdata.stores.app_db import AuditEntry, AuditEvent, AuditFilter, EventKind

__all__ = ["AuditEntry", "AuditEvent", "AuditFilter", "EventKind"]
