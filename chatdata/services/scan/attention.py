"""What the scans say needs attention now: messages that expire, sessions by kind of issue, and since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chatdata.domain.drift import Comparison
from chatdata.services.scan.result import ScanResult, above_info


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """The sessions with one kind of finding above info."""

    kind: str
    session_ids: frozenset[str]
    since: datetime | None
    """The start (UTC) of the first of the latest scans in a row that listed one of them; None if that is unknown."""


@dataclass(frozen=True, slots=True)
class Attention:
    """What the latest scan lists, sorted by what is lost first."""

    expiring: tuple[Comparison, ...]
    """Sessions with messages that exist only in the cache, the next to expire first; without expiry last."""
    issues: tuple[OpenIssue, ...]
    """The kinds of findings above info, the one of most sessions first."""
    without_row: frozenset[str]
    """The sessions that the scan found no database row of, so that no list of the database's sessions has them."""
    listed_all: bool
    """False if the scan found more sessions than it lists."""

    @property
    def session_ids(self) -> frozenset[str]:
        """All sessions with a finding above info."""
        return frozenset().union(*(issue.session_ids for issue in self.issues))

    def of_kind(self, kind: str) -> frozenset[str]:
        """The sessions with this kind of finding."""
        return next((issue.session_ids for issue in self.issues if issue.kind == kind), frozenset())


def attention(scans: Sequence[ScanResult]) -> Attention:
    """Returns what needs attention by the latest scan; `scans` are the newest first and not empty."""
    latest = scans[0]
    seen = first_seen(scans)
    kinds: dict[str, set[str]] = {}
    for comparison in latest.sessions:
        for finding in comparison.findings:
            if finding.severity != "info":
                kinds.setdefault(finding.kind, set()).add(comparison.session_id)
    issues = (
        OpenIssue(kind, frozenset(ids), min((seen[name] for name in ids if name in seen), default=None))
        for kind, ids in kinds.items()
    )
    return Attention(
        expiring=tuple(sorted((item for item in latest.sessions if item.at_risk), key=_expiry)),
        issues=tuple(sorted(issues, key=lambda issue: (-len(issue.session_ids), issue.kind))),
        without_row=frozenset(item.session_id for item in latest.sessions if item.database.present is False),
        listed_all=not latest.not_listed,
    )


def first_seen(scans: Sequence[ScanResult]) -> Mapping[str, datetime]:
    """Returns since when each session of the latest scan has been listed by every scan.

    `scans` are the newest first; only the latest ones still list their sessions. A scan that was read from the history
    knows an older start.
    """
    found: dict[str, datetime] = {}
    current = {item.session_id for item in scans[0].sessions if above_info(item)} if scans else set()
    for scan in scans:
        if not scan.whole and scan is not scans[0]:
            continue
        current &= {item.session_id for item in scan.sessions}
        if not current:
            break
        found |= {session_id: scan.listed_since.get(session_id, scan.started_at) for session_id in current}
    return found


def _expiry(comparison: Comparison) -> tuple[bool, float, str]:
    until = comparison.at_risk_until
    return until is None, 0.0 if until is None else until.timestamp(), comparison.session_id
