"""Reads messages from a parsed JSON file and writes a report as JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatdata.domain.dialects import FORMATS, Dialect, recognise
from chatdata.domain.lint.errors.error_lookup import Explanation, explain
from chatdata.domain.lint.native import Native, native_messages
from chatdata.domain.lint.validation import lint_messages
from chatdata.domain.lint.values import LintFinding, Provider, Report


def messages_of(document: Any) -> list[Any]:
    """Returns the messages of a parsed file: an array, a request body or a cached document.

    Raises ValueError with a sentence for people when it is anything else.
    """
    if isinstance(document, list):
        return document
    if not isinstance(document, Mapping):
        raise ValueError("The file is neither an array of messages nor an object with messages.")
    messages = document.get("messages")
    if not isinstance(messages, list):
        what = "no messages" if "messages" not in document else "messages, but they are no array"
        raise ValueError(f"The file's object has {what}: give an array, a request body or a cached document.")
    return messages


_TERMS: dict[Dialect, tuple[Provider, ...]] = {
    "anthropic-messages": ("anthropic", "openrouter-anthropic"),
    "bedrock-converse": ("bedrock",),
    "gemini-contents": ("gemini",),
    "openai-responses": ("openai-responses",),
}
_UNREAD: dict[Dialect, str] = {
    item.name: item.title for item in FORMATS if item.name != "openai-chat" and item.name not in _TERMS
}


def lint_document(document: Any, lint: Callable[[list[Any]], Report] = lint_messages) -> Report:
    """Lints a parsed file in the terms of the API whose form it has; `lint` judges messages in OpenAI's form.

    Raises ValueError with a sentence for people when it holds no messages.
    """
    dialect = recognise(document) or "openai-chat"
    if dialect in _TERMS:
        return _judged(document, dialect)
    if dialect in _UNREAD:
        messages = messages_of(document)
        meaning = f"The file's format is {_UNREAD[dialect]}, which is not how a provider gets messages."
        return Report(len(messages), (LintFinding("unknown_block", "warning", None, (), None, meaning),), dialect)
    return lint(messages_of(document))


def explain_document(text: str, document: Any) -> tuple[Explanation, list[Any] | None]:
    """Returns what an error means for a parsed file, and its messages if they are in OpenAI's form.

    Positions are those of the file's own list. Raises ValueError when it holds no messages.
    """
    dialect = recognise(document) or "openai-chat"
    if dialect not in _TERMS:
        messages = messages_of(document)
        return explain(text, messages), messages
    native, _ = native_messages(document, dialect)
    found = explain(text, [one.message for one in native])
    matches = (
        match if match.payload_position is None else replace(match, payload_position=native[match.payload_position].at)
        for match in found.matches
    )
    return replace(found, matches=tuple(matches)), None


def _judged(document: Any, dialect: Dialect) -> Report:
    """Returns the findings that the API itself would have, at the places of the document."""
    native, unknown = native_messages(document, dialect)
    terms = _TERMS[dialect]
    found = [
        _at_home(finding, native, terms)
        for finding in lint_messages([one.message for one in native]).findings
        if any(rejection.provider in terms for rejection in finding.rejected_by)
    ]
    meaning = "A content block is not understood, so that nobody can say who accepts it."
    found += [LintFinding("unknown_block", "warning", None, (), None, meaning, path=path) for path in unknown]
    return Report(len({one.at for one in native}), tuple(found), dialect, terms)


def _at_home(finding: LintFinding, native: Sequence[Native], terms: Sequence[Provider]) -> LintFinding:
    here = tuple(rejection for rejection in finding.rejected_by if rejection.provider in terms)
    if finding.payload_position is None:
        return replace(finding, rejected_by=here)
    one = native[finding.payload_position]
    return replace(finding, rejected_by=here, payload_position=one.at, path=one.path)


def report_json(report: Report, session_id: str | None, source: str) -> dict[str, Any]:
    """Returns the JSON that `lint --json` prints."""
    return {
        "session_id": session_id,
        "source": source,
        "dialect": report.dialect,
        "messages": report.messages,
        "findings": [_finding_json(finding) for finding in report.findings],
        "verdicts": dict(report.verdicts),
    }


def _finding_json(finding: LintFinding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "payload_position": finding.payload_position,
        "stored_positions": list(finding.stored_positions),
        "path": finding.path,
        "tool_call_id": finding.tool_call_id,
        "meaning": finding.meaning,
        "rejected_by": [
            {"provider": rejection.provider, "text": rejection.text, "path": rejection.path}
            for rejection in finding.rejected_by
        ],
    }
