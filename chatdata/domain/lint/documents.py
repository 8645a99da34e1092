"""Lints a parsed JSON file in the terms of the API whose form it has, and writes a report as JSON."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatdata.domain.dialects import (
    FORMATS,
    Dialect,
    InvalidConversation,
    ReadConversation,
    ReadMessage,
    empty_list_in,
    index_in,
    read,
    recognise,
    unknown_format,
    unwrapped,
)
from chatdata.domain.lint.conversation import Conversation
from chatdata.domain.lint.native import TERMS, Native, NativeBody, as_native, native_body
from chatdata.domain.lint.native_blocks import call_in, is_result
from chatdata.domain.lint.native_rules import native_findings
from chatdata.domain.lint.native_sides import TRANSLATED_AWAY, on_wrong_side
from chatdata.domain.lint.rules.repeated_keys import repeated_keys
from chatdata.domain.lint.rules.tools import offered_tools
from chatdata.domain.lint.texts import said
from chatdata.domain.lint.validation import lint_conversation, lint_messages
from chatdata.domain.lint.values import Code, LintFinding, Provider, Rejection, Report, with_findings


def messages_of(document: Any) -> list[Any]:
    """Returns the messages of a parsed file: an array, a request body, a line of a batch or a cached document.

    Raises ValueError with a sentence for people when it is anything else.
    """
    document = unwrapped(document)
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


_ACROSS = frozenset({"orphan_tool_result", "unanswered_tool_call", "late_tool_result"})
"""What items that the provider stored could explain."""
_IN_ANY_FORM = _ACROSS | {"duplicate_tool_result"}
"""What stays a fault however messages are translated."""
_UNREAD: dict[Dialect, str] = {
    item.name: item.title for item in FORMATS if item.name != "openai-chat" and item.name not in TERMS
}


def lint_document(document: Any, lint: Callable[[list[Any]], Report] = lint_messages) -> Report:
    """Lints a parsed file in the terms of the API whose form it has; `lint` judges messages in OpenAI's form.

    Repeated keys are found where the file was parsed `with_repeats`. Raises ValueError with a sentence for people when
    it holds no messages.
    """
    report = _linted(document, lint)
    repeated = repeated_keys(document, is_request=report.dialect == "openai-chat")
    return with_findings(report, (*repeated, *offered_tools(document, report.dialect)))


def _linted(document: Any, lint: Callable[[list[Any]], Report]) -> Report:
    native = request_body(document)
    if native is not None:
        return lint_native(native)
    if isinstance(document, Mapping) and empty_list_in(unwrapped(document)):
        return lint([])
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
    known = recognise(document)
    if known is None and isinstance(whole, Mapping) and whole.get("input") == []:
        return "openai-responses"  # no other API has an input, so that nothing more needs to be seen of it
    return known


def lint_native(native: NativeBody) -> Report:
    """Returns the findings that the body's own API would have, at the places of the body."""
    own = native_findings(native)
    told = {_subject(finding) for finding in own}
    terms = TERMS[native.dialect]
    found = [
        _at_home(finding, native, terms)
        for finding in lint_conversation(native.talk).findings
        if any(rejection.provider in terms for rejection in finding.rejected_by)
        and not (native.continues and finding.code in _ACROSS)
    ]
    hidden = on_wrong_side(native)
    found = [
        finding
        for finding in found
        if _subject(finding) not in told
        and not (finding.code in TRANSLATED_AWAY and finding.payload_position in hidden)
        and not (finding.code == "no_messages" and _holds_unread(native, own))
    ] + own
    if native.dialect == "gemini-contents":
        found = [_by_number(finding, native) for finding in found]
    if native.is_invoked:
        found = [_as_bedrock_says(finding) for finding in found]
    meaning = "It is not understood, so that nobody can say who accepts it."
    known = [finding.path for finding in own if finding.code == "unknown_block"]
    found += [
        LintFinding("unknown_block", "warning", index_in(path), (), None, meaning, path=path)
        for path in native.unknown
        if not any(one == path or one.startswith((f"{path}.", f"{path}[")) for one in known)
    ]
    found.sort(key=lambda finding: len(native.items) if finding.payload_position is None else finding.payload_position)
    return Report(len(native.items), tuple(found), native.dialect, native.terms)


