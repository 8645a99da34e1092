"""The two copies of one session compared as they are in the stores now."""

from collections.abc import Sequence

from chatdata.domain.copies import Absent, CachedCopy, Copies, CorruptDocument, StoredCopy
from chatdata.domain.drift import Comparison, ExpectedRule, compare
from chatdata.errors import DatabaseError, RedisError
from chatdata.services.sessions import ChatSessions


def compare_session(
    sessions: ChatSessions, session_id: str, *, shown: frozenset[ExpectedRule] = frozenset()
) -> tuple[Copies, Comparison]:
    """Both copies and what they say of each other.

    A difference is looked at twice: a copy that changed in between, or between the two looks, is `moving`.
    """
    copies, moved = sessions.read_consistent(session_id)
    comparison = compare(copies, shown=shown, moved=moved)
    if comparison.status != "drifted":
        return copies, comparison
    again, moved = sessions.read_consistent(session_id)
    if moved or not same(copies, again):
        return again, compare(again, shown=shown, moved=True)
    return copies, comparison


def compare_page(sessions: ChatSessions, session_ids: Sequence[str]) -> dict[str, Comparison]:
    """A page of a list compared: both stores asked once for all, differences looked at again one by one.

    Empty where a store can't be asked; sessions that neither has are left out. Raises nothing of the stores.
    """
    if sessions.database is None or sessions.cache is None:
        return {}
    try:
        documents = sessions.cache.read_documents(session_ids)
        rows = sessions.database.read_copies(list(documents))
    except (DatabaseError, RedisError):
        return {}
    found: dict[str, Comparison] = {}
    for session_id, document in documents.items():
        copies = Copies(
            session_id, rows.get(session_id) or Absent(), sessions.cache.copy_of(document), document.read_at
        )
        comparison = compare(copies)
        drifted = comparison.status == "drifted"
        found[session_id] = compare_session(sessions, session_id)[1] if drifted else comparison
    return found


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
