"""The assessment of a copy, shared by pages, lists and the command line: its payload, tokens and lint report."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatdata.domain.copies import CopyMessage
from chatdata.domain.lint import (
    NEXT_USER,
    PROVIDERS,
    Limits,
    LintFinding,
    Provider,
    Report,
    lint_messages,
    lint_payload,
)
from chatdata.domain.messages import Payload, build_payload
from chatdata.domain.payload.truncation import Cut, cut
from chatdata.domain.tokens import Estimate, ModelFacts, estimate

_THINKING: tuple[tuple[re.Pattern[str], Provider], ...] = (
    (re.compile(r"deepseek-(reasoner|v4)", re.IGNORECASE), "deepseek"),
    (re.compile(r"kimi-(k2-thinking|k2\.[5-9]|k[3-9])", re.IGNORECASE), "moonshot"),
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A copy as it would be sent to a model together with the next user message."""

    payload: Payload
    tokens: Estimate
    report: Report

    @property
    def rejected_by(self) -> tuple[Provider, ...]:
        """The providers that would reject the payload."""
        verdicts = self.report.verdicts
        return tuple(provider for provider in PROVIDERS if verdicts[provider] == "reject")

    @property
    def main_error(self) -> LintFinding | None:
        """The error for which most of the rejecting providers reject the payload; of several, the first."""
        errors = (finding for finding in self.report.findings if finding.severity == "error")
        return max(errors, key=lambda finding: len(finding.rejecting), default=None)


def assess(messages: Sequence[CopyMessage], model: ModelFacts) -> Assessment:
    """Returns the payload of a copy's messages with its tokens and lint report for this model."""
    payload = build_payload([copy.message for copy in messages], [copy.position for copy in messages])
    tokens = estimate(payload.params, model.encoding)
    return Assessment(payload, tokens, lint_payload(payload, limits=_limits(model, tokens)))


def assess_cut(messages: Sequence[CopyMessage], model: ModelFacts, last: int) -> Assessment:
    """Returns the assessment of a copy of which only the last messages are sent, behind its system messages.

    The payload is built first and cut then, as applications do; the next user message follows it as ever.
    """
    payload = build_payload([copy.message for copy in messages], [copy.position for copy in messages])
    kept = cut(payload.params, Cut(messages=last))
    left = replace(payload, messages=tuple(payload.messages[index] for index in kept))
    tokens = estimate(left.params, model.encoding)
    return Assessment(left, tokens, lint_payload(left, limits=_limits(model, tokens)))


def assess_raw(
    messages: Sequence[Any],
    model: ModelFacts,
    *,
    positions: Sequence[tuple[int, ...]] | None = None,
    kept: Sequence[int] | None = None,
    next_user: bool = False,
) -> Report:
    """Returns the lint report of payload messages, which are checked as they are and never rebuilt.

    `positions` are the stored positions of each message, `kept` the indices of the messages that a cut keeps (by
    default all), and `next_user` appends a user message.
    """
    chosen = range(len(messages)) if kept is None else kept
    left = [messages[index] for index in chosen] + ([NEXT_USER] if next_user else [])
    where = None if positions is None else [positions[index] for index in chosen]
    if where is not None and next_user:
        where.append(where[-1] if where else ())
    return lint_messages(left, positions=where, limits=_limits(model, estimate(objects(left), model.encoding)))


def objects(messages: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Returns the messages with an empty object in place of each one that is not an object."""
    return [message if isinstance(message, Mapping) else {} for message in messages]


def _limits(model: ModelFacts, tokens: Estimate) -> Limits:
    """Returns what the messages don't show: how full the window is, and whether Mistral itself serves the model."""
    serving: Provider | None = "mistral" if model.provider == "mistral" else None
    return Limits(tokens.total, model.context_window, serving, _wants_reasoning(model.name))


def _wants_reasoning(name: str) -> Provider | None:
    """Returns the provider whose thinking model has this name; such a model wants reasoning text back."""
    return next((provider for pattern, provider in _THINKING if pattern.search(name)), None)
