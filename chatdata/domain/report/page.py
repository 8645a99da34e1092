"""The evidence bundle as one HTML file: it opens from disk, and nothing in it can load, send or run anything.

A content security policy names the file's own style and script by their digests and allows nothing else. All text of
conversations is text of elements. Piece by piece, so that memory holds one session.
"""

import base64
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from chatdata.domain.copies import CorruptDocument
from chatdata.domain.lint import Report
from chatdata.domain.report.differences import difference_pieces
from chatdata.domain.report.evidence import TOOL, Evidence, FileFacts
from chatdata.domain.report.facts import fact_pieces
from chatdata.domain.report.findings import finding_pieces, lint_pieces
from chatdata.domain.report.messages import message_pieces, raw_pieces
from chatdata.domain.report.remarks import by_position, elsewhere_pieces, remark_pieces
from chatdata.domain.report.visible import as_html
from chatdata.domain.report.wire import iso
from chatdata.settings.version import tool_version

_VIEWS = {
    "full": "everything",
    "masked": "what names a person or lets somebody in is replaced by stand-ins; equal stand-ins are equal values",
    "structure": "no words: roles, lengths, times, tool names; equal digests are equal texts",
}


_NOTHING = ("default-src 'none'", "base-uri 'none'", "form-action 'none'")
_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Evidence, {tool}</title>
<style>{style}</style>
</head>
<body>
"""
_BAR = """<div class="bar">
<input id="search" type="search" placeholder="Search messages and findings ( / )" aria-label="Search">
<output id="told"></output>
<button id="unfold">Unfold all</button>
<button id="fold">Fold all</button>
<button id="theme">Light or dark</button>
</div>
"""


@lru_cache(maxsize=2)
def _part(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode() + "'"


def page_pieces(facts: FileFacts, sessions: Iterable[Evidence]) -> Iterator[str]:
    """The file in pieces."""
    style, script = _part("page.css"), _part("page.js")
    policy = "; ".join((*_NOTHING, f"style-src {_digest(style)}", f"script-src {_digest(script)}"))
    yield _HEAD.format(policy=policy, tool=TOOL, style=style) + _BAR
    written = f"{TOOL} {tool_version()}, written {iso(facts.exported_at)}"
    view = f"View: <b>{facts.view}</b>, {_VIEWS[facts.view]}"
    yield f"<header><h1>Evidence</h1><p>{written}. {view}. Copies looked at: {facts.source}.</p></header>\n<main>\n"
    for number, evidence in enumerate(sessions):
        yield from _session(number, evidence)
    yield f"</main>\n<script>{script}</script>\n</body>\n</html>\n"


def _session(number: int, evidence: Evidence) -> Iterator[str]:
    readable = evidence.readable()
    title = readable[1].info.title if readable else None
    session_id = evidence.copies.session_id
    yield f'<details class="session"{"" if number else " open"}><summary>{as_html(title or session_id)}'
    yield f" <small>{as_html(session_id)}</small></summary>\n"
    yield from fact_pieces(evidence)
    if evidence.comparison is not None:
        yield from finding_pieces(evidence.comparison)
        yield from difference_pieces(evidence.copies, evidence.comparison)
    for whose, report in _reports(evidence).items():
        yield from lint_pieces(whose, report)
    if readable is not None:
        yield f"<h3>Timeline, the {readable[0]}'s copy: {len(readable[1].messages):,} messages</h3>\n"
        noted = by_position(evidence.notes)
        for item in readable[1].messages:
            yield from message_pieces(item)
            yield from remark_pieces(noted.get(item.position, ()))
    yield from elsewhere_pieces(evidence.notes)
    if isinstance(evidence.copies.cached, CorruptDocument):
        yield from raw_pieces(evidence.copies.cached)
    yield "</details>\n"


def _reports(evidence: Evidence) -> dict[str, Report]:
    """Of each copy; one of both where it says the same."""
    named = {f"the {source}'s copy": report for source, report in evidence.reports.items()}
    same = len(named) > 1 and len(set(named.values())) == 1
    return {"both copies": next(iter(named.values()))} if same else named
