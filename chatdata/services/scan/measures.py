"""What monitoring wants to know of a scan beyond its counts. Every label is of a closed set, so nothing here grows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeVar, get_args

from chatdata.domain.drift import Comparison
from chatdata.domain.drift.kinds import ExpectedRule, Kind, Severity
from chatdata.domain.messages import in_utc, is_stand_in

Horizon = Literal["1h", "6h", "12h", "never"]
"""How soon messages at risk are lost. Each message is counted once: "6h" are those of the second to the sixth hour, and
"12h" all later ones, since a key usually lives for twelve hours; "never" are those whose key does not expire."""
Window = Literal["1m", "5m", "10m"]
AgeBound = Literal["10", "60", "300", "900", "3600", "21600", "43200", "86400", "+Inf"]
"""The upper bounds of the ages of divergences, in seconds."""

HORIZONS: tuple[Horizon, ...] = get_args(Horizon)
WINDOWS: Mapping[Window, timedelta] = {
    "1m": timedelta(minutes=1),
    "5m": timedelta(minutes=5),
    "10m": timedelta(minutes=10),
}
AGE_BOUNDS: tuple[AgeBound, ...] = get_args(AgeBound)
_HOURS: tuple[tuple[Horizon, timedelta], ...] = (("1h", timedelta(hours=1)), ("6h", timedelta(hours=6)))
_DIVERGED = ("drifted", "ghost", "corrupt")
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class WrittenSessions:
    """The judged sessions that were written in a stretch of time, and how many of them are in sync."""

    sessions: int = 0
    in_sync: int = 0

    @property
    def ratio(self) -> float | None:
        """The share in sync; None if none was written."""
        return self.in_sync / self.sessions if self.sessions else None


@dataclass(frozen=True, slots=True)
class ScanMeasures:
    """Counts of a scan by what decides whether somebody is called."""

    findings: Mapping[Kind | ExpectedRule, Mapping[Severity, int]]
    """Findings of all sessions; the severity of a kind depends on the session."""
    at_risk: Mapping[Horizon, int]
    """Messages that only the cache has, by when they are lost."""
    written: Mapping[Window, WrittenSessions]
    """Sessions that were written during the scan or that long before it, by the times of either copy."""
    ages: Mapping[AgeBound, int]
    """Diverged sessions by the seconds since the last write to either copy: for at least so long the copies have
    differed. Each session is counted once, under its smallest bound; sessions without a known time are left out."""
    age_seconds: float
    """The sum of those seconds."""


@dataclass
class Gauges:
    """Counts the measures of a running scan."""

    started_at: datetime
    findings: Counter[tuple[Kind | ExpectedRule, Severity]] = field(default_factory=Counter)
    at_risk: Counter[Horizon] = field(default_factory=Counter)
    written: Counter[tuple[Window, bool]] = field(default_factory=Counter)
    ages: Counter[AgeBound] = field(default_factory=Counter)
    age_seconds: float = 0.0

    def same(self, written: Iterable[datetime | None]) -> None:
        """Counts sessions in sync by when they were last written."""
        for moment in written:
            self._count_written(moment, in_sync=True)

    def add(self, comparison: Comparison) -> None:
        """Counts a session by its final comparison."""
        self.findings.update((finding.kind, finding.severity) for finding in comparison.findings)
        if comparison.at_risk:
            self.at_risk[horizon_of(comparison)] += comparison.at_risk
        written = last_write(comparison)
        if comparison.status in (*_DIVERGED, "in_sync"):
            self._count_written(written, in_sync=comparison.status == "in_sync")
        if comparison.status in _DIVERGED and written is not None:
            age = max((in_utc(comparison.read_at) - written).total_seconds(), 0.0)
            self.ages[next(bound for bound in AGE_BOUNDS if age <= float(bound))] += 1
            self.age_seconds += age

    def measures(self) -> ScanMeasures:
        """The measures so far."""
        findings: dict[Kind | ExpectedRule, dict[Severity, int]] = {}
        for (kind, severity), count in sorted(self.findings.items()):
            findings.setdefault(kind, {})[severity] = count
        return ScanMeasures(
            findings=findings,
            at_risk={horizon: self.at_risk[horizon] for horizon in HORIZONS},
            written={
                name: WrittenSessions(self.written[name, True] + self.written[name, False], self.written[name, True])
                for name in WINDOWS
            },
            ages={bound: self.ages[bound] for bound in AGE_BOUNDS},
            age_seconds=round(self.age_seconds, 3),
        )

    def _count_written(self, moment: datetime | None, *, in_sync: bool) -> None:
        if moment is None:
            return
        for name, length in WINDOWS.items():
            if moment >= self.started_at - length:
                self.written[name, in_sync] += 1


def horizon_of(comparison: Comparison) -> Horizon:
    """Returns how soon the messages at risk of a session are lost, counted from its reading."""
    until = comparison.at_risk_until
    if until is None:
        return "never"
    left = in_utc(until) - in_utc(comparison.read_at)
    return next((horizon for horizon, most in _HOURS if left <= most), "12h")


def last_write(comparison: Comparison) -> datetime | None:
    """Returns when either copy was last written; None if neither says."""
    times = (comparison.cache.last_written_at, comparison.database.updated_at)
    return max((in_utc(time) for time in times if time is not None and not is_stand_in(time)), default=None)


def added(several: Sequence[ScanMeasures | None]) -> ScanMeasures | None:
    """Returns the sum of the measures of shards; None if a shard has none, as those of earlier versions."""
    known = [one for one in several if one is not None]
    if len(known) < len(several):
        return None
    findings: dict[Kind | ExpectedRule, Counter[Severity]] = {}
    for one in known:
        for kind, counts in one.findings.items():
            findings.setdefault(kind, Counter()).update(counts)
    return ScanMeasures(
        findings={kind: dict(counts) for kind, counts in sorted(findings.items())},
        at_risk=_sum([one.at_risk for one in known], HORIZONS),
        written={
            name: WrittenSessions(
                sum(one.written[name].sessions for one in known), sum(one.written[name].in_sync for one in known)
            )
            for name in WINDOWS
        },
        ages=_sum([one.ages for one in known], AGE_BOUNDS),
        age_seconds=round(sum(one.age_seconds for one in known), 3),
    )


def _sum(several: Sequence[Mapping[Key, int]], keys: Iterable[Key]) -> dict[Key, int]:
    return {key: sum(counts.get(key, 0) for counts in several) for key in keys}
