"""Drift: what differs between the two copies of a session, what it means and what would end it. Pure.

`compare` judges two copies; `comparison_json` is its JSON; `marks` tells a page what to draw.
"""

from chatdata.domain.drift.comparing import compare
from chatdata.domain.drift.comparison import (
    CachedSummary,
    Comparison,
    DriftFinding,
    LikelyCause,
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
    "Kind",
    "LikelyCause",
    "Mark",
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
