"""The report's findings about a session: differences with their causes, and the lint of each copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chatdata.domain.copies import Source
from chatdata.domain.drift import Comparison, DriftFinding
from chatdata.domain.labels import (
    CAUSE_LABELS,
    EXPECTED_LABELS,
    FINDING_LABELS,
    LINT_LABELS,
    LINT_SEVERITY_LABELS,
    PROVIDER_LABELS,
    SEVERITY_LABELS,
    status_label,
)
from chatdata.domain.lint import PROVIDERS, Report

_COPY_NAMES: Mapping[Source, str] = {"cache": "cached copy", "database": "database copy"}


@dataclass(frozen=True, slots=True)
class Reason:
    """A likely cause with its evidence, what it also made, or a provider with the error that it would return."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """One finding as the report shows it."""

    severity: str
    severity_label: str
    label: str
    code: str
    where: str
    meaning: str
    lost_at: datetime | None
    """When the affected messages expire, if they exist only in the cache."""
    reasons: Sequence[Reason]
    consequences: Sequence[Reason] = ()
    """What the same cause also made."""


@dataclass(frozen=True, slots=True)
class DriftFindings:
    """The differences between the copies, and the expected differences that do not count."""

    status: str
    findings: Sequence[Box]
    set_aside: Mapping[str, int]
    """The number of expected differences by the label of their rule."""


@dataclass(frozen=True, slots=True)
class LintFindings:
    """The lint of a copy: the providers that would reject it, and why."""

    whose: str
    rejected_by: str
    """The names of the providers, comma-separated; empty where all accept the copy."""
    findings: Sequence[Box]


def drift_findings(comparison: Comparison) -> DriftFindings:
    """Returns the findings of a comparison with their labels."""
    expected = {EXPECTED_LABELS[rule]: count for rule, count in comparison.ledger.items()}
    return DriftFindings(
        status_label(comparison.status),
        [_drift(item) for item in comparison.findings],
        expected,
    )


def _drift(finding: DriftFinding) -> Box:
    sources: tuple[Source, ...] = ("cache", "database")
    places = [f"{source} {_listed(found)}" for source in sources if (found := finding.positions(source))]
    return Box(
        severity=finding.severity,
        severity_label=SEVERITY_LABELS[finding.severity],
        label=FINDING_LABELS[finding.kind],
        code=finding.kind,
        where=", ".join([*places, *([finding.field] if finding.field else [])]),
        meaning=finding.meaning,
        lost_at=finding.expires_at if finding.at_risk else None,
        reasons=[Reason(CAUSE_LABELS[item.cause], item.evidence) for item in finding.likely_causes],
        consequences=[Reason(FINDING_LABELS[item.kind], item.meaning) for item in finding.consequences],
    )


_MOST_PLACES = 8


def _listed(positions: Sequence[int]) -> str:
    more = f" and {len(positions) - _MOST_PLACES:,} more" if len(positions) > _MOST_PLACES else ""
    return ", ".join(f"{position:,}" for position in positions[:_MOST_PLACES]) + more


def lint_findings(reports: Mapping[Source, Report]) -> Sequence[LintFindings]:
    """The lint of each copy; a single one where both copies have the same findings."""
    named = {_COPY_NAMES[source]: report for source, report in reports.items()}
    if len(named) > 1 and len(set(named.values())) == 1:
        named = {"both copies": next(iter(named.values()))}
    return [_lint(whose, report) for whose, report in named.items()]


def _lint(whose: str, report: Report) -> LintFindings:
    verdicts = report.verdicts
    return LintFindings(
        whose,
        ", ".join(PROVIDER_LABELS[provider] for provider in PROVIDERS if verdicts[provider] == "reject"),
        [
            Box(
                severity=finding.severity,
                severity_label=LINT_SEVERITY_LABELS[finding.severity],
                label=LINT_LABELS[finding.code],
                code=finding.code,
                where=", ".join(f"message {position:,}" for position in finding.stored_positions),
                meaning=finding.meaning,
                lost_at=None,
                reasons=[Reason(PROVIDER_LABELS[item.provider], item.text) for item in finding.rejected_by],
            )
            for finding in report.findings
        ],
    )
