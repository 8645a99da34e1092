"""A comparison as JSON, in the format of `diff --json`."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from chatdata.domain.drift.comparison import CachedSummary, Comparison, DriftFinding, LikelyCause, StoredSummary
from chatdata.domain.text import iso

Json = dict[str, Any]


def comparison_json(comparison: Comparison, *, values: bool = True) -> Json:
    """Returns the JSON of `diff --json`; without `values`, as in scans, findings quote nothing from the conversation.

    "unavailable" is present only if a store is unavailable, "chat_status" and "activity" only if the row has a status.
    A finding has "places", each with its positions and count, only if there are several, and "consequences", which are
    findings of the same form, only if there are any.
    Values are unchanged, including NaN and lone surrogates, which the JSON writer has to handle.
    """
    document: Json = {
        "session_id": comparison.session_id,
        "user_id": comparison.user_id,
        "status": comparison.status,
        "read_at": _time(comparison.read_at),
        "cache": _cache(comparison.cache),
        "database": _database(comparison.database),
        "first_difference": comparison.first_difference,
        "findings": [_finding(finding, values=values) for finding in comparison.findings],
        "ledger": dict(comparison.ledger),
    }
    if comparison.chat_status is not None:
        document |= {"chat_status": comparison.chat_status, "activity": comparison.activity}
    if comparison.unavailable:
        document["unavailable"] = list(comparison.unavailable)
    return document


def _cache(facts: CachedSummary) -> Json:
    return {
        "present": facts.present,
        "messages": facts.messages,
        "bytes": facts.size,
        "ttl_seconds": None if facts.ttl_seconds is None else int(facts.ttl_seconds),
        "last_written_at": _time(facts.last_written_at),
        "expires_at": _time(facts.expires_at),
    }


def _database(facts: StoredSummary) -> Json:
    return {"present": facts.present, "messages": facts.messages, "updated_at": _time(facts.updated_at)}


def _finding(finding: DriftFinding, *, values: bool) -> Json:
    document: Json = {
        "kind": finding.kind,
        "severity": finding.severity,
        "cache_position": finding.cache_position,
        "database_position": finding.database_position,
        "field": finding.field,
        "count": finding.count,
        "cache_value": _value(finding.cache_value),
        "database_value": _value(finding.database_value),
        "meaning": finding.meaning,
        "likely_causes": [_cause(cause) for cause in finding.likely_causes],
        "at_risk": finding.at_risk,
        "expires_at": _time(finding.expires_at),
        "repairs": list(finding.repairs),
    }
    if finding.places:
        document["places"] = [asdict(place) for place in finding.places]
    if finding.consequences:
        document["consequences"] = [_finding(one, values=values) for one in finding.consequences]
    if not values:
        del document["cache_value"], document["database_value"]
    return document


def _cause(cause: LikelyCause) -> Json:
    return {"cause": cause.cause, "evidence": cause.evidence}


def _value(value: Any) -> Any:
    return _time(value) if isinstance(value, datetime) else value


def _time(moment: datetime | None) -> str | None:
    """Returns the time in UTC, as in 2026-02-20T10:00:00.000Z."""
    return None if moment is None else iso(moment)
