"""Values recognized by their key in an object: user IDs, phone numbers and credentials."""

import re
from collections.abc import Iterator
from functools import lru_cache

from chatdata.domain.redaction.key_names import Strength, names_phone, names_secret
from chatdata.domain.redaction.people import is_user_key
from chatdata.domain.redaction.secrets import is_secret
from chatdata.domain.redaction.spans import Kind, Span
from chatdata.domain.text import CONTROL_CHARACTERS

_PAIR = re.compile(
    r'"((?>[^"\\\x1f\n]{1,64}(?=")|(?:[^"\\\x1f\n]|[\\\x1f].){1,64}))"\s{0,4}:\s{0,4}'
    r'(?:"((?>[^"\\\x1f]{1,2000}(?="|\Z)|(?:[^"\\\x1f]|[\\\x1f].){1,2000}))(?:"|\Z)|(-?\d{3,40})(?![\d.eE]))',
    re.DOTALL,
)
_PHONE_DIGITS, _LONGEST_PHONE = 6, 40


def kind_by_key(key: object, written: str) -> Kind | None:
    """Returns the kind of data that a key says its whole value is, or None."""
    if not isinstance(key, str) or not written:
        return None
    user, strength, phone = _key_meaning(key)
    if user:
        return "user"
    if strength and is_secret(CONTROL_CHARACTERS.sub("", written), strength == "strong", quoted=True):
        return "secret"
    if phone and sum(map(str.isdigit, written)) >= _PHONE_DIGITS and len(written) < _LONGEST_PHONE:
        return "phone"
    return None


def tells(key: str) -> bool:
    """Returns whether a key says anything about its value, so that `kind_by_key` may return a kind."""
    return any(_key_meaning(key))


@lru_cache(maxsize=4096)
def _key_meaning(key: str) -> tuple[bool, Strength | None, bool]:
    return is_user_key(key), names_secret(key), names_phone(key)


def value_of(kind: Kind, written: str) -> str:
    """Returns the value in a form that is equal for all spellings of it."""
    if kind == "phone":
        return re.sub(r"\D", "", written)
    return written if kind == "secret" else written.casefold()


def pairs(text: str) -> Iterator[Span]:
    """Yields the values in JSON text that are recognized by their key."""
    if '":' not in text and '" :' not in text:
        return
    for found in _PAIR.finditer(text):
        part = 2 if found[2] is not None else 3
        if kind := kind_by_key(found[1], found[part]):
            yield Span(*found.span(part), kind, value_of(kind, found[part]))
