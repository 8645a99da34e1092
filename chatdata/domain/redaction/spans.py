"""The result of all rules: a part of a text to replace."""

from typing import Literal, NamedTuple

Kind = Literal["email", "phone", "card", "iban", "id number", "ip", "token", "secret", "login", "name", "user"]
"""The kind of data that a part of a text is; its placeholder names it."""


class Span(NamedTuple):
    """A part of a text that a rule found."""

    start: int
    end: int
    kind: Kind
    value: str
    """The value in a form that is equal for all spellings of it."""


class Found(NamedTuple):
    """A part of a text to replace, and the layer in which it was found."""

    start: int
    end: int
    kind: Kind
    value: str
    depth: int
    """The index of the layer; where parts cover the same range, the deepest layer decides."""


def lower(text: str) -> str:
    """Returns the text in lower case with unchanged positions: letters with a longer lower-case form stay."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(map(_lower_of, text))


def _lower_of(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character
