"""The result of a scan: values only."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from chatdata.domain.copies import Source
from chatdata.domain.drift import SEVERITIES, Comparison
from chatdata.services.scan.measures import ScanMeasures
from chatdata.services.scan.shards import Shard

ScanStatus = Literal["finished", "cancelled", "stopped"]
"""stopped: a store failed, and the result contains what was known until then."""
MOST_SESSIONS = 2_000
"""The number of worst sessions that a result lists; its counts cover all sessions."""
_Z = 1.6448536269514722
"""The z value of a one-sided 95 % confidence bound."""


@dataclass(frozen=True, slots=True)
class Consistency:
    """The share of judged sessions in sync, and what it says about sessions that were not read."""

    sample: int
    """The number of judged sessions."""
    failures: int
    """The number of judged sessions that are drifted, ghosts or corrupt."""

    @property
    def share(self) -> float | None:
        """The share of the sample that is in sync; None for an empty sample."""
        return (self.sample - self.failures) / self.sample if self.sample else None

    @property
    def nines(self) -> float | None:
        """3.0 for 99.9 % in sync; None without failures, since no sample can prove that there are none."""
        return -math.log10(self.failures / self.sample) if self.failures else None

    @property
    def at_most(self) -> float | None:
        """The upper 95 % confidence bound of the share of failures; None for an empty sample.

        Without failures it is the rule of three, 3/n; else the one-sided upper bound of Wilson's score interval.
        """
        n = self.sample
        if not n:
            return None
        if not self.failures:
            return min(3 / n, 1.0)
        p, zz = self.failures / n, _Z * _Z
        middle, half = p + zz / (2 * n), _Z * math.sqrt(p * (1 - p) / n + zz / (4 * n * n))
        return min((middle + half) / (1 + zz / n), 1.0)

    @property
    def nines_at_least(self) -> float | None:
        """The nines that correspond to `at_most`; None for an empty sample."""
        return -math.log10(self.at_most) if self.at_most else None


@dataclass(frozen=True, slots=True)
class DanglingChannel:
    """A channel of a chat platform that refers to a session without a row."""

    channel: str
    """The platform and the channel on it."""
    session_id: str


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The result of comparing every cached session, or some of them, with its rows."""

    deployment: str
    """The stores' URLs without passwords."""
    user: str | None
    """The user whose sessions were scanned, according to either copy; None for all users."""
    limit: int | None
    """The maximum number of keys to read, in no particular order; None for all."""
    shard: Shard | None
    """The shard of the keys that was scanned; None for all keys."""
    status: ScanStatus
    reason: str | None
    """Why the scan was stopped, if it was."""
    unavailable: tuple[Source, ...]
    """The store that failed during the scan, if any."""
    started_at: datetime
    finished_at: datetime
    cached_keys: int
    """The number of distinct session keys read; in a scan for one user, those of that user's sessions."""
    in_sync: int
    drifted: int
    ghost: int
    corrupt: int
    moving: int
    """Sessions that changed, or differed in a new way, at every reading: not judged."""
    unreadable: int
    """Sessions of which an otherwise available store could not return its copy: not judged."""
    unconfirmed: int
    """Sessions that differed and were not read again before the scan ended: not judged."""
    gone: int
    """Keys that expired or were deleted between being listed and being read."""
    findings_by_kind: Mapping[str, int]
    """Findings of all sessions by kind, including those of severity info."""
    messages_at_risk: int
    at_risk_by_hour: Mapping[datetime | None, int]
    """Start (UTC) of the hour in which keys expire → messages at risk in it; None for keys that never expire."""
    sessions: tuple[Comparison, ...]
    """Sessions not in sync or with a finding above info, worst first, without values; at most MOST_SESSIONS."""
    not_listed: int
    """The number of such sessions beyond those listed."""
    in_both: int
    """The number of compared sessions that have rows."""
    database_sessions: int | None
    """The number of sessions in the database at the end of the scan; None if it was not counted."""
    dangling_channels: tuple[DanglingChannel, ...] = ()
    """Channels of chat platforms that refer to a session without a row."""
    measures: ScanMeasures | None = None
    """What monitoring wants to know; None in a scan of an earlier version."""
    listed_since: Mapping[str, datetime] = field(default_factory=dict, compare=False)
    """Of a scan that was read from the history: the start of the first scan since which each session was listed by
    every scan. It is not part of the JSON."""
    found_since: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict, compare=False)
    """The same of each kind of finding above info that a listed session has."""
    repaired: Mapping[str, Comparison] = field(default_factory=dict, compare=False)
    """Of a scan with later re-checks: the sessions it listed that were repaired since and need no attention any more,
    as the scan found them. It is not part of the JSON, like `rechecked_at`."""
    rechecked_at: datetime | None = field(default=None, compare=False)
    """When the last of the listed sessions was re-checked after a repair; None if none was since the scan."""

    @property
    def seconds(self) -> float:
        """The duration of the scan in seconds."""
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def judged(self) -> int:
        """The number of sessions with a verdict."""
        return self.in_sync + self.drifted + self.ghost + self.corrupt

    @property
    def compared(self) -> int:
        """The number of sessions whose copies were compared: the judged ones and those that kept changing."""
        return self.judged + self.moving

    @property
    def whole(self) -> bool:
        """Whether the scan finished and covered every cached session."""
        return self.status == "finished" and self.user is None and self.limit is None and self.shard is None

    @property
    def uncached(self) -> int | None:
        """The approximate number of sessions that only the database has; None if it is unknown."""
        if self.database_sessions is None or not self.whole:
            return None
        return max(self.database_sessions - self.in_both, 0)

    @property
    def to_look_at(self) -> int:
        """The number of sessions that need attention: not in sync, with a finding above info, or without a verdict."""
        return len(self.sessions) + self.not_listed + self.unconfirmed

    def consistency(self) -> Consistency:
        """The consistency of the judged sessions."""
        return Consistency(self.judged, self.judged - self.in_sync)


def needs_listing(comparison: Comparison) -> bool:
    """Whether a scan lists a session: it is not in sync, or has a finding above info."""
    return above_info(comparison) or comparison.status not in ("uncached", "missing", "in_sync")


def above_info(comparison: Comparison) -> bool:
    """Whether a comparison has a finding more severe than info."""
    return any(finding.severity != "info" for finding in comparison.findings)


def by_hour(counts: Mapping[datetime | None, int]) -> dict[datetime | None, int]:
    """The counts in chronological order, with keys that never expire last."""
    known = sorted((hour, count) for hour, count in counts.items() if hour is not None)
    return {**dict(known), **({None: counts[None]} if None in counts else {})}


def worst_first(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Comparisons by worst finding, then messages at risk, then time of expiry; those without findings come last."""
    return sorted(comparisons, key=_badness)


def _badness(comparison: Comparison) -> tuple[int, int, float, str]:
    severities = [SEVERITIES.index(finding.severity) for finding in comparison.findings]
    until = comparison.at_risk_until
    return (
        min(severities, default=len(SEVERITIES)),
        -comparison.at_risk,
        math.inf if until is None else until.timestamp(),
        comparison.session_id,
    )
