"""The result of `usage` as a table and as CSV."""

import csv
import io

import click
from rich.text import Text

from chatdata.cli.output import emit_text
from chatdata.cli.output.tables import ONE_LINE_FROM, console, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.domain import formatting
from chatdata.domain.text import escape_formula
from chatdata.domain.usage import Amounts
from chatdata.services.answers.usage_rows import COLUMNS, TOOL_COLUMNS, Rows, UsageRow, row_object
from chatdata.services.usage import ToolGrowth, ToolGrowthTable

_HEADERS = {"day": "Day", "hour": "Hour", "week": "Week of", "user": "User", "session": "Session", "tool": "Tool"}
_NAMELESS = {"user": "No user", "tool": "No name"}
_CAUSED = ("Result tokens", "Caused input", "USD")
_COUNT_NAMES = {"prompt": "input", "completion": "output"}
_MOST_UNKNOWN = 10
_MOST_SHOWN = 50
"""Rows shown without --limit; periods are always shown in full."""
_TOLD_BY = {"option": "from --tz", "machine": "from TZ", "default": "default"}
_PERIODS = ("day", "hour", "week")


def print_csv(rows: Rows) -> None:
    """Prints a header and one line per row: unknown is empty, a key that begins like a formula gets an apostrophe."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow([*COLUMNS, *(TOOL_COLUMNS if rows.by == "tool" else ())])
    for row in rows.rows:
        key, *counts = row_object(row, rows.by).values()
        lines.writerow([None if key is None else escape_formula(key), *counts])
    emit_text(out.getvalue())


def print_usage(rows: Rows, *, limited: bool) -> None:
    """Prints the table, the totals and the time zone; without a limit the first rows only, but all periods."""
    shown = rows.rows if limited or rows.by in _PERIODS else rows.rows[:_MOST_SHOWN]
    if shown:
        _print_rows(rows.by, shown)
        if len(shown) < rows.count:
            click.echo(f"\n{len(shown):,} of {rows.count:,} rows. Use --limit to see more.")
    else:
        click.echo("No matching sessions.")
    click.echo(f"\n{_sums(rows.totals)}")
    if rows.totals.recorded and rows.totals.unrecorded:
        click.echo(f"{formatting.count(rows.totals.unrecorded, 'session')} without recorded tokens (not in totals).")
    if rows.totals.damaged:
        click.echo(formatting.damaged_counts(rows.totals.damaged))
    _print_unknown(rows)
    if rows.growth is not None:
        click.echo(_covered(rows.growth))
    click.echo(f"Time zone: {rows.time_zone} ({_TOLD_BY[rows.told_by]}). As of {formatting.second(rows.as_of)} UTC.")


def _covered(growth: ToolGrowthTable) -> str:
    """What the prompt tokens that results caused cover, and at which prices."""
    read = growth.recorded + growth.estimated
    sessions = f"{formatting.count(growth.count, 'session')} with tool results"
    which = sessions if growth.complete else f"the {read:,} newest of {sessions}"
    prices = f" List prices of {growth.prices_dated}." if growth.prices_dated else ""
    problem = f" {growth.cache_problem}" if growth.cache_problem else ""
    return (
        f"Caused input: {which}, {growth.recorded:,} by recorded turns,"
        f" {growth.estimated:,} estimated (~).{prices}{problem}"
    )


def _print_unknown(rows: Rows) -> None:
    if not rows.totals.unknown:
        return
    click.echo(formatting.unknown_counts(rows.totals.unknown))
    for one in rows.unknown[:_MOST_UNKNOWN]:
        names = " and ".join(_COUNT_NAMES[name] for name in one.unknown)
        click.echo(f"  {one_line(one.session_id)}: {names} tokens")
    if rows.totals.unknown > _MOST_UNKNOWN:
        click.echo(f"  {rows.totals.unknown - _MOST_UNKNOWN:,} more; see --json for the list.")


def _print_rows(by: str, rows: tuple[UsageRow, ...]) -> None:
    out = console()
    short = out.width < ONE_LINE_FROM
    made = table()
    made.add_column(_HEADERS[by], overflow="fold", min_width=10)
    if by == "session":
        made.add_column("Title", no_wrap=True, max_width=max(out.width - 110, 12))
    for header in [*_counted(by), *(_CAUSED if by == "tool" else ())]:
        made.add_column(header, no_wrap=True, justify="right", min_width=len(header))
    for row in rows:
        about = [Text(one_line(row.about or "–"))] if by == "session" else []
        caused = _caused(row.growth, short=short) if by == "tool" else []
        made.add_row(Text(_key(by, row.key)), *about, *_cells(by, row.amounts, short=short), *caused)
    print_table(made, out)


def _key(by: str, key: str | None) -> str:
    return one_line(key) if key else _NAMELESS.get(by, "No start time") if key is None else '""'


def _counted(by: str) -> list[str]:
    """The headers of the counts that apply: a session has no session count, and a tool no tokens."""
    tokens = [] if by == "tool" else ["Input", "Output", "Total"]
    return [*([] if by == "session" else ["Sessions"]), "Messages", "Calls", *tokens]


def _cells(by: str, amounts: Amounts, *, short: bool) -> list[str]:
    tokens = (amounts.prompt_tokens, amounts.completion_tokens, amounts.total_tokens)
    cells = {
        "Sessions": f"{amounts.sessions:,}",
        "Messages": f"{amounts.messages:,}",
        "Calls": f"{amounts.tool_calls:,}",
    }
    for header, number in zip(("Input", "Output", "Total"), tokens, strict=True):
        known = formatting.recorded(number or 0, known=number is not None, short=short)
        cells[header] = _unusual(by, amounts, number, header) or known
    return [cells[header] for header in _counted(by)]


def _caused(growth: ToolGrowth | None, *, short: bool) -> list[str]:
    if growth is None:
        return ["–"] * len(_CAUSED)
    about = "~" if growth.estimated_tokens else ""
    numbers = growth.result_tokens, growth.caused_tokens
    said = [about + formatting.recorded(number, known=True, short=short) for number in numbers]
    return [*said, "–" if growth.cost is None else f"{about}{growth.cost:,.4f}"]


def _unusual(by: str, amounts: Amounts, number: int | None, header: str) -> str:
    """The word for a count that is unknown or damaged, of which a session has no total; empty for any other."""
    if number is None and amounts.unknown:
        return "unknown"
    return "damaged" if by == "session" and amounts.damaged and (not number or header == "Total") else ""


def _sums(amounts: Amounts) -> str:
    counted = [
        formatting.count(amounts.sessions, "session"),
        formatting.count(amounts.messages, "message"),
        formatting.count(amounts.tool_calls, "tool call"),
    ]
    counts = amounts.prompt_tokens, amounts.completion_tokens
    tokens = counts if amounts.unknown else [number or 0 for number in counts]
    return ", ".join([*counted, formatting.tokens(*tokens)])
