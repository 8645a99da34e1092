"""The words of titles, separated and lower-cased in the same way in Python and in both databases."""

import re

_RANGES = (
    ("\x01", "/"),  # control characters, space and the first ASCII punctuation
    (":", "@"),
    ("[", "`"),
    ("{", "\xa9"),  # more ASCII punctuation, C1 controls, no-break space, Latin punctuation up to ©
    ("\xab", "\xb1"),
    ("\xb4", "\xb4"),
    ("\xb6", "\xb8"),
    ("\xbb", "\xbb"),
    ("\xbf", "\xbf"),
    ("\xd7", "\xd7"),
    ("\xf7", "\xf7"),
    ("\u1680", "\u1680"),
    ("\u2000", "\u200b"),  # spaces; the joiners after them are parts of words
    ("\u200e", "\u2064"),  # marks, dashes, quotes, separators
    ("\u3000", "\u3003"),
    ("\u3008", "\u3020"),
    ("\u30fb", "\u30fb"),
    ("\ufe50", "\ufe6b"),
    ("\uff01", "\uff0f"),
    ("\uff1a", "\uff20"),
    ("\uff3b", "\uff40"),
    ("\uff5b", "\uff65"),
)
SEPARATORS = "[" + "".join(f"\\u{ord(low):04x}-\\u{ord(high):04x}" for low, high in _RANGES) + "]+"
"""White space and punctuation, as a regular expression that means the same in Python and PostgreSQL."""


def words_of(title: str) -> set[str]:
    """Returns the distinct words of a title in lower case."""
    return {word for word in re.split(SEPARATORS, folded(title)) if word}


def folded(text: str) -> str:
    """Returns the text in lower case, character by character: as in PostgreSQL, case mapping ignores the context."""
    return "".join(character.lower()[0] for character in text)
