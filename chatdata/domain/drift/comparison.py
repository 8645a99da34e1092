"""What a comparison says: values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from chatdata.domain.copies import Source
from chatdata.domain.drift.kinds import CauseName, ExpectedRule, FieldKind, Kind, MessageKind, Repair, Severity, Status
from chatdata.domain.turns import Activity

StretchKind = MessageKind | Literal["equal", "reasoning_rows", "only_copy"]
"""windowed_cache: stored messages that the cache leaves out, on purpose or not. reasoning_rows: thoughts that one copy
alone has, which are no difference. only_copy: there is nothing to
compare with, or nothing readable."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring messages of which the same can be said.

    The ranges are indexes into the copies' messages, not sequence numbers; all stretches of a comparison together
    cover both copies once, in order.
    """

    kind: StretchKind
    cached: range
    stored: range


@dataclass(frozen=True, slots=True)
class LikelyCause:
    """What may have happened."""

    cause: CauseName
    evidence: str
    """One sentence, without words of the conversation."""


@dataclass(frozen=True, slots=True)
class DriftFinding:
    """One cause of worry."""

    kind: Kind | ExpectedRule
    """A rule of the ledger where its normal differences were asked for; its severity is info then."""
    severity: Severity
    cache_position: int | None
    """Index in the document's list."""
    database_position: int | None
    """The stored sequence number."""
    field: str | None
    """By its name in the document; None where whole messages differ."""
    count: int
    """Messages, for what is about messages: those that the worse off copy lacks or has otherwise. Of a
    diverged tail the cached ones, of a reordered stretch those that moved; 1 for a field."""
    cache_value: Any
    database_value: Any
    """JSON values or datetimes; of several messages the first."""
    meaning: str
    """One sentence for a person, without words of the conversation."""
    likely_causes: tuple[LikelyCause, ...] = ()
    """The likeliest first."""
    at_risk: bool = False
    """Whether only the cache has these words."""
    expires_at: datetime | None = None
    """Until when, where they are at risk; None for a key that never expires."""
    repairs: tuple[Repair, ...] = ()
    """What would end it or gain time, the safest first."""

    @property
    def ended_by(self) -> tuple[Repair, ...]:
        """The repairs after which it is gone: a longer life only ends that a key has none."""
        return tuple(one for one in self.repairs if one != "keep_alive" or self.kind == "no_expiry")

    @property
    def eased_by(self) -> tuple[Repair, ...]:
        """The repairs that leave it, and gain time."""
        return tuple(one for one in self.repairs if one not in self.ended_by)


@dataclass(frozen=True, slots=True)
class CachedSummary:
    """What is known of the cached document; None for what isn't."""

    present: bool | None
    """None: the cache could not be asked."""
    messages: int | None = None
    size: int | None = None
    """Bytes."""
    ttl_seconds: float | None = None
    last_written_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredSummary:
    """What is known of the rows; None for what isn't."""

    present: bool | None
    """None: the database could not be asked."""
    messages: int | None = None
    updated_at: datetime | None = None
    sequences: Sequence[int] = ()
    """The stored sequence number of each message."""


_NO_MESSAGES = frozenset({"cache_corrupt", *get_args(FieldKind)})
"""What is not about messages, or not known to be."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both copies of one session, judged."""

    session_id: str
    user_id: str | None
    """The row's; the document's where there is no row."""
    status: Status | None
    """None where it hangs on a store that could not be asked."""
    unavailable: tuple[Source, ...]
    """Stores that could not be asked, or that no setting names."""
    read_at: datetime
    cache: CachedSummary
    database: StoredSummary
    first_difference: int | None
    """Index of the first stored message (or the end) where the copies part."""
    findings: tuple[DriftFinding, ...]
    """The worst first, then by place."""
    ledger: Mapping[ExpectedRule, int]
    """How often each normal difference was set aside."""
    stretches: tuple[Stretch, ...]
    """Empty for a session that is moving."""
    activity: Activity = "unknown"
    """What the session is doing: by its status, and whether a worker is at it."""
    chat_status: Any = None
    """The row's chatStatus as it is; None without one."""

    @property
    def at_risk(self) -> int:
        """Messages that only the cache has, in whole or in part."""
        return sum(item.count for item in self.findings if item.at_risk and item.kind not in _NO_MESSAGES)

    @property
    def window_expected(self) -> bool:
        """Whether rows that the cache leaves out, if there are any, are left out on purpose."""
        return not any(item.kind == "windowed_cache" and item.severity != "info" for item in self.findings)

    @property
    def at_risk_until(self) -> datetime | None:
        """When the key expires; None where nothing is at risk, or the key never expires."""
        return next((item.expires_at for item in self.findings if item.at_risk), None)
