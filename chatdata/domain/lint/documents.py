"""Reads messages from a parsed JSON file and writes a report as JSON."""

from collections.abc import Mapping
from typing import Any

from chatdata.domain.lint.values import LintFinding, Report


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
