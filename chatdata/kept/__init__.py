"""What the inspector keeps for itself: results of long runs, in a file of its own, never in the inspected stores.

file   the file
runs   lint runs in it
scans  scans in it
audit  the audit log of repairs in it
"""

from chatdata.kept.audit import AuditEntry, AuditResult
from chatdata.kept.file import FILE_NAME, Kept
from chatdata.kept.runs import LintRun
from chatdata.kept.scans import KeptScan

__all__ = ["FILE_NAME", "AuditEntry", "AuditResult", "Kept", "KeptScan", "LintRun"]
