"""Names and IDs of people: collected where a conversation states them, then found everywhere in it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from chatdata.domain.redaction.key_names import words_of_key
from chatdata.domain.redaction.normalize import layers
from chatdata.domain.redaction.spans import Kind, Span, lower

_OWNER = re.compile(
    r"([^\W\d_][\w'’.\-]*(?:,? [^\W\d_][\w'’.\-]*){0,3})[\"']? ?[<(\[] ?(?:mailto:)?[^\s<>@()\[\]]{1,64}\Z"
)
_LOCAL_PART = re.compile(r"(?<![\w.+-])([^\W\d_]{2,}(?:[._-][^\W\d_]{2,}){1,2})\d{0,4}\Z")
_BEFORE = 120
_LISTS = (list, tuple)
_FEW_KEYS = 32
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_COMMON = frozenset(
    """
    a an and are art as at august april bill can chase christian dawn de del der di do drew du el for frank
    gene grant guy he hope hunter in is it jack june la le les mark may my no not of on or page pat rich rob
    rose so the to united us van von we will you your admin agent assistant bot client contact customer demo
    developer email guest help hello hi info mail mr mrs ms dr office reply sales service support system
    team test tool user users anonymous imported default unknown none null root account order name first
    last full
    """.split()  # noqa: SIM905 -- one word a line says no more
)
"""Words that are never masked on their own: masking every "may" and "will" would make the text unreadable."""
_HAN = re.compile(r"[\u2e80-\ud7ff]")
Says = Literal["user", "first", "last", "name", "personal"] | None
_USER_KEYS = frozenset({"userid", "useridentifier", "ownerid", "customerid", "username", "userlogin", "accountid"})
_FIRST = frozenset({"first", "given", "firstname", "givenname", "forename", "vorname"})
_LAST = frozenset({"last", "family", "surname", "lastname", "familyname", "nachname"})
_WHOLE_NAME = frozenset({"name", "fullname", "displayname", "realname", "customername"})
_PERSONAL = frozenset({"email", "mail", "emailaddress", "phone", "phonenumber", "address", "dob", "birthday"})


@dataclass(frozen=True, slots=True)
class People:
    """Known people: user IDs and names in any of their spellings."""

    user_ids: frozenset[str] = field(default_factory=frozenset)
    names: frozenset[str] = field(default_factory=frozenset)

    def __or__(self, other: "People") -> "People":
        return People(self.user_ids | other.user_ids, self.names | other.names)


def people_in(value: Any, seen: set[str] | None = None) -> People:
    """Returns the people that a text or JSON value names: owners of addresses, and names and user IDs in objects.

    Texts in `seen` are skipped and new ones are added to it, since both copies contain mostly the same texts.
    """
    seen = set() if seen is None else seen
    user_ids: set[str] = set()
    names: set[str] = set()
    pending: list[Any] = [value]
    while pending:
        item = pending.pop()
        if item is None:
            continue
        if isinstance(item, str):
            if item not in seen:
                seen.add(item)
                names |= _owners(item)
                pending += _parsed(item)
        elif isinstance(item, _LISTS):
            pending += item
        elif isinstance(item, dict) or isinstance(item, Mapping):  # noqa: SIM101 -- asking for Mapping is slow
            labels, owners = _telling_keys(item)
            labelled = [(says, item[key]) for key, says in labels]
            if any(inner is not None for _, inner in labelled):
                user_ids |= _ids(labelled)
                names |= _names(labelled)
            pending += item.values()
            pending += owners
    return People(frozenset(user_ids), frozenset(names))


_PAIR = re.compile(r'"([A-Za-z_-]{1,40})[\x1f\\]?"\s{0,4}:\s{0,4}[\x1f\\]?"([^"\\\x1f]{1,200})')


def people_in_broken(text: str) -> People:
    """Returns the people that unreadable JSON text names, by the pairs of keys and values that are left of it."""
    found = people_in(text)
    for layer in layers(text):
        for key, written in _PAIR.findall(layer.text):
            named = _key_meaning(key) in ("name", "first", "last") and written != written.lower()
            user_ids = {written} if is_user_key(key) else ()
            found |= People(frozenset(user_ids), frozenset({written} if named else ()))
    return found


_JSON = json.JSONDecoder(strict=False)


def _parsed(text: str) -> list[Any]:
    beginning = text.lstrip()[:1]
    if beginning not in ("{", "[", '"') or len(text) < 2:
        return []
    try:
        parsed = _JSON.decode(text)
    except (ValueError, RecursionError):
        return []
    return [parsed]


def _owners(text: str) -> set[str]:
    if not _may_have_at(text):
        return set()
    return {name for layer in layers(text) if "@" in layer.text for name in _owners_in(layer.text)}


def _may_have_at(text: str) -> bool:
    """Returns whether a text has an @, its full-width form or what is in each of its escapes."""
    return "@" in text or "＠" in text or "40" in text or "64" in text or "commat" in text.lower()


def _owners_in(text: str) -> Iterator[str]:
    at = text.find("@")
    while at >= 0:
        if text[at - 1 : at].isalnum():
            yield from _owners_before(text, at)
        at = text.find("@", at + 1)


def _owners_before(text: str, at: int) -> Iterator[str]:
    """Yields whom the text before an @ names: someone before the address, and the owner in the address itself."""
    before = text[max(at - _BEFORE, 0) : at]
    if any(bracket in before for bracket in "<([") and (owner := _OWNER.search(text, at - len(before), at)):
        yield owner[1]
    local_part = before.split()[-1]
    if any(mark in local_part for mark in "._-") and (owner := _LOCAL_PART.search(text, at - len(local_part), at)):
        yield re.sub(r"[._-]", " ", owner[1])


def _telling(keys: tuple[object, ...]) -> tuple[list[tuple[str, Says]], list[str]]:
    """Returns the keys that say what their values are, and those that may be addresses with an owner."""
    texts = [key for key in keys if isinstance(key, str)]
    return [(key, says) for key in texts if (says := _key_meaning(key))], [key for key in texts if "@" in key]


_telling_of_known = lru_cache(maxsize=1024)(_telling)
"""Most objects of a conversation have the keys of many others."""


def _telling_keys(item: Mapping[Any, Any]) -> tuple[list[tuple[str, Says]], list[str]]:
    keys = tuple(item)
    return _telling_of_known(keys) if len(keys) <= _FEW_KEYS else _telling(keys)


def _ids(labelled: list[tuple[Says, Any]]) -> set[str]:
    return {
        str(inner)
        for says, inner in labelled
        if says == "user" and isinstance(inner, str | int) and not isinstance(inner, bool) and inner != ""
    }


def is_user_key(key: object) -> bool:
    """Returns whether a key says that its value is a user's ID."""
    return isinstance(key, str) and _key_meaning(key) == "user"


