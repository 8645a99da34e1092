"""Files that hold no JSON are told in one sentence; files with a bad line are still read line by line."""

import io

import pytest

from chatdata.services.importing.other_files import ACCEPTED, why_no_json
from chatdata.services.importing.reader import ImportItem, pieces_of, read_items
from chatdata.services.importing.report import Problem

TALK = b'{"messages": [{"role": "user", "content": "Hi"}]}'
CSV = b'role,content\nuser,"Hello, SECRET"\nassistant,Hi\n'


def found(raw: bytes) -> list[ImportItem | Problem]:
    return list(read_items(pieces_of(io.BytesIO(raw))))


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (CSV, "CSV"),
        (b"\xef\xbb\xbf" + CSV, "CSV"),
        (CSV.replace(b",", b";"), "CSV"),
        (b"id\trole\tcontent\n1\tuser\tSECRET\n", "tab-separated text"),
        (b'id,content\n1,"{""a"": 1}"\n2,"SECRET\n{ more"\n3,x\n', "CSV"),
        (b"id,content\n" + b'1,"SECRET\n' + b"line\n" * 400 + b'"\n', "text without JSON"),
        (b"id,content\n" + b"1,SECRET\n" * 5_000, "CSV"),
        (b"<!doctype html>\n<p>SECRET, you\n", "HTML or XML"),
        (b"SECRET: a note\nwithout any JSON\n" * 300, "text without JSON"),
        ("id,content\n1,SECRET é\n".encode("cp1252"), "CSV"),
    ],
    ids=["csv", "bom", "semicolons", "tabs", "cells", "long cell", "long", "html", "text", "cp1252"],
)
def test_a_file_without_json_is_one_problem_that_says_what_it_is_and_what_is_accepted(raw: bytes, what: str) -> None:
    (problem,) = found(raw)
    assert isinstance(problem, Problem)
    assert problem.reason.startswith(f"this is {what}")
    assert problem.reason.endswith(ACCEPTED)
    assert "SECRET" not in problem.reason
    assert problem.line == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"note, one\n" + TALK + b"\nnote, two\n" + TALK,
        b"nope\n" * 150 + TALK,
        b"3\n" + TALK,
        b"role,content\n" + TALK + b"\n",
    ],
    ids=["notes between", "late", "a number first", "a header"],
)
def test_a_file_with_a_conversation_is_read_line_by_line(raw: bytes) -> None:
    assert any(isinstance(item, ImportItem) and isinstance(item.value, dict) for item in found(raw))


@pytest.mark.parametrize("raw", [b"nope", b"3", b'"text"', b"", b"\n", b"{broken,\nlines}", b"[1,\n2]"])
def test_what_may_be_json_is_left_to_the_parser(raw: bytes) -> None:
    assert why_no_json(raw.splitlines(keepends=True)) is None
