"""Rules about calls and their results, as `chatdata.domain.messages.tool_pairing` matches them."""

from collections.abc import Iterator

from chatdata.domain.lint import provider_messages
from chatdata.domain.lint.conversation import Conversation, Entry
from chatdata.domain.lint.values import PROVIDERS, LintFinding

_WITHOUT_IDS = ("ollama",)
"""Providers whose own API has no IDs of calls."""
_STRAGGLER = "A tool result comes after its call was answered and other messages followed."


def unanswered_tool_call(talk: Conversation) -> Iterator[LintFinding]:
    """Finds calls without any later result."""
    reported: set[tuple[int, str]] = set()
    for call in talk.calls:
        key = call.at, call.id
        if key in talk.answered or key in reported or (not call.id and call.at in talk.answered_without_id):
            continue
        reported.add(key)
        rejected = provider_messages.unanswered(talk, call.at)
        meaning = "A tool call has no result anywhere after it."
        yield talk.finding("unanswered_tool_call", call.at, meaning, rejected, call_id=call.id)


def orphan_tool_result(talk: Conversation) -> Iterator[LintFinding]:
    """Finds results without a call, and results outside the block of a call that has an answer already."""
    for entry in talk.results:
        if talk.fit(entry) == "orphan":
            known = talk.answers.results[entry.at].call is not None
            meaning = _STRAGGLER if known else "A tool result answers a call that no message before it makes."
            rejected = provider_messages.orphan(talk, entry.at, entry.tool_call_id)
            yield talk.finding("orphan_tool_result", entry.at, meaning, rejected, call_id=entry.tool_call_id)


def late_tool_result(talk: Conversation) -> Iterator[LintFinding]:
    """Finds results after the block of their call; the finding is at the result, the rejections at the call."""
    for entry in talk.results:
        call = talk.answers.results[entry.at].call
        if call and talk.fit(entry) == "late":
            meaning = (
                f"This tool result answers a call of payload message {call[0]}, but not in the block right after it."
            )
            rejected = provider_messages.unanswered(talk, call[0])
            yield talk.finding("late_tool_result", entry.at, meaning, rejected, call_id=entry.tool_call_id)


def missing_tool_call_id(talk: Conversation) -> Iterator[LintFinding]:
    """Finds results without a tool_call_id; all reject one that follows no call, as a result without a call."""
    for entry in talk.results:
        if not entry.tool_call_id:
            rejected = provider_messages.openai_like("O3", f"messages.[{entry.at}].tool_call_id")
            if not _follows_a_call(talk, entry):
                named = {rejection.provider for rejection in rejected}
                as_orphan = provider_messages.orphan(talk, entry.at, "")
                rejected += [one for one in as_orphan if one.provider not in named]
            yield talk.finding(
                "missing_tool_call_id",
                entry.at,
                "A tool result names no call.",
                rejected,
                unknown_to=[provider for provider in PROVIDERS if provider not in _WITHOUT_IDS],
            )


def duplicate_tool_result(talk: Conversation) -> Iterator[LintFinding]:
    """Finds second results of a call in the block that has the first."""
    for entry in talk.results:
        call = talk.answers.results[entry.at].call
        if call and talk.fit(entry) == "second":
            first = talk.answers.first[call]
            meaning = f"A second result for one call; payload message {first} is the first."
            where = {"id": entry.tool_call_id, "first": first, "at": entry.at}
            turn, block, _ = talk.turns[entry.at]
            rejected = [
                *provider_messages.openai("O4", f"messages[{entry.at}]", **where),
                *provider_messages.anthropic_like(
                    "A15", f"messages.{turn}.content.{block}", turn=turn, block=block, id=entry.tool_call_id
                ),
            ]
            yield talk.finding("duplicate_tool_result", entry.at, meaning, rejected, call_id=entry.tool_call_id)


def _follows_a_call(talk: Conversation, entry: Entry) -> bool:
    """Returns whether the message before the block of results makes a call that this result could answer."""
    before = next((one for one in reversed(talk.sent) if one.at < entry.at and one.role != "tool"), None)
    return before is not None and bool(before.calls)
