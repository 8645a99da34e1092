"""Finds texts that differ only in their encoding, as a client, a driver or a store may have changed it.

The evidence names the code points of the first difference, since most such differences are invisible.
"""

import html
import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from chatdata.domain.copies import CopyMessage
from chatdata.domain.drift.comparison import LikelyCause
from chatdata.domain.drift.kinds import CauseName
from chatdata.domain.drift.matching.equality import key_of, stripped
from chatdata.domain.messages import ChatMessage
from chatdata.domain.text import LONE_SURROGATES, sanitize

_MOST = 4
"""How many code points of a difference are named."""


def encoding_cause(cached: Sequence[CopyMessage], stored: Sequence[CopyMessage]) -> LikelyCause | None:
    """Returns the encoding that explains all of these pairs, or None if they differ in more than the encoding."""
    if len(cached) != len(stored) or not cached:
        return None
    texts = []
    for one, other in zip(cached, stored, strict=True):
        if not _only_content_differs(one.message, other.message):
            return None
        texts.append((stripped(one.message.content) or "", stripped(other.message.content) or ""))
    for cause, (fits, what) in _CAUSES.items():
        if all(fits(one, other) or fits(other, one) for one, other in texts):
            said = what if all(fits(one, other) for one, other in texts) else _mirrored(what)
            return LikelyCause(cause, f"{said} {first_difference(*texts[0])}")
    return None


def same_words(cached: ChatMessage, stored: ChatMessage) -> bool:
    """Returns whether the contents are one text in different encodings, so that neither has more than the other."""
    one, other = stripped(cached.content) or "", stripped(stored.content) or ""
    replaced = bool(LONE_SURROGATES.search(one)) and sanitize(one) == sanitize(other)
    return replaced or any(fits(one, other) or fits(other, one) for fits, _ in _CAUSES.values())


def first_difference(one: str, other: str) -> str:
    """Returns a sentence about the first difference of two texts, by code points."""
    in_cache, in_row = differing(one, other)
    at = _common(one, other)
    return f"They differ from character {at:,}: {_points(in_cache)} in the cache, {_points(in_row)} in the row."


def differing(one: str, other: str) -> tuple[str, str]:
    """Returns what is left of two texts without their common beginning and end."""
    at, shorter = _common(one, other), min(len(one), len(other))
    end = next((n for n in range(shorter - at) if one[-1 - n] != other[-1 - n]), shorter - at)
    return one[at : len(one) - end], other[at : len(other) - end]


def _common(one: str, other: str) -> int:
    """Returns the length of the common beginning."""
    shorter = min(len(one), len(other))
    return next((index for index in range(shorter) if one[index] != other[index]), shorter)


def _points(text: str) -> str:
    if not text:
        return "nothing"
    named = " ".join(f"U+{ord(character):04X}" for character in text[:_MOST])
    return f"{named} …" if len(text) > _MOST else named


def _mirrored(what: str) -> str:
    """Returns the sentence with the cache and the row swapped."""
    return " ".join({"cache": "row", "row": "cache"}.get(word, word) for word in what.split())


def _only_content_differs(one: ChatMessage, other: ChatMessage) -> bool:
    left, right = key_of(one), key_of(other)
    return left.content is not None and right.content is not None and left._replace(content=right.content) == right


# For each cause, a function says whether it turned the stored text into the cached one.


def _trimmed(one: str, other: str) -> bool:
    return one.strip() == other and one != other


def _unified_lines(one: str, other: str) -> bool:
    return one != other and _lines(one) == other


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _normalised(one: str, other: str) -> bool:
    return any(unicodedata.normalize(form, one) == other for form in ("NFC", "NFD", "NFKC", "NFKD")) and one != other


def _escaped(one: str, other: str) -> bool:
    return "&" in one and html.unescape(one) == other and one != other


def _in_json(one: str, other: str) -> bool:
    if not (one.startswith('"') and one.endswith('"')):
        return False
    try:
        return bool(json.loads(one, strict=False) == other)
    except (ValueError, RecursionError):
        return False


def _mojibake(one: str, other: str) -> bool:
    return one != other and any(_read_again(one, codec) == other for codec in ("latin-1", "cp1252"))


def _read_again(text: str, codec: str) -> str | None:
    """Returns the original of UTF-8 text that was decoded byte by byte with this codec; None for other text."""
    if text.isascii():
        return None
    try:
        return b"".join(_bytes(text, codec)).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return None


def _bytes(text: str, codec: str) -> Iterator[bytes]:
    """Yields the bytes of the text; control characters that Windows' code page lacks are taken as Latin-1."""
    for character in text:
        try:
            yield character.encode(codec)
        except UnicodeEncodeError:
            yield character.encode("latin-1")


_CAUSES: dict[CauseName, tuple[Callable[[str, str], bool], str]] = {
    "line_endings": (_unified_lines, "Only the line endings differ: the cache has CR or CR LF where the row has LF."),
    "trimmed": (_trimmed, "Only white space at the ends differs, which was trimmed in the row."),
    "unicode_normalised": (_normalised, "Both are the same text in another Unicode normal form."),
    "mojibake": (_mojibake, "The cache has UTF-8 that was decoded in another encoding, one character per byte."),
    "html_escaped": (_escaped, "The cache has HTML entities where the row has the characters."),
    "json_encoded_twice": (
        _in_json,
        "The cache has the row's text as a JSON string: it was encoded twice.",
    ),
}
