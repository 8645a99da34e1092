"""Makes text of conversations safe for a terminal: control and bidirectional characters are escaped."""

import re

from chatdata.domain.text.characters import ANNOTATIONS, BREAKS, C0, C1, DIRECTION, SURROGATES, any_of

_STEERING = any_of(C0, C1, DIRECTION, BREAKS, ANNOTATIONS, SURROGATES)
_BREAKS = re.compile(r"\s+")


def shown(text: str) -> str:
    """Keeps the line breaks; shows characters that a terminal would obey or can't encode as \\x1b or \\u202e."""
    return _STEERING.sub(_spelled, text)


def one_line(text: str) -> str:
    """The text on one line."""
    return shown(_BREAKS.sub(" ", text).strip())


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
