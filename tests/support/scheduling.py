"""Which tests go to one worker, because they share servers that each of the others would start again.

The marker of pytest-xdist 3.8 for it has no effect with pytest 9.2: the group is written where no node id is read.
"""

from xdist.scheduler import LoadScopeScheduling

GROUPS = {
    "tests/cli/test_agents.py": "agents",
    "tests/browser/test_accessibility.py": "demo",
    "tests/browser/test_app.py": "demo",
    "tests/browser/test_replay.py": "demo",
    "tests/browser/test_timeline.py": "demo",
    "tests/browser/test_drift.py": "planted",
    "tests/browser/test_live.py": "planted",
    "tests/browser/test_redaction.py": "planted",
    "tests/browser/test_tasks.py": "planted",
    "tests/browser/test_usage.py": "planted",
    "tests/browser/test_tables.py": "tables",
    "tests/browser/test_payload.py": "payload",
    "tests/browser/test_sign_in.py": "browser sign-in",
    "tests/pages/test_doors.py": "doors",
    "tests/pages/test_sign_in.py": "sign-in",
    "tests/pages/test_sign_in_proxy.py": "proxy",
    "tests/pages/test_silent_stores.py": "silent stores",
    "tests/services/test_fault_laboratory.py": "laboratory",
    "tests/services/test_repair_faults.py": "repair faults",
    "tests/services/test_session_faults.py": "session faults",
    "tests/stores/test_waiting.py": "waiting",
}
"""Module → its group."""
_LONGEST_FIRST = (
    "tests/test_monitoring.py",
    "tests/browser/",
    "tests/services/",
    "tests/pages/",
    "tests/cli/",
    "tests/stores/",
)
"""Folders and modules by how long one of their tests takes."""


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a worker a whole group, or one test."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid) or nodeid


def group(node_id: str) -> str | None:
    """The group of a test; None for a test that any worker may run."""
    return GROUPS.get(node_id.partition("::")[0])


def rank(node_id: str) -> tuple[int, bool]:
    """By this the longest groups and tests come first: at the end no worker waits long for another."""
    place = next((place for place, folder in enumerate(_LONGEST_FIRST) if node_id.startswith(folder)), 9)
    return place, group(node_id) is None
