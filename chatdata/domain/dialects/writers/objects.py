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


def parse_object(text: str) -> ParsedObject:
    """Returns the JSON object of a text. Raises nothing: any other text is a result without a value."""
    parser = _Parser()
    try:
        value = json.loads(
            text,
            object_pairs_hook=parser.pairs,
            parse_float=parser.number,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError):
        return ParsedObject(None, "they are not JSON")
    if not isinstance(value, dict):
        return ParsedObject(None, f"they are JSON, but {_TYPE_NAMES[type(value)]}")
    if _is_deep(value):
        return ParsedObject(None, f"they are nested deeper than {_DEEPEST} levels")
    return ParsedObject(value, parser.problem)


_TYPE_NAMES: dict[type, str] = {
    list: "a list",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


class _Parser:
    """The hooks of one parsing, which note what the parsed value can't hold."""

    def __init__(self) -> None:
        self.problem = ""

    def pairs(self, items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) < len(items):
            self.problem = "a key occurs twice, and only its last value is written"
        return made

    def number(self, text: str) -> float:
        value = float(text)
        if math.isinf(value):
            raise ValueError
        if not _is_exact(text, value):
            self.problem = "a number has more digits than are written"
        return value


def _is_exact(text: str, value: float) -> bool:
    try:
        return Decimal(text) == Decimal(repr(value))
    except ArithmeticError:  # an exponent that no Decimal holds
        return False


def _no_constant(_name: str) -> NoReturn:
    raise ValueError


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
