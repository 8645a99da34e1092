"""Files that are not UTF-8: import and lint read the same ones, and say the same of those that they can't read."""

import bz2
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest

from chatdata.cli.lint_input import Given, Unread, read_documents
from chatdata.services.importing.encodings import PIECE, utf8_pieces
from chatdata.services.importing.reader import ImportItem, pieces_of, read_items
from chatdata.services.importing.report import Problem

ONE: dict[str, Any] = {"id": "one", "messages": [{"role": "user", "content": "Grüße 😀 ไทย"}]}
TWO: dict[str, Any] = {"id": "two", "messages": [{"role": "user", "content": "Ċ\u0a00 holds the byte of a line's end"}]}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
LAYOUTS = {
    "lines": "".join(json.dumps(value, ensure_ascii=False) + "\r\n" for value in (ONE, TWO)),
    "no line's end": "\n".join(json.dumps(value, ensure_ascii=False) for value in (ONE, TWO)),
    "an array": json.dumps([ONE, TWO]),
    "an array over lines": json.dumps([ONE, TWO], indent=1, ensure_ascii=False),
}


def imported(raw: bytes) -> list[ImportItem | Problem]:
    return list(read_items(pieces_of(io.BytesIO(raw))))


def linted(raw: bytes) -> list[Given | Unread]:
    return list(read_documents(io.BytesIO(raw), "x.jsonl", lambda _read: None))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_import_and_lint_read_what_is_in_any_unicode_encoding(layout: str, encoding: str) -> None:
    raw = LAYOUTS[layout].encode(encoding)
    assert [item.value for item in imported(raw) if isinstance(item, ImportItem)] == [ONE, TWO]
    assert [item.value for item in linted(raw) if isinstance(item, Given)] == [ONE, TWO]


def test_lines_of_another_encoding_have_their_numbers() -> None:
    raw = "\n".join([json.dumps(ONE), "{not json}", "", json.dumps(TWO)]).encode("utf-16")
    assert [item.line for item in imported(raw)] == [item.line for item in linted(raw)] == [1, 2, 4]


def test_a_very_long_line_of_another_encoding_comes_in_several_pieces() -> None:
    text = "[" + "x" * (3 * PIECE) + "]\n{}"
    pieces = list(utf8_pieces(pieces_of(io.BytesIO(text.encode("utf-16")))))
    assert b"".join(pieces) == text.encode()
    assert [piece.endswith(b"\n") for piece in pieces] == [*[False] * (len(pieces) - 2), True, False]
    assert len(pieces) > 3
    assert all(PIECE <= len(piece) < 2 * PIECE for piece in pieces[:-2])


def test_pieces_of_utf8_stay_the_same_objects() -> None:
    given = [b"{", b"}\n", b'{"a": 1}\n', b""]
    assert all(one is other for one, other in zip(utf8_pieces(given), given, strict=True))
    assert list(utf8_pieces([])) == []


def test_half_a_character_in_another_encoding_is_left_to_the_lint() -> None:
    raw = '[{"role": "user", "content": "half \ud83d"}]'.encode("utf-16", "surrogatepass")
    (given,) = linted(raw)
    assert isinstance(given, Given)
    assert given.value[0]["content"] == "half \ud83d"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("cut", [1, 31])
def test_text_that_ends_within_a_character_costs_its_last_line_only(encoding: str, cut: int) -> None:
    raw = LAYOUTS["lines"].encode(encoding)[:-cut]
    for first, last in (imported(raw), linted(raw)):
        assert isinstance(first, ImportItem | Given)
        assert isinstance(last, Problem | Unread)
        assert (first.value, last.line, last.reason[:8]) == (ONE, 2, "not JSON")


def zipped(raw: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("x.jsonl", raw)
    return into.getvalue()


def compressed() -> Iterator[Any]:
    makers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "zip": zipped,
        "bzip2": bz2.compress,
        "xz": lzma.compress,
        "Zstandard": lambda _raw: b"\x28\xb5\x2f\xfd\x04\x00",
    }
    for name, make in makers.items():
        yield pytest.param(make(json.dumps(ONE).encode()), name, id=name)


@pytest.mark.parametrize(("raw", "name"), list(compressed()))
def test_a_compressed_file_is_named_by_both(raw: bytes, name: str) -> None:
    reason = f"this file is compressed ({name}); unpack it first"
    assert imported(raw) == [Problem(1, reason)]
    with pytest.raises(click.BadParameter, match="unpack it first") as refused:
        linted(raw)
    assert refused.value.message == f"x.jsonl: {reason}"
