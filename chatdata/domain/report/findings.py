"""What was found of a session as HTML: differences with their causes, and what a lint says."""

from collections.abc import Iterator

from chatdata.domain.drift import Comparison, DriftFinding
from chatdata.domain.lint import PROVIDERS, Report
from chatdata.domain.report.visible import as_html
from chatdata.domain.report.wire import iso


def finding_pieces(comparison: Comparison) -> Iterator[str]:
    """What differs, why, and what was set aside."""
    status = (comparison.status or "not compared").replace("_", " ")
    yield f"<h3>Findings: the copies are {as_html(status)}</h3>\n"
    for finding in comparison.findings:
        yield _finding(finding)
    if comparison.ledger:
        counts = ", ".join(f"{count:,} {rule.replace('_', ' ')}" for rule, count in comparison.ledger.items())
        yield f'<p class="quiet">Normal differences, set aside: {as_html(counts)}.</p>\n'


def _finding(finding: DriftFinding) -> str:
    places = [
        f"{name} {place:,}"
        for name, place in (("cache", finding.cache_position), ("database", finding.database_position))
        if place is not None
    ]
    where = ", ".join([*places, *([finding.field] if finding.field else [])])
    causes = "".join(
        f"<li>{as_html(item.cause.replace('_', ' '))}: {as_html(item.evidence)}</li>" for item in finding.likely_causes
    )
    risk = f" <b>At risk until {iso(finding.expires_at)}.</b>" if finding.at_risk and finding.expires_at else ""
    return _box(finding.severity, finding.kind, where, as_html(finding.meaning) + risk, causes)


def _box(severity: str, name: str, where: str, meaning: str, items: str) -> str:
    """`meaning` and `items` are HTML."""
    return (
        f'<div class="finding {severity}"><p><b>{severity}</b> {as_html(name.replace("_", " "))}'
        f' <span class="quiet">{as_html(where)}</span></p><p>{meaning}</p><ul>{items}</ul></div>\n'
    )


def lint_pieces(whose: str, report: Report) -> Iterator[str]:
    """Who would reject a copy, and with which words; `whose` names it."""
    verdicts = report.verdicts
    refused = [provider for provider in PROVIDERS if verdicts[provider] == "reject"]
    said = f"rejected by {', '.join(refused)}" if refused else "every provider would accept it"
    yield f"<h3>Lint, {whose}: {said}</h3>\n"
    for finding in report.findings:
        answers = "".join(
            f"<li>{item.provider}: <code>{as_html(item.text)}</code></li>" for item in finding.rejected_by
        )
        where = ", ".join(f"message {position:,}" for position in finding.stored_positions)
        yield _box(finding.severity, finding.code, where, as_html(finding.meaning), answers)
