"""A message's Markdown as HTML that is safe to show: nothing is loaded, and links show their target. Pure.

There are two lines of defence: markdown-it-py renders with raw HTML disabled, and nh3 allows only the tags, attributes
and URL schemes named here.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from chatdata.domain.text import LONE_SURROGATES

_SCHEMES = {"http", "https", "mailto"}
_TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = {"p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"} | _TABLE
_ATTRIBUTES = {"a": {"href", "target"}, "ol": {"start"}}
_REL = "noopener noreferrer nofollow ugc"


def render(text: str) -> str:
    """Returns `text` as HTML with a few plain tags, without images, styles, classes, IDs or scripts.

    An image becomes the text "[image: alt — target]", a link shows its target, and a heading becomes a bold line.
    """
    readable = LONE_SURROGATES.sub("\ufffd", text)  # nh3 rejects them
    return nh3.clean(
        _MARKDOWN.render(readable),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=_REL,
        strip_comments=True,
    )


class _Plain(RendererHTML):
    """markdown-it's renderer with images, links and headings written so that they can't imitate the page."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        alt = self.renderInlineAsText(token.children or [], options, env)
        target = str(token.attrs.get("src", ""))
        return _escaped(f"[image: {alt} — {target}]" if alt else f"[image: {target}]")

    def link_open(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        target = str(tokens[idx].attrs.get("href", ""))
        if not _allowed(target):
            return ""
        return f'<a href="{_escaped(target)}" target="_blank">'

    def link_close(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        target, shown = _link_before(tokens, idx)
        close = "</a>" if _allowed(target) else ""
        return close if shown == target else f"{close} ({_escaped(target)})"

    def heading_open(self, *_arguments: object) -> str:
        return "<p><strong>"

    def heading_close(self, *_arguments: object) -> str:
        return "</strong></p>\n"


def _link_before(tokens: Sequence[Token], close: int) -> tuple[str, str]:
    """Returns the target and text of the link that ends at `close`; links can't be nested."""
    start = next(at for at in range(close, -1, -1) if tokens[at].type == "link_open")
    return str(tokens[start].attrs.get("href", "")), "".join(token.content for token in tokens[start:close])


def _allowed(target: str) -> bool:
    try:
        return urlsplit(target).scheme.lower() in _SCHEMES
    except ValueError:
        return False


def _escaped(text: str) -> str:
    return nh3.clean_text(text)


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}, renderer_cls=_Plain)
    return markdown.enable(["table", "strikethrough"])


_MARKDOWN = _markdown()
