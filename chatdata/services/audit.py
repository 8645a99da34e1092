"""The audit log's vocabulary for pages: an event, its kind, and the filter of the log.

The log itself is in the inspector's own file: `Connected.app_db` adds events and reads them.
"""

from chatdata.stores.app_db import AuditEvent, AuditFilter, EventKind

__all__ = ["AuditEvent", "AuditFilter", "EventKind"]
