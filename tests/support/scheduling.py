"""Which tests go to one worker, because they share servers that each of the others would start again.

The marker of pytest-xdist 3.8 for it has no effect with pytest 9.2: the group is written where no node id is read.
"""

from collections.abc import Collection

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

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
    "tests/browser/test_several_machines.py": "several machines",
    "tests/browser/test_sign_in.py": "browser sign-in",
    "tests/pages/test_doors.py": "doors",
    "tests/pages/test_sign_in.py": "sign-in",
    "tests/pages/test_sign_in_proxy.py": "proxy",
    "tests/pages/test_silent_stores.py": "silent stores",
    "tests/services/test_fault_laboratory.py": "laboratory",
    "tests/services/test_later_writer.py": "later writer",
    "tests/services/test_repair_faults.py": "repair faults",
    "tests/services/test_scan_faults.py": "scan faults",
    "tests/services/test_scheduled_scans.py": "scheduled scans",
    "tests/services/test_session_faults.py": "session faults",
    "tests/stores/test_app_db_postgres.py": "app database",
    "tests/stores/test_cache_cluster.py": "cluster",
    "tests/stores/test_waiting.py": "waiting",
}
"""Module → its group."""
MOSTLY_WAITING = (
    "several machines",
    "silent stores",
    "waiting",
    "repair faults",
    "scan faults",
    "session faults",
    "laboratory",
    "later writer",
    "scheduled scans",
    "cluster",
    "app database",
)
"""Groups whose tests wait for deadlines, leases and killed servers rather than compute."""
_BROWSER_GROUPS = {name for module, name in GROUPS.items() if module.startswith("tests/browser/")}
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
    """Gives a worker a whole group, or one test.

    Of three and more workers the last begins with what waits, so that the others have the cores meanwhile, and opens
    no browser of its own as long as there is something else.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        patient = len(self.nodes) > 2 and node is self.nodes[-1]
        self.workqueue.move_to_end(next_scope(self.workqueue, patient=patient), last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid) or nodeid


def next_scope(waiting: Collection[str], *, patient: bool) -> str:
    """The group or test that a worker gets next, of those that no worker has."""
    first = next(iter(waiting))
    if not patient:
        return next((name for name in waiting if name not in MOSTLY_WAITING), first)
    if found := next((name for name in MOSTLY_WAITING if name in waiting), None):
        return found
    return next((name for name in waiting if not _opens_a_browser(name)), first)


def _opens_a_browser(name: str) -> bool:
    return name in _BROWSER_GROUPS or name.startswith("tests/browser/")


def group(node_id: str) -> str | None:
    """The group of a test; None for a test that any worker may run."""
    return GROUPS.get(node_id.partition("::")[0])


def rank(node_id: str) -> tuple[int, bool]:
    """By this the longest groups and tests come first: at the end no worker waits long for another."""
    place = next((place for place, folder in enumerate(_LONGEST_FIRST) if node_id.startswith(folder)), 9)
    return place, group(node_id) is None
