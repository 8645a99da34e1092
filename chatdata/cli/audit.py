"""`audit`: shows the audit log."""

from dataclasses import asdict
from typing import Any, get_args

import click
from rich.text import Text

from chatdata.cli.commands import json_option
from chatdata.cli.output import emit
from chatdata.cli.output.tables import console, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.cli.stores import opened
from chatdata.domain import formatting
from chatdata.domain.labels import AUDIT_EVENT_LABELS, VISIBILITY_LABELS
from chatdata.domain.text import iso
from chatdata.stores.app_db import AuditEvent, AuditFilter, EventKind

_SHOWN = 100


@click.command("audit")
@click.option("--who", metavar="TEXT", default="", help="Only users whose name contains TEXT.")
@click.option("--session", "session_id", metavar="TEXT", default="", help="Only sessions whose ID contains TEXT.")
@click.option("--kind", type=click.Choice(get_args(EventKind)), help="Only events of this kind.")
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=1),
    help=f"Maximum number of events (default: {_SHOWN} in a table, all in JSON).",
)
@json_option
def audit_command(who: str, session_id: str, kind: EventKind | None, limit: int | None, as_json: bool) -> None:
    """Show the audit log: who opened, exported, sent or repaired which conversation, newest first.

    The log is kept in inspector.db in INSPECTOR_DATA_DIR, or in the database of INSPECTOR_APP_DATABASE_URL. It is
    append-only.

    \b
    Examples:
      python -m chatdata audit --who anna
      python -m chatdata audit --kind export --json

    \b
    Exit codes: 0 success, 2 invalid usage or settings, 3 the log can't be read
    """
    with opened() as connected:
        where = AuditFilter(kind, who, session_id)
        deployment = connected.stores.deployment
        found = connected.app_db.audit_events(where, limit or (None if as_json else _SHOWN))
    if as_json:
        emit({"deployment": deployment, "events": [_event_document(event) for event in found]})
    else:
        _print_events(found)


def _event_document(event: AuditEvent) -> dict[str, Any]:
    """{"at", "kind": "view" | "export" | "send" | "repair" | "call" | "token", "who", "session_id", "view", "address",
    "what", "subject"}.

    `subject` identifies `who`, which is only a display name; it is empty in events from before it was recorded and in
    repairs of the command line.
    """
    fields = asdict(event)
    del fields["deployment"]
    return fields


def _print_events(found: tuple[AuditEvent, ...]) -> None:
    if not found:
        click.echo("No matching events.")
        return
    made = table()
    made.add_column("Time (UTC)", no_wrap=True)
    for header in ("Event", "User", "Session", "Visibility", "IP address", "Details"):
        made.add_column(header, overflow="fold")
    for event in found:
        kind, view = AUDIT_EVENT_LABELS[event.kind], VISIBILITY_LABELS[event.view]
        cells = (kind, event.who, event.session_id, view, event.address, event.what)
        made.add_row(iso(event.at), *(Text(one_line(cell)) for cell in cells))
    print_table(made, console())
    click.echo(f"\n{formatting.count(len(found), 'event')}")
