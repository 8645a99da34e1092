"""Stand-ins: what is shown in place of a value, the same for the same value and key, telling nothing of it.

A stand-in is made of letters only, so that no rule takes one for a number, a token or an address.
"""

import hmac
from hashlib import sha256

_LETTERS = "bcdfghjklmnpqrst"
"""One for each half byte; without vowels there are no words."""
_WHOLE, _SPELLING = 8, 3
"""Bytes of a digest: 64 bits keep a million values apart, 24 bits the spellings of one value."""


class Keyed:
    """Stand-ins under one key."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("a key of 16 bytes or more is needed")
        self._hmac = hmac.new(key, digestmod=sha256)

    def digest(self, kind: str, value: str, length: int = _WHOLE) -> str:
        """Letters for a value of a kind, two for each byte."""
        keyed = self._hmac.copy()
        keyed.update(f"{kind}\0{value}".encode("utf-8", "surrogatepass"))
        return "".join(_LETTERS[byte >> 4] + _LETTERS[byte & 15] for byte in keyed.digest()[:length])

    def stand_in(self, kind: str, value: str, spelled: str) -> str:
        """As "[email bcdfghjklmnpqrst]"; with "~dfghjk" behind it where the value is spelled in another way.

        `value` is what makes two spellings one (an address in lower case, the digits of a number). The mark
        keeps a difference in spelling a difference.
        """
        mark = "" if spelled == value else "~" + self.digest(f"spelled {kind}", spelled, _SPELLING)
        return f"[{kind} {self.digest(kind, value)}{mark}]"
