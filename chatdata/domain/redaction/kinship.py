"""Keeps related contents related in the structure view: partial texts, other encodings, and split answers.

Plain digests would make them unrelated, and differences would be of other kinds in this view than in the others.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from chatdata.domain.copies import CachedCopy, Copies, CopyMessage, Source, StoredCopy
from chatdata.domain.drift import Stretch, compare
from chatdata.domain.drift.findings.encodings import same_words
from chatdata.domain.drift.matching.equality import stripped
from chatdata.domain.messages import ChatMessage

Digest = Callable[[str], str]
"""Returns the digest of a text that is not empty."""
Told = tuple[Source, int, str]
"""The copy, the index of a message in it, and the content to show for it."""

_CHANGED = frozenset({"content_changed", "partial_text", "tool_calls_lost", "tool_calls_stale"})


def kin(copies: Copies, digest: Digest) -> Iterator[Told]:
    """Yields the contents that show how a message relates to its counterpart in the other copy."""
    cached, stored = copies.cached, copies.stored
    if not isinstance(cached, CachedCopy) or not isinstance(stored, StoredCopy):
        return
    for stretch in compare(copies).stretches:
        if stretch.kind == "split_message":
            yield from _split(stretch, cached.messages, stored.messages, digest)
        elif stretch.kind in _CHANGED:
            for index, row in zip(stretch.cached, stretch.stored, strict=False):
                yield from _pair(index, cached.messages[index], row, stored.messages[row], digest)


def _pair(index: int, one: CopyMessage, row: int, other: CopyMessage, digest: Digest) -> Iterator[Told]:
    left, right = _words(one.message), _words(other.message)
    if not left.strip() or not right.strip() or left == right:
        return
    if left.startswith(right):
        yield "cache", index, _longer(right, left, digest)
    elif right.startswith(left):
        yield "database", row, _longer(left, right, digest)
    elif same_words(one.message, other.message):
        yield "database", row, f"{digest(left)} "


def _longer(short: str, long: str, digest: Digest) -> str:
    rest = long[len(short) :]
    return digest(short) + (digest(rest) if rest.strip() else " ")


def _split(
    stretch: Stretch, cached: Sequence[CopyMessage], stored: Sequence[CopyMessage], digest: Digest
) -> Iterator[Told]:
    """Yields one digest of the whole text for one message of each side, and empty contents for the others."""
    ours, theirs = [cached[index] for index in stretch.cached], [stored[row] for row in stretch.stored]
    words = "".join("".join(_words(item.message).split()) for item in ours)
    last = len(ours) - 1, len(theirs) - 1
    for number, (index, row) in enumerate(zip_longest(stretch.cached, stretch.stored)):
        if index is not None:
            yield "cache", index, digest(words) if words and number == last[0] else ""
        if row is not None:
            yield "database", row, digest(words) if words and number == last[1] else ""


def _words(message: ChatMessage) -> str:
    return stripped(message.content) or ""
