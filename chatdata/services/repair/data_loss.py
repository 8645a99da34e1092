"""What would be lost with a cached document: words and fields that no row has."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from chatdata.domain.copies import CachedCopy, CorruptDocument
from chatdata.domain.drift import Comparison
from chatdata.domain.drift.findings.risk import only_in_cache
from chatdata.domain.drift.kinds import FieldKind
from chatdata.domain.drift.matching.equality import same_json
from chatdata.domain.formatting import count
from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.services.repair.proposal import Lost
from chatdata.services.repair.reading import RepairState

LATER_COLUMNS = {
    "metadata": "metadata",
    "chat_status": "chatStatus",
    "organization_id": "organizationId",
    "team_id": "teamId",
    "is_pinned": "isPinned",
}
"""Keys of later documents and their columns."""
LATER_MESSAGE_COLUMNS = {"duration_ms": "durationMs", "metadata": "metadata"}
"""Keys of later documents' messages and their columns."""
_KNOWN = frozenset(ChatSession.model_fields)
_IN_EACH_ROW = frozenset({"id", "sequence", "created_at", "session_id"})


def lost_with_document(seen: RepairState, comparison: Comparison) -> Iterator[Lost]:
    """What is lost if the document is deleted."""
    match seen.cached:
        case CorruptDocument():
            yield lost_bytes(seen.cached)
        case CachedCopy() as cached:
            yield from _session(seen, cached)
            yield from lost_with_rows_copy(seen, cached, comparison)
            yield from _usage_by_turn(seen, cached)
            yield from _later_fields(seen, cached)
            yield from _later_message_fields(seen, cached)
        case None:
            pass


def lost_with_rows_copy(seen: RepairState, cached: CachedCopy, comparison: Comparison) -> Iterator[Lost]:
    """What is lost if the rows' copy takes the document's place, and its other fields stay."""
    yield from _messages(seen, cached, comparison)
    yield from _thoughts(cached, comparison)
    for finding in comparison.findings:
        if finding.kind in get_args(FieldKind) and finding.field:
            named = finding.field
            value = cached.document.get(named)
            yield Lost("field", f"The cached {named}, which is not the stored one.", (value,))


def lost_bytes(corrupt: CorruptDocument) -> Lost:
    """Bytes that could still be read by eye."""
    return Lost("bytes", f"{count(len(corrupt.raw), 'byte')} that don't read as a session: {corrupt.reason}.")


def _session(seen: RepairState, cached: CachedCopy) -> Iterator[Lost]:
    if seen.stored is None:
        fields = {name: value for name, value in cached.document.items() if name in _KNOWN - {"messages"}}
        yield Lost("field", "The session itself: whose it is, its title, tokens and times.", (fields,))


def _messages(seen: RepairState, cached: CachedCopy, comparison: Comparison) -> Iterator[Lost]:
    """By the rule that says which findings are at risk."""
    rows = seen.stored.messages if seen.stored else ()
    lost: tuple[ChatMessage, ...] = ()
    for stretch in comparison.stretches:
        ours = [cached.messages[index].message for index in stretch.cached]
        lost += only_in_cache(stretch.kind, ours, [rows[index].message for index in stretch.stored])
    if lost:
        yield Lost("messages", f"{count(len(lost), 'message')} that only the cache has, in whole or in part.", lost)


def _thoughts(cached: CachedCopy, comparison: Comparison) -> Iterator[Lost]:
    stretches = (stretch for stretch in comparison.stretches if stretch.kind == "reasoning_rows")
    lost = tuple(cached.messages[index].message for stretch in stretches for index in stretch.cached)
    if lost:
        yield Lost("field", f"{count(len(lost), 'reasoning message')} that only the cache has.", lost)


def _usage_by_turn(seen: RepairState, cached: CachedCopy) -> Iterator[Lost]:
    stored = seen.stored.info if seen.stored else None
    sums = cached.info.prompt_tokens, cached.info.completion_tokens
    if len(cached.info.usage) > 1 and stored and sums == (stored.prompt_tokens, stored.completion_tokens):
        yield Lost("field", "The tokens of each turn; their sums are in the row.", (cached.document["usage"],))


def _later_fields(seen: RepairState, cached: CachedCopy) -> Iterator[Lost]:
    extras: Mapping[str, Any] = seen.stored.extras if seen.stored else {}
    for name, value in cached.document.items():
        if name not in _KNOWN and value not in (None, {}, []) and LATER_COLUMNS.get(name) not in extras:
            yield Lost("field", f"The field {name}, which no column has.", (value,))


def _later_message_fields(seen: RepairState, cached: CachedCopy) -> Iterator[Lost]:
    rows = seen.stored.messages if seen.stored else ()
    columns = rows[0].extras if rows else {}
    kept = {name for name, column in LATER_MESSAGE_COLUMNS.items() if column in columns} | _IN_EACH_ROW
    names = {name for item in cached.messages for name, value in item.extras.items() if name not in kept and value}
    if names:
        yield Lost("field", f"What only the cached messages have beside their words: {', '.join(sorted(names))}.")


def differs(one: Any, other: Any) -> bool:
    """Whether two values of a field differ beyond null, missing and empty."""
    return not same_json(one or None, other or None)
