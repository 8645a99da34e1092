"""Names and ids of the people of a conversation: found where it says them, then looked for everywhere in it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chatdata.views.folding import layers
from chatdata.views.keys import words_of_key
from chatdata.views.spans import Span

_OWNER = re.compile(r"([^\W\d_][\w'’.\-]*(?:,? [^\W\d_][\w'’.\-]*){0,3})[\"']? ?[<(\[] ?(?:mailto:)?[^\s<>@()\[\]]{1,64}@")
_LOCAL_PART = re.compile(r"(?<![\w.+-])([^\W\d_]{2,}(?:[._-][^\W\d_]{2,}){1,2})\d{0,4}(?=@[\w-]+\.)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_COMMON = frozenset(
    """a an and are art as at august april bill can chase christian dawn de del der di do drew du el for frank gene grant
    guy he hope hunter in is it jack june la le les mark may my no not of on or page pat rich rob rose so the to united
    us van von we will you your admin agent assistant bot client contact customer demo developer email guest help hello
    hi info mail mr mrs ms dr office reply sales service support system team test tool user users anonymous imported
    default unknown none null root account order name first last full""".split()
)
"""Never a name by themselves: masking each "may" and "will" would hide more of the text than of the person."""
_HAN = re.compile(r"[\u2e80-\ud7ff]")
_FIRST = frozenset({"first", "given", "forename", "firstname", "givenname", "vorname"})
_LAST = frozenset({"last", "family", "surname", "lastname", "familyname", "nachname"})
_WHOLE_NAME = frozenset({"name", "fullname", "displayname", "realname", "customername"})
_PERSONAL = frozenset({"email", "mail", "phone", "address", "userid", "dob", "birthday", "firstname"})


@dataclass(frozen=True, slots=True)
class People:
    """Who is known. `user_ids` and `names` are as written somewhere."""

    user_ids: frozenset[str] = field(default_factory=frozenset)
    names: frozenset[str] = field(default_factory=frozenset)

    def __or__(self, other: "People") -> "People":
        return People(self.user_ids | other.user_ids, self.names | other.names)


def people_in(value: Any) -> People:
    """Whom a text or JSON value names: owners of addresses, names and user ids in objects."""
    user_ids: set[str] = set()
    names: set[str] = set()
    pending: list[Any] = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            names |= _owners(item)
            pending += _parsed(item)
        elif isinstance(item, Mapping):
            user_ids |= _ids(item)
            names |= _names(item)
            pending += item.values()
            pending += (key for key in item if isinstance(key, str) and "@" in key)
        elif isinstance(item, list | tuple):
            pending += item
    return People(frozenset(user_ids), frozenset(names))


def _parsed(text: str) -> list[Any]:
    beginning = text.lstrip()[:1]
    if beginning not in ("{", "[", '"') or len(text) < 2:
        return []
    try:
        parsed = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return []
    return [parsed]


def _owners(text: str) -> set[str]:
    if "@" not in text and "＠" not in text and "40" not in text:
        return set()
    found: set[str] = set()
    for layer in layers(text):
        if "@" in layer.text:
            found |= {match[1] for match in _OWNER.finditer(layer.text)}
            found |= {re.sub(r"[._-]", " ", match[1]) for match in _LOCAL_PART.finditer(layer.text)}
    return found


def _ids(item: Mapping[Any, Any]) -> set[str]:
    return {
        str(inner)
        for key, inner in item.items()
        if isinstance(inner, str | int) and not isinstance(inner, bool) and inner != "" and is_user_key(key)
    }


def is_user_key(key: object) -> bool:
    """Whether a key says that its value is a user's id."""
    return "".join(words_of_key(key)) in ("userid", "useridentifier", "ownerid", "customerid", "username", "userlogin")


def _names(item: Mapping[Any, Any]) -> set[str]:
    said: dict[str, str] = {}
    personal = False
    for key, inner in item.items():
        word = "".join(words_of_key(key))
        personal = personal or word in _PERSONAL
        if isinstance(inner, str) and inner.strip():
            said[word.removesuffix("name") if word not in _WHOLE_NAME else word] = inner
    first = next((said[word] for word in said if word in _FIRST), "")
    last = next((said[word] for word in said if word in _LAST), "")
    found = {f"{first} {last}".strip()} if first or last else set()
    if personal:
        found |= {said[word] for word in said if word in _WHOLE_NAME}
    return {name for name in found if name and "@" not in name}


class Finder:
    """Looks for known people in a text."""

    def __init__(self, people: People) -> None:
        self._ids = _pattern(sorted(filter(_is_distinct, people.user_ids), key=len, reverse=True), re.IGNORECASE)
        self._names = _pattern_of_names(people.names)

    def __call__(self, text: str) -> Iterator[Span]:
        if self._ids:
            for found in self._ids.finditer(text):
                yield Span(*found.span(), "user", found[0].casefold())
        if self._names:
            for found in self._names.finditer(text):
                yield Span(*found.span(), "name", " ".join(_WORD.findall(found[0])).title())


def _is_distinct(user_id: str) -> bool:
    """Whether an id can be told from a word."""
    if user_id.casefold() in _COMMON or len(user_id) < 3:
        return False
    if user_id.isdecimal():
        return len(user_id) >= 5
    return len(user_id) >= 4 or not user_id.isalpha()


def _pattern(written: Iterable[str], flags: int) -> re.Pattern[str] | None:
    parts = [re.escape(item) for item in written if item]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(parts)})(?![^\W_])", flags) if parts else None


def _pattern_of_names(names: Iterable[str]) -> re.Pattern[str] | None:
    forms: set[str] = set()
    for name in names:
        forms |= _forms(_WORD.findall(name)[:5])
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(ordered)) if ordered else None


def _forms(words: list[str]) -> set[str]:
    """As patterns: the whole name in either order and any case, and each part of it written as a name."""
    if not words or all(word.casefold() in _COMMON for word in words):
        return set()
    forms = {_bounded(word) for word in words if _stands_alone(word)}
    if len(words) > 1:
        between = r"[\s._,\-]{1,3}"
        for order in (words, [words[-1], *words[:-1]]):
            forms.add("(?i:" + _bounded(between.join(map(re.escape, order)), escaped=True) + ")")
    return forms


def _bounded(written: str, *, escaped: bool = False) -> str:
    if escaped:
        return rf"(?<![^\W_]){written}(?![^\W_])"
    if _HAN.search(written):
        return re.escape(written)
    spellings = sorted({written.title(), written.upper(), written if written[:1].isupper() else written.title(), written.capitalize()})
    both = "|".join(map(re.escape, spellings))
    return rf"(?<![^\W_])(?:{both})(?![^\W_])"


def _stands_alone(word: str) -> bool:
    if word.casefold() in _COMMON:
        return False
    return len(word) >= 2 if _HAN.search(word) else len(word) >= 3 and word.isalpha()
