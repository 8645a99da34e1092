"""The result of a comparison, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from chatdata.domain.copies import Source
from chatdata.domain.drift.kinds import CauseName, ExpectedRule, FieldKind, Kind, MessageKind, Repair, Severity, Status
from chatdata.domain.drift.wording import agreeing, at
from chatdata.domain.turns import Activity

StretchKind = MessageKind | Literal["equal", "reasoning_rows", "only_copy"]
"""windowed_cache: stored messages that the cache leaves out, on purpose or not. reasoning_rows: reasoning messages that
only one copy has, which is no difference. only_copy: there is no other copy to compare with, or no readable one."""


Purpose = Literal["resolve", "gain time"]
"""What a repair is for."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive messages with the same result.

    The ranges are indices into the copies' messages, not sequence numbers. All stretches of a comparison together
    cover each copy exactly once, in order.
    """

    kind: StretchKind
    cached: range
    stored: range


@dataclass(frozen=True, slots=True)
class LikelyCause:
    """A likely cause of a finding."""

    cause: CauseName
    evidence: str
    """One sentence that quotes nothing from the conversation."""


@dataclass(frozen=True, slots=True)
class FindingPlace:
    """One of several places of a finding."""

    cache_position: int | None
    database_position: int | None
    count: int
    """The number of messages at this place, counted as in the finding."""


@dataclass(frozen=True, slots=True)
class DriftFinding:
    """One difference between the copies, or one problem of a copy."""

    kind: Kind | ExpectedRule
    """The kind, or the rule of expected differences that a caller chose to report, with severity info."""
    severity: Severity
    cache_position: int | None
    """The index in the cached document's list."""
    database_position: int | None
    """The stored sequence number."""
    field: str | None
    """The field's name in the cached document; None where whole messages differ."""
    count: int
    """The number of messages that one copy lacks or has differently; for a diverged tail the cached ones, for a
    reordered stretch the moved ones. 1 for a field."""
    cache_value: Any
    database_value: Any
    """The values are JSON values or datetimes; for several messages those of the first."""
    meaning: str
    """One sentence for a person that quotes nothing from the conversation."""
    likely_causes: tuple[LikelyCause, ...] = ()
    """The likely causes, the likeliest first."""
    at_risk: bool = False
    """Whether the data exists only in the cache."""
    expires_at: datetime | None = None
    """Until when, where they are at risk; None for a key that never expires."""
    repairs: tuple[Repair, ...] = ()
    """The repairs that resolve the finding or gain time, the safest first."""
    places: tuple[FindingPlace, ...] = ()
    """All places in order, if there are several; the positions above are those of the first."""
    consequences: "tuple[DriftFinding, ...]" = ()
    """What the same cause also made, which is no issue of its own and has no causes and repairs of its own."""

    def positions(self, source: Source) -> tuple[int, ...]:
        """The positions of all places in one copy."""
        first = FindingPlace(self.cache_position, self.database_position, self.count)
        places = self.places or (first,)
        found = (one.cache_position if source == "cache" else one.database_position for one in places)
        return tuple(position for position in found if position is not None)

    @property
    def waits(self) -> bool:
        """Whether it is about messages that only a waiting list has, which no repair can save."""
        return self.kind == "pending_messages" and self.count > 0

    @property
    def advice(self) -> str:
        """What a person can do where no repair helps; empty where there is nothing to say."""
        if not self.waits:
            return ""
        they = agreeing(self.count, "it", "them")
        if not self.at_risk:
            return f"The application takes {they} with its next turn."
        whose = agreeing(self.count, "its", "their")
        before = f"{whose} list is deleted" if self.expires_at is None else at(self.expires_at)
        return (
            f"The application takes {they} with its next turn: if none runs, send a message in this session or restart "
            f"the worker before {before}. Nothing in the inspector can save {they}."
        )

    @property
    def ended_by(self) -> tuple[Repair, ...]:
        """The repairs that resolve the finding; resetting the TTL resolves only a missing expiry."""
        return tuple(one for one in self.repairs if one != "keep_alive" or self.kind == "no_expiry")

    @property
    def eased_by(self) -> tuple[Repair, ...]:
        """The repairs that only gain time."""
        return tuple(one for one in self.repairs if one not in self.ended_by)

    @property
    def suggestions(self) -> tuple[tuple[Purpose, tuple[Repair, ...]], ...]:
        """The repairs by what they are for, without empty groups; the group of the safest repair comes first."""
        groups: tuple[tuple[Purpose, tuple[Repair, ...]], ...] = (
            ("resolve", self.ended_by),
            ("gain time", self.eased_by),
        )
        kept = [group for group in groups if group[1]]
        return tuple(sorted(kept, key=lambda group: self.repairs[0] not in group[1]))


@dataclass(frozen=True, slots=True)
class CachedSummary:
    """Facts about the cached document; None means unknown."""

    present: bool | None
    """None while the cache is unavailable."""
    messages: int | None = None
    size: int | None = None
    """The size in bytes."""
    ttl_seconds: float | None = None
    last_written_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredSummary:
    """Facts about the database copy; None means unknown."""

    present: bool | None
    """None while the database is unavailable."""
    messages: int | None = None
    updated_at: datetime | None = None
    sequences: Sequence[int] = ()
    """The stored sequence number of each message."""


_NO_MESSAGES = frozenset({"cache_corrupt", *get_args(FieldKind)})
"""Kinds that are not about messages, or not known to be."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of both copies of one session."""

    session_id: str
    user_id: str | None
    """The user in the database, or in the cached document where there is no row."""
    status: Status | None
    """None where it depends on an unavailable store."""
    unavailable: tuple[Source, ...]
    """The stores that are unavailable or not configured."""
    read_at: datetime
    cache: CachedSummary
    database: StoredSummary
    first_difference: int | None
    """The index of the first stored message (or the end) at which the copies differ."""
    findings: tuple[DriftFinding, ...]
    """The findings, the worst first, then by position."""
    ledger: Mapping[ExpectedRule, int]
    """The number of expected differences by rule."""
    stretches: tuple[Stretch, ...]
    """The stretches of both copies; empty for a session that is changing now."""
    activity: Activity = "unknown"
    """What the session is doing, from its status and from whether a worker holds its turn."""
    chat_status: Any = None
    """The row's chatStatus as stored; None if it has none."""

    @property
    def every_finding(self) -> tuple[DriftFinding, ...]:
        """The findings, each followed by its consequences."""
        return tuple(one for finding in self.findings for one in (finding, *finding.consequences))

    @property
    def at_risk(self) -> int:
        """Messages that only the cache has, in whole or in part."""
        return sum(item.count for item in self.every_finding if item.at_risk and item.kind not in _NO_MESSAGES)

    @property
    def waiting(self) -> DriftFinding | None:
        """The finding about messages that are lost with their waiting list, whatever the copies are."""
        return next((finding for finding in self.findings if finding.waits and finding.at_risk), None)

    @property
    def window_expected(self) -> bool:
        """Whether the cache leaves out rows on purpose, if it leaves out any."""
        return not any(item.kind == "windowed_cache" and item.severity != "info" for item in self.findings)

    @property
    def at_risk_until(self) -> datetime | None:
        """When the messages at risk are lost; None where none are at risk or the key never expires."""
        return next((item.expires_at for item in self.findings if item.at_risk), None)
