"""Text of conversations in a file that others open: what acts or hides is spelled out, nothing can be markup."""

import html
import re

from chatdata.domain.text.characters import ANNOTATIONS, BREAKS, C0, C1, DIRECTION, SURROGATES, UNSEEN, any_of

_ACTING = any_of(C0, C1, DIRECTION, BREAKS, ANNOTATIONS, SURROGATES, UNSEEN)
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
