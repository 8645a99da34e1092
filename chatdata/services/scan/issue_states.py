"""What became of a session's issues since the kept scans: new, still open, or resolved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatdata.domain.drift import Comparison, ExpectedRule, Kind
from chatdata.services.scan.result import ScanResult

IssueKind = Kind | ExpectedRule
IssueStateName = Literal["new", "open", "resolved"]


@dataclass(frozen=True, slots=True)
class IssueState:
    """The state of one kind of issue in a session."""

    kind: IssueKind
    name: IssueStateName
    """new: no kept scan found it. open: the latest one did. resolved: a scan found it, and it is gone."""
    seen: datetime | None
    """When a scan found it first, or found it last if it is resolved; None if it is new."""


def issue_states(now: Comparison, scans: Sequence[ScanResult]) -> tuple[IssueState, ...]:
    """Returns the states of the issues that a session has now, and of those that it had in a scan.

    `scans` are the newest first. Empty without a scan that lists all it found, and while a copy is changing or unread.
    """
    listed = [scan for scan in scans if scan.whole and not scan.not_listed]
    if not listed or now.status in (None, "moving"):
        return ()
    by_scan = [(scan.started_at, _kinds_in(scan, now.session_id)) for scan in listed]
    current = _kinds(now)
    past = dict.fromkeys(kind for _, kinds in by_scan for kind in kinds if kind not in current)
    return (
        *(_state_of(kind, by_scan) for kind in current),
        *(IssueState(kind, "resolved", _last_seen(kind, by_scan)) for kind in past),
    )


def _kinds(comparison: Comparison) -> tuple[IssueKind, ...]:
    return tuple(dict.fromkeys(finding.kind for finding in comparison.findings if finding.severity != "info"))


def _kinds_in(scan: ScanResult, session_id: str) -> Mapping[IssueKind, datetime]:
    """The kinds that a scan found in a session, each with the start of the first scan since which it was found."""
    found = next((item for item in scan.sessions if item.session_id == session_id), None)
    since = scan.found_since.get(session_id, {})
    return {} if found is None else {kind: since.get(kind, scan.started_at) for kind in _kinds(found)}


def _state_of(kind: IssueKind, by_scan: Iterable[tuple[datetime, Mapping[IssueKind, datetime]]]) -> IssueState:
    first = None
    for _, kinds in by_scan:
        if kind not in kinds:
            break
        first = kinds[kind]
    return IssueState(kind, "new" if first is None else "open", first)


def _last_seen(kind: IssueKind, by_scan: Iterable[tuple[datetime, Mapping[IssueKind, datetime]]]) -> datetime | None:
    return next((started_at for started_at, kinds in by_scan if kind in kinds), None)
