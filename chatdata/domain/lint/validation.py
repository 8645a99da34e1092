"""Applies all rules to one sequence of messages."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatdata.domain.lint.conversation import Conversation
from chatdata.domain.lint.rules import calls, contents, ids, media, order, pairs, reasoning, shapes
from chatdata.domain.lint.values import CODES, PROVIDERS, Limits, LintFinding, Report
from chatdata.domain.messages import Payload, PayloadRemark
from chatdata.domain.messages.markers import REASONING

NEXT_USER = {"role": "user", "content": "…"}
"""Stands for the message that the user writes next."""

_RULES: tuple[Callable[[Conversation], Iterator[LintFinding]], ...] = (
    pairs.orphan_tool_result,
    pairs.unanswered_tool_call,
    pairs.late_tool_result,
    pairs.missing_tool_call_id,
    pairs.duplicate_tool_result,
    ids.duplicate_tool_call_id,
    ids.reused_tool_call_id,
    ids.long_tool_call_id,
    ids.bad_tool_call_id,
    calls.empty_tool_calls,
    calls.too_many_tool_calls,
    calls.empty_function_name,
    calls.bad_function_name,
    calls.long_function_name,
    calls.bad_message_name,
    calls.arguments_not_json,
    calls.arguments_not_object,
    calls.null_arguments,
    contents.empty_content,
    contents.whitespace_content,
    contents.null_content,
    contents.lone_surrogate,
    contents.nul_character,
    order.no_messages,
    order.ends_with_assistant,
    order.prefix_inside,
    order.user_after_tool,
    order.consecutive_users,
    order.second_system,
    order.unknown_role,
    order.context_overflow,
    order.unchecked_length,
    order.starts_with_assistant,
    order.consecutive_assistants,
    shapes.text_too_long,
    order.trailing_whitespace,
    shapes.part_without_type,
    shapes.call_without_type,
    shapes.arguments_as_object,
    shapes.image_in_tool_result,
    reasoning.reasoning_missing,
    reasoning.reasoning_not_allowed,
    shapes.function_role,
    shapes.unknown_block,
    media.unsupported_media,
)
_ORDER = {code: index for index, code in enumerate(CODES)}


def lint_payload(payload: Payload, *, limits: Limits | None = None) -> Report:
    """Lints a stored session as it would be sent, with the next user message appended.

    Findings about that message (`user_after_tool`, `consecutive_users` at the end) have its index, one past the last
    of the payload, and the stored positions of the last real message. Messages skipped in the payload are
    `unknown_role` warnings without a payload position. `ends_with_assistant` and `no_messages` are only info here.
    Where all are skipped, nothing of the session is understood, so that no verdict is "accept".
    """
    positions = [message.positions for message in payload.messages]
    of_next = positions[-1] if positions else ()
    talk = Conversation([*payload.params, NEXT_USER], [*positions, of_next], limits, next_user=True)
    skipped = [_skipped(note) for note in payload.skipped if note.kind == "skipped" and note.field == "role"]
    if skipped and not positions:  # messages are stored, so that a provider would not accept nothing but the next one
        talk.finds_none = False
        skipped = [replace(finding, unknown_to=PROVIDERS) for finding in skipped]
    return _report(talk, len(positions), skipped)


def lint_messages(
    messages: Sequence[Any], *, positions: Sequence[tuple[int, ...]] | None = None, limits: Limits | None = None
) -> Report:
    """Lints messages of a file or a cut as they are, without rebuilding them; no JSON in them raises an exception.

    `positions` are the stored positions of each message. Reasoning messages of the model are never sent to a provider
    and are skipped.
    """
    sent = [index for index, message in enumerate(messages) if not _is_thought(message)]
    if len(sent) == len(messages):
        return _report(Conversation(messages, positions, limits), len(messages), ())
    where = None if positions is None else [positions[index] for index in sent]
    report = _report(Conversation([messages[index] for index in sent], where, limits), len(messages), ())
    return replace(report, findings=tuple(_at(finding, sent) for finding in report.findings))


def lint_conversation(talk: Conversation) -> Report:
    """Lints messages of another API, which were read from a request body and are judged at their places there."""
    return _report(talk, len(talk.messages), ())


def _is_thought(message: object) -> bool:
    return isinstance(message, Mapping) and message.get("role") == REASONING


def _at(finding: LintFinding, sent: Sequence[int]) -> LintFinding:
    """Returns the finding with its message's index among all messages, including the skipped ones."""
    at = finding.payload_position
    return finding if at is None else replace(finding, payload_position=sent[at])


def _report(talk: Conversation, messages: int, more: Iterable[LintFinding]) -> Report:
    found = [finding for rule in _RULES for finding in rule(talk)]
    found.extend(more)
    return Report(messages, tuple(sorted(found, key=_place)))


def _place(finding: LintFinding) -> tuple[float, float, int]:
    """Returns a sort key by stored position, then by payload position; findings with neither come last."""
    stored = finding.stored_positions[0] if finding.stored_positions else float("inf")
    at = float("inf") if finding.payload_position is None else finding.payload_position
    return (at if stored == float("inf") else stored, at, _ORDER[finding.code])


def _skipped(note: PayloadRemark) -> LintFinding:
    return LintFinding("unknown_role", "warning", None, (note.position,), None, note.detail)
