"""Parses the JSON objects that APIs want instead of text, and says where parsing loses something."""

import json
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

_DEEPEST = 100
"""Levels of nesting; protocol buffers, in which Gemini holds objects, refuse more."""


@dataclass(frozen=True, slots=True)
class ParsedObject:
    """The object in a text, or why there is none."""

    value: dict[str, Any] | None
    problem: str = ""
    """Why there is no object, or what parsing altered; empty for an exact object."""


class _Altered(Exception):
    """Raised where parsing would lose something; the message says what."""


def parse_object(text: str) -> ParsedObject:
    """Returns the JSON object of a text. Raises nothing: any other text is a result without a value."""
    problem = ""
    try:
        try:
            value = _EXACT.decode(text)
        except _Altered as altered:
            problem, value = str(altered), _LENIENT.decode(text)
    except (ValueError, RecursionError):
        return ParsedObject(None, "they are not JSON")
    if not isinstance(value, dict):
        return ParsedObject(None, f"they are JSON, but {_TYPE_NAMES[type(value)]}")
    if _is_deep(value):
        return ParsedObject(None, f"they are nested deeper than {_DEEPEST} levels")
    return ParsedObject(value, problem)


_TYPE_NAMES: dict[type, str] = {
    list: "a list",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


def _pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(items)
    if len(made) < len(items):
        raise _Altered("a key occurs twice, and only its last value is written")
    return made


def _exact_number(text: str) -> float:
    value = _finite_number(text)
    if not _is_exact(text, value):
        raise _Altered("a number has more digits than are written")
    return value


def _finite_number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError
    return value


def _is_exact(text: str, value: float) -> bool:
    try:
        return Decimal(text) == Decimal(repr(value))
    except ArithmeticError:  # an exponent that no Decimal holds
        return False


def _no_constant(_name: str) -> NoReturn:
    raise ValueError


_EXACT = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=_exact_number, parse_constant=_no_constant)
_LENIENT = json.JSONDecoder(parse_float=_finite_number, parse_constant=_no_constant)


def _is_deep(value: object) -> bool:
    level: list[object] = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True
