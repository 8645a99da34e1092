"""One judgement for pages, lists and the command line: what a copy would be sent as, what that weighs, who takes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatdata.copies import CopyMessage
from chatdata.lint import PROVIDERS, Limits, Provider, Report, lint_payload
from chatdata.models import Payload, build_payload
from chatdata.tokens import Estimate, ModelFacts, estimate


@dataclass(frozen=True, slots=True)
class Judged:
    """A copy as it would be sent to a model with the next user message."""

    payload: Payload
    tokens: Estimate
    report: Report

    @property
    def rejected_by(self) -> tuple[Provider, ...]:
        """The providers that would reject it."""
        verdicts = self.report.verdicts
        return tuple(provider for provider in PROVIDERS if verdicts[provider] == "reject")


def judge(messages: Sequence[CopyMessage], model: ModelFacts) -> Judged:
    """The payload of a copy's messages, weighed and linted for this model."""
    payload = build_payload([copy.message for copy in messages], [copy.position for copy in messages])
    tokens = estimate(payload.params, model.encoding)
    return Judged(payload, tokens, lint_payload(payload, limits=limits_of(model, tokens)))


def limits_of(model: ModelFacts, tokens: Estimate) -> Limits:
    """What the messages can't say: how full the window is, and whether Mistral itself serves the model."""
    return Limits(tokens.total, model.context_window, "mistral" if model.provider == "mistral" else None)
