"""Masking: what names a person or lets somebody in becomes a stand-in, in any text or JSON value.

The same value gets the same stand-in wherever it stands and however it is written; different texts stay different. What
two copies may differ in without drift (control characters, keys in another order, 1 and 1.0) stays without drift.
"""

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, cast

from chatdata.domain.redaction.addresses import emails, ips, urls
from chatdata.domain.redaction.json_paths import JsonPlaces
from chatdata.domain.redaction.labelled_values import kind_by_key, pairs, value_of
from chatdata.domain.redaction.normalize import Layer, layers
from chatdata.domain.redaction.numbers import numbers
from chatdata.domain.redaction.people import NameFinder, People
from chatdata.domain.redaction.pseudonyms import Keyed
from chatdata.domain.redaction.secrets import given, tokens
from chatdata.domain.redaction.spans import Found, Kind, Span
from chatdata.domain.text import CONTROL_CHARACTERS, compact_json

_STAND_IN = re.compile(
    r"\[(?:email|phone|card|iban|id number|ip|token|secret|login|name|user) [b-t]{16}(?:~[b-t]{6})?\]"
)
_ORDER: tuple[Kind, ...] = (
    *("secret", "email", "card", "iban", "token", "login", "phone", "id number", "ip", "user", "name"),
)
"""Which rule is right where two find the same part."""
_LARGEST_NUMBER = 10**40


class Masker:
    """Masks under one key. Remembers each text, since the copies of a session say the same twice."""

    def __init__(self, key: bytes, people: People = People()) -> None:  # noqa: B008 -- a frozen value
        self.keyed = Keyed(key)
        self.replaced: Counter[Kind] = Counter()
        """How many replacements were made, by kind."""
        self._people = NameFinder(people)
        self._known: dict[str, tuple[str, tuple[Kind, ...]]] = {}

    def text(self, text: str, *, counted: bool = True) -> str:
        """The text with stand-ins; JSON stays JSON."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._masked(text)
        if counted:
            self.replaced.update(known[1])
        return known[0]

    def whole(self, kind: Kind, text: str, *, counted: bool = True) -> str:
        """A stand-in for all of a text; control characters, in which copies may differ, stay behind it."""
        plain = CONTROL_CHARACTERS.sub("", text)
        if not plain or _STAND_IN.fullmatch(plain):
            return text
        if counted:
            self.replaced[kind] += 1
        controls = "".join(CONTROL_CHARACTERS.findall(text))
        return self.keyed.stand_in(kind, value_of(kind, plain), plain) + controls

    def value(self, value: Any, *, counted: bool = True) -> Any:
        """A JSON value with stand-ins in its strings, numbers and keys. Without recursion, as it can be deep."""
        root: list[Any] = []
        pending: list[tuple[Any, Any, Any]] = [(value, None, root.append)]
        while pending:
            item, key, put = pending.pop()
            if isinstance(item, dict | Mapping):
                named: dict[Any, Any] = {}
                put(named)
                for name, inner in item.items():
                    masked = self.text(name, counted=counted) if isinstance(name, str) else name
                    named[masked] = None
                    pending.append((inner, name, partial(named.__setitem__, masked)))
            elif isinstance(item, list | tuple):
                items: list[Any] = [None] * len(item)
                put(items)
                pending += [(inner, key, partial(items.__setitem__, index)) for index, inner in enumerate(item)]
            else:
                put(self._leaf(item, key, counted=counted))
        return root[0]

    def _leaf(self, item: Any, key: Any, *, counted: bool) -> Any:
        if isinstance(item, str):
            kind = kind_by_key(key, item)
            return self.whole(kind, item, counted=counted) if kind else self.text(item, counted=counted)
        if isinstance(item, bool) or not isinstance(item, int | float):
            return item
        if isinstance(item, float) and (abs(item) >= _LARGEST_NUMBER or not item.is_integer()):
            return item
        written = str(int(item))
        if kind := kind_by_key(key, written):
            return self.whole(kind, written, counted=counted)
        found = self._found(written, layers(written))
        if len(found) == 1 and (found[0].start, found[0].end) == (
            len(written) - len(written.lstrip("-")),
            len(written),
        ):
            return self.text(written, counted=counted)
        return item

    def _masked(self, text: str) -> tuple[str, tuple[Kind, ...]]:
        plain = CONTROL_CHARACTERS.sub("", text)
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
            stand_in = self.keyed.stand_in(part.kind, part.value, plain[part.start : part.end])
            out += [text[at:start], quote, stand_in, quote, *CONTROL_CHARACTERS.findall(text[start:end])]
            at = end
        return "".join(out) + text[at:], tuple(part.kind for part in found)

    def _found(self, plain: str, through: list[Layer]) -> list[Found]:
        """What to replace in a text without control characters, in order and apart from each other."""
        found = [
            Found(*_in_base(through, depth, span), span.kind, CONTROL_CHARACTERS.sub("", span.value), depth)
            for depth, layer in enumerate(through)
            for span in self._spans(layer.text)
        ]
        taken = [match.span() for match in _STAND_IN.finditer(plain)] if "[" in plain else []
        free = [part for part in found if part.start < part.end and not _is_inside(taken, part)]
        return list(_apart(free, plain))

    def _spans(self, text: str) -> Iterator[Span]:
        return chain(
            emails(text),
            ips(text),
            urls(text),
            numbers(text),
            tokens(text),
            given(text),
            pairs(text),
            self._people(text),
        )


def _outer(base: Layer, start: int, end: int) -> tuple[int, int]:
    """A range of the text without control characters as one of the text."""
    return (start, end) if base.parent is None else base.outer(start, end)


def _in_base(through: list[Layer], depth: int, span: Span) -> tuple[int, int]:
    """A span of one layer as a range of the first."""
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


def _is_inside(taken: list[tuple[int, int]], part: Found) -> bool:
    """Whether a part is in one of the stand-ins that the text has already."""
    at = bisect_right(taken, (part.start, part.start + (1 << 62))) - 1
    return at >= 0 and part.end <= taken[at][1]


def _apart(found: Iterable[Found], text: str) -> Iterator[Found]:
    """Overlapping parts as one."""
    cluster: list[Found] = []
    end = 0
    for part in sorted(found):
        if cluster and part.start >= end:
            yield _one(cluster, text)
            cluster = []
        cluster.append(part)
        end = max(end, part.end)
    if cluster:
        yield _one(cluster, text)


def _one(cluster: list[Found], text: str) -> Found:
    start, end = cluster[0].start, max(part.end for part in cluster)
    covering = [part for part in cluster if (part.start, part.end) == (start, end)]
    if covering:
        return min(covering, key=lambda part: (-part.depth, _ORDER.index(part.kind)))
    longest = max(cluster, key=lambda part: part.end - part.start)
    return Found(start, end, longest.kind, text[start:end], 0)


def json_text(mask: Masker, text: str, *, counted: bool = True) -> str:
    """JSON text in a place where it counts as what it says: the same stand-ins as the parsed value has."""
    try:
        parsed = json.loads(text)
        return compact_json(mask.value(parsed, counted=counted))
    except (ValueError, RecursionError):
        return mask.text(text, counted=counted)
