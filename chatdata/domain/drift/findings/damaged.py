"""Which differences a damaged row explains, because the value that differs can't be read."""

from collections.abc import Mapping

from chatdata.domain.copies import StoredCopy
from chatdata.domain.drift.comparison import DriftFinding

_COLUMNS: Mapping[str, frozenset[str]] = {
    "user_id": frozenset({"ChatSession.userId"}),
    "title": frozenset({"ChatSession.title"}),
    "usage": frozenset({"ChatSession.totalPromptTokens", "ChatSession.totalCompletionTokens"}),
    "credentials": frozenset({"ChatSession.credentials"}),
    "successful_agent_runs": frozenset({"ChatSession.successfulAgentRuns"}),
    "successful_agent_schedules": frozenset({"ChatSession.successfulAgentSchedules"}),
    "metadata": frozenset({"ChatSession.metadata"}),
    "started_at": frozenset({"ChatSession.createdAt"}),
}
"""The columns of each field of the session."""


def is_damaged(stored: StoredCopy, finding: DriftFinding) -> bool:
    """Returns whether every stored value of a difference is a damaged one."""
    if finding.database_position is None:
        return any(value.place in _COLUMNS.get(finding.field or "", ()) for value in stored.damaged)
    rows, damaged = finding.positions("database"), {value.position for value in stored.damaged}
    paired = finding.count == len(rows) == len(finding.positions("cache"))
    return paired and damaged.issuperset(rows)
