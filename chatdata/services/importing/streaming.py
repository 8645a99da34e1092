"""Reads JSON values of any size one by one: the elements of a long array are never in memory together."""

import codecs
import json
from collections.abc import Callable, Iterator

from chatdata.domain.dialects.fields import decode_from
from chatdata.services.importing.report import Problem

_SPACE = " \t\r\n"
_LEAST = 2**20
"""Characters that are read at once."""
_LONGEST_CUT = 16
"""Characters that a cut number, literal or escape has at most."""


class TextWindow:
    """The part of a text that is being read; what has been read is forgotten."""

    def __init__(self, pieces: Iterator[bytes], line: int) -> None:
        """`line` is the number of the first piece's line."""
        self._pieces = pieces
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._position = 0
        self._counted = 0
        self._ended = False
        self._line = line

    @property
    def line(self) -> int:
        """The number of the line that is being read."""
        self._line += self._text.count("\n", self._counted, self._position)
        self._counted = self._position
        return self._line

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            while self._position < len(self._text):
                if self._text[self._position] not in _SPACE:
                    return self._text[self._position]
                self._position += 1
            if not self._more():
                return ""

    def skip(self, character: str) -> bool:
        """Passes over the next character if it is this one."""
        if self.peek() != character:
            return False
        self._position += 1
        return True

    def value(self) -> object:
        """The next JSON value. Raises ValueError and RecursionError where there is none."""
        self.peek()
        while True:
            try:
                value, end = decode_from(self._text, self._position)
            except json.JSONDecodeError as error:
                if not self._is_cut(error) or not self._more(len(self._text) - self._position):
                    raise
            else:
                length = end - self._position
                if end < len(self._text) - _LONGEST_CUT or not self._more():
                    self._position += length  # reading more forgets what was read before the value
                    return value

    def skip_line(self) -> None:
        """Passes over the rest of the line."""
        while (end := self._text.find("\n", self._position)) < 0:
            self._position = len(self._text)
            if not self._more():
                return
        self._position = end + 1

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - _LONGEST_CUT

    def _more(self, least: int = 0) -> bool:
        """Reads at least one more piece, and as many characters as asked; False at the end of the text."""
        if self._ended:
            return False
        _ = self.line
        found: list[str] = []
        length = 0
        while length <= max(least, _LEAST) and not self._ended:
            piece = next(self._pieces, None)
            self._ended = piece is None
            found.append(self._decoder.decode(piece or b"", final=self._ended))
            length += len(found[-1])
        self._text = self._text[self._position :] + "".join(found)
        self._position = self._counted = 0
        return length > 0 or not self._ended


def read_stream(
    pieces: Iterator[bytes], line: int, why: Callable[[Exception], str], not_utf8: Callable[[UnicodeDecodeError], str]
) -> Iterator[tuple[int, object, int | None] | Problem]:
    """Each value with its line and, for the elements of an array, its index; arrays end with index -1.

    A value that can't be read is a Problem, and reading goes on with the next line that begins one.
    """
    window = TextWindow(pieces, line)
    try:
        while window.peek():
            yield from _values(window, why)
    except UnicodeDecodeError as error:
        yield Problem(window.line, not_utf8(error))


def _values(window: TextWindow, why: Callable[[Exception], str]) -> Iterator[tuple[int, object, int | None] | Problem]:
    begun = window.line
    try:
        if window.skip("["):
            yield from _elements(window, begun)
        else:
            yield begun, window.value(), None
    except UnicodeDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        yield Problem(window.line, why(error))
        window.skip_line()
        while window.peek() not in ("", "[", "{"):
            window.skip_line()


def _elements(window: TextWindow, begun: int) -> Iterator[tuple[int, object, int | None]]:
    index = 0
    while not window.skip("]"):
        if index and not window.skip(","):
            raise json.JSONDecodeError("Expecting ',' delimiter", "", 0)
        window.peek()
        yield window.line, window.value(), index
        index += 1
    yield begun, None, -1