@lru_cache(maxsize=4096)
def _key_meaning(key: str) -> Says:
    """Returns the meaning of a value by its key, or None."""
    word = "".join(words_of_key(key))
    if word in _USER_KEYS:
        return "user"
    if word in _FIRST:
        return "first"
    if word in _LAST:
        return "last"
    if word in _WHOLE_NAME:
        return "name"
    return "personal" if word in _PERSONAL else None


def _names(labelled: list[tuple[Says, Any]]) -> set[str]:
    values = dict(labelled)
    texts = {says: inner for says, inner in values.items() if isinstance(inner, str)}
    found = {f"{texts.get('first', '')} {texts.get('last', '')}".strip()}
    if values.keys() & {"personal", "user", "first"}:
        found.add(texts.get("name", ""))
    return {name for name in found if name and "@" not in name}


class NameFinder:
    """Finds known people in a text: by the first word of each name, which is fast, then by a pattern at that place."""

    def __init__(self, people: People) -> None:
        self._at: dict[str, list[tuple[Kind, re.Pattern[str]]]] = {}
        for user_id in filter(_is_distinct, people.user_ids):
            self._add("user", user_id, "(?i:" + _bounded_pattern(re.escape(user_id)) + ")")
        for form, pattern in {form for name in people.names for form in _forms(_WORD.findall(name)[:5])}:
            self._add("name", form, pattern)

    def _add(self, kind: Kind, first: str, pattern: str) -> None:
        self._at.setdefault(lower(first), []).append((kind, re.compile(pattern)))

    def __call__(self, text: str) -> Iterator[Span]:
        lowered = lower(text) if self._at else ""
        for first, patterns in self._at.items():
            at = lowered.find(first)
            while at >= 0:
                for kind, pattern in patterns:
                    if found := pattern.match(text, at):
                        yield Span(*found.span(), kind, _value(kind, found[0]))
                at = lowered.find(first, at + 1)


def _value(kind: Kind, written: str) -> str:
    return written.casefold() if kind == "user" else " ".join(_WORD.findall(written)).title()


def _is_distinct(user_id: str) -> bool:
    """Returns whether an ID can be distinguished from an ordinary word."""
    if user_id.casefold() in _COMMON or len(user_id) < 3:
        return False
    if user_id.isdecimal():
        return len(user_id) >= 5
    return len(user_id) >= 4 or not user_id.isalpha()


def _forms(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yields first words and patterns for the full name, in either order and any case, and for each part of it."""
    if not words or all(word.casefold() in _COMMON for word in words):
        return
    for word in filter(_stands_alone, words):
        yield word, _alone(word)
    if len(words) > 1:
        for order in (words, [words[-1], *words[:-1]]):
            yield order[0], "(?i:" + _bounded_pattern(r"[\s._,\-]{1,3}".join(map(re.escape, order))) + ")"


def _bounded_pattern(pattern: str) -> str:
    return rf"(?<![^\W_])(?:{pattern})(?![^\W_])"


def _alone(word: str) -> str:
    if _HAN.search(word):
        return re.escape(word)
    spellings = {word.title(), word.upper(), word.capitalize(), word if word[:1].isupper() else word.title()}
    return _bounded_pattern("|".join(map(re.escape, sorted(spellings))))


def _stands_alone(word: str) -> bool:
    if word.casefold() in _COMMON:
        return False
    return len(word) >= 2 if _HAN.search(word) else len(word) >= 3 and word.isalpha()
