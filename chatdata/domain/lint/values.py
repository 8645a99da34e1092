"""The values of a lint: findings, the rejections that they predict, and the resulting verdicts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from chatdata.domain.dialects import Dialect

Provider = Literal[
    "openai",
    "anthropic",
    "openrouter-anthropic",
    "bedrock",
    "gemini",
    "mistral",
    "deepseek",
    "vllm-strict-alternation",
    "groq",
    "cerebras",
    "moonshot",
    "xai",
    "ollama",
    "openai-responses",
    "azure-openai",
    "qwen",
]
PROVIDERS: tuple[Provider, ...] = get_args(Provider)

Framework = Literal["langgraph", "pydantic-ai", "litellm", "ai-sdk", "openrouter"]
"""Software and gateways that refuse messages themselves, before a provider sees them."""

Printer = Provider | Framework
"""Whoever printed an error."""

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""All severities, the worst first."""

Verdict = Literal["accept", "reject", "unknown"]

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
    "starts_with_assistant",
    "consecutive_assistants",
    "text_too_long",
    "trailing_whitespace",
    "part_without_type",
    "call_without_type",
    "arguments_as_object",
    "image_in_tool_result",
    "reasoning_missing",
    "reasoning_not_allowed",
    "thinking_modified",
    "function_role",
    "unknown_block",
    "image_too_large",
    "too_many_cache_marks",
    "lone_reasoning",
    "bad_item_id",
    "repeated_key",
    "tools_missing",
    "too_many_tools",
    "unsupported_media",
]
CODES: tuple[Code, ...] = get_args(Code)

UNJUDGED: frozenset[Code] = frozenset({"unknown_block", "part_without_type", "image_in_tool_result"})
"""Codes of content for which only the providers that a finding names are known to reject it, and none to accept it."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """The error that a provider would return."""

    provider: Provider
    text: str
    """The error text, verbatim with the real IDs and positions; long values are truncated at 1,000 characters."""
    path: str
    """The location in the provider's own notation; empty where the provider names none."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A problem that some provider would reject or that is worth knowing."""

    code: Code
    severity: Severity
    payload_position: int | None
    """The index in the payload; None for a problem of no single message (skipped, no messages, too long)."""
    stored_positions: tuple[int, ...]
    """The stored positions of the payload message; empty where they are unknown."""
    tool_call_id: str | None
    meaning: str
    """An explanation for a person that quotes nothing from the conversation."""
    rejected_by: tuple[Rejection, ...] = ()
    """The rejections by providers that are known to reject it; only those of an error affect a verdict."""
    path: str = ""
    """The place in the document that was given, such as "messages[3].content[0]"; empty for the whole."""
    unknown_to: tuple[Provider, ...] = ()
    """The providers of whom nobody can say whether they accept it."""

    @property
    def rejecting(self) -> frozenset[Provider]:
        """Returns the providers that are known to reject it."""
        return frozenset(rejection.provider for rejection in self.rejected_by)

    @property
    def unclear_for(self) -> tuple[Provider, ...]:
        """Returns the providers whose verdict can't be "accept": all where the content was not understood."""
        return self.unknown_to or (PROVIDERS if self.code in UNJUDGED else ())


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of a lint in the order of the messages; those about no single message come last."""

    messages: int
    """The number of messages checked, without the next user message that `lint_payload` appends."""
    findings: tuple[LintFinding, ...]
    dialect: Dialect = "openai-chat"
    judged: tuple[Provider, ...] = PROVIDERS
    """The providers whose API the messages are made for; of others nobody can say what they would do with them."""

    @property
    def verdicts(self) -> dict[Provider, Verdict]:
        """The verdict of every provider: "reject" if and only if an error names it, "unknown" before "accept".

        Nothing is accepted that was not understood.
        """
        errors = (finding for finding in self.findings if finding.severity == "error")
        refusing = {rejection.provider for finding in errors for rejection in finding.rejected_by}
        unclear = {name for finding in self.unjudged for name in finding.unclear_for}
        known = set(self.judged) - unclear
        others: dict[Provider, Verdict] = {name: "accept" if name in known else "unknown" for name in PROVIDERS}
        return {name: "reject" if name in refusing else other for name, other in others.items()}

    @property
    def unjudged(self) -> tuple[LintFinding, ...]:
        """The findings of what nobody can judge for some provider or for all: the reasons of a verdict "unknown"."""
        return tuple(finding for finding in self.findings if finding.unclear_for)

    @property
    def worst(self) -> Severity | None:
        """The worst severity of the findings; None without findings."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in SEVERITIES if severity in found), None)


def with_findings(report: Report, more: Iterable[LintFinding]) -> Report:
    """Returns the report with more findings, in the order of the messages; those about no single message come last."""
    added = tuple(more)
    if not added:
        return report
    return replace(report, findings=tuple(sorted((*report.findings, *added), key=_place)))


def _place(finding: LintFinding) -> tuple[bool, int]:
    return finding.payload_position is None, finding.payload_position or 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Facts that the messages alone don't show; None means that a fact is unknown and not assumed."""

    estimated_tokens: int | None = None
    """The estimated tokens of the whole payload."""
    context_window: int | None = None
    """The context window of the chosen model, in tokens."""
    serving: Provider | None = None
    """The provider that serves the model without a gateway that rewrites IDs; only "mistral" changes findings."""
    wants_reasoning: Provider | None = None
    """The provider whose chosen model wants the reasoning text of earlier calls back."""
