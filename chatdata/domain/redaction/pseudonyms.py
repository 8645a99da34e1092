"""Placeholders that replace a value: equal for equal values under one key, and revealing nothing about the value.

A placeholder's digest has letters only, so that no rule mistakes it for a number, a token or an address.
"""

import hmac
from hashlib import sha256

_LETTERS = "bcdfghjklmnpqrst"
"""One letter per half byte; without vowels, no digest is a word."""
_LETTER_OF_HEX = str.maketrans("0123456789abcdef", _LETTERS)
_WHOLE, _SPELLING = 8, 3
"""The bytes of a digest: 64 bits distinguish a million values, 24 bits the spellings of one value."""


class Pseudonymizer:
    """Makes placeholders with one key."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("a key of 16 bytes or more is needed")
        self._hmac = hmac.new(key, digestmod=sha256)

    def digest(self, kind: str, value: str, length: int = _WHOLE) -> str:
        """Returns the letters of a value's keyed digest, two per byte; the kind is part of the digest."""
        keyed = self._hmac.copy()
        keyed.update(f"{kind}\0{value}".encode("utf-8", "surrogatepass"))
        return keyed.digest()[:length].hex().translate(_LETTER_OF_HEX)

    def placeholder(self, kind: str, value: str, spelled: str) -> str:
        """Returns "[email bcdfghjklmnpqrst]", with "~dfghjk" before the bracket where `spelled` differs from `value`.

        `value` is the form that is equal for all spellings (an address in lower case, the digits of a number). The
        mark after "~" keeps different spellings different.
        """
        mark = "" if spelled == value else "~" + self.digest(f"spelled {kind}", spelled, _SPELLING)
        return f"[{kind} {self.digest(kind, value)}{mark}]"
