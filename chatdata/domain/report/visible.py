"""Text of conversations for exported files: control and invisible characters are spelled out, markup is escaped."""

import html
import re

from chatdata.domain.text.characters import ANNOTATIONS, BREAKS, C0, C1, DIRECTION, SURROGATES, UNSEEN, any_of

_UNSAFE = any_of(C0, C1, DIRECTION, BREAKS, ANNOTATIONS, SURROGATES, UNSEEN)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|~>@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_BACKTICKS = re.compile(r"`{3,}")
_BREAKS = re.compile(r"\s+")


def as_html(text: str) -> str:
    """Returns the text escaped for an HTML element, with control and invisible characters as <i> elements."""
    return _UNSAFE.sub(lambda found: f'<i class="sign">{_code_point(found[0])}</i>', html.escape(text))


def as_markdown_line(text: str) -> str:
    """Returns the text on one line with every Markdown character escaped."""
    plain = _BREAKS.sub(" ", _spelled_out(text)).strip()
    return _MARKDOWN.sub(r"\\\1", plain.replace("&", "&amp;").replace("<", "&lt;"))


def as_markdown_block(text: str, language: str = "text") -> str:
    """Returns a code block with the text; its fence is longer than any run of backticks in the text."""
    fence = "`" * max(3, *(len(run) + 1 for run in _BACKTICKS.findall(text)), 3)
    return f"{fence}{language}\n{_spelled_out(text)}\n{fence}\n"


def _spelled_out(text: str) -> str:
    return _UNSAFE.sub(lambda found: f"⟨{_code_point(found[0])}⟩", text)


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"
