"""The values of a lint: what was found, who refuses it with which words, and the verdicts that follow."""

from dataclasses import dataclass
from typing import Literal, get_args

Provider = Literal[
    "openai",
    "anthropic",
    "openrouter-anthropic",
    "bedrock",
    "gemini",
    "mistral",
    "deepseek",
    "vllm-strict-alternation",
]
PROVIDERS: tuple[Provider, ...] = get_args(Provider)

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The worst first."""

Verdict = Literal["accept", "reject"]

Code = Literal[
    "orphan_tool_result",
    "unanswered_tool_call",
    "late_tool_result",
    "missing_tool_call_id",
    "duplicate_tool_result",
    "duplicate_tool_call_id",
    "reused_tool_call_id",
    "long_tool_call_id",
    "bad_tool_call_id",
    "empty_tool_calls",
    "too_many_tool_calls",
    "empty_function_name",
    "bad_function_name",
    "bad_message_name",
    "arguments_not_json",
    "arguments_not_object",
    "empty_content",
    "whitespace_content",
    "null_content",
    "no_messages",
    "ends_with_assistant",
    "user_after_tool",
    "consecutive_users",
    "second_system",
    "unknown_role",
    "lone_surrogate",
    "nul_character",
    "context_overflow",
]
CODES: tuple[Code, ...] = get_args(Code)


@dataclass(frozen=True, slots=True)
class Rejection:
    """What a provider would answer."""

    provider: Provider
    text: str
    """Verbatim, with the real ids and positions; what is longer than 1,000 characters is cut."""
    path: str
    """Where, in the provider's own dialect; "" where it names no place."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing that a provider takes offence at."""

    code: Code
    severity: Severity
    payload_position: int | None
    """Index in the payload; None for what is about no message of it (skipped, no messages, too long)."""
    stored_positions: tuple[int, ...]
    """Of the messages that the payload message came from; () where they are not known."""
    tool_call_id: str | None
    meaning: str
    """A sentence for a person, without words of the conversation."""
    rejected_by: tuple[Rejection, ...] = ()
    """Who has been seen to refuse it. Only an error moves a verdict."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a lint found, in the order of the messages; what is about none of them last."""

    messages: int
    """How many were judged; without the next user message that `lint_payload` appends."""
    findings: tuple[LintFinding, ...]

    @property
    def verdicts(self) -> dict[Provider, Verdict]:
        """Of every provider: reject if and only if an error names it."""
        errors = (finding for finding in self.findings if finding.severity == "error")
        refusing = {rejection.provider for finding in errors for rejection in finding.rejected_by}
        return {provider: "reject" if provider in refusing else "accept" for provider in PROVIDERS}

    @property
    def worst(self) -> Severity | None:
        """The worst severity that was found."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in SEVERITIES if severity in found), None)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the messages alone can't say. Nothing is assumed that isn't given."""

    estimated_tokens: int | None = None
    """Of the whole payload."""
    context_window: int | None = None
    """Of the chosen model, in tokens."""
    serving: Provider | None = None
    """Who serves the model without a gateway that rewrites ids; only "mistral" changes what is found."""
