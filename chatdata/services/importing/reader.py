"""Splits a file into the JSON values of its conversations, each with its line number.

A file with one JSON value per line is streamed, so its size does not matter; the events of a session file are held
until its session ends. A file whose JSON values span several lines (such as the output of jq), or with everything in
one line, is read as a whole up to a limit, and value by value beyond it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from chatdata.domain.dialects import InvalidConversation, is_event, recognise, starts_session
from chatdata.domain.dialects.fields import NotANumber, decode_from, strict_loads
from chatdata.domain.text import not_json, not_json_at_all
from chatdata.services.importing.encodings import PIECE, NotText, utf8_pieces
from chatdata.services.importing.other_files import LOOKED_AT, why_no_json
from chatdata.services.importing.report import Problem
from chatdata.services.importing.streaming import read_stream

_BOM = b"\xef\xbb\xbf"
_OPEN = (b"[", b"{", b",", b":")
"""Endings of a line whose JSON value continues on the next line."""

_HOLDS_MESSAGES = frozenset({"messages", "input", "contents", "history", "conversation", "conversations", "mapping"})
"""Keys that tell a conversation from a message, although it has a role too."""

READ_AS_A_WHOLE = 32 * 2**20
"""The size up to which values that span lines are read together; then the problem of a broken one is found better."""

Line = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class ImportItem:
    """A JSON value that should be one conversation."""

    line: int
    value: object
    place: str = ""
    """The value's place in an array, as the beginning of a sentence; empty for a value that is not in an array."""


