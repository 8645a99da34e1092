"""The payload of one copy beside the messages that it was built from, as rows for a page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from chatdata.domain.copies import CopyMessage
from chatdata.domain.dialects.writers import ApiFormat, Translation, Written, translate
from chatdata.domain.lint import PROVIDERS, RULES, LintFinding, Provider, Report, Severity, propose
from chatdata.domain.messages import PayloadMessage, PayloadRemark
from chatdata.domain.payload.assessment import Assessment, assess
from chatdata.domain.payload.names import PROVIDER_NAMES
from chatdata.domain.text import chunk, json_or_text, readable_json
from chatdata.domain.tokens import ModelFacts

CUT = 6_000
"""The maximum number of characters of one text in a window."""
_LINE = 60
_MOST_REASONS = 100
_MOST_LOST = 600

_JUDGES: Mapping[ApiFormat, Provider] = {
    "openai": "openai",
    "responses": "openai-responses",
    "anthropic": "anthropic",
    "gemini": "gemini",
    "bedrock": "bedrock",
}


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """Stored messages and the payload message that is sent for them."""

    stored: tuple[CopyMessage, ...]
    sent: PayloadMessage | None
    """None for a message that is not sent."""
    payload_position: int | None
    notes: tuple[PayloadRemark, ...]
    findings: tuple[LintFinding, ...] = ()
    tokens: int | None = None
    """The estimated tokens; None where they are unknown."""
    written: Written | None = None
    """Where the message is in the body of another API; None in the payload itself."""

    @property
    def place(self) -> int | None:
        """The payload position; None for a message that is not sent, or that the body of another API does not hold."""
        return None if self.written is not None and not self.written.places else self.payload_position


@dataclass(frozen=True)
class Preview:
    """A payload with its origin, lint findings and tokens, as `preview` returns it."""

    judged: Assessment
    rows: tuple[PreviewRow, ...]
    """The rows in the order of the stored messages."""
    translation: Translation | None = None
    """The payload as another API gets it; its rows have the findings of its provider, and no tokens."""

    @property
    def form(self) -> ApiFormat:
        """The API whose request this is."""
        return "openai" if self.translation is None else self.translation.form

    @cached_property
    def index(self) -> dict[str, Any]:
        """Columns with one value per row, and `count`.

        The columns are positions (stored), sent (payload position or -1), lines (an estimate), notes (number) and
        worst (severity or null).
        """
        return {
            "count": len(self.rows),
            "positions": [[message.position for message in row.stored] for row in self.rows],
            "sent": [-1 if row.place is None else row.place for row in self.rows],
            "lines": [_lines(row) for row in self.rows],
            "notes": [len(row.notes) + len(_changes(row)) for row in self.rows],
            "worst": [worst(row.findings) for row in self.rows],
        }

    def window(self, ordinals: Iterable[int]) -> list[dict[str, Any]]:
        """Returns these rows as JSON values, with texts truncated at `CUT` characters; unknown ordinals are ignored."""
        return [self._row_json(ordinal) for ordinal in ordinals if 0 <= ordinal < len(self.rows)]

    def near(self, position: int, count: int) -> list[dict[str, Any]]:
        """Returns `count` rows, a quarter of them before a stored position."""
        start = max(self.row_of(position) - count // 4, 0)
        return self.window(range(start, start + count))

    def row_of(self, position: int) -> int:
        """Returns the row of a stored position, or 0 if it does not exist."""
        return self._by_position.get(position, 0)

    def text(self, ordinal: int, part: str, offset: int = 0) -> dict[str, Any]:
        """Returns 100,000 characters of one text from `offset`, in the form of `chatdata.domain.text.chunk`.

        Parts are sent, and stored, refusal and function_call followed by .POSITION. Raises LookupError when the row
        or the part does not exist.
        """
        row = self.rows[ordinal] if 0 <= ordinal < len(self.rows) else None
        text = None if row is None else _part_text(row, part)
        if text is None:
            raise LookupError(f"Row {ordinal} has no text “{part[:60]}”.")
        return chunk(text, offset)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The numbers of stored, sent and skipped messages, the names of providers, and each provider's verdict.

        A verdict is {"provider", "total", "rejections": [{"row", "code", "text"}…]} with the first 100 rejections;
        row is -1 for a rejection that concerns no single message. Only the provider of another API has
        a verdict on its body.
        """
        skipped = sum(note.kind == "skipped" for note in self.judged.payload.skipped)
        dropped = sum(row.payload_position is not None and row.place is None for row in self.rows)
        judging = PROVIDERS if self.translation is None else (_JUDGES[self.translation.form],)
        return {
            "stored": sum(len(row.stored) for row in self.rows),
            "sent": len(self.judged.payload.messages) - dropped,
            "skipped": skipped + dropped,
            "names": dict(PROVIDER_NAMES),
            "verdicts": [self._verdict(provider) for provider in judging],
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

    def _row_json(self, ordinal: int) -> dict[str, Any]:
        row = self.rows[ordinal]
        return {
            "ordinal": ordinal,
            "stored": [_stored(message) for message in row.stored],
            "sent": None if (sent := _sent(row)) is None else _text(sent),
            "payload_position": row.place,
            "places": [] if row.written is None else list(row.written.places),
            "changes": _changes(row),
            "role": _role(row),
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
    """Builds the preview of a copy's messages for this model."""
    return preview_of(messages, assess(messages, model))


def preview_of(messages: Sequence[CopyMessage], judged: Assessment) -> Preview:
    """Builds the preview of messages whose assessment exists already."""
    return Preview(judged, tuple(_rows(messages, judged)))


def translated(payload: Preview, form: ApiFormat) -> Preview:
    """Returns the preview of a payload as another API gets it, with the findings that concern its provider."""
    made, judge = translate(payload.judged.payload.params, form), _JUDGES[form]
    rows = []
    for row in payload.rows:
        findings = tuple(_for_provider(row.findings, judge))
        at = None if row.sent is None else row.payload_position
        if row.stored or findings:
            written = None if at is None else made.messages[at]
            rows.append(replace(row, findings=findings, tokens=None, written=written))
    return Preview(payload.judged, tuple(rows), made)


def _for_provider(findings: Iterable[LintFinding], provider: Provider) -> Iterator[LintFinding]:
    """Yields the findings that a provider rejects, with its words only, and those that no provider rejects."""
    for finding in findings:
        own = tuple(rejection for rejection in finding.rejected_by if rejection.provider == provider)
        if own or not finding.rejected_by:
            yield replace(finding, rejected_by=own)


def _rows(messages: Sequence[CopyMessage], judged: Assessment) -> Iterator[PreviewRow]:
    """Yields the rows by their first stored message, and a last row for the next user message if it has findings."""
    payload, found = judged.payload, _findings_by_place(judged.report)
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


def _findings_by_place(report: Report) -> dict[int | tuple[int, ...], tuple[LintFinding, ...]]:
    """Returns the findings by payload position, or by stored positions where the message is not sent."""
    found: dict[int | tuple[int, ...], tuple[LintFinding, ...]] = {}
    for finding in report.findings:
        key = finding.stored_positions if finding.payload_position is None else finding.payload_position
        found[key] = (*found.get(key, ()), finding)
    return found


def worst(findings: Sequence[LintFinding]) -> Severity | None:
    """Returns the highest severity of the findings, or None without findings."""
    order: tuple[Severity, ...] = ("error", "warning", "info")
    found = {finding.severity for finding in findings}
    return next((severity for severity in order if severity in found), None)


def laid_out(sent: PayloadMessage) -> str:
    """Returns a payload message as indented JSON; lone surrogates stay, since the page marks them."""
    return readable_json(sent.param, indent=2)


def _sent(row: PreviewRow) -> str | None:
    """Returns what is sent for a row as indented JSON: one part of a body, or a list of its parts."""
    if row.written is None:
        return None if row.sent is None else laid_out(row.sent)
    parts = row.written.parts
    return readable_json(parts[0] if len(parts) == 1 else list(parts), indent=2) if parts else None


def _role(row: PreviewRow) -> str | None:
    """Returns the role of a row in what is sent; an item of another API may have none."""
    if row.written is not None:
        return row.written.role
    return None if row.sent is None else row.sent.param["role"]


def _changes(row: PreviewRow) -> list[tuple[str, str, str, bool]]:
    """Returns kind, field, explanation and seriousness of each change by a translation."""
    changes = () if row.written is None else row.written.changes
    return [(each.kind, each.field, each.detail, each.is_serious) for each in changes]


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
        "function_call": _text(_as_text(message.function_call)) if message.function_call else None,
    }


def _call(entry: object) -> dict[str, str | None]:
    """Returns a call with its arguments as stored, or with the whole entry as arguments if it is damaged."""
    function = entry.get("function") if isinstance(entry, Mapping) else None
    if not isinstance(entry, Mapping) or not isinstance(function, Mapping):
        call_id = _string(entry.get("id")) if isinstance(entry, Mapping) else None
        return {"id": call_id, "name": None, "arguments": _as_text(entry)[:_MOST_LOST]}
    arguments = function.get("arguments")
    return {
        "id": _string(entry.get("id")),
        "name": _string(function.get("name")),
        "arguments": None if arguments is None else _as_text(arguments)[:_MOST_LOST],
    }


def _as_text(value: object) -> str:
    return json_or_text(value)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _text(text: str) -> dict[str, Any]:
    return {"text": text[:CUT], "length": len(text), "cut": CUT}


def _part_text(row: PreviewRow, part: str) -> str | None:
    if part == "sent":
        return _sent(row)
    kind, _, position = part.partition(".")
    copy = next((copy for copy in row.stored if str(copy.position) == position), None)
    if copy is None:
        return None
    message = copy.message
    texts = {"stored": message.content, "refusal": message.refusal, "function_call": _as_text(message.function_call)}
    return texts.get(kind)


def _lines(row: PreviewRow) -> int:
    """Estimates the height of the taller side in lines."""
    left = sum(2 + min(8, _wrapped(copy.message.content)) + len(copy.message.tool_calls or ()) for copy in row.stored)
    right = 4 if row.sent is None else 3 + sum(1 + _wrapped(value) for value in row.sent.param.values())
    return max(left, min(14, right))


def _wrapped(value: object) -> int:
    if isinstance(value, str):
        return 1 + len(value[:2_000]) // _LINE
    return 6 * len(value) if isinstance(value, list) else 1
