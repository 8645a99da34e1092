"""Lints a parsed JSON file in the terms of the API whose form it has, and writes a report as JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatdata.domain.dialects import (
    FORMATS,
    Dialect,
    InvalidConversation,
    ReadConversation,
    ReadMessage,
    index_in,
    read,
    recognise,
    unknown_format,
    unwrapped,
)
from chatdata.domain.lint.conversation import Conversation
from chatdata.domain.lint.native import Native, NativeBody, as_native, native_body
from chatdata.domain.lint.native_rules import native_findings
from chatdata.domain.lint.validation import lint_conversation, lint_messages
from chatdata.domain.lint.values import Code, LintFinding, Provider, Report


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


def why_unread(document: Any, error: ValueError) -> str:
    """Returns why a parsed file has no messages: its keys and the nearest format, where no format is recognized."""
    known = isinstance(document, Mapping) and "messages" in document
    return str(error) if known or recognise(document) else unknown_format(document)


TERMS: dict[Dialect, tuple[Provider, ...]] = {
    "anthropic-messages": ("anthropic", "openrouter-anthropic"),
    "bedrock-converse": ("bedrock",),
    "gemini-contents": ("gemini",),
    "openai-responses": ("openai-responses",),
}
"""The providers of each API whose bodies are judged in their own terms."""
_ACROSS = frozenset({"orphan_tool_result", "unanswered_tool_call", "late_tool_result"})
"""What items that the provider stored could explain."""
_IN_ANY_FORM = _ACROSS | {"duplicate_tool_result"}
"""What stays a fault however messages are translated."""
_UNREAD: dict[Dialect, str] = {
    item.name: item.title for item in FORMATS if item.name != "openai-chat" and item.name not in TERMS
}


def lint_document(document: Any, lint: Callable[[list[Any]], Report] = lint_messages) -> Report:
    """Lints a parsed file in the terms of the API whose form it has; `lint` judges messages in OpenAI's form.

    Raises ValueError with a sentence for people when it holds no messages.
    """
    native = request_body(document)
    if native is not None:
        return lint_native(native)
    dialect = recognise(document) or "openai-chat"
    if dialect in _UNREAD:
        return _lint_unread(document, dialect)
    return lint(messages_of(document))


def _lint_unread(document: Any, dialect: Dialect) -> Report:
    """Judges the calls and results of a format that no provider takes; whatever translates it, these stay as they are.

    Of everything else nobody can say how it would be sent.
    """
    messages = messages_of(document)
    meaning = (
        f"The file's format is {_UNREAD[dialect]}, which is not how a provider gets messages. Only calls and their "
        "results are judged: nobody can say how the rest would be sent."
    )
    whole = LintFinding("unknown_block", "warning", None, (), None, meaning)
    given = [as_native(message) for message in _messages_in(document, dialect)]
    report = lint_conversation(Conversation([one.message for one in given]))
    found = [_placed(finding, given) for finding in report.findings if finding.code in _IN_ANY_FORM]
    return Report(len(messages), (*found, whole), dialect)


def _messages_in(document: Any, dialect: Dialect) -> Sequence[ReadMessage]:
    """Returns what the format's reader reads of a document of one conversation, else nothing."""
    try:
        found = read(document, dialect)
    except InvalidConversation:
        return ()
    (one,) = found if len(found) == 1 else (None,)
    return one.messages if isinstance(one, ReadConversation) else ()


def _placed(finding: LintFinding, given: Sequence[Native]) -> LintFinding:
    one = given[finding.payload_position or 0]
    return replace(finding, payload_position=index_in(one.path), path=one.path)


def request_body(document: Any) -> NativeBody | None:
    """Returns a document as a request body of another API; None for messages in OpenAI's form and for anything else."""
    dialect = _dialect_of_body(document)
    return native_body(document, dialect) if dialect in TERMS else None


def _dialect_of_body(document: Any) -> Dialect | None:
    """Returns a body's format: what names a version of Anthropic's API is Anthropic's, whatever its messages have."""
    whole = unwrapped(document)
    if isinstance(whole, Mapping) and "anthropic_version" in whole and isinstance(whole.get("messages"), list):
        return "anthropic-messages"
    return recognise(document)


def lint_native(native: NativeBody) -> Report:
    """Returns the findings that the body's own API would have, at the places of the body."""
    terms = TERMS[native.dialect]
    found = [
        _at_home(finding, native, terms)
        for finding in lint_conversation(native.talk).findings
        if any(rejection.provider in terms for rejection in finding.rejected_by)
        and not (native.continues and finding.code in _ACROSS)
    ]
    told = {(_one_for(finding.code), finding.payload_position) for finding in found}
    found += [
        finding
        for finding in native_findings(native)
        if finding.code not in _TOLD_ONCE or (finding.code, finding.payload_position) not in told
    ]
    meaning = "It is not understood, so that nobody can say who accepts it."
    found += [
        LintFinding("unknown_block", "warning", index_in(path), (), None, meaning, path=path) for path in native.unknown
    ]
    found.sort(key=lambda finding: len(native.items) if finding.payload_position is None else finding.payload_position)
    return Report(len(native.items), tuple(found), native.dialect, terms)


_TOLD_ONCE = ("empty_content", "unknown_role")


def _one_for(code: Code) -> Code:
    return "empty_content" if code == "whitespace_content" else code


def _at_home(finding: LintFinding, native: NativeBody, terms: Sequence[Provider]) -> LintFinding:
    here = tuple(rejection for rejection in finding.rejected_by if rejection.provider in terms)
    if finding.payload_position is None:
        return replace(finding, rejected_by=here)
    one = native.messages[finding.payload_position]
    path = native.call_place(finding.payload_position, finding.tool_call_id) or one.path
    return replace(finding, rejected_by=here, payload_position=index_in(path), path=path)


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
