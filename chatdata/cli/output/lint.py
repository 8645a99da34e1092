"""Text output of `lint`: verdicts first, then each finding with the error that each provider returns."""

import json
from collections.abc import Mapping, Sequence
from textwrap import indent
from typing import Any

import click
from rich.text import Text

from chatdata.cli.output.tables import console, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.domain import formatting
from chatdata.domain.copies import Source
from chatdata.domain.labels import LINT_LABELS, LINT_SEVERITY_LABELS, PROVIDER_LABELS, VERDICT_LABELS
from chatdata.domain.lint import PROVIDERS, RULES, LintFinding, Provider, Report
from chatdata.services.answers.json_types import plain

_STYLES = {"error": "bold red", "warning": "yellow", "info": "dim"}


def print_report(report: Report, name: str, source: str, provider: Provider | None) -> None:
    """Prints the report on one session or file."""
    where = "" if source == "file" else f", {source}"
    name = "stdin" if name == "-" else name
    click.echo(f"{one_line(name)}{where}: {formatting.count(report.messages, 'payload message')}")
    for line in _verdict_lines(report, provider):
        click.echo(line)
    for finding in report.findings:
        _print_finding(finding, report.messages, provider)


class TextDocuments:
    """Prints the reports on the conversations of one file, each as soon as it is made."""

    def __init__(self, target: str) -> None:
        self._target = "stdin" if target == "-" else target

    def report(self, report: Report, where: str, document: Mapping[str, Any], provider: Provider | None) -> None:
        """Prints one report; the document is the same as JSON."""
        print_report(report, f"{self._target}, {where}", "file", provider)

    def problem(self, line: int | None, where: str, reason: str) -> None:
        """Prints nothing: people read the problem on stderr."""

    def close(self) -> None:
        """Prints nothing after the last report."""


class JsonDocuments:
    """Prints one JSON document with the reports on the conversations of a file, without holding them."""

    def __init__(self) -> None:
        self._count = 0
        self._problems: list[dict[str, Any]] = []

    def report(self, report: Report, where: str, document: Mapping[str, Any], provider: Provider | None) -> None:
        """Prints one report's document."""
        click.echo('{\n  "documents": [' if not self._count else ",", nl=False)
        click.echo("\n" + indent(json.dumps(plain(document), indent=2), "    "), nl=False)
        self._count += 1

    def problem(self, line: int | None, where: str, reason: str) -> None:
        """Records what could not be checked, for the end of the document."""
        self._problems.append({"line": line, "place": where, "reason": reason})

    def close(self) -> None:
        """Prints the end of the document, with the problems if there are any."""
        click.echo("\n  ]" if self._count else '{\n  "documents": []', nl=False)
        if self._problems:
            problems = indent(json.dumps(plain(self._problems), indent=2), "  ").lstrip()
            click.echo(f',\n  "problems": {problems}', nl=False)
        click.echo("\n}")


def print_all(
    documents: Sequence[Mapping[str, Any]],
    judged: Mapping[Source, int],
    broken: Mapping[tuple[str, Source], Sequence[Provider]] | None = None,
) -> None:
    """Prints one line per session with issues above info; `judged` is the number of copies checked by source.

    `broken` names, where only the last messages were judged, the providers that would accept each copy whole.
    """
    if documents:
        made = table()
        made.add_column("Session", overflow="fold")
        made.add_column("Copy")
        made.add_column("Fails on")
        if broken is not None:
            made.add_column("Only when cut")
        made.add_column("Issues")
        for one in documents:
            only = [] if broken is None else [_names(broken[one["session_id"], one["source"]])]
            codes = dict.fromkeys(finding["code"] for finding in one["findings"] if finding["severity"] != "info")
            made.add_row(
                Text(one_line(one["session_id"])),
                one["source"],
                _rejecting(one["verdicts"]),
                *only,
                ", ".join(LINT_LABELS[code] for code in codes),
            )
        print_table(made, console())
    copies = " and ".join(f"{number:,} in the {source}" for source, number in judged.items())
    rejected = sum("reject" in one["verdicts"].values() for one in documents)
    issues = formatting.count(len(documents), "copy", "copies")
    some = f", {rejected:,} of them rejected by a provider" if documents else ""
    if documents and broken is not None:
        cut = sum(bool(broken[one["session_id"], one["source"]]) for one in documents)
        some += f", {cut:,} of these by one that would accept it whole"
    click.echo(f"Checked: {copies or 'none'}. {issues} with issues{some}.")


def _rejecting(verdicts: Mapping[Provider, str]) -> str:
    return _names([provider for provider, verdict in verdicts.items() if verdict == "reject"])


def _names(providers: Sequence[Provider]) -> str:
    labels = [PROVIDER_LABELS[provider] for provider in providers]
    return "all providers" if len(labels) == len(PROVIDERS) else ", ".join(labels) or "none"


def _verdict_lines(report: Report, provider: Provider | None) -> list[str]:
    verdicts = {name: verdict for name, verdict in report.verdicts.items() if provider in (None, name)}
    lines = []
    for verdict, verb in (
        ("reject", f"{VERDICT_LABELS['reject']} on"),
        ("unknown", f"{VERDICT_LABELS['unknown']} for"),
        ("accept", f"{VERDICT_LABELS['accept']} for"),
    ):
        names = [PROVIDER_LABELS[name] for name, given in verdicts.items() if given == verdict]
        if names:
            lines.append(f"  {verb}: {', '.join(names)}")
    return lines


def _print_finding(finding: LintFinding, messages: int, provider: Provider | None) -> None:
    out = console()
    at = f" {_place(finding, messages)}" if finding.path else ""
    stored = ", ".join(f"#{position}" for position in finding.stored_positions[:8])
    out.print()
    out.print(
        Text(LINT_SEVERITY_LABELS[finding.severity], _STYLES[finding.severity]),
        Text(LINT_LABELS[finding.code], "bold"),
        Text(f"({finding.code}){at}{f' (stored {stored})' if stored else ''}"),
    )
    out.print(Text(f"  {one_line(finding.meaning)}"))
    for text, providers in _by_text(finding, provider).items():
        out.print(Text(f"  {', '.join(providers)}: {one_line(text)}"))
    if finding.severity != "info":
        out.print(Text(f"  Usual cause: {RULES[finding.code].cause}", "dim"))


def _place(finding: LintFinding, messages: int) -> str:
    """The place of a finding; the message that the user writes next has none in what is stored."""
    at = finding.payload_position
    return "after the last message" if at is not None and at >= messages else finding.path


def _by_text(finding: LintFinding, provider: Provider | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rejection in finding.rejected_by:
        if provider not in (None, rejection.provider):
            continue
        found.setdefault(rejection.text, []).append(PROVIDER_LABELS[rejection.provider])
    return found
