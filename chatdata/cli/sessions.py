"""`sessions`: lists sessions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, get_args

import click
from rich.table import Table
from rich.text import Text

from chatdata.cli.commands import json_option
from chatdata.cli.output import emit, warn
from chatdata.cli.output.tables import ONE_LINE_FROM, console, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.cli.stores import opened
from chatdata.domain import formatting
from chatdata.domain.labels import ACTIVITY_LABELS, UNTITLED
from chatdata.domain.messages import TokenCount
from chatdata.domain.summaries import SessionSummary
from chatdata.domain.turns import RUNNING, Activity
from chatdata.services.answers.sessions import first_sessions, sessions_document, totals_of
from chatdata.services.catalog import SessionLine, SessionList, Sort
from chatdata.stores.database import MarkedEnd, SessionFilter

_ID_COLUMNS = 36
"""The width of a UUID, which is never truncated since people copy it."""
_NO_SESSIONS = "No sessions yet. To add some, run: python -m chatdata import FILE, or: python -m chatdata demo"


@click.command("sessions")
@click.option("--user", metavar="ID", help="Only sessions of this user.")
@click.option("--search", metavar="WORDS", default="", help="Only sessions that contain all of these words.")
@click.option("--status", metavar="STATUS", help="Only sessions with this status: idle, queued or running.")
@click.option(
    "--turns",
    type=click.Choice(get_args(MarkedEnd)),
    help="Only sessions with a turn that failed, or that the user stopped.",
)
@click.option("--tool", metavar="NAME", default="", help="Only sessions that called the tool of exactly this name.")
@click.option(
    "--sort",
    type=click.Choice(get_args(Sort)),
    default="active",
    show_default=True,
    help="Latest activity or start first, or most messages or tokens first.",
)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="Maximum number of sessions.",
)
@json_option
def sessions_command(
    user: str | None,
    search: str,
    status: str | None,
    turns: MarkedEnd | None,
    tool: str,
    sort: Sort,
    limit: int,
    as_json: bool,
) -> None:
    """List sessions, latest activity first.

    Searches IDs, users, titles, messages and tool arguments; use double quotes for an exact phrase. If the database
    is unavailable, cached sessions are listed instead, with a warning on stderr.

    \b
    Examples:
      python -m chatdata sessions --limit 10
      python -m chatdata sessions --user imported --search '"window seat" refund'
      python -m chatdata sessions --turns failed
      python -m chatdata sessions --tool find_order --sort tokens
      python -m chatdata sessions --json | jq -r '.sessions[].session_id'

    \b
    Exit codes: 0 success (even without matches), 2 invalid usage or settings,
                3 both stores are unavailable, or the search timed out
    """
    where = SessionFilter(user_id=user, words=search, chat_status=status, turn_end=turns, tool=tool)
    with opened() as connected:
        found = first_sessions(connected.stores, where, sort, limit)
        document = sessions_document(connected.stores, found, totals_of(connected.stores, where, found))
    for problem in found.problems:
        warn(problem)
    if as_json:
        emit(document)
    else:
        _print_sessions(document, found, filtered=where != SessionFilter())


def _print_sessions(document: dict[str, Any], found: SessionList, *, filtered: bool) -> None:
    lines = found.lines
    if not lines:
        click.echo("No matching sessions." if filtered else "No sessions to show." if found.problems else _NO_SESSIONS)
        return
    out = console()
    wide = out.width >= ONE_LINE_FROM
    doing = {item["session_id"]: item.get("activity") for item in document["sessions"]}
    print_table(_wide(lines, doing, out.width) if wide else _narrow(lines, doing, out.width, datetime.now(UTC)), out)
    total = document["total"]
    listed = (
        f"{len(lines):,} of {total['sessions']:,} sessions"
        if document["more"]
        else formatting.count(len(lines), "session")
    )
    tokens = formatting.tokens(total["prompt_tokens"], total["completion_tokens"])
    click.echo(f"\n{listed}, {formatting.count(total['messages'], 'message')}, {tokens}")
    if total["damaged"]:
        click.echo(formatting.damaged_counts(total["damaged"]))
    if total.get("unknown"):
        click.echo(formatting.unknown_counts(total["unknown"]))
    for line in lines:
        for value in line.summary.damaged:
            click.echo(one_line(f"{line.summary.session_id}: {value.sentence}"))


def _wide(lines: Sequence[SessionLine], doing: Mapping[str, Activity | None], columns: int) -> Table:
    flexible = columns - 135  # the width of the other columns and the gaps
    made = table()
    made.add_column("Session", no_wrap=True, min_width=_ID_COLUMNS)
    made.add_column("Title", no_wrap=True, width=flexible * 11 // 20)
    made.add_column("User", no_wrap=True, width=flexible * 9 // 20)
    for header in ("Started", "Last activity"):
        made.add_column(header, no_wrap=True, min_width=16)
    for header, width in (("Messages", 8), ("Input", 11), ("Output", 10), ("Cached", 6)):
        made.add_column(header, no_wrap=True, justify="right", min_width=width)
    for line in lines:
        summary = line.summary
        made.add_row(
            Text(one_line(summary.session_id)),
            _title(summary, doing.get(summary.session_id)),
            Text(one_line(summary.user_id or "No user")),
            formatting.stored_minute(summary.started_at),
            formatting.stored_minute(summary.updated_at),
            f"{summary.messages:,}",
            *_tokens(summary),
            _cached(line),
        )
    return made


def _narrow(lines: Sequence[SessionLine], doing: Mapping[str, Activity | None], columns: int, now: datetime) -> Table:
    """Stacks title and ID, since 80 columns have no room for both side by side."""
    tokens = len(formatting.known(None)) if any(line.summary.unknown for line in lines) else 6
    flexible = max(columns - 62 - tokens, 8)  # the width of the other columns and the gaps
    made = table()
    made.padding = (0, 0, 0, 0)
    made.add_column("Conversation", no_wrap=True, width=_ID_COLUMNS + max(flexible - 20, 0) // 2)
    made.add_column("User", no_wrap=True, width=flexible - max(flexible - 20, 0) // 2)
    made.add_column("Active", no_wrap=True, min_width=10)
    for header, width in (("Msgs", 5), ("Tokens", tokens), ("Cached", 6)):
        made.add_column(header, no_wrap=True, justify="right", min_width=width)
    for line in lines:
        summary = line.summary
        made.add_row(
            Text("\n").join(
                (_title(summary, doing.get(summary.session_id)), Text(one_line(summary.session_id), style="dim"))
            ),
            Text(one_line(summary.user_id or "No user")),
            formatting.ago(summary.updated_at, now),
            f"{summary.messages:,}",
            _all_tokens(summary),
            _cached(line),
        )
    return made


def _tokens(summary: SessionSummary) -> tuple[str, str]:
    prompt, completion = summary.known_tokens
    return _count(summary, "prompt", prompt), _count(summary, "completion", completion)


def _count(summary: SessionSummary, name: TokenCount, number: int | None) -> str:
    if name in summary.unknown:
        return "unknown"
    return (
        "damaged" if number is None and summary.recorded else formatting.recorded(number or 0, known=number is not None)
    )


def _all_tokens(summary: SessionSummary) -> str:
    if summary.unknown:
        return "unknown"
    if summary.recorded and None in summary.known_tokens:
        return "?"
    return formatting.recorded(summary.prompt_tokens + summary.completion_tokens, known=summary.recorded, short=True)


def _title(summary: SessionSummary, doing: Activity | None) -> Text:
    told = doing in (*RUNNING, "stuck")
    status = [(f" · {ACTIVITY_LABELS[doing].lower()}", "dim")] if doing is not None and told else []
    if summary.title:
        return Text.assemble((one_line(summary.title), "bold"), *status)
    first_message = one_line(summary.first_user_message or "")
    return Text.assemble((f"“{first_message}”" if first_message else UNTITLED, "italic"), *status)


def _cached(line: SessionLine) -> str:
    if line.cached is None:
        return "?"
    if line.expiry is None:
        return "–"
    return "no exp" if line.expiry.ttl_seconds is None else formatting.left_short(line.expiry.ttl_seconds)
