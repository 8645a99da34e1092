"""Digests of copies: equal for equal copies, safe for deeply nested values, and free of conversation text."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from chatdata.domain.copies import CopyMessage, StoredCopy

ABSENT = "absent"
"""The digest of a copy that does not exist."""
UNKNOWN = "unknown"
"""Stands for the digest of rows when the database is unavailable."""
_END = object()


def digest_of_bytes(raw: bytes | None) -> str:
    """Returns the SHA-256 digest of a cached document in hex, or `ABSENT`."""
    return ABSENT if raw is None else sha256(raw).hexdigest()


def digest_of_rows(stored: StoredCopy | None) -> str:
    """Returns the SHA-256 digest of a session row with its messages and optional columns in hex, or `ABSENT`."""
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
    """Yields the value flattened, without recursion; a leaf's repr contains neither NUL nor lone surrogates."""
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
