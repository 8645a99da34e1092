"""Validates single fields of a conversation: each function returns the value or raises InvalidConversation."""

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, TypeVar

from chatdata.domain.dialects.values import InvalidConversation
from chatdata.domain.messages import in_utc

_LONGEST_KEY = 40
_MILLISECONDS_FROM = 10**11
"""Unix times from this value on are milliseconds: as seconds it would be in the year 5138."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTS = re.compile("usage|tokens|token_?count|eval_count", re.IGNORECASE)
"""Keys of token counts, and of objects that hold them."""
_Found = TypeVar("_Found")


class NotANumber(ValueError):
    """Raised for NaN and infinite numbers, which the stores' JSON can't hold."""


class RepeatedKeys(dict[str, Any]):
    """An object that had a key several times: it holds the last value of each, as every parser does."""

    lost: tuple[tuple[str, Any], ...] = ()
    """The keys and values that later ones replaced."""
    repeats: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """The keys that occur several times, with their positions among all keys of the object, from 1."""


def strict_loads(text: str) -> Any:
    """Parses JSON that both stores can hold; a count of tokens that is no finite number is one that is unknown.

    Raises ValueError (NotANumber is one) and RecursionError.
    """
    return _decoded(lambda decoder: decoder.decode(text), lambda value: value)


def _no_number(name: str) -> NoReturn:
    raise NotANumber(f"not JSON that can be stored: {name}")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        _no_number("a number too large")
    return number


def with_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs, which remembers the keys that occur several times; for `object_pairs_hook`."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeated = RepeatedKeys(found)
    places: dict[str, list[int]] = {}
    for index, (key, _) in enumerate(pairs):
        places.setdefault(key, []).append(index)
    repeated.lost = tuple(
        (key, value) for index, (key, value) in enumerate(pairs) if index != places[key][-1] and value != found[key]
    )
    repeated.repeats = tuple((key, tuple(at + 1 for at in held)) for key, held in places.items() if len(held) > 1)
    return repeated


_DECODER = json.JSONDecoder(
    strict=False, parse_constant=_no_number, parse_float=_finite, object_pairs_hook=with_repeats
)
_ANY_NUMBER = json.JSONDecoder(strict=False, object_pairs_hook=with_repeats)


def decode_from(text: str, position: int) -> tuple[Any, int]:
    """The JSON value at a position, and the position where it ends. Raises ValueError and RecursionError."""
    return _decoded(lambda decoder: decoder.raw_decode(text, position), lambda found: found[0])


def _decoded(decode: Callable[[json.JSONDecoder], _Found], value_in: Callable[[_Found], object]) -> _Found:
    try:
        return decode(_DECODER)
    except NotANumber:
        found = decode(_ANY_NUMBER)
        if not _only_counts(value_in(found)):
            raise
        return found


def _only_counts(value: object) -> bool:
    """Whether all numbers of a value that are not finite are counts of tokens, which are unknown then."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, float) and not math.isfinite(item):
            return False
        if isinstance(item, list):
            pending += item
        elif isinstance(item, dict):
            pending += [inner for key, inner in item.items() if not _COUNTS.search(key)]
    return True


def optional_text(value: object, where: str) -> str | None:
    """The value if it is text or null."""
    if value is None or isinstance(value, str):
        return value
    raise InvalidConversation(f"{where} should be text or null")


def moment(value: object, where: str) -> datetime | None:
    """The UTC time of ISO 8601 text, Unix seconds or Unix milliseconds; None for null."""
    if value is None:
        return None
    try:
        if isinstance(value, str):
            return in_utc(datetime.fromisoformat(value.strip()))
        if isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
            return _EPOCH + timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        pass
    raise InvalidConversation(f"{where} should be a time, in ISO 8601 or Unix seconds")


def mapping(value: object, where: str) -> dict[str, Any]:
    """The value if it is an object; an empty dict for null."""
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise InvalidConversation(f"{where} should be an object")


def tool_calls(value: object, where: str) -> list[Any] | None:
    """The list of calls, whose items are not validated; JSON inside a JSON string, by older writers, is parsed."""
    value = _unpacked(value, where)
    if value is None or isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [value]
    raise InvalidConversation(f"{where} should be a list of calls")


def function_call(value: object, where: str) -> dict[str, Any] | None:
    """The value if it is an object or null; JSON inside a JSON string, by older writers, is parsed."""
    value = _unpacked(value, where)
    if value is None or isinstance(value, dict):
        return value
    raise InvalidConversation(f"{where} should be an object")


def _unpacked(value: object, where: str) -> object:
    while isinstance(value, str):
        try:
            value = strict_loads(value) if value else None
        except ValueError:
            raise InvalidConversation(f"{where} is text that isn't JSON") from None
    return value


def is_empty(value: object) -> bool:
    """Whether a value says nothing: null, false, or empty."""
    return value is None or value is False or value in ("", [], {})


def shown_key(key: str) -> str:
    """A key of the file as text for a sentence: shortened, and quoted as ASCII unless it is an identifier."""
    if len(key) <= _LONGEST_KEY and key.isidentifier():  # as nearly all keys are
        return key
    short = key[:_LONGEST_KEY]
    return (short if short.isidentifier() else ascii(short)) + ("…" if len(key) > _LONGEST_KEY else "")
