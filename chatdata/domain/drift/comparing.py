"""Compares the two copies of a session. Pure: it reads neither a store nor the clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from chatdata.domain.copies import Absent, CachedCopy, Copies, CorruptDocument, StoredCopy, StoredSide
from chatdata.domain.drift.comparison import Comparison, DriftFinding, Stretch
from chatdata.domain.drift.context import CopyPair
from chatdata.domain.drift.facts import cache_facts, database_facts, unavailable
from chatdata.domain.drift.findings.beside import message_findings
from chatdata.domain.drift.findings.expected import Ledger
from chatdata.domain.drift.findings.fields import field_differences
from chatdata.domain.drift.findings.folding import damage_folded, fields_folded, foreign_folded
from chatdata.domain.drift.findings.normal import normal_differences
from chatdata.domain.drift.findings.one_copy import corrupt, ghost, no_expiry, row_damaged, sequence_gap
from chatdata.domain.drift.findings.streams import stream_findings
from chatdata.domain.drift.findings.turns import doing_now, turn_findings
from chatdata.domain.drift.kinds import SEVERITIES, ExpectedRule, Status
from chatdata.domain.drift.matching.diff import MessageDiff, part
from chatdata.domain.drift.matching.runs import (
    Messages,
    apart_from,
    in_both,
    orphan_findings,
    orphans,
    repeat_findings,
    repeats,
)
from chatdata.domain.turns import RUNNING


@dataclass(frozen=True, slots=True)
class _Judged:
    status: Status | None
    findings: list[DriftFinding] = field(default_factory=list)
    ledger: dict[ExpectedRule, int] = field(default_factory=dict)
    parting: MessageDiff = field(default_factory=MessageDiff)


def compare(copies: Copies, *, shown: frozenset[ExpectedRule] = frozenset(), moved: bool = False) -> Comparison:
    """Compares the two copies of a session.

    `moved` says that a copy changed between two reads; the messages are not compared then. `shown` names rules whose
    expected differences are reported as findings too, one per rule with severity info; they don't affect the status.
    While a store is unavailable, the status is None unless the cached document is `corrupt`.
    """
    judged = _Judged("moving") if moved else _judge(copies, shown)
    if not moved:
        judged.findings.extend(turn_findings(copies))
        judged.findings.extend(stream_findings(copies))
    return Comparison(
        session_id=copies.session_id,
        user_id=_user(copies),
        status=judged.status,
        unavailable=unavailable(copies),
        read_at=copies.read_at,
        cache=cache_facts(copies.cached),
        database=database_facts(copies.stored),
        first_difference=judged.parting.first_difference,
        findings=tuple(sorted(judged.findings, key=_worst_first)),
        ledger=judged.ledger,
        stretches=judged.parting.stretches,
        activity=doing_now(copies),
        chat_status=copies.stored.extras.get("chatStatus") if isinstance(copies.stored, StoredCopy) else None,
    )


def _judge(copies: Copies, shown: frozenset[ExpectedRule]) -> _Judged:
    if isinstance(copies.cached, CachedCopy) and isinstance(copies.stored, StoredCopy):
        running = doing_now(copies) in RUNNING
        return _judge_both(_pair(copies.cached, copies.stored, copies.read_at, running=running), shown)
    return _Judged(_status(copies), list(_alone(copies)), {}, _nothing_beside(copies))


def _pair(cached: CachedCopy, stored: StoredCopy, read_at: datetime, *, running: bool) -> CopyPair:
    return CopyPair(cached, stored, part(cached, stored), read_at, running)


def _judge_both(both: CopyPair, shown: frozenset[ExpectedRule]) -> _Judged:
    ledger, parting = Ledger(), both.parting
    messages, fields = message_findings(both), list[DriftFinding]()
    for item in (*field_differences(both), *normal_differences(both)):
        if isinstance(item, DriftFinding):
            fields.append(item)
        else:
            ledger.note(item)
    findings = foreign_folded(both, [*messages.found, *fields_folded(both, fields)])
    differ = [one for one in findings if one.kind != "context_injected" or one.severity != "info"]
    status: Status = "drifted" if differ else "in_sync"
    findings = damage_folded(both, findings)
    at_risk = any(finding.at_risk for finding in findings)
    findings += [
        *_about_the_key(both.cached, both.stored, at_risk=at_risk),
        *sequence_gap(both.stored, messages.holes),
        *_repeats(both.cached.messages, both.stored.messages, parting),
        *orphan_findings(messages.orphans, both.cached.messages, both.stored.messages),
        *ledger.shown(shown),
    ]
    return _Judged(status, findings, ledger.counts, parting)


def _status(copies: Copies) -> Status | None:
    if isinstance(copies.cached, CorruptDocument):
        return "corrupt"
    if unavailable(copies):
        return None
    if isinstance(copies.cached, CachedCopy):
        return "ghost"
    return "uncached" if isinstance(copies.stored, StoredCopy) else "missing"


def _alone(copies: Copies) -> Iterator[DriftFinding]:
    """Yields the findings where there are not two copies to compare."""
    cached, stored = copies.cached, copies.stored
    found = list(_about_the_cache(copies))
    yield from found
    yield from _notes(
        cached if isinstance(cached, CachedCopy | CorruptDocument) else None,
        stored if isinstance(stored, StoredCopy) else None,
        at_risk=any(finding.at_risk for finding in found),
    )


def _about_the_cache(copies: Copies) -> Iterator[DriftFinding]:
    """Yields the finding about an unreadable document, or about one without a row."""
    cached, stored = copies.cached, copies.stored
    if isinstance(cached, CorruptDocument):
        known = isinstance(stored, StoredCopy | Absent)
        yield corrupt(cached, row=isinstance(stored, StoredCopy) if known else None, damaged=_is_damaged(stored))
    if isinstance(cached, CachedCopy) and isinstance(stored, Absent):
        yield ghost(cached, copies.session_id)


def _notes(
    cached: CachedCopy | CorruptDocument | None, stored: StoredCopy | None, *, at_risk: bool
) -> Iterator[DriftFinding]:
    """Yields the findings about the only readable copy by itself, and about the key."""
    if cached is not None:
        yield from _about_the_key(cached, stored, at_risk=at_risk)
    if stored is not None:
        yield from row_damaged(stored)
        yield from sequence_gap(stored)
    in_cache: Messages = cached.messages if isinstance(cached, CachedCopy) else ()
    in_rows: Messages = stored.messages if stored is not None else ()
    yield from _repeats(in_cache, in_rows, MessageDiff())
    yield from orphan_findings(in_both(orphans(in_cache), orphans(in_rows), ()), in_cache, in_rows)


def _about_the_key(
    cached: CachedCopy | CorruptDocument, stored: StoredCopy | None, *, at_risk: bool
) -> Iterator[DriftFinding]:
    if cached.expiry.ttl_seconds is None:
        yield no_expiry(cached, stored, at_risk=at_risk)


def _is_damaged(stored: StoredSide) -> bool:
    return isinstance(stored, StoredCopy) and bool(stored.damaged)


def _repeats(in_cache: Messages, in_rows: Messages, parting: MessageDiff) -> Iterator[DriftFinding]:
    """Yields the findings about repeated messages; those of both copies are yielded once."""
    repeated = [stretch for stretch in parting.stretches if stretch.kind == "duplicate_message"]
    left = apart_from(repeats(in_cache), [stretch.cached for stretch in repeated])
    right = apart_from(repeats(in_rows), [stretch.stored for stretch in repeated])
    yield from repeat_findings(in_both(left, right, list(parting.equal)), in_cache, in_rows)


def _nothing_beside(copies: Copies) -> MessageDiff:
    """Returns the messages of the only readable copy as one stretch."""
    for side in (copies.cached, copies.stored):
        if isinstance(side, CachedCopy | StoredCopy) and side.messages:
            every = range(len(side.messages))
            ranges = (every, range(0)) if side is copies.cached else (range(0), every)
            return MessageDiff((Stretch("only_copy", *ranges),))
    return MessageDiff()


def _user(copies: Copies) -> str | None:
    if isinstance(copies.stored, StoredCopy):
        return copies.stored.info.user_id
    return copies.cached.info.user_id if isinstance(copies.cached, CachedCopy) else None


def _worst_first(finding: DriftFinding) -> tuple[int, int, int]:
    places = [place for place in (finding.database_position, finding.cache_position) if place is not None]
    return SEVERITIES.index(finding.severity), -1 if not places else places[0], -1 if not places else places[-1]
