"""Makes UTF-8 of a file that a program wrote as UTF-16 or UTF-32, and tells files that are compressed. Does no I/O.

Windows PowerShell writes whatever is redirected to a file as UTF-16.
"""

import json
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

PIECE: Final = 2**20
"""The longest piece of a line that is read at once."""
_COMPRESSED: Final = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x04\x22\x4d\x18": "LZ4",
}
"""The first bytes of compressed files."""
_ENOUGH: Final = 6
"""Bytes that are enough to tell a compressed file, or an encoding."""
_UTF_8: Final = ("utf-8", "utf-8-sig")


class NotText(Exception):
    """Raised for a file that is no text; the message says what it is."""


def utf8_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a file in UTF-8, each a line or a part of a very long one; those of a UTF-8 file as they are.

    Raises NotText for a compressed file.
    """
    left = iter(pieces)
    first: list[bytes] = []
    for piece in left:
        first.append(piece)
        if sum(map(len, first)) >= _ENOUGH:
            break
    beginning = b"".join(first)[:_ENOUGH]
    for signature, name in _COMPRESSED.items():
        if beginning.startswith(signature):
            raise NotText(f"this file is compressed ({name}); unpack it first")
    encoding = json.detect_encoding(beginning[:4])
    everything = chain(first, left)
    return everything if encoding in _UTF_8 else _decoded(everything, encoding)


def utf8_of(raw: bytes) -> bytes:
    """A whole file in UTF-8. Raises NotText like `utf8_pieces`."""
    return b"".join(utf8_pieces([raw]))


def _decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The lines of a file in another encoding; half characters stay what they are, for the parser to tell.

    A file that was cut within a character ends with a replacement character, after which no JSON is complete.
    """
    decoder = getincrementaldecoder(encoding)("surrogatepass")
    held = ""
    for piece in pieces:
        *lines, held = (held + decoder.decode(piece)).split("\n")
        for line in lines:
            yield _utf8(f"{line}\n")
        if len(held) >= PIECE:
            yield _utf8(held)
            held = ""
    try:
        held += decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        held += "\ufffd"
    if held:
        yield _utf8(held)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
