"""One cause, one finding: what another finding explains is carried by it as its consequence (docs/drift.md)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from chatdata.domain.drift.comparison import DriftFinding
from chatdata.domain.drift.context import CopyPair
from chatdata.domain.drift.findings.damaged import is_damaged
from chatdata.domain.drift.findings.one_copy import row_damaged
from chatdata.domain.drift.kinds import SEVERITIES, CauseName, Severity
from chatdata.domain.drift.matching.equality import stripped
from chatdata.domain.drift.wording import until


def with_consequences(lead: DriftFinding, found: Sequence[DriftFinding], expires: datetime | None) -> DriftFinding:
    """Returns a finding with others of the same cause as its consequences.

    Consequences have no causes and repairs of their own. What is at risk of them is so by the finding too, whose
    sentence says so; `expires` is when the key does.
    """
    if not found:
        return lead
    every = (one for item in found for one in (item, *item.consequences))
    folded = tuple(replace(one, likely_causes=(), repairs=(), consequences=()) for one in every)
    lead = replace(lead, consequences=(*lead.consequences, *folded))
    at_risk = [item.severity for item in folded if item.at_risk]
    if not at_risk or lead.at_risk:
        return replace(lead, severity=_worst([lead.severity, *at_risk]))
    return replace(
        lead,
        severity=_worst([lead.severity, *at_risk]),
        at_risk=True,
        expires_at=expires,
        meaning=f"{lead.meaning} What is in the cache only is lost {until(expires)}.",
        repairs=() if expires is None else ("keep_alive", *(one for one in lead.repairs if one != "keep_alive")),
    )


def _worst(severities: Iterable[Severity]) -> Severity:
    return min(severities, key=SEVERITIES.index)


def fields_folded(both: CopyPair, found: Sequence[DriftFinding]) -> list[DriftFinding]:
    """Returns the findings about fields; those of a recreated row are one, about its start if that differs."""
    recreated = [item for item in found if _first_cause(item) == "recreated_after_delete"]
    lead = next((item for item in recreated if item.field == "started_at"), recreated[0]) if recreated else None
    return _folded(both, found, lead, [item for item in recreated if item is not lead])


def foreign_folded(both: CopyPair, found: Sequence[DriftFinding]) -> list[DriftFinding]:
    """Returns the differences; those of a document that names another session are one, since nothing of it fits."""
    if stripped(both.cached.info.session_id) == stripped(both.stored.info.session_id):
        return list(found)
    lead = next(item for item in found if item.field in ("user_id", "session_id"))
    return _folded(both, found, lead, [item for item in found if item is not lead])


def damage_folded(both: CopyPair, found: Sequence[DriftFinding]) -> list[DriftFinding]:
    """Returns the differences and the damage of the rows, which explains the differences in damaged values."""
    lead = next(row_damaged(both.stored), None)
    if lead is None:
        return list(found)
    return _folded(both, [lead, *found], lead, [item for item in found if is_damaged(both.stored, item)])


def _folded(
    both: CopyPair, found: Sequence[DriftFinding], lead: DriftFinding | None, others: Sequence[DriftFinding]
) -> list[DriftFinding]:
    if lead is None or not others:
        return list(found)
    whole = with_consequences(lead, others, both.cached.expiry.expires_at)
    hidden = {id(item) for item in others}
    return [whole if item is lead else item for item in found if id(item) not in hidden]


def _first_cause(finding: DriftFinding) -> CauseName | None:
    return finding.likely_causes[0].cause if finding.likely_causes else None