def _holds_unread(native: NativeBody, own: Sequence[LintFinding]) -> bool:
    """Returns whether the body has messages that could not be read, so that it is not true that there are none."""
    return not native.messages and (bool(native.items) or any(finding.path == native.key for finding in own))


_SUBJECTS: dict[Code, str] = {
    "empty_content": "content",
    "whitespace_content": "content",
    "null_content": "content",
    "unknown_role": "role",
    "arguments_not_json": "arguments",
    "arguments_not_object": "arguments",
    "consecutive_users": "order",
}


def _subject(finding: LintFinding) -> tuple[str, int | None, str | None]:
    """Returns what a finding is about; what the body itself shows says it once, and more exactly."""
    subject = _SUBJECTS.get(finding.code, finding.code)
    return subject, finding.payload_position, finding.tool_call_id if subject == "arguments" else None


def _at_home(finding: LintFinding, native: NativeBody, terms: Sequence[Provider]) -> LintFinding:
    if finding.code == "ends_with_assistant":
        finding = _continued(finding, native)
    here = tuple(rejection for rejection in finding.rejected_by if rejection.provider in terms)
    if finding.payload_position is None:
        return replace(finding, rejected_by=here)
    one = native.messages[finding.payload_position]
    path = native.call_place(finding.payload_position, finding.tool_call_id) or one.path
    return replace(finding, rejected_by=here, payload_position=index_in(path), path=path)


_CONTINUING = re.compile(r"claude-(?:instant|v?[123](?!\d)|(?:opus|sonnet|haiku)-4(?:[-.][0-5])?(?![-.]?\d(?!\d{7})))")
"""Anthropic's models that continue an answer; those from 4.6 on refuse it."""


def _continued(finding: LintFinding, native: NativeBody) -> LintFinding:
    """Returns the finding about a last message of the assistant as the model of the body takes it."""
    model = native.body.get("model")
    if native.dialect != "anthropic-messages":
        return finding
    if isinstance(model, str) and _CONTINUING.search(model):
        meaning = "The last message is the assistant's, which this model continues."
        return replace(finding, severity="info", meaning=meaning, rejected_by=())
    if native.is_invoked:
        meaning = "The last message is the assistant's, which only older models continue."
        return replace(finding, severity="warning", meaning=meaning, rejected_by=(), unknown_to=native.terms)
    return finding


_UNPAIRED: frozenset[Code] = frozenset({"unanswered_tool_call", "orphan_tool_result", "missing_tool_call_id"})


def _by_number(finding: LintFinding, native: NativeBody) -> LintFinding:
    """Returns the finding about a call and a result of other names as Gemini takes them, which compares the numbers."""
    at = finding.payload_position
    if at is None or finding.code not in _UNPAIRED:
        return finding
    calls_at = at if finding.code == "unanswered_tool_call" else at - 1
    calls = [block for index, _, block in native.blocks() if index == calls_at and call_in(block) is not None]
    results = [block for index, _, block in native.blocks() if index == calls_at + 1 and is_result(block)]
    if not calls or len(calls) != len(results):
        return finding
    meaning = (
        "The names or IDs of the results are not those of the calls; what Gemini is known to compare is the number."
    )
    return replace(finding, severity="warning", meaning=meaning, rejected_by=(), unknown_to=native.terms)


def _as_bedrock_says(finding: LintFinding) -> LintFinding:
    """Returns a finding with Anthropic's own words, which Bedrock passes on where it takes Anthropic's body."""
    if finding.code == "starts_with_assistant":
        return replace(finding, rejected_by=(Rejection("bedrock", said("AF"), "messages"),))
    passed_on = (replace(one, provider="bedrock") for one in finding.rejected_by if one.provider == "anthropic")
    return replace(finding, rejected_by=tuple(passed_on))


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
