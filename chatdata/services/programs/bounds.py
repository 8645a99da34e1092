"""Keeps answers short: long texts and lists are cut, and a pointer says where the rest is.

The rest is asked for with the same question, its `pointer` and an `offset`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from chatdata.services.programs.questions import BadQuestion

_VALUE = 8
"""What a value weighs beside its characters, so that an answer of very many small values ends too."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long an answer may be."""

    text: int
    """Characters of one text."""
    items: int
    """Items of one list; an object may have five times as many keys."""
    total: int
    """Characters of all texts and keys."""


@dataclass(slots=True)
class _Room:
    left: int

    def take(self, characters: int) -> None:
        self.left -= characters + _VALUE


def bounded(document: Any, bounds: Bounds, at: str = "") -> tuple[Any, list[dict[str, Any]]]:
    """The document with its texts and lists cut, and what was cut: {"pointer", "type", "length", "shown"}."""
    cuts: list[dict[str, Any]] = []
    return _cut(document, at, bounds, _Room(bounds.total), cuts), cuts


def rest_of(document: Any, pointer: str, offset: int, bounds: Bounds) -> dict[str, Any]:
    """A value of the document from an offset on: {"pointer", "offset", "length", "next", "value", "truncated"}.

    An object is given as a list of {"key", "value"}. `next` is the offset of what follows, or null. Raises BadQuestion
    for a pointer that leads nowhere.
    """
    value = _at(document, pointer)
    cuts: list[dict[str, Any]] = []
    shown: Any
    if isinstance(value, str):
        shown = value[offset : offset + bounds.text]
    elif isinstance(value, list | dict):
        shown = _items(value, pointer, offset, bounds, cuts)
    else:
        return {"pointer": pointer, "offset": 0, "length": 1, "next": None, "value": value, "truncated": []}
    after = offset + len(shown)
    return {
        "pointer": pointer,
        "offset": offset,
        "length": len(value),
        "next": after if shown and after < len(value) else None,
        "value": shown,
        "truncated": cuts,
    }


def _items(
    value: list[Any] | dict[str, Any], pointer: str, offset: int, bounds: Bounds, cuts: list[dict[str, Any]]
) -> list[Any]:
    """The items of a list, or the keys and values of an object, from an offset on."""
    room, shown = _Room(bounds.total), []
    pairs: Iterable[tuple[int | str, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in islice(pairs, offset, offset + bounds.items):
        if room.left <= 0:
            break
        kept = _cut(item, f"{pointer}/{_escaped(str(key))}", bounds, room, cuts)
        shown.append({"key": key[: bounds.text], "value": kept} if isinstance(key, str) else kept)
    return shown


def _cut(value: Any, at: str, bounds: Bounds, room: _Room, cuts: list[dict[str, Any]]) -> Any:
    if isinstance(value, str):
        shown = value[: max(0, min(bounds.text, room.left))]
        room.take(len(shown))
        if len(shown) < len(value):
            cuts.append({"pointer": at, "type": "text", "length": len(value), "shown": len(shown)})
        return shown
    if isinstance(value, list):
        kept = [_cut(item, f"{at}/{index}", bounds, room, cuts) for index, item in _few(value, bounds.items, room)]
        _note(cuts, at, "list", len(value), len(kept))
        return kept
    if isinstance(value, dict):
        named = {
            key: _cut(item, f"{at}/{_escaped(key)}", bounds, room, cuts)
            for _, (key, item) in _few(list(value.items()), 5 * bounds.items, room)
            if len(key) <= bounds.text
        }
        _note(cuts, at, "object", len(value), len(named))
        return named
    room.take(0)
    return value


def _few(values: list[Any], most: int, room: _Room) -> Iterator[tuple[int, Any]]:
    for index, value in enumerate(islice(values, most)):
        if room.left <= 0:
            return
        room.take(len(value[0]) if isinstance(value, tuple) else 0)
        yield index, value


def _note(cuts: list[dict[str, Any]], at: str, kind: str, length: int, shown: int) -> None:
    if shown < length:
        cuts.append({"pointer": at, "type": kind, "length": length, "shown": shown})


def _at(document: Any, pointer: str) -> Any:
    """The value that a pointer (RFC 6901) leads to. Raises BadQuestion."""
    value = document
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif (
            isinstance(value, list) and name.isascii() and name.isdigit() and len(name) < 10 and int(name) < len(value)
        ):
            value = value[int(name)]
        else:
            value = _NOWHERE
            break
    if value is _NOWHERE or (pointer and not pointer.startswith("/")):
        raise BadQuestion("pointer leads to nothing in this answer. Use one from `truncated`, with the same question.")
    return value


_NOWHERE = object()


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _is_index(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 10
