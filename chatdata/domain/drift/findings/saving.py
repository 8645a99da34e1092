"""Finds what only the cache has and can be saved to the database; findings suggest by it and repairs save by it."""

from collections.abc import Iterable, Sequence

from chatdata.domain.copies import CachedCopy, CopyMessage, StoredCopy
from chatdata.domain.drift.comparison import Stretch
from chatdata.domain.drift.kinds import Repair
from chatdata.domain.drift.matching.counterparts import is_partial
from chatdata.domain.drift.matching.equality import stripped

BESIDE_A_TAIL = frozenset(
    {"equal", "windowed_cache", "reasoning_rows", "context_injected", "partial_text", "split_message"}
)
"""The stretches allowed beside an appended tail, since they don't change which messages are missing or their place."""


def is_foreign(cached: CachedCopy, stored: StoredCopy) -> bool:
    """Returns whether the document belongs to another user or session, so that its messages may not belong here."""
    one, other = cached.info, stored.info
    users = stripped(one.user_id) or None, stripped(other.user_id) or None
    return users[0] != users[1] or stripped(one.session_id) != stripped(other.session_id)


def reloads(stored: StoredCopy) -> tuple[Repair, ...]:
    """Returns the repairs after which the cache is read from the rows; none is possible from damaged ones."""
    return () if stored.damaged else ("invalidate_cache", "rewarm_cache")


def savable_tail(stretches: Iterable[Stretch]) -> range | None:
    """Returns the cached messages that can be appended to the rows; None if the copies differ in other ways too."""
    differing = [stretch for stretch in stretches if stretch.kind not in BESIDE_A_TAIL]
    return differing[0].cached if [stretch.kind for stretch in differing] == ["unsaved_tail"] else None


def savable_texts(
    stretches: Iterable[Stretch], cached: Sequence[CopyMessage], stored: Sequence[CopyMessage]
) -> list[tuple[CopyMessage, CopyMessage]]:
    """Returns the cached messages whose rows hold only the beginning of their text, each with its row."""
    partial = (stretch for stretch in stretches if stretch.kind == "partial_text")
    pairs = ((cached[i], stored[j]) for one in partial for i, j in zip(one.cached, one.stored, strict=True))
    return [(one, other) for one, other in pairs if is_longer_in_cache(one, other)]


def is_longer_in_cache(one: CopyMessage, other: CopyMessage) -> bool:
    """Returns whether the row holds only the beginning of the cached text."""
    longer = len(stripped(one.message.content) or "") > len(stripped(other.message.content) or "")
    return longer and is_partial(one.message, other.message)
