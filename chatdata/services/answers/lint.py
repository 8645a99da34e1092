"""The document of `lint --json` on one session or file."""

from dataclasses import replace
from typing import Any

from chatdata.domain.lint import LintFinding, Provider, Report, report_json


def of_provider(report: Report, provider: Provider | None) -> Report:
    """The report reduced to the findings that one provider rejects, and to content that nobody can judge.

    It is unchanged if no provider is chosen.
    """
    if provider is None:
        return report
    return replace(report, findings=tuple(finding for finding in report.findings if _names(finding, provider)))


def _names(finding: LintFinding, provider: Provider) -> bool:
    return provider in finding.unclear_for or any(rejection.provider == provider for rejection in finding.rejected_by)


def report_document(report: Report, session_id: str | None, source: str, provider: Provider | None) -> dict[str, Any]:
    """The document of `lint --json`; with --provider, only that provider's verdict."""
    whole = report_json(report, session_id, source)
    if provider is not None:
        whole["verdicts"] = {provider: report.verdicts[provider]}
    return whole
