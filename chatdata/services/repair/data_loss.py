"""Finds what would be lost with a cached document: messages and fields that the database does not have."""

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
"""Keys that later versions write to documents → their columns."""
LATER_MESSAGE_COLUMNS = {"duration_ms": "durationMs", "metadata": "metadata"}
"""Keys that later versions write to a document's messages → their columns."""
_KNOWN = frozenset(ChatSession.model_fields)
_IN_EACH_ROW = frozenset({"id", "sequence", "created_at", "session_id"})


def lost_with_document(state: RepairState, comparison: Comparison) -> Iterator[Lost]:
    """Yields what is lost if the cached document is deleted."""
    match state.cached:
        case CorruptDocument():
            yield lost_bytes(state.cached)
        case CachedCopy() as cached:
            yield from _session(state, cached)
            yield from lost_with_rows_copy(state, cached, comparison)
            yield from _usage_by_turn(state, cached)
            yield from _later_fields(state, cached)
            yield from _later_message_fields(state, cached)
        case None:
            pass


def lost_with_rows_copy(state: RepairState, cached: CachedCopy, comparison: Comparison) -> Iterator[Lost]:
    """Yields what is lost if the database copy replaces the document's messages and known fields."""
    yield from _messages(state, cached, comparison)
    yield from _reasoning(cached, comparison)
    for finding in comparison.every_finding:
        name = finding.field
        if finding.kind not in get_args(FieldKind) or not name:
            continue
        if finding.at_risk:
            yield Lost("field", f"The cached {name}, which has more than the stored one.", (cached.document.get(name),))
        elif finding.kind == "usage_mismatch":
            yield Lost(
                "field",
                "The tokens of each turn, whose sums differ from the stored ones.",
                (cached.document.get(name),),
            )


def lost_bytes(corrupt: CorruptDocument) -> Lost:
    """The loss of an unreadable document, whose bytes a person might still make sense of."""
    return Lost("bytes", f"{count(len(corrupt.raw), 'byte')} that can't be read as a session: {corrupt.reason}.")


def _session(state: RepairState, cached: CachedCopy) -> Iterator[Lost]:
    if state.stored is None:
        fields = {name: value for name, value in cached.document.items() if name in _KNOWN - {"messages"}}
        yield Lost("field", "The session itself: its user, title, tokens and times.", (fields,))


def _messages(state: RepairState, cached: CachedCopy, comparison: Comparison) -> Iterator[Lost]:
    rows = state.stored.messages if state.stored else ()
    lost: tuple[ChatMessage, ...] = ()
    for stretch in comparison.stretches:
        messages = [cached.messages[index].message for index in stretch.cached]
        lost += only_in_cache(stretch.kind, messages, [rows[index].message for index in stretch.stored])
    if lost:
        yield Lost("messages", f"{count(len(lost), 'message')} of which all or some is only in the cache.", lost)


def _reasoning(cached: CachedCopy, comparison: Comparison) -> Iterator[Lost]:
    stretches = (stretch for stretch in comparison.stretches if stretch.kind == "reasoning_rows")
    lost = tuple(cached.messages[index].message for stretch in stretches for index in stretch.cached)
    if lost:
        yield Lost("field", f"{count(len(lost), 'reasoning message')} that only the cache has.", lost)


def _usage_by_turn(state: RepairState, cached: CachedCopy) -> Iterator[Lost]:
    stored = state.stored.info if state.stored else None
    sums = cached.info.prompt_tokens, cached.info.completion_tokens
    if len(cached.info.usage) > 1 and stored and sums == (stored.prompt_tokens, stored.completion_tokens):
        yield Lost("field", "The tokens of each turn; their sums are in the row.", (cached.document["usage"],))


def _later_fields(state: RepairState, cached: CachedCopy) -> Iterator[Lost]:
    extras: Mapping[str, Any] = state.stored.extras if state.stored else {}
    for name, value in cached.document.items():
        if name not in _KNOWN and value not in (None, {}, []) and LATER_COLUMNS.get(name) not in extras:
            yield Lost("field", f"The field {name}, which no column has.", (value,))


def _later_message_fields(state: RepairState, cached: CachedCopy) -> Iterator[Lost]:
    rows = state.stored.messages if state.stored else ()
    columns = rows[0].extras if rows else {}
    stored_names = {name for name, column in LATER_MESSAGE_COLUMNS.items() if column in columns} | _IN_EACH_ROW
    names = {
        name for item in cached.messages for name, value in item.extras.items() if name not in stored_names and value
    }
    if names:
        yield Lost("field", f"Fields that only the cached messages have: {', '.join(sorted(names))}.")


def differs(one: Any, other: Any) -> bool:
    """Whether two values of a field differ, where null, missing and empty count as equal."""
    return not same_json(one or None, other or None)
