"""The two copies of one session compared as they are in the stores now."""

from chatdata.copies import CachedCopy, Copies, CorruptDocument, StoredCopy
from chatdata.drift import Comparison, LedgerRule, compare
from chatdata.sessions import ChatSessions


def compare_session(
    sessions: ChatSessions, session_id: str, *, shown: frozenset[LedgerRule] = frozenset()
) -> tuple[Copies, Comparison]:
    """Both copies and what they say of each other.

    A difference is looked at twice: a copy that changed in between, or between the two looks, is `moving`.
    """
    copies, moved = sessions.read_steady(session_id)
    comparison = compare(copies, shown=shown, moved=moved)
    if comparison.status != "drifted":
        return copies, comparison
    again, moved = sessions.read_steady(session_id)
    if moved or not same(copies, again):
        return again, compare(again, shown=shown, moved=True)
    return copies, comparison


def same(one: Copies, other: Copies) -> bool:
    """True where neither copy changed between two looks; the time left of the key may have."""
    return _stored(one) == _stored(other) and _cached(one) == _cached(other)


def _stored(copies: Copies) -> object:
    stored = copies.stored
    return (stored.info, stored.messages, stored.extras) if isinstance(stored, StoredCopy) else type(stored)


def _cached(copies: Copies) -> object:
    match copies.cached:
        case CachedCopy(document=document):
            return document
        case CorruptDocument(raw=raw):
            return raw
        case other:
            return type(other)
