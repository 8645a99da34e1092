"""Checks what an error says about one field against the field itself, where its path is that of the messages given."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from chatdata.domain.lint.conversation import Entry

Presence = Literal["shown", "absent", "unknown"]
"""Whether the messages have the fault of an error at its place: they show it, don't have it, or can't tell."""

_BEHIND = 300
"""How far behind the known part of a text the rest of its sentence is read, in characters."""
_SENTENCE_END = re.compile(r"[.;!](?=$|[\s'})\]])")
_SEGMENT = re.compile(r"\[(\d+)\]|\.?(\w+)")
_LONG_TEXT = re.compile(r"string too long\. Expected a string with maximum length (\d{1,12})", re.IGNORECASE)
_LONG_LIST = re.compile(r"array too long\. Expected an array with maximum length (\d{1,12})", re.IGNORECASE)
_EMPTY = re.compile(r": empty (string|array)\b", re.IGNORECASE)
_GOT = re.compile(r"but got (?:an? )?(\w{1,20}) instead", re.IGNORECASE)
_INVALID_TYPE = re.compile(r"invalid type: (sequence|map|null)\b", re.IGNORECASE)
_MISSING = re.compile(r"Missing required parameter|missing field (\w{1,60})|'(\w{1,60})' is a required", re.IGNORECASE)
_EXTRA = re.compile(r"property '([\w.\[\]]{1,200})' is unsupported|Unknown parameter: '", re.IGNORECASE)
_VARIANT = re.compile(r"(?:unknown variant|invalid part type:) '?([\w-]{1,60})", re.IGNORECASE)
_NO_STRING = re.compile(r"must be a string\b", re.IGNORECASE)
_PATTERN = re.compile(r"'\^(\[[\w.-]{1,80}\](?:[+*]|\{\d{1,4}(?:,\d{0,4})?\}))\$'")
"""A pattern of one class of characters, which can be tried on any text in linear time."""
_NINE = re.compile(r"alphanumeric strings with length 9|0-9, with a length of 9", re.IGNORECASE)
"""Mistral's form of an ID, which its errors state in words."""
_BLOCKS = re.compile(r"'(image|document|tool_use|tool_result)' blocks are not permitted", re.IGNORECASE)
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "array": (list, tuple),
    "sequence": (list, tuple),
    "object": (Mapping,),
    "map": (Mapping,),
    "null": (type(None),),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
_OF_CALLS = frozenset({"tool_use", "tooluse", "function_call", "functioncall", "tool_calls"})
_OF_RESULTS = frozenset({"tool_result", "toolresult", "function_response", "functionresponse"})
_OF_MEDIA = frozenset({"image", "document", "source", "image_url", "input_audio", "input_image", "file"})
_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_NONE: Final = object()
"""The value of a field that is not there."""


def told_of_field(complaint: str, path: str, entry: Entry) -> Presence | None:
    """Returns whether a message has the fault of a field that an exact path names; None where only the code can tell.

    `complaint` is the text of the error with the rest of its sentence, and `path` begins with the index of the message.
    """
    segments = _inside(path, entry)
    if missing := _MISSING.search(complaint):
        return _is_missing(segments, missing[1] or missing[2], entry)
    if variant := _VARIANT.search(complaint):
        return _shown_if(_says(entry.fields, variant[1], segments))
    if extra := _EXTRA.search(complaint):
        named = [one[1] or one[2] for one in _SEGMENT.finditer(extra[1] or "")][-1:]
        paths = (segments,) if not named else ([*segments, *named], [*segments[:-1], *named])
        return _shown_if(any(_at(entry.fields, one) is not _NONE for one in paths))
    if not segments:
        got = _INVALID_TYPE.search(complaint)
        return None if got is None else _shown_if(_is_of(entry.content, got[1]))
    value = _at(entry.fields, segments)
    if value is not _NONE:
        return _told_of(complaint, [value])
    is_null = (got := _GOT.search(complaint)) is not None and got[1].lower() == "null"
    is_missing = isinstance(_at(entry.fields, segments[:-1]), Mapping)
    return "unknown" if is_null and is_missing else "absent"  # some clients send null for what is missing


def told_of_item(complaint: str, inside: str, entry: Entry) -> Presence | None:
    """Returns the same for an item of a Responses request, of which a message gave the values; None where unsure."""
    field = inside.strip(".'")
    values: dict[str, list[Any]] = {
        "call_id": [call.id for call in entry.calls] + [entry.tool_call_id] * (entry.role == "tool"),
        "name": [call.name for call in entry.calls],
        "arguments": [call.arguments for call in entry.calls],
        "content": [entry.content],
        "output": [entry.content],
    }
    if field not in values or _MISSING.search(complaint) or _EXTRA.search(complaint):
        return None
    return _told_of(complaint, values[field])


