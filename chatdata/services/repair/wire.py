"""Proposals, refusals and results of repairs as JSON values."""

from dataclasses import asdict
from typing import Any

from chatdata.domain.document import key_of
from chatdata.domain.drift import Comparison, comparison_json
from chatdata.domain.messages import ChatMessage
from chatdata.services.repair.proposal import Change, Done, Lost, Proposal, Refusal

Json = dict[str, Any]


def proposal_json(proposal: Proposal) -> Json:
    """A proposal as JSON. Values are those of the stores; the JSON writer has to handle NaN and lone surrogates."""
    return {
        "session_id": proposal.session_id,
        "action": proposal.action,
        "applied": False,
        "key": key_of(proposal.session_id),
        "before": _state(proposal.before),
        "after": _state(proposal.after),
        "changes": [_change(change) for change in proposal.changes],
        "lost": [_lost(lost) for lost in proposal.lost],
        "cautions": list(proposal.cautions),
        "ends": [finding.kind for finding in proposal.ends],
        "leaves": [finding.kind for finding in proposal.leaves],
        "guard": asdict(proposal.guard),
    }


def done_json(done: Done) -> Json:
    """The result of a repair as JSON, including its proposal."""
    return {
        **proposal_json(done.proposal),
        "applied": True,
        "at": done.at,
        "ended": [finding.kind for finding in done.ended],
        "now": None if done.comparison is None else _state(done.comparison),
        "guard_now": None if done.guard is None else asdict(done.guard),
    }


def refusal_json(session_id: str, action: str, refusal: Refusal) -> Json:
    """A refusal as JSON, for the session and the action that it refuses."""
    return {"session_id": session_id, "action": action, "applied": False, "refused": asdict(refusal)}


def _state(comparison: Comparison) -> Json:
    whole = comparison_json(comparison, values=False)
    findings = [finding.kind for finding in comparison.findings]
    return {name: whole[name] for name in ("status", "cache", "database")} | {"findings": findings}


def _change(change: Change) -> Json:
    return {
        "store": change.store,
        "place": change.place,
        "before": _value(change.before),
        "after": _value(change.after),
    }


def _lost(lost: Lost) -> Json:
    return {"what": lost.what, "meaning": lost.meaning, "values": [_value(value) for value in lost.values]}


def _value(value: Any) -> Any:
    return vars(value) if isinstance(value, ChatMessage) else value
