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
