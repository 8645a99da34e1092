"""What `lint` reads: JSON Lines and long arrays are never in memory as a whole, and a bad line costs only itself."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatdata.cli import lint_input
from chatdata.cli.lint_input import Given, Unread, read_documents
from tests.cli.conftest import Line
from tests.support.laws import examples

USER = {"role": "user", "content": "Hello"}
RESULT = {"role": "tool", "content": "done", "tool_call_id": "call_x"}
FINE: dict[str, Any] = {"messages": [USER]}
MEGABYTE = 2**20


def items_in(raw: bytes) -> list[Given | Unread]:
    return list(read_documents(io.BytesIO(raw), "x.jsonl", lambda _read: None))


class Made(io.RawIOBase):
    """A file that is made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._left = self._left or next(self._pieces, b"")
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count


def peak_of(pieces: Iterator[bytes]) -> tuple[int, int]:
    """The number of documents in a file and the largest memory, in bytes, while they are read one by one."""
    file = io.BufferedReader(Made(pieces))
    tracemalloc.start()
    try:
        count = sum(isinstance(item, Given) for item in read_documents(file, "-", lambda _read: None))
        return count, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def conversation(characters: int) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": "x" * characters}]}).encode()


def test_json_lines_of_any_size_are_read_in_flat_memory() -> None:
    few = peak_of(conversation(MEGABYTE // 4) + b"\n" for _ in range(16))
    many = peak_of(conversation(MEGABYTE // 4) + b"\n" for _ in range(256))
    assert (few[0], many[0]) == (16, 256)
    assert many[1] < few[1] + 2 * MEGABYTE


def test_a_long_array_takes_its_largest_conversation_and_little_more() -> None:
    def pieces(count: int) -> Iterator[bytes]:
        for index in range(count):
            yield (b"," if index else b"[") + conversation(MEGABYTE)
        yield b"]"

    few, many = peak_of(pieces(16)), peak_of(pieces(64))
    assert (few[0], many[0]) == (16, 64)
    assert many[1] < few[1] + 4 * MEGABYTE


def test_an_array_over_lines_is_not_held_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_input, "READ_AS_A_WHOLE", 300)
    raw = json.dumps([FINE] * 40, indent=1).encode()
    assert [item.value for item in items_in(raw) if isinstance(item, Given)] == [FINE] * 40


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        (json.dumps(FINE).encode(), [FINE]),
        (json.dumps([USER, RESULT], indent=2).encode(), [[USER, RESULT]]),
        (b"\n\n[\n" + json.dumps(USER).encode() + b"\n]\n", [[USER]]),
        (json.dumps([FINE, FINE]).encode(), [FINE, FINE]),
        (json.dumps([FINE, USER]).encode(), [[FINE, USER]]),
        (json.dumps([]).encode(), [[]]),
        (b"\xef\xbb\xbf" + json.dumps(FINE).encode() + b"\r\n\r\n" + json.dumps([USER]).encode(), [FINE, [USER]]),
        (json.dumps(FINE, indent=1).encode("utf-16"), [FINE]),
    ],
    ids=[
        "object",
        "messages",
        "array-over-lines",
        "conversations",
        "not-all-conversations",
        "empty",
        "lines",
        "utf-16",
    ],
)
def test_what_a_file_holds(raw: bytes, values: list[Any]) -> None:
    assert [item.value for item in items_in(raw) if isinstance(item, Given)] == values


_good = st.just(json.dumps(FINE)) | st.just(json.dumps([USER, RESULT]))
_bad = st.sampled_from(['{"messages": [', "{not json}", '{"a": 1} x', '"', "[" * 100_000])


@settings(deadline=None, max_examples=examples(60))
@given(st.lists(_good | _bad | st.just(""), min_size=1, max_size=7), st.sampled_from(["\n", "\r\n"]))
def test_a_bad_line_costs_only_itself(lines: list[str], ending: str) -> None:
    lines = [json.dumps(FINE), *lines, json.dumps([USER])]
    found = items_in(ending.join(lines).encode())
    filled = [number for number, line in enumerate(lines, start=1) if line]
    assert [item.line for item in found] == filled
    for item in found:
        line = lines[(item.line or 0) - 1]
        assert isinstance(item, Given) == (line in (json.dumps(FINE), json.dumps([USER, RESULT]), json.dumps([USER])))


def test_each_bad_line_is_one_error_line_with_its_place_and_what_was_expected(run: Line, tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    lines = ["{not json}", json.dumps(FINE), json.dumps({"words": [1]}), "", '"text"', json.dumps([USER, RESULT])]
    file.write_text("\n".join(lines))
    answer = run("lint", str(file), "--json")
    assert answer.code == 1
    assert [one["messages"] for one in answer.json["documents"]] == [1, 2]
    assert [one["line"] for one in answer.json["problems"]] == [1, 3, 5]
    errors = answer.err.splitlines()
    assert [error.startswith(f"{file}, line {line}: ") for error, line in zip(errors, (1, 3, 5), strict=True)] == [
        True
    ] * 3
    assert "line 1: not JSON: expecting property name enclosed in double quotes at column 2" in errors[0]
    assert "its keys are words" in errors[1]
    assert "messages was expected" in errors[1]
    people = run("lint", str(file))
    assert (people.code, people.err) == (1, answer.err)
    assert f"{file}, line 6: 2 payload messages" in people.out


def test_lines_without_a_finding_are_code_0_and_bad_ones_alone_code_1(run: Line, tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_text(f"{json.dumps(FINE)}\n{json.dumps(FINE)}\n")
    assert run("lint", str(file), "--json").code == 0
    file.write_text(f"{json.dumps(FINE)}\n{{\n")
    answer = run("lint", "-", "--json", given=file.read_text())
    assert (answer.code, len(answer.json["documents"]), answer.json["problems"][0]["line"]) == (1, 1, 2)
    file.write_text('{"a": 1}\n{"b": 1}\n')
    answer = run("lint", str(file), "--json")
    assert (answer.code, answer.json["documents"], len(answer.json["problems"])) == (1, [], 2)


def test_progress_is_told_in_bytes_up_to_the_end() -> None:
    told: list[int] = []
    raw = b"\n".join([conversation(1000)] * 20)
    assert len(list(read_documents(io.BytesIO(raw), "-", told.append))) == 20
    assert told == sorted(told)
    assert told[-1] == len(raw)


def test_a_file_that_holds_no_json_is_told_in_one_sentence(run: Line, tmp_path: Path) -> None:
    file = tmp_path / "talk.csv"
    file.write_text("role,content\nuser,Hi\nassistant,Hello\n")
    for command, *options in (("lint",), ("explain", "--error", "x")):
        answer = run(command, str(file), *options)
        assert (answer.code, answer.err.count("this is CSV, not JSON")) == (2, 1), command


@pytest.mark.parametrize("between", [",", ",\n"])
@pytest.mark.parametrize(
    "end", ['{"messages": [{"role": "us', '{"messages": [{"role": "user" "content": "x"}]}]', "nul]"]
)
def test_the_conversations_before_the_damage_of_an_array_are_checked(between: str, end: str) -> None:
    raw = f"[{json.dumps(FINE)}{between}{json.dumps(FINE)}{between}{end}".encode()
    first, second, bad = items_in(raw)
    assert [isinstance(item, Given) and item.value for item in (first, second)] == [FINE, FINE]
    assert isinstance(bad, Unread)
    assert bad.line == (1 if between == "," else 3)
    assert bad.reason.startswith("not JSON")
    assert "column" in bad.reason


def test_what_is_no_conversation_in_an_array_costs_only_itself() -> None:
    found = items_in(json.dumps([FINE, 7, {"x": 1}, FINE]).encode())
    assert [item.value for item in found if isinstance(item, Given)] == [FINE, 7, {"x": 1}, FINE]


@pytest.mark.parametrize("raw", [b'[{"role": "user", "content": "x"}, {"role": "us', b'{"messages": [{"role": "us'])
def test_a_damaged_conversation_is_no_conversations(raw: bytes) -> None:
    with pytest.raises(click.BadParameter, match="not JSON"):
        items_in(raw)
