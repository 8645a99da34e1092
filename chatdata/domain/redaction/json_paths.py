"""The positions of strings and numbers in JSON text, so that replacing parts of it keeps it valid."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from chatdata.domain.redaction.spans import Found

_ATOMS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^\s"{}\[\],:]+', re.DOTALL)
_JSON = json.JSONDecoder(strict=False)
_BEGINS = frozenset('{["-0123456789')


class JsonPlaces:
    """The strings, numbers and bare words of a JSON text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._atoms = [found.span() for found in _ATOMS.finditer(text)]
        self._starts = [start for start, _ in self._atoms]

    @classmethod
    def of(cls, text: str) -> "JsonPlaces | None":
        """Returns the places of a JSON text, or None for any other text."""
        if text.lstrip()[:1] not in _BEGINS:
            return None
        try:
            _JSON.decode(text)
        except (ValueError, RecursionError):
            return None
        return cls(text)

    def is_bare(self, place: int) -> bool:
        """Returns whether the place belongs to a number or word without quotes."""
        return self._text[self._atoms[self._at(place)][0]] != '"'

    def fitted(self, parts: Iterable[Found]) -> Iterator[Found]:
        """Yields the parts limited to the insides of strings; a part of a bare number becomes the whole number."""
        following = 0
        for part in parts:
            for index in range(max(self._at(part.start), following), len(self._atoms)):
                start, end = self._atoms[index]
                if start >= part.end:
                    break
                if self._text[start] == '"':
                    first, last = max(part.start, start + 1), min(part.end, end - 1)
                elif self._text[start] in "-0123456789" and part.start < end:
                    first, last, following = start, end, index + 1
                else:
                    continue
                if first < last:
                    yield part._replace(start=first, end=last)

    def _at(self, place: int) -> int:
        return max(bisect_right(self._starts, place) - 1, 0)
