"""A text with its escapes decoded and its look-alike characters replaced, mapped back to the original.

Secrets can hide behind JSON's \\u0040, JSON inside JSON, percent-encoding, HTML entities, full-width digits and
invisible characters. Each layer decodes one level; a span found in a layer is mapped back to the original text.
"""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from chatdata.domain.text import CONTROL_CHARACTERS

_DEEPEST = 6
"""The maximum number of layers: each level of JSON doubles its backslashes, so deeper nesting does not occur."""

_JSON_ESCAPE = r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}(?:\\u[dD][c-fC-F][0-9a-fA-F]{2})?|x[0-9a-fA-F]{2})'
_PERCENT = r"(?:%[0-9a-fA-F]{2})+"
_ENTITY = r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
_ESCAPES = re.compile(f"{_JSON_ESCAPE}|{_PERCENT}|{_ENTITY}")
_HAS_ESCAPES = re.compile('[\\\\%&](?:["\\\\/bfnrtux#A-Za-z0-9])')
_BEYOND_SHORT = re.compile(r"\\[\\/bfux]|%[0-9a-fA-F]{2}|&[#A-Za-z][A-Za-z0-9]{1,30};")
"""Escapes other than those of line breaks, tabs and quotes. No secret contains these three, so they are decoded in
place, with a control character in front, and no position changes."""
_IN_PLACE = {"\\n": "\x1f\n", '\\"': '\x1f"', "\\t": "\x1f\t", "\\r": "\x1f\r"}
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

_CONTROLS = bytes(code for code in range(128) if CONTROL_CHARACTERS.match(chr(code)))

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_INVISIBLE_CHARACTER = re.compile(f"[{_INVISIBLE}]")
_LOOK_ALIKE = re.compile(
    f"[{_INVISIBLE}"
    "\u00a0\u00b2\u00b3\u00b9\u2000-\u200a\u2010-\u2015\u2024\u2044\u2070-\u209c\u2212\u2460-\u24ff\u3000"
    "\ufb00-\ufb06\ufe50-\ufe6b\uff01-\uffee\U0001d400-\U0001d7ff\U0001f100-\U0001f189\U0001fbf0-\U0001fbf9"
    r"\d](?<![0-9])"
)
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")


class Layer(NamedTuple):
    """A decoded text with the position of each piece in its parent, the text that it was made from."""

    text: str
    parent: "Layer | None" = None
    starts: Sequence[int] = ()
    """The start of each piece in `text`."""
    pieces: Sequence[tuple[int, int, bool]] = ()
    """Each piece's range in the parent's text, and whether it is an escape, which can't be split."""

    def outer(self, start: int, end: int) -> tuple[int, int]:
        """Returns the range in the parent's text, widened to whole escapes."""
        return self._place(start, end=False), self._place(end - 1, end=True)

    def _place(self, index: int, *, end: bool) -> int:
        at = bisect_right(self.starts, index) - 1
        first, last, whole = self.pieces[at]
        if whole:
            return last if end else first
        return first + index - self.starts[at] + end

    def unsplit(self, start: int, end: int) -> tuple[int, int]:
        """Returns a range of the *parent's* text, narrowed so that it splits no escape at its ends."""
        for first, last, whole in self._around(start):
            if whole and first < start < last:
                start = last
        for first, last, whole in self._around(end):
            if whole and first < end < last:
                end = first
        return start, max(start, end)

    def _around(self, place: int) -> Sequence[tuple[int, int, bool]]:
        at = bisect_right(self.pieces, place, key=lambda piece: piece[0]) - 1
        return self.pieces[max(at - 1, 0) : at + 2]


def layers(text: str) -> list[Layer]:
    """Returns the text without control characters, then a layer for each decoded level of escapes.

    Look-alike characters are replaced in every layer except the first.
    """
    found = [_layer(None, text, CONTROL_CHARACTERS, lambda _: "") if _has_controls(text) else Layer(text)]
    if not found[0].text.isascii() and _LOOK_ALIKE.search(found[0].text):
        found.append(_layer(found[0], found[0].text, _LOOK_ALIKE, _plain))
    while len(found) < _DEEPEST and _has_escapes(found[-1].text):
        if not _BEYOND_SHORT.search(found[-1].text):
            return _with_short_escapes_decoded(found)
        deeper = _next_layer(found[-1])
        if deeper is None:
            break
        found.append(deeper)
    return found


def without_controls(text: str) -> str:
    """Returns the text without control characters."""
    return CONTROL_CHARACTERS.sub("", text) if _has_controls(text) else text


def _has_controls(text: str) -> bool:
    raw = text.encode("ascii", "replace")
    return len(raw.translate(None, _CONTROLS)) < len(raw)


def _has_escapes(text: str) -> bool:
    return ("\\" in text or "%" in text or "&" in text) and _HAS_ESCAPES.search(text) is not None


def _with_short_escapes_decoded(found: list[Layer]) -> list[Layer]:
    """Returns the layers with the last one decoded in place, which replaces it since no position changes."""
    last = found[-1]
    text = last.text
    for escape, character in _IN_PLACE.items():
        text = text.replace(escape, character)
    if text == last.text:
        return found
    return [*found[:-1], Layer(text, last.parent, last.starts, last.pieces)]


def _next_layer(layer: Layer) -> Layer | None:
    made = _layer(layer, layer.text, _ESCAPES, _decoded_without_controls)
    if made.text == layer.text:
        return None
    if made.text.isascii() or not _LOOK_ALIKE.search(made.text):
        return made
    return _layer(made, made.text, _LOOK_ALIKE, _plain)


def _layer(parent: Layer | None, text: str, pattern: re.Pattern[str], decode: Callable[[str], str]) -> Layer:
    out: list[str] = []
    starts: list[int] = []
    pieces: list[tuple[int, int, bool]] = []
    length = 0
    for first, last, whole in _parts(text, pattern):
        decoded = decode(text[first:last]) if whole else text[first:last]
        starts.append(length)
        pieces.append((first, last, whole))
        out.append(decoded)
        length += len(decoded)
    return Layer("".join(out), parent or Layer(text), starts, pieces)


def _parts(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, bool]]:
    at = 0
    for found in pattern.finditer(text):
        start, end = found.span()
        if at < start:
            yield at, start, False
        yield start, end, True
        at = end
    if at < len(text):
        yield at, len(text), False


def _decoded_without_controls(escape: str) -> str:
    return CONTROL_CHARACTERS.sub("", _decoded(escape))


def _decoded(escape: str) -> str:
    if escape[0] == "\\":
        return _decoded_json(escape)
    if escape[0] == "&":
        return html.unescape(escape)
    return bytes.fromhex(escape.replace("%", "")).decode("utf-8", "replace")


def _decoded_json(escape: str) -> str:
    kind = escape[1]
    if kind == "x":
        return chr(int(escape[2:4], 16))
    if kind != "u":
        return _SHORT.get(kind, kind)
    units = b"".join(int(part, 16).to_bytes(2, "big") for part in escape.split("\\u")[1:])
    return units.decode("utf-16-be", "surrogatepass")


def _plain(character: str) -> str:
    if _INVISIBLE_CHARACTER.match(character):
        return ""
    if character in _DASHES:
        return _DASHES[character]
    digit = unicodedata.digit(character, None)
    return unicodedata.normalize("NFKC", character) if digit is None else str(digit)
