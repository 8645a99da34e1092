"""Text output of `repair`: the status before and after, each change, data loss and warnings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
from rich.text import Text

from chatdata.cli.output.tables import console, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.domain import formatting
from chatdata.domain.drift import Comparison, DriftFinding
from chatdata.domain.labels import FINDING_LABELS, REPAIR_LABELS, status_label
from chatdata.domain.messages import ChatMessage
from chatdata.domain.text import iso, json_or_text
from chatdata.services.answers.json_types import plain
from chatdata.services.repair import Change, Done, Lost, Proposal

_COLUMNS = 60
_LONGEST = 200
_MOST_CHANGES = 40
_MOST_LOST = 12


def print_proposal(proposal: Proposal) -> None:
    """Prints what the repair would change, and how to apply it."""
    _print_head(proposal, "dry run, nothing was written")
    _print_body(proposal)
    click.echo("\nAdd --apply to apply it.")


def print_done(done: Done) -> None:
    """Prints what was changed and the status afterwards."""
    _print_head(done.proposal, "done")
    _print_body(done.proposal)
    now = done.comparison
    seen = (
        "could not be read again"
        if now is None
        else f"{status_label(now.status)}{_named(', still with', now.findings)}"
    )
    click.echo(f"\nStatus after: {seen}")
    if done.ended:
        click.echo(f"Resolved: {_kinds(done.ended)}")


def _print_head(proposal: Proposal, what: str) -> None:
    click.echo(f"{one_line(proposal.session_id)}: {REPAIR_LABELS[proposal.action]} ({proposal.action}), {what}")
    before, after = proposal.before, proposal.after
    click.echo(f"  cache     {_cache(before)} → {_cache(after)}")
    click.echo(f"  database  {_database(before)} → {_database(after)}")
    click.echo(f"  status    {status_label(before.status)} → {status_label(after.status)}")
    gains = ", gains time" if proposal.action == "keep_alive" and not proposal.ends else ""
    click.echo(f"  resolves  {_kinds(proposal.ends) or 'no issue'}{gains}{_named('; leaves', proposal.leaves)}")


def _print_body(proposal: Proposal) -> None:
    _print_changes(proposal.changes)
    for lost in proposal.lost:
        _print_lost(lost)
    if not proposal.lost:
        click.echo("\nNo data loss.")
    for caution in proposal.cautions:
        click.echo(f"\nWarning: {one_line(caution)}")


def _cache(comparison: Comparison) -> str:
    facts = comparison.cache
    if not facts.present:
        return "not cached"
    count = "unreadable" if facts.messages is None else formatting.count(facts.messages, "message")
    left = "no expiry (TTL -1)" if facts.ttl_seconds is None else f"expires in {formatting.duration(facts.ttl_seconds)}"
    return f"{count}, {formatting.count(facts.size or 0, 'byte')}, {left}"


def _database(comparison: Comparison) -> str:
    facts = comparison.database
    if facts.present is None:
        return "unavailable"
    return formatting.count(facts.messages or 0, "message") if facts.present else "not in the database"


def _kinds(findings: Sequence[DriftFinding]) -> str:
    return ", ".join(f"{FINDING_LABELS[finding.kind]} ({finding.kind})" for finding in findings)


def _named(before: str, findings: Sequence[DriftFinding]) -> str:
    return f"{before} {_kinds(findings)}" if findings else ""


def _print_changes(changes: Sequence[Change]) -> None:
    out = console()
    out.print()
    made = table()
    for name in ("Store", "Record", "Before", "After"):
        made.add_column(name, overflow="fold", max_width=_COLUMNS)
    for change in changes[:_MOST_CHANGES]:
        made.add_row(change.store, Text(one_line(change.place)), *map(_shown, change.told))
    if len(changes) > _MOST_CHANGES:
        made.add_row("", f"… {len(changes) - _MOST_CHANGES:,} more (--json has all)", "", "")
    print_table(made, out)


def _print_lost(lost: Lost) -> None:
    click.echo(f"\nData loss: {one_line(lost.meaning)}")
    for value in lost.values[:_MOST_LOST]:
        click.echo(f"  {_value_text(value)}")
    if len(lost.values) > _MOST_LOST:
        click.echo(f"  … {len(lost.values) - _MOST_LOST:,} more (--json has all)")


def _shown(value: Any) -> Text:
    return Text("–", "dim") if value is None else Text(_value_text(value))


def _value_text(value: Any) -> str:
    if isinstance(value, ChatMessage):
        text = (
            value.content if value.content or not value.tool_calls else f"calls {json_or_text(plain(value.tool_calls))}"
        )
        return _cut(f"{value.role}: {text or '(empty)'}")
    if isinstance(value, datetime):
        return iso(value)
    return _cut(json_or_text(plain(value)))


def _cut(text: str) -> str:
    return one_line(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
