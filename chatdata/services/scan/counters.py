"""The counts of a running scan, and its worst sessions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chatdata.domain.drift import Comparison, DriftFinding
from chatdata.domain.messages import in_utc
from chatdata.services.scan.measures import Gauges
from chatdata.services.scan.result import MOST_SESSIONS, by_hour, needs_listing, worst_first
from chatdata.stores.database.columns import to_milliseconds

_BESIDE = ("pending_messages", "unsaved_stream")
"""Kinds of findings that a session without a document may have in a scan."""


@dataclass
class Tally:
    """Counts sessions and collects the worst ones, at most twice as many as a result lists."""

    gauges: Gauges
    statuses: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    by_hour: Counter[datetime | None] = field(default_factory=Counter)
    at_risk: int = 0
    keys: int = 0
    gone: int = 0
    in_both: int = 0
    listed: int = 0
    sessions: list[Comparison] = field(default_factory=list)

    def same(self, written: Sequence[datetime | None]) -> None:
        """Counts sessions whose copies are equal and have no findings, given when each was last written."""
        self.statuses["in_sync"] += len(written)
        self.in_both += len(written)
        self.gauges.same(written)

    def add(self, comparison: Comparison) -> None:
        """Counts a session by its final comparison."""
        uncached = comparison.status in ("uncached", "missing")
        if uncached and all(finding.kind not in _BESIDE for finding in comparison.findings):
            self.gone += 1
            return
        if not uncached:
            self.statuses[comparison.status or "unreadable"] += 1
            self.in_both += bool(comparison.database.present)
        self.kinds.update(finding.kind for finding in comparison.findings)
        self.gauges.add(comparison)
        if comparison.at_risk:
            self.at_risk += comparison.at_risk
            self.by_hour[hour_of(comparison.at_risk_until)] += comparison.at_risk
        if needs_listing(comparison):
            self._list(comparison)

    def _list(self, comparison: Comparison) -> None:
        self.listed += 1
        self.sessions.append(lean(comparison))
        if len(self.sessions) >= 2 * MOST_SESSIONS:
            self.sessions = worst_first(self.sessions)[:MOST_SESSIONS]

    def counts(self) -> dict[str, Any]:
        """The fields of a ScanResult that are counted here, by name."""
        sessions = worst_first(self.sessions)[:MOST_SESSIONS]
        statuses = ("in_sync", "drifted", "ghost", "corrupt", "moving", "unreadable")
        return {
            **{status: self.statuses[status] for status in statuses},
            "cached_keys": self.keys,
            "gone": self.gone,
            "in_both": self.in_both,
            "findings_by_kind": dict(sorted(self.kinds.items())),
            "messages_at_risk": self.at_risk,
            "at_risk_by_hour": by_hour(self.by_hour),
            "sessions": tuple(sessions),
            "not_listed": self.listed - len(sessions),
            "measures": self.gauges.measures(),
        }


def lean(comparison: Comparison) -> Comparison:
    """The comparison without conversation text, and with times reduced to the precision of its JSON."""
    cache, database = comparison.cache, comparison.database
    return replace(
        comparison,
        read_at=to_milliseconds(comparison.read_at),
        cache=replace(
            cache,
            ttl_seconds=None if cache.ttl_seconds is None else int(cache.ttl_seconds),
            last_written_at=_in_milliseconds(cache.last_written_at),
            expires_at=_in_milliseconds(cache.expires_at),
        ),
        database=replace(database, updated_at=_in_milliseconds(database.updated_at), sequences=()),
        findings=tuple(map(_without_values, comparison.findings)),
        stretches=(),
    )


def _without_values(finding: DriftFinding) -> DriftFinding:
    return replace(
        finding,
        cache_value=None,
        database_value=None,
        expires_at=_in_milliseconds(finding.expires_at),
        consequences=tuple(map(_without_values, finding.consequences)),
    )


def _in_milliseconds(moment: datetime | None) -> datetime | None:
    return None if moment is None else to_milliseconds(in_utc(moment))


def hour_of(moment: datetime | None) -> datetime | None:
    """The start (UTC) of the hour of a moment."""
    return None if moment is None else in_utc(moment).replace(minute=0, second=0, microsecond=0)
