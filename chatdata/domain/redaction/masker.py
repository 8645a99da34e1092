"""Masking: replaces personal data and credentials with placeholders in any text or JSON value.

A value gets the same placeholder wherever it occurs and however it is written, and different texts stay different.
Differences that are not drift (control characters, the order of keys, 1 and 1.0) are not drift after masking either.
"""

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, cast

from chatdata.domain.redaction.addresses import emails, ips, urls
from chatdata.domain.redaction.json_paths import JsonPlaces
from chatdata.domain.redaction.labelled_values import kind_by_key, pairs, tells, value_of
from chatdata.domain.redaction.normalize import Layer, layers, without_controls
from chatdata.domain.redaction.numbers import numbers
from chatdata.domain.redaction.people import NameFinder, People
from chatdata.domain.redaction.pseudonyms import Pseudonymizer
from chatdata.domain.redaction.secrets import labelled_secrets, tokens
from chatdata.domain.redaction.spans import Found, Kind, Span
from chatdata.domain.text import CONTROL_CHARACTERS, compact_json

_PLACEHOLDER = re.compile(
    r"\[(?:email|phone|card|iban|id number|ip|token|secret|login|name|user) [b-t]{16}(?:~[b-t]{6})?\]"
)
_ORDER: tuple[Kind, ...] = (
    *("secret", "email", "card", "iban", "token", "login", "phone", "id number", "ip", "user", "name"),
)
"""The priority of the kinds where two rules find the same part."""
_LARGEST_NUMBER = 10**40
_MOST_PASSES = 5
_SCALARS, _LISTS = (str, int, float), (list, tuple)
_Keys = tuple[list[Any], list[str | None], list[Kind]]
_Opened = tuple[Any, Iterator[tuple[Any, Any, Any]]]


class Masker:
    """Masks with one key; caches each text, since both copies of a session have mostly the same texts."""

    def __init__(self, key: bytes, people: People = People()) -> None:  # noqa: B008 -- a frozen value
        self.keyed = Pseudonymizer(key)
        self.replaced: Counter[Kind] = Counter()
        """The number of replacements by kind."""
        self._people = NameFinder(people)
        self._known: dict[str, tuple[str, tuple[Kind, ...]]] = {}
        self._known_keys: dict[tuple[Any, ...], _Keys] = {}
        self._known_numbers: dict[str, bool] = {}

    def text(self, text: str, *, counted: bool = True) -> str:
        """Returns the text with placeholders; JSON text stays valid JSON."""
        masked, kinds = self._known.get(text) or self._known_text(text)
        if counted and kinds:
            self.replaced.update(kinds)
        return masked

    def _known_text(self, text: str) -> tuple[str, tuple[Kind, ...]]:
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._masked(text)
        return known

    def whole(self, kind: Kind, text: str, *, counted: bool = True) -> str:
        """Returns a placeholder for a whole text, followed by its control characters, in which copies may differ."""
        plain = CONTROL_CHARACTERS.sub("", text)
        if not plain or _PLACEHOLDER.fullmatch(plain):
            return text
        if counted:
            self.replaced[kind] += 1
        controls = "".join(CONTROL_CHARACTERS.findall(text))
        return self.keyed.placeholder(kind, value_of(kind, plain), plain) + controls

    def value(self, value: Any, *, counted: bool = True) -> Any:
        """Returns a JSON value with placeholders in its strings, numbers and keys; deep nesting needs no recursion."""
        opened = self._opened(value, None, counted=counted)
        if opened is None:
            return self._leaf(value, None, counted=counted)
        pending = [opened]
        while pending:
            made, inside = pending[-1]
            for place, key, item in inside:
                if isinstance(item, str):
                    made[place] = self._string(item, key, counted=counted)
                elif (inner := self._opened(item, key, counted=counted)) is None:
                    made[place] = self._leaf(item, key, counted=counted)
                else:
                    made[place] = inner[0]
                    pending.append(inner)
                    break
            else:
                pending.pop()
        return opened[0]

    def _opened(self, item: Any, key: Any, *, counted: bool) -> _Opened | None:
        """Returns an object or list to fill, with the places, keys and values to fill in; None for other values."""
        if item is None or isinstance(item, _SCALARS):
            return None
        if isinstance(item, _LISTS):
            last = len(item) - 1
            return [None] * len(item), ((last - at, key, inner) for at, inner in enumerate(reversed(item)))
        if not isinstance(item, dict) and not isinstance(item, Mapping):
            return None
        names, telling, kinds = self._keys(tuple(item))
        if counted and kinds:
            self.replaced.update(kinds)
        values = reversed(list(item.values()))
        return dict.fromkeys(names), zip(reversed(names), reversed(telling), values, strict=True)

    def _keys(self, keys: tuple[Any, ...]) -> _Keys:
        """Returns the masked keys of an object, those keys that tell anything about their values, and what was found.

        Most objects of a conversation have the keys of many others.
        """
        known = self._known_keys.get(keys)
        if known is None:
            known = [], [], []
            for key in keys:
                masked, kinds = self._known_text(key) if isinstance(key, str) else (key, ())
                known[0].append(masked)
                known[1].append(key if isinstance(key, str) and tells(key) else None)
                known[2].extend(kinds)
            if all(isinstance(key, str) for key in keys):  # 1 and True are equal keys
                self._known_keys[keys] = known
        return known

    def _string(self, text: str, key: Any, *, counted: bool) -> str:
        kind = None if key is None else kind_by_key(key, text)
        return self.whole(kind, text, counted=counted) if kind else self.text(text, counted=counted)

    def _leaf(self, item: Any, key: Any, *, counted: bool) -> Any:
        if isinstance(item, str):
            return self._string(item, key, counted=counted)
        if isinstance(item, bool) or not isinstance(item, int | float):
            return item
        if isinstance(item, float) and (abs(item) >= _LARGEST_NUMBER or not item.is_integer()):
            return item
        written = str(int(item))
        if kind := kind_by_key(key, written):
            return self.whole(kind, written, counted=counted)
        return self.text(written, counted=counted) if self._is_found_whole(written) else item

    def _is_found_whole(self, number: str) -> bool:
        known = self._known_numbers.get(number)
        if known is None:
            found = self._found(number, layers(number))
            whole = len(number) - len(number.lstrip("-")), len(number)
            known = self._known_numbers[number] = len(found) == 1 and (found[0].start, found[0].end) == whole
        return known

    def _masked(self, text: str) -> tuple[str, tuple[Kind, ...]]:
        """Masks until no rule finds anything: a number may be one only once its neighbor is a placeholder."""
        kinds: tuple[Kind, ...] = ()
        for _ in range(_MOST_PASSES):
            text, found = self._masked_once(text)
            if not found:
                break
            kinds += found
        return text, kinds

    def _masked_once(self, text: str) -> tuple[str, tuple[Kind, ...]]:
        plain = without_controls(text)
        through = layers(text)
        found = self._found(plain, through)
        if not found:
            return text, ()
        places = JsonPlaces.of(plain)
        out: list[str] = []
        at = 0
        for part in found if places is None else places.fitted(found):
            start, end = _outer(through[0], part.start, part.end)
            quote = '"' if places is not None and places.is_bare(part.start) else ""
            placeholder = self.keyed.placeholder(part.kind, part.value, plain[part.start : part.end])
            out += [text[at:start], quote, placeholder, quote, *CONTROL_CHARACTERS.findall(text[start:end])]
            at = end
        return "".join(out) + text[at:], tuple(part.kind for part in found)

    def _found(self, plain: str, through: list[Layer]) -> list[Found]:
        """Returns the parts to replace in a text without control characters, in order and without overlaps."""
        found = [
            Found(*_in_base(through, depth, span), span.kind, CONTROL_CHARACTERS.sub("", span.value), depth)
            for depth, layer in enumerate(through)
            for span in self._spans(layer.text)
        ]
        if not found:
            return []
        placeholders = [match.span() for match in _PLACEHOLDER.finditer(plain)] if "[" in plain else []
        unmasked = [part for part in found if part.start < part.end and not _is_inside(placeholders, part)]
        return list(_without_overlaps(unmasked, plain))

    def _spans(self, text: str) -> Iterator[Span]:
        return chain(
            emails(text),
            ips(text),
            urls(text),
            numbers(text),
            tokens(text),
            labelled_secrets(text),
            pairs(text),
            self._people(text),
        )


