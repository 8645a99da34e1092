"""Converts a scan result to the JSON of the contract and back.

In addition to the contract's keys, the JSON has what merging shards and comparing scans requires ("deployment",
"user", "limit", "shard" as "3/16", "in_both", "database_sessions"), how the scan ended ("status", "reason",
"finished_at"), what was not judged ("unreadable", "unconfirmed", "gone", "not_listed"), derived values
("uncached", "at_risk_by_hour" with "never", "consistency"), channels of chat platforms that refer to a session
without a row ("dangling_channels"), and what monitoring wants to know ("measures").
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import msgspec

from chatdata.domain.drift import Comparison, comparison_json
from chatdata.domain.messages import in_utc
from chatdata.domain.text import iso
from chatdata.services.scan.result import Consistency, ScanResult
from chatdata.services.scan.shards import Shard

Json = dict[str, Any]
_COUNTS = ("cached_keys", "in_sync", "drifted", "ghost", "corrupt", "moving", "unreadable", "unconfirmed", "gone")
_PLAIN = (*_COUNTS, "deployment", "user", "limit", "status", "reason", "in_both", "database_sessions", "not_listed")
_NEVER = "never"


def scan_json(result: ScanResult) -> Json:
    """The result as the JSON that `scan --json` prints."""
    document: Json = {
        "started_at": _time(result.started_at),
        "finished_at": _time(result.finished_at),
        "seconds": round(result.seconds, 3),
        **{name: getattr(result, name) for name in _PLAIN},
        "shard": None if result.shard is None else str(result.shard),
        "compared": result.compared,
        "uncached": result.uncached,
        "findings_by_kind": dict(result.findings_by_kind),
        "messages_at_risk": result.messages_at_risk,
        "at_risk_by_hour": {
            _NEVER if hour is None else _time(hour): count for hour, count in result.at_risk_by_hour.items()
        },
        "consistency": _consistency(result.consistency()),
        "dangling_channels": [asdict(channel) for channel in result.dangling_channels],
        "measures": None if result.measures is None else asdict(result.measures),
        "sessions": [session_json(comparison) for comparison in result.sessions],
    }
    if result.unavailable:
        document["unavailable"] = list(result.unavailable)
    return document


def scan_from(document: Mapping[str, Any]) -> ScanResult:
    """The result in the JSON of `scan_json`. Raises ValueError for any other JSON."""
    try:
        hours, shard = document["at_risk_by_hour"], document["shard"]
        changes = {
            "unavailable": document.get("unavailable", ()),
            "shard": None,
            "at_risk_by_hour": {},
            "sessions": [_session(session) for session in document["sessions"]],
            "dangling_channels": document.get("dangling_channels", ()),
        }
        return replace(
            msgspec.convert({**document, **changes}, ScanResult),
            shard=None if shard is None else Shard.parse(shard),
            at_risk_by_hour={None if hour == _NEVER else _moment(hour): int(hours[hour]) for hour in hours},
        )
    except KeyError as error:
        raise ValueError(f"this is not a scan result: it has no {error.args[0]}") from None
    except msgspec.ValidationError as error:
        raise ValueError(f"this is not a scan result of this version: {error}") from None
    except (TypeError, AttributeError):
        raise ValueError("this is not a scan result") from None


def session_json(comparison: Comparison) -> Json:
    """A session as a scan lists it in its JSON."""
    return comparison_json(comparison, values=False)


def session_from(document: Mapping[str, Any]) -> Comparison:
    """The comparison in the JSON of `session_json`. Raises ValueError for any other JSON."""
    try:
        return msgspec.convert(_session(document), Comparison)
    except (KeyError, TypeError, AttributeError, msgspec.ValidationError) as error:
        raise ValueError(f"this is not a session of this version: {error}") from None


def _session(document: Mapping[str, Any]) -> Json:
    """A session's JSON as the fields of a Comparison."""
    cache, database = dict(document["cache"]), dict(document["database"])
    cache["size"] = cache.pop("bytes")
    findings = [_without_values(finding) for finding in document["findings"]]
    changes = {"cache": cache, "database": database, "findings": findings, "stretches": ()}
    return {"unavailable": (), **document, **changes}


def _without_values(finding: Mapping[str, Any]) -> Json:
    folded = [_without_values(one) for one in finding.get("consequences", ())]
    return {**finding, "cache_value": None, "database_value": None, "consequences": folded}


def _consistency(consistency: Consistency) -> Json:
    names = ("sample", "failures", "share", "nines", "at_most", "nines_at_least")
    return {name: getattr(consistency, name) for name in names}


def _moment(text: str) -> datetime:
    return in_utc(datetime.fromisoformat(text))


def _time(moment: datetime) -> str:
    """A moment in the form 2026-02-20T10:00:00.000Z."""
    return iso(moment)
