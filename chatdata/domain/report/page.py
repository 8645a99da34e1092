"""The report as one HTML file: it opens from disk, and nothing in it can load, send or run anything.

A content security policy allows the file's own style and script by their digests and nothing else. Text of
conversations appears only as escaped text (see rendering.py). The file is generated in pieces, so that only one
session at a time is in memory.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from markupsafe import Markup

from chatdata.domain.annotations import Placed
from chatdata.domain.copies import CachedCopy, CorruptDocument, Source, StoredCopy
from chatdata.domain.labels import VISIBILITY_LABELS
from chatdata.domain.messages import DamagedValue
from chatdata.domain.report.differences import StretchRows, differing_stretches
from chatdata.domain.report.evidence import TOOL, Evidence, FileFacts
from chatdata.domain.report.facts import FactRow, fact_rows
from chatdata.domain.report.findings import DriftFindings, LintFindings, drift_findings, lint_findings
from chatdata.domain.report.messages import RawText, ShownMessage, raw_document, shown_message
from chatdata.domain.report.remarks import by_position
from chatdata.domain.report.rendering import TEMPLATES, source
from chatdata.settings.version import tool_version

_VIEWS = {
    "full": "everything",
    "masked": "personal data and secrets are replaced with placeholders; equal placeholders are equal values",
    "structure": "no words: roles, lengths, times, tool names; equal digests are equal texts",
}
_SOURCES = {"both": "both copies", "database": "database", "cache": "cache"}
_NOTHING = ("default-src 'none'", "base-uri 'none'", "form-action 'none'")


@dataclass(frozen=True, slots=True)
class SessionPart:
    """The context of session.html: one session."""

    id: str
    title: str
    facts: Sequence[FactRow]
    evidence: Evidence
    drift: DriftFindings | None
    """None where the copies were not compared."""
    stretches: Iterable[StretchRows] | None
    """Both copies side by side; None where there are not two copies or all messages are equal."""
    lint: Sequence[LintFindings]
    source: Source | None
    """The copy whose messages are shown; None where neither copy is readable."""
    count: int
    messages: Iterable[ShownMessage]
    notes: Mapping[int, Sequence[Placed]]
    """The notes by position in that copy."""
    notes_elsewhere: Sequence[Placed]
    """The notes on messages that are not in that copy."""
    raw: RawText | None


def page_pieces(facts: FileFacts, sessions: Iterable[Evidence]) -> Iterator[str]:
    """Yields the file in pieces, one session at a time."""
    style, script = source("page.css"), source("page.js")
    return TEMPLATES.get_template("page.html").generate(
        policy="; ".join((*_NOTHING, f"style-src {_digest(style)}", f"script-src {_digest(script)}")),
        style=Markup(style),
        script=Markup(script),
        tool=TOOL,
        version=tool_version(),
        facts=facts,
        view=_VIEWS[facts.view],
        visibility=VISIBILITY_LABELS[facts.view],
        source=_SOURCES[facts.source],
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
