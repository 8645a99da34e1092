"""Text output of `diff`: the status and its impact, findings with causes, then the differences side by side."""

from collections.abc import Sequence

import click
from rich.table import Table
from rich.text import Text

from chatdata.cli.output.tables import console, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.domain import formatting
from chatdata.domain.copies import CachedCopy, Copies, CopyMessage, StoredCopy
from chatdata.domain.drift import Comparison, DriftFinding, Severity, Stretch
from chatdata.domain.labels import (
    CAUSE_LABELS,
    EXPECTED_LABELS,
    FINDING_LABELS,
    PURPOSE_LABELS,
    REPAIR_LABELS,
    SEVERITY_LABELS,
    STRETCH_LABELS,
    status_label,
)
from chatdata.domain.text import compact_json

_STYLES: dict[Severity, str] = {"critical": "bold red", "high": "red", "medium": "yellow", "info": "dim"}
MOST_LINES = 12
COLUMNS = 60
_FIELDS = ("content", "tool_calls", "refusal", "name", "function_call", "tool_call_id")
_BEFORE = 20
"""Characters before the first difference of two fields that are shown."""
_SHOWN = 120


def print_comparison(comparison: Comparison, copies: Copies) -> None:
    """Prints the comparison of one session."""
    click.echo(f"{one_line(comparison.session_id)}: {status_label(comparison.status)}")
    _print_sides(comparison)
    for finding in comparison.findings:
        _print_finding(finding)
    _print_stretches(comparison, copies)
    if comparison.ledger:
        counted = ", ".join(
            f"{EXPECTED_LABELS[rule]} ({rule}) {number:,}" for rule, number in comparison.ledger.items()
        )
        click.echo(f"\nExpected differences: {counted}")


def _print_sides(comparison: Comparison) -> None:
    cache, database = comparison.cache, comparison.database
    if cache.present:
        count = "unreadable" if cache.messages is None else formatting.count(cache.messages, "message")
        left = (
            "no expiry (TTL -1)"
            if cache.ttl_seconds is None
            else f"expires in {formatting.duration(cache.ttl_seconds)}"
        )
        written = f", written {formatting.second(cache.last_written_at)} UTC" if cache.last_written_at else ""
        click.echo(f"  cache     {count}, {left}{written}")
    else:
        click.echo(f"  cache     {'not cached' if cache.present is False else 'unavailable'}")
    if database.present:
        updated = f", updated {formatting.second(database.updated_at)} UTC" if database.updated_at else ""
        click.echo(f"  database  {formatting.count(database.messages or 0, 'message')}{updated}")
    else:
        click.echo(f"  database  {'not in the database' if database.present is False else 'unavailable'}")


def _print_finding(finding: DriftFinding) -> None:
    out = console()
    out.print()
    severity = Text(SEVERITY_LABELS[finding.severity], _STYLES[finding.severity])
    out.print(severity, Text(FINDING_LABELS[finding.kind], "bold"), Text(f"({finding.kind})", "dim"))
    out.print(Text(f"  {one_line(finding.meaning)}"))
    for number, cause in enumerate(finding.likely_causes):
        first = "Likely cause" if number == 0 else "Alternative"
        out.print(Text(f"  {first}: {CAUSE_LABELS[cause.cause]} ({cause.cause}). {one_line(cause.evidence)}"))
    for one in finding.consequences:
        out.print(Text(f"  Same cause: {FINDING_LABELS[one.kind]} ({one.kind}). {one_line(one.meaning)}"))
    if finding.advice:
        out.print(Text(f"  {finding.advice}"))
    for purpose, repairs in finding.suggestions:
        told = ", ".join(f"{REPAIR_LABELS[repair]} ({repair})" for repair in repairs)
        out.print(Text(f"  {PURPOSE_LABELS[purpose]}: {told}", "dim"))


def _print_stretches(comparison: Comparison, copies: Copies) -> None:
    cached, stored = _messages(copies.cached), _messages(copies.stored)
    if all(stretch.kind in ("equal", "windowed_cache", "reasoning_rows") for stretch in comparison.stretches):
        return
    out = console()
    out.print()
    made = table()
    for name in ("", "Cache", "Database"):
        made.add_column(name, overflow="fold", max_width=COLUMNS if name else None)
    for stretch in comparison.stretches:
        _add_stretch(made, stretch, cached, stored)
    print_table(made, out)


def _add_stretch(made: Table, stretch: Stretch, cached: Sequence[CopyMessage], stored: Sequence[CopyMessage]) -> None:
    left = [cached[index] for index in stretch.cached]
    right = [stored[index] for index in stretch.stored]
    if stretch.kind == "equal":
        made.add_row("", extent(left), f"{extent(right)} {formatting.count(len(right), 'equal message')}")
        return
    rows = max(len(left), len(right))
    for number in range(min(rows, MOST_LINES)):
        kind = STRETCH_LABELS[stretch.kind] if number == 0 else ""
        one, other = _line(left, number), _line(right, number)
        if number < min(len(left), len(right)) and one.plain == other.plain:
            one, other = _fields_apart(left[number], right[number])
        made.add_row(Text(kind, "bold"), one, other)
    if rows > MOST_LINES:
        made.add_row("", "", f"… {rows - MOST_LINES:,} more of these")


def extent(messages: Sequence[CopyMessage]) -> str:
    """Returns the positions of the first and the last message."""
    if len(messages) < 2:
        return f"#{messages[0].position}" if messages else ""
    return f"#{messages[0].position}–#{messages[-1].position}"


def _line(messages: Sequence[CopyMessage], number: int) -> Text:
    return line(messages[number]) if number < len(messages) else Text("–", "dim")


def line(item: CopyMessage) -> Text:
    """Returns a message as one line: position, role and the beginning of its text."""
    called = ", ".join(_names(item)) if item.message.tool_calls else ""
    text = item.message.content or (f"calls {called}" if called else "(empty)")
    return Text(one_line(f"#{item.position} {item.message.role}: {text}"[:200]))


def _fields_apart(one: CopyMessage, other: CopyMessage) -> tuple[Text, Text]:
    """The lines of two messages that look the same, with the first field that differs, from near the difference."""
    name = next((name for name in _FIELDS if getattr(one.message, name) != getattr(other.message, name)), None)
    if name is None:
        return line(one), line(other)
    values = [compact_json(getattr(item.message, name)) for item in (one, other)]
    start = max(_first_difference(*values) - _BEFORE, 0)
    cut = [("…" if start else "") + value[start : start + _SHOWN] for value in values]
    first, second = (
        Text(one_line(f"#{item.position} {item.message.role}, {name}: {value}"))
        for item, value in zip((one, other), cut, strict=True)
    )
    return first, second


def _first_difference(one: str, other: str) -> int:
    shorter = min(len(one), len(other))
    return next((index for index in range(shorter) if one[index] != other[index]), shorter)


def _names(item: CopyMessage) -> list[str]:
    calls = (call for call in item.message.tool_calls or () if isinstance(call, dict))
    return [
        str((call.get("function") or {}).get("name", "?")) if isinstance(call.get("function"), dict) else "?"
        for call in calls
    ]


def _messages(side: object) -> Sequence[CopyMessage]:
    return side.messages if isinstance(side, CachedCopy | StoredCopy) else ()
