"""Characters that must not reach a store, a terminal or a reader as they are: parts of a character class."""

import re

C0 = r"\x00-\x08\x0b-\x1f"
"""Control characters but tab and line break: ESC, CR."""
C1 = r"\x7f-\x9f"
"""DEL and the control characters beyond ASCII."""
DIRECTION = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""What turns the direction of writing."""
BREAKS = r"\u2028\u2029"
"""Separators of lines and paragraphs."""
ANNOTATIONS = r"\ufff9-\ufffb"
SURROGATES = r"\ud800-\udfff"
"""Halves of characters, which UTF-8 does not have."""
UNSEEN = r"\u00ad\u200b\u2060-\u2065\ufeff\U000e0000-\U000e007f"
"""Characters without a width, and tags."""

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]")
"""Those that the reference system's writer strips."""
LONE_SURROGATES = re.compile(f"[{SURROGATES}]")
UNSTORABLE = re.compile(r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\ud800-\udfff]")


def any_of(*kinds: str) -> re.Pattern[str]:
    """Matches one character of any of these kinds."""
    return re.compile(f"[{''.join(kinds)}]")
