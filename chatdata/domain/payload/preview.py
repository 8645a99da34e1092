"""The payload of one copy beside the messages that it was built from: rows for a page, column by column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from chatdata.domain.copies import CopyMessage
from chatdata.domain.lint import PROVIDERS, RULES, LintFinding, Provider, Report, Severity, propose
from chatdata.domain.messages import PayloadMessage, PayloadRemark
from chatdata.domain.payload.assessment import Assessment, assess
from chatdata.domain.payload.names import PROVIDER_NAMES
from chatdata.domain.text import chunk, json_or_text, readable_json
from chatdata.domain.tokens import ModelFacts

CUT = 6_000
"""Characters of one text in a window."""
_LINE = 60
_MOST_REASONS = 100
_MOST_LOST = 600


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """Stored messages that belong together and what is sent for them."""

    stored: tuple[CopyMessage, ...]
    sent: PayloadMessage | None
    """None for a message that is not sent."""
    payload_position: int | None
    notes: tuple[PayloadRemark, ...]
    findings: tuple[LintFinding, ...] = ()
    tokens: int | None = None
    """Estimated; None where it is unknown."""


@dataclass(frozen=True)
class Preview:
    """A payload, its account, what the lint says and what it weighs. Built with `preview`; nothing in it changes."""

    judged: Assessment
    rows: tuple[PreviewRow, ...]
    """In the order of the stored messages."""

    @cached_property
    def index(self) -> dict[str, Any]:
        """One value for each row: positions (stored), sent (payload position or -1), lines, notes, worst (severity or
        null), with `count`."""
        return {
            "count": len(self.rows),
            "positions": [[message.position for message in row.stored] for row in self.rows],
            "sent": [-1 if row.payload_position is None else row.payload_position for row in self.rows],
            "lines": [_lines(row) for row in self.rows],
            "notes": [len(row.notes) for row in self.rows],
            "worst": [worst(row.findings) for row in self.rows],
        }

    def window(self, ordinals: Iterable[int]) -> list[dict[str, Any]]:
        """These rows as JSON-able dicts; texts cut at `CUT` characters. Ordinals that don't exist are left out."""
        return [self._full(ordinal) for ordinal in ordinals if 0 <= ordinal < len(self.rows)]

    def near(self, position: int, count: int) -> list[dict[str, Any]]:
        """`count` rows from a few before a stored position on."""
        start = max(self.row_of(position) - count // 4, 0)
        return self.window(range(start, start + count))

    def row_of(self, position: int) -> int:
        """The row of a stored position; 0 where there is none."""
        return self._by_position.get(position, 0)

    def text(self, ordinal: int, part: str, offset: int = 0) -> dict[str, Any]:
        """100,000 characters of a text from `offset` on: text, offset, length, next. Parts: sent; stored, refusal
        and function_call with .POSITION.

        LookupError where the row or the part isn't there.
        """
        row = self.rows[ordinal] if 0 <= ordinal < len(self.rows) else None
        text = None if row is None else _part_text(row, part)
        if text is None:
            raise LookupError(f"Row {ordinal} has no text “{part[:60]}”.")
        return chunk(text, offset)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """stored, sent and skipped (how many messages), names (provider → its name), verdicts (of each provider).

        A verdict is {"provider", "total", "rejections": [{"row", "code", "text"}…]} with the first hundred; row is -1
        for a reason that is about no message.
        """
        skipped = sum(note.kind == "skipped" for note in self.judged.payload.skipped)
        return {
            "stored": sum(len(row.stored) for row in self.rows),
            "sent": len(self.judged.payload.messages),
            "skipped": skipped,
            "names": dict(PROVIDER_NAMES),
            "verdicts": [self._verdict(provider) for provider in PROVIDERS],
        }

    def _verdict(self, provider: Provider) -> dict[str, Any]:
        reasons = [
            {"row": self._row_of_finding(finding), "code": finding.code, "text": rejection.text}
            for finding in self.judged.report.findings
            if finding.severity == "error"
            for rejection in finding.rejected_by
            if rejection.provider == provider
        ]
        return {"provider": provider, "total": len(reasons), "rejections": reasons[:_MOST_REASONS]}

    def _row_of_finding(self, finding: LintFinding) -> int:
        if finding.payload_position == len(self.judged.payload.messages) and self.rows and not self.rows[-1].stored:
            return len(self.rows) - 1
        return self._by_position.get(finding.stored_positions[0], -1) if finding.stored_positions else -1

    @cached_property
    def _by_position(self) -> dict[int, int]:
        return {message.position: at for at, row in reversed([*enumerate(self.rows)]) for message in row.stored}

    def _full(self, ordinal: int) -> dict[str, Any]:
        row = self.rows[ordinal]
        return {
            "ordinal": ordinal,
            "stored": [_stored(message) for message in row.stored],
            "sent": None if row.sent is None else _text(laid_out(row.sent)),
            "payload_position": row.payload_position,
            "role": None if row.sent is None else row.sent.param["role"],
            "tokens": row.tokens,
            "notes": [[note.kind, note.position, note.field, note.detail] for note in row.notes],
            "findings": [self._finding(finding) for finding in row.findings],
        }

    def _finding(self, finding: LintFinding) -> dict[str, Any]:
        rule, fix = RULES[finding.code], propose(self.judged.payload.params, finding)
        return {
            "code": finding.code,
            "title": rule.title,
            "severity": finding.severity,
            "meaning": finding.meaning,
            "rejected_by": [asdict(rejection) for rejection in finding.rejected_by],
            "cause": rule.cause,
            "threads": list(rule.threads),
            "fix": None if fix is None else {"what": fix.what, "lost": [text[:_MOST_LOST] for text in fix.lost]},
        }


def preview(messages: Sequence[CopyMessage], model: ModelFacts) -> Preview:
    """The payload of a copy's messages as this model would be sent it: built, weighed, linted."""
    return preview_of(messages, assess(messages, model))


def preview_of(messages: Sequence[CopyMessage], judged: Assessment) -> Preview:
    """The same for messages that were judged."""
    return Preview(judged, tuple(_rows(messages, judged)))


def _rows(messages: Sequence[CopyMessage], judged: Assessment) -> Iterator[PreviewRow]:
    """By the first stored message of each; last the user message that would come next, if something is wrong there."""
    payload, found = judged.payload, _found(judged.report)
    entries = {entry.positions[0]: (at, entry) for at, entry in enumerate(payload.messages)}
    by_position = {copy.position: copy for copy in messages}
    sent = {position for entry in payload.messages for position in entry.positions}
    skipped: dict[int, list[PayloadRemark]] = {}
    for note in payload.skipped:
        skipped.setdefault(note.position, []).append(note)
    for copy in messages:
        if copy.position in entries:
            at, entry = entries[copy.position]
            stored = tuple(by_position[position] for position in entry.positions)
            yield PreviewRow(stored, entry, at, entry.notes, found.pop(at, ()), judged.tokens.messages[at])
        elif copy.position not in sent:
            yield PreviewRow(
                (copy,), None, None, tuple(skipped.get(copy.position, ())), found.pop((copy.position,), ())
            )
    if coming := found.pop(len(payload.messages), ()):
        yield PreviewRow((), None, len(payload.messages), (), coming)


def _found(report: Report) -> dict[int | tuple[int, ...], tuple[LintFinding, ...]]:
    """Findings by payload position, or by stored positions where the message is not sent."""
    found: dict[int | tuple[int, ...], tuple[LintFinding, ...]] = {}
    for finding in report.findings:
        key = finding.stored_positions if finding.payload_position is None else finding.payload_position
        found[key] = (*found.get(key, ()), finding)
    return found


def worst(findings: Sequence[LintFinding]) -> Severity | None:
    """The highest severity among them."""
    order: tuple[Severity, ...] = ("error", "warning", "info")
    found = {finding.severity for finding in findings}
    return next((severity for severity in order if severity in found), None)


def laid_out(sent: PayloadMessage) -> str:
    """A payload message as JSON on indented lines; lone surrogates as they are, since the page marks them."""
    return readable_json(sent.param, indent=2)


def _stored(copy: CopyMessage) -> dict[str, Any]:
    message = copy.message
    return {
        "position": copy.position,
        "role": message.role,
        "name": message.name,
        "tool_call_id": message.tool_call_id,
        "content": None if message.content is None else _text(message.content),
        "calls": [_call(entry) for entry in message.tool_calls or ()],
        "refusal": _text(message.refusal) if message.refusal else None,
        "function_call": _text(_shown(message.function_call)) if message.function_call else None,
    }


def _call(entry: object) -> dict[str, str | None]:
    """A call with its arguments as they are stored; of a damaged entry all of it."""
    function = entry.get("function") if isinstance(entry, Mapping) else None
    if not isinstance(entry, Mapping) or not isinstance(function, Mapping):
        call_id = _string(entry.get("id")) if isinstance(entry, Mapping) else None
        return {"id": call_id, "name": None, "arguments": _shown(entry)[:_MOST_LOST]}
    arguments = function.get("arguments")
    return {
        "id": _string(entry.get("id")),
        "name": _string(function.get("name")),
        "arguments": None if arguments is None else _shown(arguments)[:_MOST_LOST],
    }


def _shown(value: object) -> str:
    return json_or_text(value)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _text(text: str) -> dict[str, Any]:
    return {"text": text[:CUT], "length": len(text), "cut": CUT}


def _part_text(row: PreviewRow, part: str) -> str | None:
    if part == "sent":
        return None if row.sent is None else laid_out(row.sent)
    kind, _, position = part.partition(".")
    copy = next((copy for copy in row.stored if str(copy.position) == position), None)
    if copy is None:
        return None
    message = copy.message
    texts = {"stored": message.content, "refusal": message.refusal, "function_call": _shown(message.function_call)}
    return texts.get(kind)


def _lines(row: PreviewRow) -> int:
    """About how many lines the taller side has: an estimate of height."""
    left = sum(2 + min(8, _wrapped(copy.message.content)) + len(copy.message.tool_calls or ()) for copy in row.stored)
    right = 4 if row.sent is None else 3 + sum(1 + _wrapped(value) for value in row.sent.param.values())
    return max(left, min(14, right))


def _wrapped(value: object) -> int:
    if isinstance(value, str):
        return 1 + len(value[:2_000]) // _LINE
    return 6 * len(value) if isinstance(value, list) else 1
