"""What a scan found: values only."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatdata.domain.copies import Source
from chatdata.domain.drift import SEVERITIES, Comparison
from chatdata.services.scan.shards import Shard

ScanStatus = Literal["finished", "cancelled", "stopped"]
"""stopped: a store died; what was known until then is in the result."""
MOST_SESSIONS = 2_000
"""How many sessions a result lists, the worst ones; its counts are of all."""
_Z = 1.6448536269514722
"""One-sided 95 %."""


@dataclass(frozen=True, slots=True)
class Consistency:
    """How many of the judged sessions are in sync, and what that says of a session that wasn't looked at."""

    sample: int
    """Sessions that were judged."""
    failures: int
    """Those that are drifted, ghosts or corrupt."""

    @property
    def share(self) -> float | None:
        """In sync, of the sample; None for an empty one."""
        return (self.sample - self.failures) / self.sample if self.sample else None

    @property
    def nines(self) -> float | None:
        """3.0 for 99.9 % in sync; None where nothing failed, since a sample never shows that nothing ever does."""
        return -math.log10(self.failures / self.sample) if self.failures else None

    @property
    def at_most(self) -> float | None:
        """The share of failures that the sample leaves possible at 95 % confidence; None for an empty sample.

        Without a failure the rule of three, 3/n; with failures the one-sided upper bound of Wilson's score interval.
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
        """The nines that the bound leaves."""
        return -math.log10(self.at_most) if self.at_most else None


@dataclass(frozen=True, slots=True)
class DanglingChannel:
    """A channel of a chat platform that still points at a session without a row."""

    channel: str
    """Platform and target."""
    session_id: str


@dataclass(frozen=True, slots=True)
class ScanResult:
    """One look at every cached session, or at some of them."""

    deployment: str
    """The stores' URLs without passwords."""
    user: str | None
    """Only sessions that a copy says are this user's; None: everybody's."""
    limit: int | None
    """At most so many keys were read, in no order; None: all."""
    shard: Shard | None
    """The share of the keys; None: all."""
    status: ScanStatus
    reason: str | None
    """Why it was stopped."""
    unavailable: tuple[Source, ...]
    """The store that stopped answering."""
    started_at: datetime
    finished_at: datetime
    cached_keys: int
    """Keys of sessions that were seen, each once; of a user's scan those that are this user's."""
    in_sync: int
    drifted: int
    ghost: int
    corrupt: int
    moving: int
    """Sessions that changed at every look, or differed in another way each time: not judged."""
    unreadable: int
    """Sessions of which a store that answers otherwise could not give its copy: not judged."""
    unconfirmed: int
    """Sessions that differed and were not looked at again, since the scan ended before: not judged."""
    gone: int
    """Keys that were there when they were listed and not when they were read: expired or deleted."""
    findings_by_kind: Mapping[str, int]
    """Of every session, also those worth an info only."""
    messages_at_risk: int
    at_risk_by_hour: Mapping[datetime | None, int]
    """The hour in which their keys expire (its start, UTC) → messages; None: never."""
    sessions: tuple[Comparison, ...]
    """All but those in sync without a finding above info, the worst first and without values; at most MOST_SESSIONS."""
    not_listed: int
    """How many more there are."""
    in_both: int
    """Compared sessions that have rows."""
    database_sessions: int | None
    """Sessions in the database when the scan ended; None where it was not counted."""
    dangling_channels: tuple[DanglingChannel, ...] = ()
    """Channels of chat platforms that point at a session without a row."""

    @property
    def seconds(self) -> float:
        """From the start to the end."""
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def judged(self) -> int:
        """Sessions with a verdict."""
        return self.in_sync + self.drifted + self.ghost + self.corrupt

    @property
    def compared(self) -> int:
        """Sessions whose copies were looked at: those judged and those that never stood still."""
        return self.judged + self.moving

    @property
    def whole(self) -> bool:
        """Whether it is about everything that is cached, to the end."""
        return self.status == "finished" and self.user is None and self.limit is None and self.shard is None

    @property
    def uncached(self) -> int | None:
        """Sessions that only the database has, about, since others write meanwhile; None where it isn't known."""
        if self.database_sessions is None or not self.whole:
            return None
        return max(self.database_sessions - self.in_both, 0)

    @property
    def to_look_at(self) -> int:
        """Sessions that are listed or would be: a finding above info, or no verdict."""
        return len(self.sessions) + self.not_listed + self.unconfirmed

    def consistency(self) -> Consistency:
        """How many of the judged are in sync; nines, and the bound of what else is possible."""
        return Consistency(self.judged, self.judged - self.in_sync)


def above_info(comparison: Comparison) -> bool:
    """Whether a finding of it is worth more than an info."""
    return any(finding.severity != "info" for finding in comparison.findings)


def by_hour(counts: Mapping[datetime | None, int]) -> dict[datetime | None, int]:
    """In order of time, what never expires at the end."""
    known = sorted((hour, count) for hour, count in counts.items() if hour is not None)
    return {**dict(known), **({None: counts[None]} if None in counts else {})}


def worst_first(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """By the worst finding, then by messages at risk, the soonest lost first; what was not judged at the end."""
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
