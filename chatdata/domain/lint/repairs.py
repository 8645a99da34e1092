"""What a payload would be after the change that an explained error asks for."""

from collections.abc import Sequence
from typing import Any

from chatdata.domain.lint.errors.error_lookup import Explanation, Match
from chatdata.domain.lint.fixes import Fix, propose
from chatdata.domain.lint.validation import lint_messages


def repaired(messages: Sequence[Any], match: Match) -> Fix | None:
    """Returns the payload without the fault of a match, or None where only a person can decide what to send.

    Nothing is changed that the lint does not find: the error may be about another conversation.
    """
    for finding in lint_messages(messages).findings:
        here = finding.payload_position is not None and finding.payload_position == match.payload_position
        if finding.code == match.code and (here or finding.tool_call_id in match.tool_call_ids):
            return propose(messages, finding)
    return None


def explanation_json(explanation: Explanation, messages: Sequence[Any] | None) -> dict[str, Any]:
    """Returns the JSON that `explain --json` prints."""
    return {
        "recognised": explanation.recognised,
        "provider": explanation.provider,
        "about_messages": explanation.about_messages,
        "reason": explanation.reason or None,
        "matches": [_match_json(match, messages) for match in explanation.matches],
    }


def _match_json(match: Match, messages: Sequence[Any] | None) -> dict[str, Any]:
    fix = repaired(messages, match) if messages is not None else None
    return {
        "code": match.code,
        "provider": match.provider,
        "payload_position": match.payload_position,
        "stored_positions": list(match.stored_positions),
        "path": match.path,
        "tool_call_id": next(iter(match.tool_call_ids), None),
        "meaning": match.meaning,
        "fix": match.fix,
        "text": match.text,
        "about_messages": match.about_messages,
        "threads": list(match.threads),
        "repaired": None if fix is None else {"what": fix.what, "lost": list(fix.lost), "messages": fix.messages},
    }
