"""Text of conversations in a file that others open: what acts or hides is spelled out, nothing can be markup."""

import html
import re

_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line break
    "\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"  # order of writing, unseen, breaks
    "\ud800-\udfff\U000e0000-\U000e007f]"  # half characters, tags
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|~>@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_BACKTICKS = re.compile(r"`{3,}")
_BREAKS = re.compile(r"\s+")


def as_html(text: str) -> str:
    """As text of an element."""
    return _ACTING.sub(lambda found: f'<i class="sign">{_name(found[0])}</i>', html.escape(text))


def as_markdown_line(text: str) -> str:
    """Inside a line of Markdown: no character of it means anything there."""
    plain = _BREAKS.sub(" ", _spelled(text)).strip()
    return _MARKDOWN.sub(r"\\\1", plain.replace("&", "&amp;").replace("<", "&lt;"))


def as_markdown_block(text: str, language: str = "text") -> str:
    """A block of code, in which nothing is markup; its fence is longer than any in the text."""
    fence = "`" * max(3, *(len(run) + 1 for run in _BACKTICKS.findall(text)), 3)
    return f"{fence}{language}\n{_spelled(text)}\n{fence}\n"


def _spelled(text: str) -> str:
    return _ACTING.sub(lambda found: f"⟨{_name(found[0])}⟩", text)


def _name(character: str) -> str:
    return f"U+{ord(character):04X}"
