"""Finds known errors in a flattened text."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from chatdata.domain.lint.errors.known_error import Known
from chatdata.domain.lint.errors.provider_errors import KNOWN, NAMED_ID
from chatdata.domain.lint.errors.request_errors import REMNANTS


class Hit(NamedTuple):
    """A known error that occurs in a pasted text."""

    known: Known
    found: re.Match[str]


_NUMBERS = frozenset({"at", "turn", "block", "call", "part", "item", "first", "count", "column", "char", "window"})
_WORDS = {
    "n": r"\d+",
    "any": r".{1,60}?",
    "id": r"(?P<id>.{0,1001}?)",
    "role": r"(?P<role>[^']{0,1001})",
    "before": r"[^']{0,1001}",
    "type": r"[\w ]{1,40}",
    "s": r" ?",
    "q": r"'?",
    "open": r"[\[(]",
    "variant": r"[^,:]{1,40}",
    "path": r"(?P<path>(?:messages?|contents|input)(?:\.?\[\d+\]|\.\d+)[\w.\[\]-]{0,200})",
}
_LIST = r"(?P<ids>[^\s,'{}<>\[\]]+(?:, ?[^\s,'{}<>\[\]]+)*)"
_ID = r"(?P<id>[^\s,'{}<>]{1,1001})"
_LISTED = r"(?P<ids>.{0,1001}?)"


def hits(flat: str) -> Iterator[Hit]:
    """Yields the known errors in order of occurrence; of overlapping ones the first, then the longer one, wins."""
    found = [Hit(known, match) for known in KNOWN for match in _pattern(known.template).finditer(flat)]
    found.sort(key=lambda hit: (hit.found.start(), -hit.found.end()))
    end = 0
    for hit in found:
        if hit.found.start() >= end:
            end = hit.found.end()
            yield hit


def is_in(known: Known, flat: str) -> bool:
    """Returns whether a text has the words of a known error."""
    return _pattern(known.template).search(flat) is not None


def named_id(flat: str) -> Hit | None:
    """Returns the ID of a call that a text names where it says nothing that is known."""
    found = _NAMED_ID.search(flat)
    return None if found is None else Hit(NAMED_ID, found)


def remnant(flat: str) -> Hit | None:
    """Returns the word or the status that is all that is left of an error; a word says more than a status.

    Beside a refused request or a place among its messages there is more than that, though nothing known.
    """
    if _REFUSED.search(flat):
        return None
    for known in REMNANTS:
        if found := _remnant(known.template).search(flat):
            return Hit(known, found)
    return None


_NAMED_ID = re.compile(
    r"\b(?:tool_use_id|tool_call_id|toolUseId|toolCallId|call_id|tool_use ids?|tool_calls? ids?|tool (?:use|call) ids?)"
    r"'?[ ]?[:=(]?[ ]?'?(?P<id>(?=[\w.:-]*\d)[\w.:-]{4,200}\w)",
    re.IGNORECASE,
)


_NAMES_STATUS = r"(?:status(?:[ _]?code)?|error(?:[ _]?code)?|http(?:/[\d.]+)?|\bcode)'?[ ]?[:=(]?[ ]?'?"
_AFTER_STATUS = (
    r"(?=$|[ ]?[\[{(:,;.'<})\]-]"
    r"|[ ](?:too many|rate|unauthorized|internal|bad gateway|service|gateway|overloaded|error|status))"
)


_REFUSED = re.compile(
    rf"(?:^|{_NAMES_STATUS}|: )(?:400|413|422)(?!\d){_AFTER_STATUS}|\b(?:bad request|unprocessable entity)\b"
    r"|\b(?:messages?|contents|input)(?:\.?\[\d|\.\d)",
    re.IGNORECASE,
)


@cache
def _remnant(template: str) -> re.Pattern[str]:
    """Returns a pattern for a status where something calls it one, or for words that are a whole message."""
    if template.isdecimal():
        return re.compile(rf"(?:^|{_NAMES_STATUS}){template}(?!\d){_AFTER_STATUS}", re.IGNORECASE)
    words = re.escape(template)
    return re.compile(
        rf"(?:^|[:'\"({{\[>|-][ ]?|\b[45]\d\d[ ])(?P<said>{words})(?=[ ]?(?:$|[.!,;:'\")}}\]<|(-]))", re.IGNORECASE
    )


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Returns a case-insensitive pattern without backticks and with plain quotes, as in the flattened text."""
    plain = template.replace("`", "").replace('"', "'").removesuffix(".")
    parts = re.split(r"\{(\w+)\}", plain)
    fields_at = range(1, len(parts), 2)
    before: set[str] = set()
    for index in range(len(parts)):
        name, is_last = parts[index], parts[index + 1 :] == [""]
        if index not in fields_at:
            parts[index] = re.escape(name)
        elif name in before:
            parts[index] = f"(?P={name})"
        else:
            parts[index] = _field(name, end=is_last)
            if f"(?P<{name}>" in parts[index]:
                before.add(name)
    return re.compile("".join(parts), re.IGNORECASE)


def _field(name: str, *, end: bool) -> str:
    if name in _NUMBERS:
        return rf"(?P<{name}>\d+)"
    if name == "ids":
        return _LIST if end else _LISTED
    return _ID if name == "id" and end else _WORDS[name]
