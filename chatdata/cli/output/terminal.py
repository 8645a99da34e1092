"""Text of conversations as a terminal may have it: what could steer the terminal or turn a line is spelled out."""

import re

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and newline: ESC, CR, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # the direction of writing
    "\u2028\u2029\ufff9-\ufffb\ud800-\udfff]"  # line separators, annotations, lone surrogates
)
_BREAKS = re.compile(r"\s+")


def shown(text: str) -> str:
    """The text over its lines, with what a terminal would obey or can't encode as \\x1b or \\u202e."""
    return _STEERING.sub(_spelled, text)


def one_line(text: str) -> str:
    """The text on one line."""
    return shown(_BREAKS.sub(" ", text).strip())


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
