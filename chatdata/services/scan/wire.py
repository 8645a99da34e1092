"""A result as the JSON of the contract, and back.

Beside the contract's keys: what adding up shards and comparing scans needs ("deployment", "user", "limit", "shard" as
"3/16", "in_both", "database_sessions"), how it ended ("status", "reason", "finished_at"), what was not judged
("unreadable", "unconfirmed", "gone", "not_listed"), what follows ("uncached", "at_risk_by_hour" with "never",
"consistency"), and channels of chat platforms whose session has no row ("dangling_channels").
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import msgspec

from chatdata.domain.drift import comparison_json
from chatdata.domain.messages import in_utc
from chatdata.domain.text import iso
from chatdata.services.scan.result import Consistency, ScanResult
from chatdata.services.scan.shards import Shard

Json = dict[str, Any]
_COUNTS = ("cached_keys", "in_sync", "drifted", "ghost", "corrupt", "moving", "unreadable", "unconfirmed", "gone")
_PLAIN = (*_COUNTS, "deployment", "user", "limit", "status", "reason", "in_both", "database_sessions", "not_listed")
_NEVER = "never"


def scan_json(result: ScanResult) -> Json:
    """As `scan --json` gives it."""
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
        "sessions": [comparison_json(comparison, values=False) for comparison in result.sessions],
    }
    if result.unavailable:
        document["unavailable"] = list(result.unavailable)
    return document


def scan_from(document: Mapping[str, Any]) -> ScanResult:
    """The result in such a JSON. ValueError for one that is none."""
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
        raise ValueError(f"this is no scan: it has no {error.args[0]}") from None
    except msgspec.ValidationError as error:
        raise ValueError(f"this is no scan of this version: {error}") from None
    except (TypeError, AttributeError):
        raise ValueError("this is no scan") from None


def _session(document: Mapping[str, Any]) -> Json:
    """As the fields of a Comparison."""
    cache, database = dict(document["cache"]), dict(document["database"])
    cache["size"] = cache.pop("bytes")
    findings = [{**finding, "cache_value": None, "database_value": None} for finding in document["findings"]]
    changes = {"cache": cache, "database": database, "findings": findings, "stretches": ()}
    return {"unavailable": (), **document, **changes}


def _consistency(consistency: Consistency) -> Json:
    names = ("sample", "failures", "share", "nines", "at_most", "nines_at_least")
    return {name: getattr(consistency, name) for name in names}


def _moment(text: str) -> datetime:
    return in_utc(datetime.fromisoformat(text))


def _time(moment: datetime) -> str:
    """As 2026-02-20T10:00:00.000Z."""
    return iso(moment)
