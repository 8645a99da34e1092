"""Digests of copies: equal for equal copies, of any depth, and without words of the conversation."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from chatdata.domain.copies import CopyMessage, StoredCopy

ABSENT = "absent"
"""The digest of a copy that isn't there."""
UNKNOWN = "unknown"
"""In place of the digest of rows that could not be asked for."""
_END = object()


def digest_of_bytes(raw: bytes | None) -> str:
    """Of a cached document."""
    return ABSENT if raw is None else sha256(raw).hexdigest()


def digest_of_rows(stored: StoredCopy | None) -> str:
    """Of a session row and its messages, with the optional columns that exist."""
    if stored is None:
        return ABSENT
    digest = sha256()
    damaged = [str(value) for value in stored.damaged]  # two damaged values may read as the same text
    for piece in _pieces([vars(stored.info), stored.extras, [_message(item) for item in stored.messages], *damaged]):
        digest.update(piece.encode() + b"\0")
    return digest.hexdigest()


def _message(item: CopyMessage) -> list[Any]:
    return [item.position, item.id, item.created_at, vars(item.message), item.extras]


def _pieces(value: Any) -> Iterator[str]:
    """The value written flat, without recursion; the repr of a leaf holds no zero and no half character."""
    pending = [value]
    while pending:
        item = pending.pop()
        if item is _END:
            yield "end"
        elif isinstance(item, dict):
            yield "object"
            pending += [_END, *(part for pair in item.items() for part in pair)]
        elif isinstance(item, list):
            yield "array"
            pending += [_END, *item]
        else:
            yield repr(item)
