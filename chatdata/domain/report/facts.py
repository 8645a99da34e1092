"""The report's table of facts about both copies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    CachedSide,
    Copies,
    CorruptDocument,
    StoredCopy,
    StoredSide,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.formatting import known, no_time
from chatdata.domain.report.wire import iso


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact about both copies; empty for a copy without it."""

    name: str
    cache: str
    database: str


def fact_rows(copies: Copies) -> Sequence[FactRow]:
    """Returns the state, counts and times of both copies."""
    stored, cached = _stored_facts(copies.stored), _cached_facts(copies.cached)
    names = dict.fromkeys((*cached, *stored))
    return [FactRow(name, cached.get(name, ""), stored.get(name, "")) for name in names]


def _stored_facts(side: StoredSide) -> Mapping[str, str]:
    if not isinstance(side, StoredCopy):
        return {"State": _state(side)}
    damaged = [value.sentence for value in side.damaged if value.position is None]
    return {"State": "Present", **_info_facts(side), **({"Damaged": " ".join(damaged)} if damaged else {})}


def _cached_facts(side: CachedSide) -> Mapping[str, str]:
    match side:
        case CachedCopy():
            return {"State": "Present", **_info_facts(side), "Bytes": f"{side.size:,}", **_expiry_facts(side)}
        case CorruptDocument():
            return {"State": f"unreadable: {side.reason}", "Bytes": f"{len(side.raw):,}", **_expiry_facts(side)}
        case _:
            return {"State": _state(side)}


def _info_facts(side: StoredCopy | CachedCopy) -> Mapping[str, str]:
    info = side.info
    return {
        "User": info.user_id or "No user",
        "Messages": f"{len(side.messages):,}",
        "Tokens": tokens_of(side),
        "Started": row_time(info.started_at),
        "Last update": row_time(info.updated_at),
    }


def tokens_of(side: StoredCopy | CachedCopy) -> str:
    """The token counts of a copy; a count that its row does not have is unknown."""
    counts = {"prompt": side.info.prompt_tokens, "completion": side.info.completion_tokens}
    unknown = side.unknown if isinstance(side, StoredCopy) else ()
    prompt, completion = (known(None if name in unknown else number) for name, number in counts.items())
    return f"{prompt} input, {completion} output"


def row_time(moment: datetime) -> str:
    """A time of a session, or that it is unknown or can't be read."""
    return no_time(moment) or iso(moment)


def _expiry_facts(side: CachedCopy | CorruptDocument) -> Mapping[str, str]:
    written, expires = side.expiry.last_written_at, side.expiry.expires_at
    return {"Last written": iso(written) if written else "unknown", "Expires": iso(expires) if expires else "never"}


def _state(side: Absent | Unavailable | Unconfigured) -> str:
    match side:
        case Absent():
            return "not found, or not read"
        case Unavailable(reason=reason):
            return f"unavailable: {reason}"
        case Unconfigured():
            return "not configured"
