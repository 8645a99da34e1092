"""Explains a pasted error for a request body of another API: the message that it means, at its place in the body."""

import re
from collections.abc import Sequence
from dataclasses import replace

from chatdata.domain.lint.errors.advice import ADVICE, MEANINGS
from chatdata.domain.lint.errors.error_lookup import Explanation, Match, explain_sent, find_error
from chatdata.domain.lint.errors.error_place import ErrorPlace
from chatdata.domain.lint.native import NativeBody
from chatdata.domain.lint.native_rules import native_findings
from chatdata.domain.lint.validation import lint_conversation
from chatdata.domain.lint.values import LintFinding

_INDEX = re.compile(r"(?:messages?|contents|input)[.\[]*(\d+)")


def explain_native(text: str, native: NativeBody) -> Explanation:
    """Returns what an error means for a body; positions are those of the body's own list.

    An error that only a whole body can cause, such as one about thinking, is looked for among what the lint finds
    there.
    """
    found = explain_sent(text, ErrorPlace(native.talk, lint_conversation(native.talk).findings))
    findings = native_findings(native)
    return replace(found, matches=tuple(_at_home(match, native, findings) for match in found.matches))


def _at_home(match: Match, native: NativeBody, findings: Sequence[LintFinding]) -> Match:
    at = match.payload_position
    if at is not None:
        at = native.messages[at].at
    elif not match.tool_call_ids and match.about_messages:
        at = _index(match.path, native)
    provider = "bedrock" if native.is_invoked and match.provider == "anthropic" else match.provider
    match = replace(match, payload_position=at, provider=provider)
    finding = next((one for one in findings if _says(one, match)), None)
    if finding is None:
        return match
    at = finding.payload_position if at is None else at
    if match.code is None or finding.code == match.code or finding.payload_position != at:
        return replace(match, code=match.code or finding.code, payload_position=at)
    return replace(match, code=finding.code, meaning=MEANINGS[finding.code], fix=ADVICE[finding.code])


def _index(path: str, native: NativeBody) -> int | None:
    found = _INDEX.match(path)
    at = int(found[1][:9]) if found else len(native.items)
    return at if at < len(native.items) else None


def _says(finding: LintFinding, match: Match) -> bool:
    """Returns whether the lint predicts an error of the same meaning, or of the same rule at the same place."""
    here = match.code is not None and finding.payload_position == match.payload_position
    return any(
        match.meaning == predicted.meaning or (here and match.code == predicted.code)
        for rejection in finding.rejected_by
        for predicted in find_error(rejection.text)
    )
