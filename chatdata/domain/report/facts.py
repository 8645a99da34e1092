"""What is known of both copies as an HTML table."""

from collections.abc import Iterator, Mapping

from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    CachedSide,
    CorruptDocument,
    Source,
    StoredCopy,
    StoredSide,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.report.evidence import Evidence
from chatdata.domain.report.visible import as_html
from chatdata.domain.report.wire import iso


def fact_pieces(evidence: Evidence) -> Iterator[str]:
    """State, counts, times and digest of each copy, side by side."""
    copies = evidence.copies
    stored, cached = _stored_facts(copies.stored), _cached_facts(copies.cached)
    yield '<h3>Copies</h3>\n<table class="facts"><tr><th></th><th>Cache</th><th>Database</th></tr>\n'
    for name in dict.fromkeys((*cached, *stored)):
        both = "".join(f"<td>{as_html(facts.get(name, ''))}</td>" for facts in (cached, stored))
        yield f"<tr><td>{name}</td>{both}</tr>\n"
    sides: tuple[Source, ...] = ("cache", "database")
    digests = "".join(f"<td><code>{as_html(evidence.digests.get(side, '–'))}</code></td>" for side in sides)
    yield f"<tr><td>Digest</td>{digests}</tr>\n"
    yield f'<tr><td>Read at</td><td colspan="2">{iso(copies.read_at)}</td></tr>\n'
    if evidence.replaced:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(evidence.replaced.items()))
        yield f'<tr><td>Replaced by stand-ins</td><td colspan="2">{counts}</td></tr>\n'
    yield "</table>\n"


def _stored_facts(side: StoredSide) -> Mapping[str, str]:
    if not isinstance(side, StoredCopy):
        return {"State": _state(side)}
    return {"State": "there", **_info_facts(side)}


def _cached_facts(side: CachedSide) -> Mapping[str, str]:
    match side:
        case CachedCopy():
            return {"State": "there", **_info_facts(side), "Bytes": f"{side.size:,}", **_expiry_facts(side)}
        case CorruptDocument():
            return {"State": f"unreadable: {side.reason}", "Bytes": f"{len(side.raw):,}", **_expiry_facts(side)}
        case _:
            return {"State": _state(side)}


def _info_facts(side: StoredCopy | CachedCopy) -> Mapping[str, str]:
    info = side.info
    return {
        "User": info.user_id or "(none)",
        "Messages": f"{len(side.messages):,}",
        "Tokens": f"{info.prompt_tokens:,} prompt, {info.completion_tokens:,} completion",
        "Started": iso(info.started_at),
        "Last update": iso(info.updated_at),
    }


def _expiry_facts(side: CachedCopy | CorruptDocument) -> Mapping[str, str]:
    written, expires = side.expiry.last_written_at, side.expiry.expires_at
    return {"Last written": iso(written) if written else "unknown", "Expires": iso(expires) if expires else "never"}


def _state(side: Absent | Unavailable | Unconfigured) -> str:
    match side:
        case Absent():
            return "not there, or not looked at"
        case Unavailable(reason=reason):
            return f"could not answer: {reason}"
        case Unconfigured():
            return "not configured"