def has_kind(path: str, complaint: str, entries: Sequence[Entry]) -> bool:
    """Returns whether one of some messages has what a block of any API is, by its path or its name in an error."""
    names = {(one[2] or "").lower() for one in _SEGMENT.finditer(path)}
    names.update(word.lower() for word in _BLOCKS.findall(complaint))
    if names & _OF_RESULTS:
        return any(entry.role == "tool" for entry in entries)
    if names & _OF_CALLS:
        return any(entry.calls for entry in entries)
    return not names & _OF_MEDIA or any(isinstance(entry.content, list) for entry in entries)


def told_of_pattern(complaint: str, values: Sequence[str]) -> Presence | None:
    """Returns whether one of some texts breaks the pattern that an error states; None where it states none."""
    stated = _PATTERN.search(complaint)
    if stated is None and _NINE.search(complaint) is None:
        return None
    pattern = re.compile(stated[1] if stated else "[a-zA-Z0-9]{9}")
    return _shown_if(any(not pattern.fullmatch(value) for value in values))


def sentence(found: re.Match[str], flat: str) -> str:
    """Returns the text of an error with the rest of its sentence: what follows that may be about another place."""
    return found[0] + _SENTENCE_END.split(flat[found.end() : found.end() + _BEHIND], maxsplit=1)[0]


def _told_of(complaint: str, values: list[Any]) -> Presence | None:
    if long := _LONG_TEXT.search(complaint):
        return _too_long(values, int(long[1]))
    if long := _LONG_LIST.search(complaint):
        return _shown_if(any(isinstance(value, list) and len(value) > int(long[1]) for value in values))
    if empty := _EMPTY.search(complaint):
        return _shown_if(any(value == ("" if empty[1].lower() == "string" else []) for value in values))
    if _NO_STRING.search(complaint):
        return _shown_if(any(not isinstance(value, str) for value in values))
    if got := _GOT.search(complaint) or _INVALID_TYPE.search(complaint):
        return _shown_if(any(_is_of(value, got[1]) for value in values)) if got[1].lower() in _TYPES else "unknown"
    return told_of_pattern(complaint, [value for value in values if isinstance(value, str)])


def _too_long(values: list[Any], most: int) -> Presence:
    """Returns whether a text is longer than a limit; a provider may count halves of characters beyond 16 bits."""
    texts = [value for value in values if isinstance(value, str)]
    if any(len(text) > most for text in texts):
        return "shown"
    return "unknown" if any(_in_halves(text) > most for text in texts) else "absent"


def _in_halves(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def _shown_if(shown: bool) -> Presence:
    return "shown" if shown else "absent"


def _is_missing(segments: list[str], name: str | None, entry: Entry) -> Presence:
    """Returns whether a field is missing from an object that is there; some clients leave out what is null."""
    where = [*segments, name] if name and segments[-1:] != [name] else segments
    if not where:
        return "unknown"
    outer = _at(entry.fields, where[:-1])
    if isinstance(outer, Mapping) and outer.get(where[-1], _NONE) is None:
        return "unknown"
    return _shown_if(isinstance(outer, Mapping) and where[-1] not in outer)


def _inside(path: str, entry: Entry) -> list[str]:
    """Returns the fields of a path behind the message; Cerebras puts the role of the message between them."""
    segments = [one[1] or one[2] for one in _SEGMENT.finditer(path)][2:]
    return segments[1:] if segments and segments[0] in _ROLES and segments[0] not in entry.fields else segments


def _at(value: Any, segments: list[str]) -> Any:
    """Returns the value at a path, or `_NONE`."""
    for number, segment in enumerate(segments):
        rest = segments[number + 1 :]
        if isinstance(value, Mapping) and segment in value:
            value = value[segment]
        elif isinstance(value, list) and segment.isdecimal() and int(segment[:9]) < len(value):
            value = value[int(segment[:9])]
        elif isinstance(value, str) and segment == "0" and rest == ["text"]:
            return value  # a text is sent as the one part of a list in some APIs
        else:
            return _NONE
    return value


def _is_of(value: Any, name: str) -> bool:
    wanted = _TYPES.get(name.lower(), ())
    return isinstance(value, wanted) and (bool in wanted or not isinstance(value, bool))


def _says(fields: Mapping[str, Any], word: str, segments: list[str]) -> bool:
    """Returns whether a message has a word as its role or as the type of a part or call, where a path leads."""
    inside = segments[:1]
    if inside == ["role"]:
        return fields.get("role") == word
    held = fields.get(inside[0] if inside else "content")
    types = [one.get("type") for one in held if isinstance(one, Mapping)] if isinstance(held, list) else []
    return word in [*types, *([] if inside else [fields.get("role")])]
