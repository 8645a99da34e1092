"""Rules about the IDs of tool calls."""

import re
from collections.abc import Iterator

from chatdata.domain.lint import provider_messages
from chatdata.domain.lint.conversation import Conversation, ToolCall
from chatdata.domain.lint.texts import said
from chatdata.domain.lint.values import LintFinding, Rejection, Severity

_ALPHABET = re.compile(r"[a-zA-Z0-9_-]+")
_NINE = re.compile(r"[a-zA-Z0-9]{9}")
_LONGEST = 40
"""The maximum number of characters, where OpenAI checked it."""


def duplicate_tool_call_id(talk: Conversation) -> Iterator[LintFinding]:
    """Finds IDs that occur twice in one message."""
    for entry in talk.entries:
        if len(entry.calls) > 1:
            earlier_ids: set[str] = set()
            for call in entry.calls:
                if call.id and call.id in earlier_ids:
                    yield _not_unique(talk, call, in_one_message=True)
                earlier_ids.add(call.id)


def reused_tool_call_id(talk: Conversation) -> Iterator[LintFinding]:
    """Finds IDs that a call of an earlier message already has."""
    latest: dict[str, int] = {}
    for call in talk.calls:
        if call.id and latest.get(call.id, call.at) != call.at:
            yield _not_unique(talk, call, in_one_message=False)
        latest[call.id] = call.at


def long_tool_call_id(talk: Conversation) -> Iterator[LintFinding]:
    """Finds IDs of a length that OpenAI has sometimes rejected."""
    for call in talk.calls:
        if len(call.id) > _LONGEST:
            where = {"at": call.at, "call": call.number, "count": len(call.id)}
            yield talk.finding(
                "long_tool_call_id",
                call.at,
                f"A tool call's id has {len(call.id)} characters; more than {_LONGEST} are sometimes rejected.",
                provider_messages.openai("O6", f"messages[{call.at}].tool_calls[{call.number}].id", **where),
                severity="warning",
                call_id=call.id,
                inside=f".tool_calls[{call.number}].id",
            )


def bad_tool_call_id(talk: Conversation) -> Iterator[LintFinding]:
    """Finds IDs with characters that Anthropic does not allow, and separately IDs that Mistral does not allow."""
    served = talk.limits.serving == "mistral"
    for call in talk.calls:
        outside = not _ALPHABET.fullmatch(call.id)
        if outside:
            yield _outside(talk, call)
        if outside or (served and not _NINE.fullmatch(call.id)):
            yield _not_nine(talk, call, "error" if served else "warning")


def _outside(talk: Conversation, call: ToolCall) -> LintFinding:
    turn, block, path = provider_messages.tool_use(talk, call)
    field = f"messages[{call.at}].tool_calls[{call.number}].id"
    missing = [] if call.has_id else provider_messages.openai("O25", field, at=call.at, call=call.number)
    return talk.finding(
        "bad_tool_call_id",
        call.at,
        "A tool call's id has characters other than a-z, A-Z, 0-9, _ and -." if call.id else "A tool call has no id.",
        [*missing, *provider_messages.anthropic_routes(said("A4", turn=turn, block=block), f"{path}.tool_use.id")],
        call_id=call.id,
        inside=f".tool_calls[{call.number}].id",
    )


def _not_nine(talk: Conversation, call: ToolCall, severity: Severity) -> LintFinding:
    return talk.finding(
        "bad_tool_call_id",
        call.at,
        "Mistral itself accepts only ids of nine letters and digits; gateways rewrite them.",
        [Rejection("mistral", said("M0", id=call.id), "")],
        severity=severity,
        call_id=call.id,
        inside=f".tool_calls[{call.number}].id",
    )


def _not_unique(talk: Conversation, call: ToolCall, *, in_one_message: bool) -> LintFinding:
    turn, block, path = provider_messages.tool_use(talk, call)
    return talk.finding(
        "duplicate_tool_call_id" if in_one_message else "reused_tool_call_id",
        call.at,
        "Two calls of one message have the same id." if in_one_message else "The id of an earlier call is used again.",
        [
            *provider_messages.anthropic_like("A3", path, turn=turn, block=block),
            Rejection("moonshot", said("K3", id=call.id), ""),
        ],
        call_id=call.id,
        inside=f".tool_calls[{call.number}].id",
    )
