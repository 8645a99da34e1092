"""Rules about the reasoning text that some providers want back and others refuse."""

from collections.abc import Iterator

from chatdata.domain.lint.conversation import Conversation, Entry
from chatdata.domain.lint.texts import said
from chatdata.domain.lint.values import LintFinding, Provider, Rejection, Severity


def reasoning_missing(talk: Conversation) -> Iterator[LintFinding]:
    """Finds calls without their reasoning text, where the chosen model wants it or other messages have theirs.

    It is an error only where the chosen model is known to want it.
    """
    wanting = talk.limits.wants_reasoning
    if wanting is None and not any(map(_reasons, talk.judged)):
        return
    for entry in talk.judged:
        if entry.calls and not _reasons(entry):
            meaning = "Calls are sent without the reasoning text before them; thinking models want it back."
            rejected = [] if wanting is None else [_wanted(wanting, entry.at)]
            severity: Severity = "info" if wanting is None else "error"
            yield talk.finding("reasoning_missing", entry.at, meaning, rejected, severity=severity)


def reasoning_not_allowed(talk: Conversation) -> Iterator[LintFinding]:
    """Finds reasoning text, which Groq and Cerebras refuse."""
    for entry in talk.judged:
        if entry.role == "assistant" and _reasons(entry):
            rejected = [
                Rejection("groq", said("GR1", at=entry.at), f"messages.{entry.at}"),
                Rejection("cerebras", said("C1", at=entry.at), f"messages.{entry.at}.assistant.reasoning_content"),
            ]
            meaning = "The message has a reasoning text, which not every provider accepts."
            yield talk.finding("reasoning_not_allowed", entry.at, meaning, rejected, inside=".reasoning_content")


def _reasons(entry: Entry) -> bool:
    return bool(entry.fields.get("reasoning_content"))


def _wanted(provider: Provider, at: int) -> Rejection:
    return Rejection(provider, said("K1", at=at) if provider == "moonshot" else said("D2"), "")
