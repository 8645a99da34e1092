"""The one value that the rules give: a part of a text that says too much."""

from typing import Literal, NamedTuple

Kind = Literal["email", "phone", "card", "iban", "id number", "ip", "token", "secret", "login", "name", "user"]
"""What a part of a text is, as its stand-in says."""


class Span(NamedTuple):
    """A part of a text."""

    start: int
    end: int
    kind: Kind
    value: str
    """What makes two spellings one."""


class Found(NamedTuple):
    """A part of a text to replace, and how it was found."""

    start: int
    end: int
    kind: Kind
    value: str
    depth: int
    """How many levels of escapes it was under: what a deeper look says is right."""


def lower(text: str) -> str:
    """In small letters, each in its place: letters whose small form is longer stay."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(map(_lower_of, text))


def _lower_of(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character