def pieces_of(file: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of an open file, those that are very long in several pieces; any other iterable as it is."""
    readline = getattr(file, "readline", None)
    return iter(file) if readline is None else iter(lambda: readline(PIECE), b"")


def read_items(pieces: Iterable[bytes], read_as_a_whole: int = READ_AS_A_WHOLE) -> Iterator[ImportItem | Problem]:
    """The values of a file in order; an unreadable value yields a Problem, and reading goes on after it.

    A piece is a line, or a part of one (`pieces_of`). The file may be UTF-16 or UTF-32 too.
    """
    try:
        left = utf8_pieces(pieces)
    except NotText as error:
        yield Problem(1, str(error))
    else:
        yield from _items_of(left, read_as_a_whole)


def _items_of(left: Iterator[bytes], read_as_a_whole: int) -> Iterator[ImportItem | Problem]:
    blank = 0
    raw = b""
    for raw in left:
        if raw.strip():
            break
        blank += raw.endswith(b"\n")
    if not raw.strip():
        return
    number = blank + 1
    if raw.lstrip(_BOM + b" \t\r\n")[:1] not in (b"{", b"["):
        first_lines = [raw, *islice(left, LOOKED_AT)]
        if why := why_no_json(first_lines):
            yield Problem(number, why)
            return
        left = chain(first_lines[1:], left)
    held, rest = _held([raw], left, read_as_a_whole) if _spans(raw) else ([raw], left)
    if rest is not None and _spans(raw):
        yield from _sessions(_read_stream(chain(held, rest), number))
        return
    lines = _lines(chain(held, rest or ()), number)
    first = next(lines)
    read = _read_values if _continues(first[1]) else _read_lines
    yield from _sessions(read(chain([first], lines)))


def _spans(raw: bytes) -> bool:
    """Whether the first value does not end with its first piece."""
    raw = raw.removeprefix(_BOM)
    return _continues(raw) or (_is_cut(raw) and raw.lstrip()[:1] == b"[")


def _is_cut(piece: bytes) -> bool:
    """Whether a piece is only a part of its line."""
    return len(piece) >= PIECE - len(_BOM) and not piece.endswith(b"\n")


def _held(held: list[bytes], left: Iterator[bytes], most: int) -> tuple[list[bytes], Iterator[bytes] | None]:
    """The pieces up to a size, and those that follow; None where these are all."""
    size = sum(map(len, held))
    for piece in left:
        held.append(piece)
        size += len(piece)
        if size > most:
            return held, left
    return held, None


def _lines(pieces: Iterable[bytes], number: int) -> Iterator[Line]:
    """Whole lines, numbered."""
    parts: list[bytes] = []
    for piece in pieces:
        parts.append(piece)
        if not _is_cut(piece):
            yield number, b"".join(parts).removeprefix(_BOM)
            number += 1
            parts = []
    if parts:
        yield number, b"".join(parts).removeprefix(_BOM)


def _read_stream(pieces: Iterator[bytes], number: int) -> Iterator[ImportItem | Problem]:
    """Reads value by value; the elements of an array are held until one of them is a conversation."""
    held: list[ImportItem] = []
    several = False
    for found in read_stream(pieces, number, _why_in_stream, _not_utf8):
        if isinstance(found, Problem):
            yield found
            held, several = [], False
            continue
        line, value, index = found
        if index is None:
            yield from _items(line, value)
        elif index < 0:
            yield from () if several else _items(line, [item.value for item in held])
            held, several = [], False
        else:
            held.append(ImportItem(line, value, f"conversation {index + 1} of the list: "))
            several = several or isinstance(value, list) or _is_conversation(value)
            if several:
                yield from held
                held = []


def _sessions(items: Iterator[ImportItem | Problem]) -> Iterator[ImportItem | Problem]:
    """Joins the events of a session file, one of each line, to one item; every other item passes through."""
    events: list[object] = []
    first: ImportItem | None = None
    for item in items:
        kind = is_event(item.value) if isinstance(item, ImportItem) else None
        if kind is None or not isinstance(item, ImportItem):
            yield item
            continue
        if first is not None and (is_event(first.value) != kind or _begins_another(events, item.value)):
            yield ImportItem(first.line, events)
            events, first = [], None
        first = first or item
        events.append(item.value)
    if first is not None:
        yield ImportItem(first.line, events)


def _begins_another(events: list[object], event: object) -> bool:
    return starts_session(event) and any(starts_session(earlier) for earlier in events[:1])


def _continues(raw: bytes) -> bool:
    return raw.rstrip().endswith(_OPEN) and not _is_value(raw)


def _is_value(raw: bytes) -> bool:
    try:
        _parse(raw)
    except InvalidConversation:
        return False
    return True


def _read_lines(lines: Iterable[Line]) -> Iterator[ImportItem | Problem]:
    for number, raw in lines:
        if raw.strip():
            try:
                value = _parse(raw)
            except InvalidConversation as unfit:
                yield from _before_damage([raw], number)
                yield Problem(number, str(unfit))
            else:
                yield from _items(number, value)


def _before_damage(pieces: list[bytes], number: int) -> Iterator[ImportItem]:
    """The whole conversations of a list that is damaged further on; a list of messages is one conversation."""
    if not pieces[0].removeprefix(_BOM).lstrip().startswith(b"["):
        return
    for found in _read_stream(iter(pieces), number):
        if isinstance(found, Problem):
            return
        yield found


def _read_values(lines: Iterable[Line]) -> Iterator[ImportItem | Problem]:
    """Reads JSON values that span lines, or one value per line if the first value is broken and a later line is not."""
    all_lines = list(lines)
    try:
        yield from _values(_joined(all_lines), all_lines[0][0])
    except _FirstIsBroken as broken:
        if any(_is_value(raw) for _, raw in all_lines[1:] if raw.strip()[:1] in (b"[", b"{")):
            yield from _read_lines(all_lines)
        else:
            yield from _before_damage([raw for _, raw in all_lines], all_lines[0][0])
            yield broken.problem


def _joined(lines: Iterable[Line]) -> str:
    texts = []
    for number, raw in lines:
        try:
            texts.append(raw.decode().rstrip("\r\n"))
        except UnicodeDecodeError as error:
            raise _FirstIsBroken(Problem(number, _not_utf8(error))) from None
    return "\n".join(texts).strip()


class _FirstIsBroken(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def _values(text: str, line: int) -> Iterator[ImportItem | Problem]:
    position = counted = 0
    while position < len(text):
        line += text.count("\n", counted, position)
        counted = position
        try:
            value, position = decode_from(text, position)
        except (ValueError, RecursionError) as error:
            further = text.count("\n", counted, error.pos) if isinstance(error, json.JSONDecodeError) else 0
            problem = Problem(line + further, _why(error))
            if counted == 0:
                raise _FirstIsBroken(problem) from None
            yield problem
            return
        yield from _items(line, value)
        position = _after_space(text, position)


def _after_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _items(line: int, value: object) -> Iterator[ImportItem | Problem]:
    """The conversations in a value, which is a conversation, a list of conversations or one list of messages."""
    if not isinstance(value, list) or _is_one(value):
        yield ImportItem(line, value)
    elif not value:
        yield Problem(line, "an empty list, without messages or conversations")
    else:
        for index, item in enumerate(value):
            yield ImportItem(line, item, place=f"conversation {index + 1} of the list: ")


def _is_one(value: list[object]) -> bool:
    """Whether a list is one conversation: of messages, or of a session file's events."""
    if value and all(map(is_event, value)):
        return True
    return bool(value) and not any(isinstance(item, list) or _is_conversation(item) for item in value)


def _is_conversation(item: object) -> bool:
    if not isinstance(item, dict) or ("role" in item and not _HOLDS_MESSAGES & item.keys()):
        return False
    return recognise(item) is not None


def _parse(raw: bytes) -> object:
    try:
        return strict_loads(_text(raw))
    except (ValueError, RecursionError) as error:
        raise InvalidConversation(_why(error)) from None


def _text(raw: bytes) -> str:
    try:
        return raw.decode().strip()
    except UnicodeDecodeError as error:
        raise InvalidConversation(_not_utf8(error)) from None


def _not_utf8(error: UnicodeDecodeError) -> str:
    return f"not UTF-8 text: byte {error.start:,} is wrong"


def _why_in_stream(error: Exception) -> str:
    """The reason without a column, which is not known where the beginning of a line has been forgotten."""
    return not_json_at_all(error) if isinstance(error, json.JSONDecodeError) else _why(error)


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, NotANumber) else not_json(error)
