"""Reading files of any size: values come one by one, and say the same as when a file is read as a whole."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatdata.services.importing.reader import ImportItem, pieces_of, read_items
from chatdata.services.importing.report import Problem
from tests.support import builders
from tests.support.laws import examples

ASK = {"role": "user", "content": "Where is my bag? Überall."}
TALKS = [{"id": f"s{number}", "messages": [ASK, {"role": "assistant", "content": "x" * number}]} for number in range(9)]
LONG = [{"id": f"s{number}", "messages": [ASK | {"content": "x" * 400_000}]} for number in range(8)]


def values(raw: bytes, whole: int) -> list[object]:
    """The values of a file; problems as their reasons."""
    found = read_items(pieces_of(io.BytesIO(raw)), whole)
    return [item.value if isinstance(item, ImportItem) else item.reason for item in found]


@pytest.mark.parametrize("indent", [1, 4])
@pytest.mark.parametrize(
    "value",
    [TALKS, [ASK, ASK], TALKS[0], [], [3, TALKS[0]], [[ASK], [ASK, ASK]], [TALKS[0], {"nothing": 1}]],
    ids=["talks", "messages", "one talk", "empty", "a number before a talk", "lists of messages", "an unknown talk"],
)
def test_values_that_span_lines_are_the_same_one_by_one_as_together(value: Any, indent: int) -> None:
    raw = json.dumps(value, indent=indent, ensure_ascii=False).encode()
    assert values(raw, 1) == values(raw, 10**9)


@settings(deadline=None, max_examples=examples(100))
@given(st.lists(st.fixed_dictionaries({"messages": st.lists(st.just(ASK), max_size=2), "x": builders.json_values})))
def test_any_array_is_the_same_one_by_one_as_together(value: list[Any]) -> None:
    raw = b"\xef\xbb\xbf" + json.dumps([TALKS[0], *value], indent=1).encode()
    assert values(raw, 1) == values(raw, 10**9) == [TALKS[0], *value]


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_an_array_in_one_long_line_is_read_one_by_one(separators: tuple[str, str]) -> None:
    raw = json.dumps(LONG, separators=separators).encode()
    assert values(raw, 1) == values(raw, 10**9) == LONG


def test_long_lines_of_lists_are_a_conversation_each() -> None:
    raw = b"".join(json.dumps([ASK | {"content": "x" * 1_500_000}] * 2).encode() + b"\n" for _ in range(3))
    assert [len(value) for value in values(raw, 1) if isinstance(value, list)] == [2, 2, 2]
    assert values(raw, 1) == values(raw, 10**9)


def test_the_first_conversations_come_before_the_array_ends() -> None:
    read: list[int] = []

    def pieces() -> Iterator[bytes]:
        yield b"[\n"
        for number in range(40):
            read.append(number)
            yield json.dumps(LONG[0]).encode() + (b",\n" if number < 39 else b"]")

    items = read_items(pieces(), 1)
    assert isinstance(next(items), ImportItem)
    assert len(read) < 10
    assert sum(isinstance(item, ImportItem) for item in items) == 39


def test_elements_say_their_line_and_their_place() -> None:
    raw = json.dumps(TALKS[:3], indent=1).encode()
    found = [item for item in read_items(pieces_of(io.BytesIO(raw)), 1) if isinstance(item, ImportItem)]
    assert [(item.line, item.place) for item in found] == [
        (2, "conversation 1 of the list: "),
        (15, "conversation 2 of the list: "),
        (28, "conversation 3 of the list: "),
    ]


@pytest.mark.parametrize(
    ("raw", "line", "reason"),
    [
        (b'[\n{"messages": []},\n{"messages": [}]}\n]', 3, "not JSON: expecting value"),
        (b'[\n{"messages": []}\n{"messages": []}\n]', 3, "not JSON: expecting ',' delimiter"),
        (b'[\n{"messages": []},\n{"messages": ["cut', 3, "not JSON: unterminated string"),
        (b'[\n{"messages": []},\n{"messages": ["\xff"]}]', 3, "not UTF-8 text"),
        (b'[\n{"messages": []},\n{"messages": [NaN]}]', 3, "not JSON that can be stored: NaN"),
    ],
)
def test_a_broken_element_is_a_problem_after_those_before_it(raw: bytes, line: int, reason: str) -> None:
    found = list(read_items(pieces_of(io.BytesIO(raw)), 1))
    problems = [item for item in found if isinstance(item, Problem)]
    if "UTF-8" not in reason:
        assert isinstance(found[0], ImportItem)
    assert reason in problems[0].reason
    assert problems[0].line <= line


@pytest.mark.parametrize("between", [",", ",\n"])
@pytest.mark.parametrize("whole", [2**25, 0], ids=["together", "one-by-one"])
def test_the_conversations_before_the_damage_of_an_array_are_read_at_any_size(between: str, whole: int) -> None:
    fine = {"messages": [{"role": "user", "content": "Hello"}]}
    raw = f'[{json.dumps(fine)}{between}{json.dumps(fine)}{between}{{"messages": [{{"role": "us'.encode()
    *read, bad = read_items(pieces_of(io.BytesIO(raw)), whole)
    assert [item.value for item in read if isinstance(item, ImportItem)] == [fine, fine]
    assert [item.place for item in read if isinstance(item, ImportItem)] == [
        "conversation 1 of the list: ",
        "conversation 2 of the list: ",
    ]
    assert isinstance(bad, Problem)


def test_a_damaged_list_of_messages_is_no_conversation() -> None:
    (problem,) = read_items([b'[{"role": "user", "content": "Hello"}, {"role": "us'])
    assert isinstance(problem, Problem)
