"""The evidence bundle as one HTML file: it opens from disk, and nothing in it can load, send or run anything.

A content security policy names the file's own style and script by their digests and allows nothing else. All text of
conversations is text of elements (see rendering.py). Piece by piece, so that memory holds one session.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from markupsafe import Markup

from chatdata.domain.annotations import Placed
from chatdata.domain.copies import CachedCopy, CorruptDocument, Source, StoredCopy
from chatdata.domain.messages import DamagedValue
from chatdata.domain.report.differences import Stretch, differing_stretches
from chatdata.domain.report.evidence import TOOL, Evidence, FileFacts
from chatdata.domain.report.facts import FactRow, fact_rows
from chatdata.domain.report.findings import DriftFindings, LintFindings, drift_findings, lint_findings
from chatdata.domain.report.messages import RawDocument, ShownMessage, raw_document, shown_message
from chatdata.domain.report.remarks import by_position
from chatdata.domain.report.rendering import TEMPLATES, source
from chatdata.settings.version import tool_version

_VIEWS = {
    "full": "everything",
    "masked": "personal data and secrets are replaced with placeholders; equal placeholders are equal values",
    "structure": "no words: roles, lengths, times, tool names; equal digests are equal texts",
}
_NOTHING = ("default-src 'none'", "base-uri 'none'", "form-action 'none'")


@dataclass(frozen=True, slots=True)
class SessionPart:
    """One session as session.html has it."""

    id: str
    title: str
    facts: Sequence[FactRow]
    evidence: Evidence
    drift: DriftFindings | None
    """None where the copies are not compared."""
    stretches: Iterable[Stretch] | None
    """The copies side by side; None where there is nothing to see."""
    lint: Sequence[LintFindings]
    source: Source | None
    """The copy that the timeline shows."""
    count: int
    messages: Iterable[ShownMessage]
    notes: Mapping[int, Sequence[Placed]]
    """By position in that copy."""
    notes_elsewhere: Sequence[Placed]
    """On messages that it does not have."""
    raw: RawDocument | None


def page_pieces(facts: FileFacts, sessions: Iterable[Evidence]) -> Iterator[str]:
    """The file in pieces."""
    style, script = source("page.css"), source("page.js")
    return TEMPLATES.get_template("page.html").generate(
        policy="; ".join((*_NOTHING, f"style-src {_digest(style)}", f"script-src {_digest(script)}")),
        style=Markup(style),
        script=Markup(script),
        tool=TOOL,
        version=tool_version(),
        facts=facts,
        view=_VIEWS[facts.view],
        sessions=map(_part, sessions),
    )


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode() + "'"


def _shown(copy: StoredCopy | CachedCopy) -> Iterator[ShownMessage]:
    damaged: dict[int | None, list[DamagedValue]] = {}
    for value in copy.damaged:
        damaged.setdefault(value.position, []).append(value)
    return (shown_message(item, damaged.get(item.position, ())) for item in copy.messages)


def _part(evidence: Evidence) -> SessionPart:
    copies, comparison, readable = evidence.copies, evidence.comparison, evidence.readable()
    return SessionPart(
        id=copies.session_id,
        title=(readable[1].info.title if readable else None) or copies.session_id,
        facts=fact_rows(copies),
        evidence=evidence,
        drift=None if comparison is None else drift_findings(comparison),
        stretches=None if comparison is None else differing_stretches(copies, comparison),
        lint=lint_findings(evidence.reports),
        source=readable[0] if readable else None,
        count=len(readable[1].messages) if readable else 0,
        messages=_shown(readable[1]) if readable else (),
        notes=by_position(evidence.notes) if readable else {},
        notes_elsewhere=[placed for placed in evidence.notes if placed.position is None],
        raw=raw_document(copies.cached) if isinstance(copies.cached, CorruptDocument) else None,
    )
