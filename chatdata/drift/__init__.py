"""Drift: what differs between the two copies of a session, what it means and what would end it. Pure.

`compare` judges two copies; `comparison_json` is the contract's JSON of it; `marks` tells a page what to draw.
"""

from chatdata.drift.comparing import compare
from chatdata.drift.comparison import (
    CacheFacts,
    Comparison,
    DatabaseFacts,
    Finding,
    LikelyCause,
    Stretch,
    StretchKind,
)
from chatdata.drift.fields import usage_differs
from chatdata.drift.kinds import (
    SEVERITIES,
    SEVERITY,
    CauseName,
    Kind,
    LedgerRule,
    Repair,
    Severity,
    Status,
)
from chatdata.drift.marking import Mark, marks
from chatdata.drift.wire import comparison_json

__all__ = [
    "SEVERITIES",
    "SEVERITY",
    "CacheFacts",
    "CauseName",
    "Comparison",
    "DatabaseFacts",
    "Finding",
    "Kind",
    "LedgerRule",
    "LikelyCause",
    "Mark",
    "Repair",
    "Severity",
    "Status",
    "Stretch",
    "StretchKind",
    "compare",
    "comparison_json",
    "marks",
    "usage_differs",
]
