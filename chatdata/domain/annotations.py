"""Bookmarks and notes on messages: their data, their place in a copy, and their redaction. Pure.

Comparison and redaction are imported where they are used: every command opens the file of notes, few read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, assert_never

from chatdata.domain.copies import CopyMessage, PrivacyLevel
from chatdata.domain.messages import ChatMessage

if TYPE_CHECKING:
    from chatdata.domain.redaction import Masker

LONGEST_NOTE = 4_000
"""The maximum length of a note in characters."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A bookmark or note on a message."""

    id: str
    """A random ID, which exports and imports preserve."""
    session_id: str
    position: int
    """The message's position in the copy that was shown when the note was added."""
    digest: str
    """The message's `message_digest`; empty in an export whose copy no longer has that message."""
    text: str | None
    """The text of a note; None for a bookmark."""
    author: str
    created_at: datetime
    """The time of creation, in UTC."""
    changed_at: datetime | None = None
    """The time of the last change to the text, in UTC."""
    author_subject: str = ""
    """Identifies the author (`chatdata.domain.access.Principal.subject`); empty in imported and in early notes."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A note and its place in a copy."""

    note: Annotation
    position: int | None
    """The position of the message that shows the note; None where the copy has no such message."""
    same: bool
    """Whether that message is the one the note was added to."""


def note_text(text: str) -> str:
    """Returns the text as it is stored. Raises ValueError when it is empty or longer than `LONGEST_NOTE`."""
    stripped = text.replace("\r\n", "\n").strip()
    if not stripped:
        raise ValueError("The note is empty. A bookmark has no text.")
    if len(stripped) > LONGEST_NOTE:
        raise ValueError(f"A note has at most {LONGEST_NOTE:,} characters; this one has {len(stripped):,}.")
    return stripped


def message_digest(message: ChatMessage) -> str:
    """Returns a SHA-256 digest in hex, equal for messages that the rules of `chatdata.domain.drift` treat as equal."""
    from chatdata.domain.drift.matching.equality import key_of

    digest = sha256()
    for piece in _pieces(key_of(message)):
        digest.update(piece.encode() + b"\0")
    return digest.hexdigest()


def _pieces(key: Iterable[Any]) -> Iterator[str]:
    """Yields the parts of a key, which holds nested values flattened, so recursion stays shallow; 1 equals 1.0."""
    for item in key:
        if isinstance(item, tuple):
            yield f"{len(item)} values"
            yield from _pieces(item)
        else:
            yield repr(int(item) if isinstance(item, float) and item.is_integer() else item)


def place(notes: Iterable[Annotation], messages: Sequence[CopyMessage]) -> tuple[Placed, ...]:
    """Places each note at its position if the message there is unchanged, else at the only other equal message.

    Positions differ between copies: the cache may hold only the latest messages, numbered from 0, and earlier
    messages may have been deleted. Without a unique match the note stays at its position, not marked as `same`.
    """
    several = list(notes)
    found = positions_of([(note.position, note.digest) for note in several], messages)
    return tuple(Placed(note, position, same) for note, (position, same) in zip(several, found, strict=True))


def positions_of(
    anchors: Iterable[tuple[int, str]], messages: Sequence[CopyMessage]
) -> tuple[tuple[int | None, bool], ...]:
    """The position in a copy of each (position, digest), and whether the message there has that digest; see `place`."""
    at = {item.position: item.message for item in reversed(messages)}
    digests: dict[int, str] = {}
    elsewhere: dict[str, list[int]] | None = None
    found: list[tuple[int | None, bool]] = []
    for position, digest in anchors:
        there = at.get(position)
        if there is not None:
            held = digests[position] = digests.get(position) or message_digest(there)
            if held == digest:
                found.append((position, True))
                continue
        elsewhere = _positions(messages) if elsewhere is None else elsewhere
        others = elsewhere.get(digest, [])
        moved = others[0] if len(others) == 1 else None
        where = moved if moved is not None else position if there is not None else None
        found.append((where, moved is not None))
    return tuple(found)


def _positions(messages: Sequence[CopyMessage]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for item in messages:
        found.setdefault(message_digest(item.message), []).append(item.position)
    return found


def in_view(note: Annotation, view: PrivacyLevel, mask: Masker | None) -> Annotation:
    """Returns the note redacted for the view: its text may quote the conversation, and its author is a person."""
    from chatdata.domain.redaction.structure import Structure

    match view:
        case "full":
            return note
        case "masked":
            mask = _needed(mask)
            text = None if note.text is None else mask.text(note.text, counted=False)
            return replace(note, text=text, author=mask.whole("user", note.author, counted=False))
        case "structure":
            structure = Structure(_needed(mask))
            return replace(note, text=structure.text(note.text), author=structure.id("user", note.author) or "")
        case _:
            assert_never(view)


def _needed(mask: Masker | None) -> Masker:
    if mask is None:
        raise ValueError("this view of a note needs a mask")
    return mask
