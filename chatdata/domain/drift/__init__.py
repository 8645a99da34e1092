"""Drift: the differences between the two copies of a session, their meaning, likely causes and repairs. Pure.

`compare` compares two copies, `comparison_json` returns the result as JSON, and `marks` a mark for each message.
"""

from chatdata.domain.drift.comparing import compare
from chatdata.domain.drift.comparison import (
    CachedSummary,
    Comparison,
    DriftFinding,
    FindingPlace,
    LikelyCause,
    Purpose,
    StoredSummary,
    Stretch,
    StretchKind,
)
from chatdata.domain.drift.findings.fields import usage_differs
from chatdata.domain.drift.kinds import SEVERITIES, SEVERITY, CauseName, ExpectedRule, Kind, Repair, Severity, Status
from chatdata.domain.drift.marking import Mark, marks
from chatdata.domain.drift.wire import comparison_json

__all__ = [
    "SEVERITIES",
    "SEVERITY",
    "CachedSummary",
    "CauseName",
    "Comparison",
    "DriftFinding",
    "ExpectedRule",
    "FindingPlace",
    "Kind",
    "LikelyCause",
    "Mark",
    "Purpose",
    "Repair",
    "Severity",
    "Status",
    "StoredSummary",
    "Stretch",
    "StretchKind",
    "compare",
    "comparison_json",
    "marks",
    "usage_differs",
]