def _outer(base: Layer, start: int, end: int) -> tuple[int, int]:
    """Converts a range of the text without control characters to a range of the original text."""
    return (start, end) if base.parent is None else base.outer(start, end)


def _in_base(through: list[Layer], depth: int, span: Span) -> tuple[int, int]:
    """Converts a span of one layer to a range of the first layer."""
    layer = through[depth]
    start, end = span.start, span.end
    if depth + 1 < len(through):
        deeper = through[depth + 1]
        while deeper.parent is not layer:
            deeper = cast("Layer", deeper.parent)
        start, end = deeper.unsplit(start, end)
    while layer is not through[0] and start < end:
        start, end = layer.outer(start, end)
        layer = cast("Layer", layer.parent)
    return start, end


def _is_inside(placeholders: list[tuple[int, int]], part: Found) -> bool:
    """Returns whether a part lies within a placeholder that the text already has."""
    at = bisect_right(placeholders, (part.start, part.start + (1 << 62))) - 1
    return at >= 0 and part.end <= placeholders[at][1]


def _without_overlaps(found: Iterable[Found], text: str) -> Iterator[Found]:
    """Yields the parts with overlapping ones merged."""
    cluster: list[Found] = []
    end = 0
    for part in sorted(found):
        if cluster and part.start >= end:
            yield _merged_part(cluster, text)
            cluster = []
        cluster.append(part)
        end = max(end, part.end)
    if cluster:
        yield _merged_part(cluster, text)


def _merged_part(cluster: list[Found], text: str) -> Found:
    if len(cluster) == 1:
        return cluster[0]
    start, end = cluster[0].start, max(part.end for part in cluster)
    covering = [part for part in cluster if (part.start, part.end) == (start, end)]
    if covering:
        return min(covering, key=lambda part: (-part.depth, _ORDER.index(part.kind)))
    longest = max(cluster, key=lambda part: part.end - part.start)
    return Found(start, end, longest.kind, text[start:end], 0)


def json_text(mask: Masker, text: str, *, counted: bool = True) -> str:
    """Returns JSON text with the same placeholders as its parsed value; other text is masked as text."""
    try:
        parsed = json.loads(text)
        return compact_json(mask.value(parsed, counted=counted))
    except (ValueError, RecursionError):
        return mask.text(text, counted=counted)
