"""Pairs of equal messages that both copies have at different places."""

from collections.abc import Iterator, Sequence

from chatdata.domain.copies import CachedCopy, Copies, CopyMessage, StoredCopy
from chatdata.domain.drift import Comparison
from chatdata.domain.drift.matching.equality import MessageKey, key_of


def moved_pairs(copies: Copies, comparison: Comparison) -> Iterator[tuple[int, int]]:
    """Yields the cache index and the row index of each message that both copies have in `reordered` stretches."""
    stretches = [stretch for stretch in comparison.stretches if stretch.kind == "reordered"]
    places: dict[MessageKey, list[int]] = {}
    for index, key in _keys(messages_of(copies.cached), [stretch.cached for stretch in stretches]):
        places.setdefault(key, []).append(index)
    for row, key in _keys(messages_of(copies.stored), [stretch.stored for stretch in stretches]):
        if there := places.get(key):
            yield there.pop(0), row


def messages_of(side: object) -> Sequence[CopyMessage]:
    """Returns a side's messages, or none for a side that can't be read."""
    return side.messages if isinstance(side, CachedCopy | StoredCopy) else ()


def _keys(messages: Sequence[CopyMessage], parts: Sequence[range]) -> Iterator[tuple[int, MessageKey]]:
    return ((index, key_of(messages[index].message)) for part in parts for index in part)
