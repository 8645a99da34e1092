"""Sanitizing text for the stores."""

import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given

from chatdata.domain.text import (
    JsonLimits,
    compact_json,
    count,
    is_queryable,
    iso,
    json_or_text,
    json_value,
    minute,
    readable_json,
    sanitize,
    sanitize_json,
    second,
)
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


# Times, counts and JSON

MOMENT = datetime(2026, 2, 20, 10, 0, 7, 123999)
ZONES = [None, UTC, timezone(timedelta(hours=5, minutes=30))]


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_moment_is_written_in_utc_and_one_without_a_zone_is_utc(zone: timezone | None) -> None:
    moment = MOMENT if zone is None else MOMENT.replace(tzinfo=UTC).astimezone(zone)
    assert iso(moment) == "2026-02-20T10:00:07.123Z"
    assert iso(moment, "microseconds") == "2026-02-20T10:00:07.123999Z"
    assert (minute(moment), second(moment)) == ("2026-02-20 10:00", "2026-02-20 10:00:07")


@pytest.mark.parametrize(("number", "words"), [(0, "0 copies"), (1, "1 copy"), (1204, "1,204 copies")])
def test_a_count_agrees_with_its_noun(number: int, words: str) -> None:
    assert count(number, "copy", "copies") == words


def test_a_value_that_json_does_not_have_becomes_what_the_limits_say() -> None:
    limits = JsonLimits(precision="milliseconds", not_finite=str, deepest=2, too_deep="deeper")
    value = MappingProxyType({1: (MOMENT, math.inf), "deep": [[1]], "same": [None, True, 1.5, "é"]})
    found = json_value(value, limits)
    assert found == {
        "1": ["2026-02-20T10:00:07.123Z", "inf"],
        "deep": ["deeper"],
        "same": [None, True, 1.5, "é"],
    }
    assert json.loads(json.dumps(found)) == found


@given(json_values)
def test_json_is_the_same_value_however_it_is_written(value: Any) -> None:
    kept = sanitize_json(value)
    for written in (compact_json(kept), readable_json(kept), readable_json(kept, indent=2)):
        assert json.loads(written) == kept


def test_text_is_not_quoted_among_values() -> None:
    assert [json_or_text(value) for value in ("é", {"é": 1}, [MOMENT])] == [
        "é",
        '{"é": 1}',
        '["2026-02-20 10:00:07.123999"]',
    ]
