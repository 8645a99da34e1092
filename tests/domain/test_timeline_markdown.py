"""Rendered Markdown: what it shows, and that nothing hostile gets through."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatdata.domain.timeline.markdown import render
from tests.support.laws import examples

_ALLOWED = "p br hr strong em s code pre blockquote ul ol li table thead tbody tr th td a"
ALLOWED = set(_ALLOWED.split())
HOSTILE = [
    "![alt](http://beacon.example/x.png)",
    "![alt][r]\n\n[r]: http://beacon.example/x.png",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<style>*{display:none}</style><link rel=stylesheet href=//x>",
    "[x](javascript:alert(1)) [y](JaVaScRiPt&colon;alert(1)) [z](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=) [y](vbscript:x) [z](file:///etc/passwd)",
    '[x](http://a.example "onmouseover=alert(1)")',
    '<a href="http://a.example" onclick=alert(1) style="position:fixed" class="st" id="root">x</a>',
    "<svg/onload=alert(1)><math><mtext></p><style><img src onerror=alert(1)>",
    "[![i](http://beacon.example/i.png)](http://a.example)",
    '<http://a.example/"onmouseover=alert(1)>',
    "```html\n<img src=x>\n```",
    "|a|b|\n|:-|-:|\n|<img src=x>|![c](http://beacon.example)|",
    "# <iframe src=//x>",
    "\x00\u202e\ud800<img src=x>",
]
pieces = st.sampled_from(
    [*HOSTILE, "![", "](", ")", "<", ">", '"', "'", "`", "\n", "|", "\\", "&lt;", "&#60;img", "[", "]", ":", "//x"]
)
texts = st.lists(pieces | st.text(max_size=8), max_size=8).map("".join)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def check(html: str) -> None:
    for tag, attributes in Tags(html).seen:
        assert tag in ALLOWED
        assert set(attributes) <= {"href", "rel", "target", "start"}
        if tag == "a":
            assert (attributes["href"] or "").lower().startswith(("http:", "https:", "mailto:"))
            assert attributes["rel"] == "noopener noreferrer nofollow ugc"
            assert attributes["target"] == "_blank"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_is_harmless(text: str) -> None:
    html = render(text)
    check(html)
    assert "<img" not in html


@settings(max_examples=examples(300), deadline=None)
@given(texts)
def test_any_mixture_is_harmless(text: str) -> None:
    check(render(text))


@settings(max_examples=examples(100), deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_any_text_renders(text: str) -> None:
    check(render(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>\n"),
        ("# Title", "<p><strong>Title</strong></p>\n"),
        ("![a cat](http://x.example/c.png)", "<p>[image: a cat — http://x.example/c.png]</p>\n"),
        ("![](x.png)", "<p>[image: x.png]</p>\n"),
        ("[here](/etc)", "<p>here (/etc)</p>\n"),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>\n"),
        ("http://bare.example", "<p>http://bare.example</p>\n"),
    ],
    ids=["inline", "heading", "image", "image without words", "relative link", "raw html", "no linkify"],
)
def test_markdown_becomes_plain_tags(text: str, html: str) -> None:
    assert render(text) == html


def test_a_link_shows_its_target_beside_other_words() -> None:
    anchor = '<a href="https://a.example/x" target="_blank" rel="noopener noreferrer nofollow ugc">'
    assert render("[safe.example](https://a.example/x)") == f"<p>{anchor}safe.example</a> (https://a.example/x)</p>\n"
    assert render("<https://a.example/x>") == f"<p>{anchor}https://a.example/x</a></p>\n"


def test_a_table_is_a_table() -> None:
    html = render("|a|b|\n|-|-:|\n|1|2|")
    assert "<table>" in html
    assert "style" not in html
