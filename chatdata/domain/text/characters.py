"""Characters that must not reach a store, a terminal or a screen unchanged, as parts of character classes."""

import re

C0 = r"\x00-\x08\x0b-\x1f"
"""C0 control characters except tab and line feed; ESC and CR are among them."""
C1 = r"\x7f-\x9f"
"""DEL and the C1 control characters."""
DIRECTION = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Bidirectional controls, which change the direction of the text around them."""
BREAKS = r"\u2028\u2029"
"""The line separator and the paragraph separator."""
ANNOTATIONS = r"\ufff9-\ufffb"
SURROGATES = r"\ud800-\udfff"
"""Surrogates, which UTF-8 cannot encode."""
UNSEEN = r"\u00ad\u200b\u2060-\u2065\ufeff\U000e0000-\U000e007f"
"""Invisible characters: the soft hyphen, zero-width characters and tags."""

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]")
"""The characters that the reference system strips before it writes to PostgreSQL."""
LONE_SURROGATES = re.compile(f"[{SURROGATES}]")
UNSTORABLE = re.compile(r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\ud800-\udfff]")


def any_of(*kinds: str) -> re.Pattern[str]:
    """Returns a pattern that matches one character of any of these classes."""
    return re.compile(f"[{''.join(kinds)}]")
