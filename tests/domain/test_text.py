"""Text on its way into a store."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from chatdata.domain.text import is_queryable, sanitize, sanitize_json
from tests.support.builders import any_text, json_values

CONTROL = [chr(code) for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n\r"]


@given(any_text)
def test_stored_text_is_what_was_given_but_for_control_characters_and_lone_surrogates(text: str) -> None:
    kept = [character for character in text if character not in CONTROL]
    assert sanitize(text) == "".join("\ufffd" if re.match("[\ud800-\udfff]", item) else item for item in kept)


@given(any_text)
def test_stored_text_is_utf8_and_cleaning_it_again_changes_nothing(text: str) -> None:
    clean = sanitize(text)
    assert clean.encode().decode() == clean == sanitize(clean)


@pytest.mark.parametrize("text", ["", "tab\tline\nreturn\r", "é ไทย 😀", "\x80\x9f\u2028\ufeff"])
def test_everything_else_stays(text: str) -> None:
    assert sanitize(text) == text


def test_a_pair_of_surrogates_is_not_a_character_in_python() -> None:
    assert sanitize("\ud83d\ude00") == "\ufffd\ufffd"


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])


@given(json_values)
def test_a_json_value_is_cleaned_down_to_its_keys(value: Any) -> None:
    before = json.dumps(value)
    clean = sanitize_json(value)
    assert all(sanitize(text) == text for text in strings(clean))
    assert json.dumps(value) == before
    assert sanitize_json(clean) == clean


@given(json_values.filter(lambda value: all(sanitize(text) == text for text in strings(value))))
def test_a_json_value_with_nothing_to_clean_stays_equal(value: Any) -> None:
    assert sanitize_json(value) == value


def test_a_tuple_becomes_the_list_that_json_makes_of_it() -> None:
    value = {"a": [1, 2.5, None, True, {"b": "text"}], "c": ()}
    assert sanitize_json(value) == {"a": [1, 2.5, None, True, {"b": "text"}], "c": []}


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_has_no_words_for_become_null(number: float) -> None:
    assert sanitize_json({"a": [number, 1.0]}) == {"a": [None, 1.0]}


def test_a_value_nested_deeper_than_python_calls_is_cleaned() -> None:
    value: Any = "\x00deep"
    for _ in range(5000):
        value = [value]
    value = sanitize_json(value)
    depth = 0
    while isinstance(value, list):
        value, depth = value[0], depth + 1
    assert (value, depth) == ("deep", 5000)


@pytest.mark.parametrize(("text", "possible"), [("s-1", True), ("\x01", True), ("a\x00", False), ("\ud800", False)])
def test_a_driver_can_ask_for_any_text_but_nul_and_lone_surrogates(text: str, possible: bool) -> None:
    assert is_queryable(text) is possible
