"""Unexpected errors of programs' calls in the log: the code that failed, never what it was working on."""

import json

from chatdata.services.programs.failures import places_of

SECRET = "canaryword"


def read(text: str) -> None:
    try:
        json.loads(text)
    except ValueError as error:
        raise RuntimeError(f"can't read {text}") from error


def test_types_and_lines_of_code_are_named_and_no_message() -> None:
    try:
        read(SECRET)
    except RuntimeError as error:
        said = places_of(error)
    assert SECRET not in said
    assert said.startswith("RuntimeError\n")
    assert "caused by JSONDecodeError\n" in said
    assert "in read" in said


def test_errors_that_cause_each_other_end() -> None:
    one, two = ValueError(SECRET), KeyError(SECRET)
    one.__cause__, two.__cause__ = two, one
    assert places_of(one).count("caused by") == 9
