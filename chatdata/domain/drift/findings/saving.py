"""Whether what only the cache has can be saved as it stands, which is also what a repair asks before it does."""

from collections.abc import Iterable, Sequence

from chatdata.domain.copies import CachedCopy, CopyMessage, StoredCopy
from chatdata.domain.drift.comparison import Stretch
from chatdata.domain.drift.matching.counterparts import is_partial
from chatdata.domain.drift.matching.equality import stripped

BESIDE_A_TAIL = frozenset(
    {"equal", "windowed_cache", "reasoning_rows", "context_injected", "partial_text", "split_message"}
)
"""What may stand before a tail that is appended: it changes neither which messages are missing nor where they go."""


def is_foreign(cached: CachedCopy, stored: StoredCopy) -> bool:
    """Whether the document is another user's or another session's, so that its words may not belong here."""
    one, other = cached.info, stored.info
    return stripped(one.user_id) != stripped(other.user_id) or stripped(one.session_id) != stripped(other.session_id)


def savable_tail(stretches: Iterable[Stretch]) -> range | None:
    """The cached messages of a tail that can be appended to the rows; None where something else is in the way."""
    differing = [stretch for stretch in stretches if stretch.kind not in BESIDE_A_TAIL]
    return differing[0].cached if [stretch.kind for stretch in differing] == ["unsaved_tail"] else None


def savable_texts(
    stretches: Iterable[Stretch], cached: Sequence[CopyMessage], stored: Sequence[CopyMessage]
) -> list[tuple[CopyMessage, CopyMessage]]:
    """The cached messages whose rows hold the beginning of their text, each beside its row."""
    partial = (stretch for stretch in stretches if stretch.kind == "partial_text")
    pairs = ((cached[i], stored[j]) for one in partial for i, j in zip(one.cached, one.stored, strict=True))
    return [(one, other) for one, other in pairs if is_longer_in_cache(one, other)]


def is_longer_in_cache(one: CopyMessage, other: CopyMessage) -> bool:
    """Whether the row holds the beginning of the cached text."""
    longer = len(stripped(one.message.content) or "") > len(stripped(other.message.content) or "")
    return longer and is_partial(one.message, other.message)
