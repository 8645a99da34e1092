"""Proposals, refusals and results of repairs: values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chatdata.domain.copies import Source
from chatdata.domain.digests import UNKNOWN
from chatdata.domain.drift import Comparison, DriftFinding, Repair
from chatdata.domain.formatting import duration

RefusalReason = Literal["not_found", "nothing_to_do", "unsuitable", "moving", "moved", "locked"]
"""nothing_to_do: the action would change nothing. unsuitable: the action does not fit these copies. moving: a copy
changed while it was read. moved: a copy changed since the proposal. locked: another process is writing the session."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Digests of both copies when the proposal was made: SHA-256 in hex, or "absent"."""

    cached: str
    """Digest of the document's bytes, without its time to live."""
    stored: str
    """Digest of the session row and its messages; "unknown" if the database was unavailable."""

    @property
    def blind(self) -> bool:
        """Whether the rows are unknown, so that only the cached copy can be compared."""
        return self.stored == UNKNOWN

    def moved(self, now: "Guard") -> tuple[Source, ...]:
        """The copies whose digests differ between this guard and a later one."""
        sides: tuple[tuple[Source, bool], ...] = (
            ("cache", self.cached != now.cached),
            ("database", self.stored != now.stored),
        )
        return tuple(source for source, differs in sides if differs)


@dataclass(frozen=True, slots=True)
class Change:
    """One value in a store, before and after the repair."""

    store: Source
    place: str
    """"bytes", "time to live" (seconds), a field of the document or messages[3] in the cache; a column or row."""
    before: Any
    after: Any
    """A JSON value or a ChatMessage, like `before`; None for a missing value."""

    @property
    def told(self) -> tuple[Any, Any]:
        """The values before and after for people, with a time to live formatted as a duration."""
        if self.place != "time to live":
            return self.before, self.after
        before, after = (None if left is None else duration(left) for left in (self.before, self.after))
        return before, after


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that neither store has after the repair."""

    what: Literal["messages", "field", "bytes"]
    meaning: str
    """One sentence for people that never quotes the conversation."""
    values: tuple[Any, ...] = ()
    """The lost ChatMessages, or the lost field's value."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was written."""

    reason: RefusalReason
    sentence: str
    moved: tuple[Source, ...] = ()
    """The copies that changed since the proposal."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a repair would change, for a person to review."""

    session_id: str
    action: Repair
    seconds: int | None
    """The time to live requested for keep_alive; None for the full one."""
    guard: Guard
    before: Comparison
    after: Comparison
    """The comparison of both copies as they would be after the repair."""
    changes: tuple[Change, ...]
    lost: tuple[Lost, ...]
    cautions: tuple[str, ...]
    """Warnings to read before applying the repair."""

    @property
    def ends(self) -> tuple[DriftFinding, ...]:
        """The findings that the repair would resolve."""
        return gone(self.before.findings, self.after.findings)

    @property
    def leaves(self) -> tuple[DriftFinding, ...]:
        """The findings that would remain after the repair."""
        return self.after.findings


@dataclass(frozen=True, slots=True)
class Done:
    """The result of an applied repair, with both copies compared again."""

    proposal: Proposal
    at: datetime
    comparison: Comparison | None
    """Both copies compared after the write, still under the locks; None if they could not be read."""
    guard: Guard | None
    """Digests of both copies after the write; None if they could not be read."""

    @property
    def ended(self) -> tuple[DriftFinding, ...]:
        """The findings that the repair resolved; empty if the session could not be read again or is changing."""
        if self.comparison is None or self.comparison.status == "moving":
            return ()
        return gone(self.proposal.before.findings, self.comparison.findings)


def gone(before: Sequence[DriftFinding], after: Sequence[DriftFinding]) -> tuple[DriftFinding, ...]:
    """The findings in `before` whose kind and field do not occur in `after`."""
    remaining = {(finding.kind, finding.field) for finding in after}
    return tuple(finding for finding in before if (finding.kind, finding.field) not in remaining)
