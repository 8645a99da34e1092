"""Reads what `lint` checks: one document, JSON Lines of any size line by line, or the conversations of a long array."""

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any, Final

import click

from chatdata.cli.payload_files import document_in
from chatdata.domain.dialects import recognise
from chatdata.domain.dialects.fields import with_repeats
from chatdata.domain.text import not_json
from chatdata.services.importing.encodings import PIECE, NotText, utf8_pieces
from chatdata.services.importing.reader import READ_AS_A_WHOLE, ImportItem, read_items
from chatdata.services.importing.report import Problem

_OPEN = (b"[", b"{", b",", b":")
"""Endings of a line whose JSON value continues on the next line."""
_LOOKED_AT: Final = 8
"""Lines that are looked at to tell JSON Lines with bad lines from a value that spans lines."""
Line = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Given:
    """A document to check."""

    value: Any
    line: int | None = None
    """Its line, counted from 1; None for a file that is one document."""
    place: str = ""
    """Its place in an array; empty where it is in none."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that could not be checked, and why."""

    line: int
    reason: str


def read_documents(file: IO[bytes], target: str, on_progress: Callable[[int], None]) -> Iterator[Given | Unread]:
    """The documents of an open file in order; of JSON Lines, a bad line is told and the rest goes on.

    Raises UsageError or BadParameter for a file that is empty or, as a whole, neither JSON nor JSON Lines.
    """
    try:
        pieces = utf8_pieces(_pieces(file, on_progress))
    except NotText as error:
        raise click.BadParameter(f"{target}: {error}", param_hint="FILE.json") from error
    before: list[bytes] = []
    first = b""
    for first in pieces:
        if first.strip():
            break
        before.append(first)
    if not first.strip():
        raise click.UsageError(f"{'stdin' if target == '-' else target} is empty: expected JSON")
    if _is_cut(first) and first.lstrip()[:1] == b"[":
        yield from _conversations(chain(before, [first], pieces))
    else:
        yield from _lines_or_whole(_lines(chain(before, [first], pieces)), target)


def _pieces(file: IO[bytes], on_progress: Callable[[int], None]) -> Iterator[bytes]:
    """The lines of a file, those that are very long in several pieces."""
    read = 0
    while piece := file.readline(PIECE):
        yield piece
        read += len(piece)
        on_progress(read)


def _is_cut(piece: bytes) -> bool:
    """Whether a piece is only a part of its line."""
    return len(piece) >= PIECE and not piece.endswith(b"\n")


def _lines(pieces: Iterator[bytes]) -> Iterator[Line]:
    """Whole lines, numbered."""
    parts: list[bytes] = []
    number = 1
    for piece in pieces:
        parts.append(piece)
        if not _is_cut(piece):
            yield number, b"".join(parts)
            number += 1
            parts = []
    if parts:
        yield number, b"".join(parts)


def _lines_or_whole(lines: Iterator[Line], target: str) -> Iterator[Given | Unread]:
    """Reads line by line if one of the first lines with anything in it is a JSON value of its own."""
    held: list[Line] = []
    size = 0
    filled: list[bytes] = []
    for line in lines:
        held.append(line)
        size += len(line[1])
        if len(filled) < _LOOKED_AT and line[1].strip():
            filled.append(line[1])
            if len(filled) > 1 and not _continues(filled[0]) and any(map(_is_value, filled)):
                yield from _each_line(chain(held, lines))
                return
        if size > READ_AS_A_WHOLE:
            yield from _conversations(raw for _, raw in chain(held, lines))
            return
    yield from _whole(b"".join(raw for _, raw in held), target)


def _continues(line: bytes) -> bool:
    return line.rstrip().endswith(_OPEN) and not _is_value(line)


def _is_value(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict | list)
    except (ValueError, RecursionError):
        return False


def _each_line(lines: Iterator[Line]) -> Iterator[Given | Unread]:
    for number, raw in lines:
        if raw.strip():
            try:
                value = json.loads(raw, object_pairs_hook=with_repeats)
            except (ValueError, RecursionError) as error:
                yield Unread(number, not_json(error))
            else:
                yield Given(value, number)


def _whole(raw: bytes, target: str) -> Iterator[Given | Unread]:
    """The one document of a file, or each conversation of an array of them, up to where it is damaged."""
    try:
        value = document_in(raw, target)
    except click.BadParameter:
        found = [_given(item) for item in read_items(raw.splitlines(keepends=True))] if _is_list(raw) else []
        if not any(isinstance(item, Given) for item in found):
            raise
        yield from found
        return
    if isinstance(value, list) and any(map(_is_conversation, value)) and not any(map(_is_message, value)):
        for index, item in enumerate(value):
            yield Given(item, place=_place(index))
    else:
        yield Given(value)


def _is_conversation(item: object) -> bool:
    """Whether an item of an array is a conversation rather than a message."""
    return isinstance(item, dict) and "role" not in item and recognise(item) is not None


def _is_message(item: object) -> bool:
    return isinstance(item, dict) and "role" in item


def _place(index: int) -> str:
    return f"conversation {index + 1} of the list"


def _conversations(pieces: Iterator[bytes]) -> Iterator[Given | Unread]:
    """The values of a file that is too long to be held, one by one."""
    return map(_given, read_items(pieces, 0))


def _given(item: ImportItem | Problem) -> Given | Unread:
    if isinstance(item, ImportItem):
        return Given(item.value, item.line, item.place.rstrip(": "))
    return Unread(item.line, item.reason)


def _is_list(raw: bytes) -> bool:
    return raw.removeprefix(BOM_UTF8).lstrip().startswith(b"[")
