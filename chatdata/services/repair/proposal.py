"""What is proposed, refused and done: values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chatdata.domain.copies import Source
from chatdata.domain.digests import UNKNOWN
from chatdata.domain.drift import Comparison, DriftFinding, Repair
from chatdata.domain.formatting import duration

RefusalReason = Literal["not_found", "nothing_to_do", "unsuitable", "moving", "moved", "locked"]
"""nothing_to_do: all is as it would leave it. unsuitable: this action is not for what is seen here. moving: a copy
changed while it was read. moved: one changed since it was shown. locked: somebody else is writing."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Digests of both copies as they were seen: SHA-256 in hex, or "absent"."""

    cached: str
    """Of the bytes; the time left is no part of it."""
    stored: str
    """Of the session row and its messages; "unknown" where the database could not be asked."""

    @property
    def blind(self) -> bool:
        """Whether it is about the cached copy alone."""
        return self.stored == UNKNOWN

    def moved(self, now: "Guard") -> tuple[Source, ...]:
        """The copies that are not what they were."""
        sides: tuple[tuple[Source, bool], ...] = (
            ("cache", self.cached != now.cached),
            ("database", self.stored != now.stored),
        )
        return tuple(source for source, differs in sides if differs)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing in a store, before and after."""

    store: Source
    place: str
    """"key", "bytes", "time to live" (seconds), a field of the document, messages[3]; a column, or a row."""
    before: Any
    after: Any
    """JSON values or ChatMessages; None for what isn't there."""

    @property
    def told(self) -> tuple[Any, Any]:
        """Before and after for a person: a time to live in words."""
        if self.place != "time to live":
            return self.before, self.after
        before, after = (None if left is None else duration(left) for left in (self.before, self.after))
        return before, after


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that no store has afterwards."""

    what: Literal["messages", "field", "bytes"]
    meaning: str
    """One sentence for a person, without words of the conversation."""
    values: tuple[Any, ...] = ()
    """The ChatMessages, or the field's value."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing was written, and why."""

    reason: RefusalReason
    sentence: str
    moved: tuple[Source, ...] = ()
    """Which copies are not as they were shown."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an action would do, for somebody to review."""

    session_id: str
    action: Repair
    seconds: int | None
    """The time to live that keep_alive was asked for; None: the full one."""
    guard: Guard
    before: Comparison
    after: Comparison
    """As it would be."""
    changes: tuple[Change, ...]
    lost: tuple[Lost, ...]
    cautions: tuple[str, ...]
    """Sentences about what to know before."""

    @property
    def ends(self) -> tuple[DriftFinding, ...]:
        """The findings that would be gone."""
        return gone(self.before.findings, self.after.findings)

    @property
    def leaves(self) -> tuple[DriftFinding, ...]:
        """The findings that would be there."""
        return self.after.findings


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, and what both copies say now."""

    proposal: Proposal
    at: datetime
    comparison: Comparison | None
    """Read again after writing, before the locks were let go of; None where that failed."""
    guard: Guard | None
    """Digests of both copies now; None where they could not be looked at."""

    @property
    def ended(self) -> tuple[DriftFinding, ...]:
        """The findings that are gone; none of a session that could not be read again, or is moving."""
        if self.comparison is None or self.comparison.status == "moving":
            return ()
        return gone(self.proposal.before.findings, self.comparison.findings)


def gone(before: Sequence[DriftFinding], after: Sequence[DriftFinding]) -> tuple[DriftFinding, ...]:
    """Findings whose kind and field are not found any more."""
    left = {(finding.kind, finding.field) for finding in after}
    return tuple(finding for finding in before if (finding.kind, finding.field) not in left)
