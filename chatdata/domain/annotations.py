"""Bookmarks and notes that people put on messages: what one is, where it is in a copy, what a view lets out. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, assert_never

from chatdata.domain.copies import CopyMessage, PrivacyLevel
from chatdata.domain.drift.matching.equality import key_of
from chatdata.domain.messages import ChatMessage
from chatdata.domain.redaction import Masker
from chatdata.domain.redaction.structure import Structure

LONGEST_NOTE = 4_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What somebody put on a message."""

    id: str
    """Random; the same wherever the note is taken."""
    session_id: str
    position: int
    """Where the message was in the copy that was looked at."""
    digest: str
    """Of the message (`message_digest`); empty where the message was another one already."""
    text: str | None
    """None for a bookmark."""
    author: str
    created_at: datetime
    """UTC."""
    changed_at: datetime | None = None
    """UTC, of the last change to its text."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A note in a copy."""

    note: Annotation
    position: int | None
    """Of the message that it is shown at; None where the copy has nothing there."""
    same: bool
    """Whether that is the message that it was put on."""


def note_text(text: str) -> str:
    """The text as it is kept. ValueError with a sentence for none, and for too much."""
    kept = text.replace("\r\n", "\n").strip()
    if not kept:
        raise ValueError("The note is empty. A bookmark has no text.")
    if len(kept) > LONGEST_NOTE:
        raise ValueError(f"A note has at most {LONGEST_NOTE:,} characters; this one has {len(kept):,}.")
    return kept


def message_digest(message: ChatMessage) -> str:
    """Equal in both copies for what is one message by the rules of chatdata.domain.drift; SHA-256 in hex."""
    digest = sha256()
    for piece in _pieces(key_of(message)):
        digest.update(piece.encode() + b"\0")
    return digest.hexdigest()


def _pieces(key: Iterable[Any]) -> Iterator[str]:
    """Without recursion to speak of: values of any depth are flat in a key. 1 and 1.0 are one number."""
    for item in key:
        if isinstance(item, tuple):
            yield f"{len(item)} values"
            yield from _pieces(item)
        else:
            yield repr(int(item) if isinstance(item, float) and item.is_integer() else item)


def place(notes: Iterable[Annotation], messages: Sequence[CopyMessage]) -> tuple[Placed, ...]:
    """Each note where its message is in this copy: at its position, else in the one place that has it.

    The cache may hold the newest messages only and count them from 0, and messages before it may have gone.
    """
    at = {item.position: item.message for item in reversed(messages)}
    elsewhere: dict[str, list[int]] | None = None
    found: list[Placed] = []
    for note in notes:
        there = at.get(note.position)
        if there is not None and message_digest(there) == note.digest:
            found.append(Placed(note, note.position, True))
            continue
        elsewhere = _positions(messages) if elsewhere is None else elsewhere
        others = elsewhere.get(note.digest, [])
        moved = others[0] if len(others) == 1 else None
        where = moved if moved is not None else note.position if there is not None else None
        found.append(Placed(note, where, moved is not None))
    return tuple(found)


def _positions(messages: Sequence[CopyMessage]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for item in messages:
        found.setdefault(message_digest(item.message), []).append(item.position)
    return found


def in_view(note: Annotation, view: PrivacyLevel, mask: Masker | None) -> Annotation:
    """The note as a reader of the view may see it: it may quote the conversation, and its author is a person."""
    match view:
        case "full":
            return note
        case "masked":
            mask = _needed(mask)
            text = None if note.text is None else mask.text(note.text, counted=False)
            return replace(note, text=text, author=mask.whole("user", note.author, counted=False))
        case "structure":
            seen = Structure(_needed(mask))
            return replace(note, text=seen.text(note.text), author=seen.id("user", note.author) or "")
        case _:
            assert_never(view)


def _needed(mask: Masker | None) -> Masker:
    if mask is None:
        raise ValueError("this view of a note needs a mask")
    return mask
