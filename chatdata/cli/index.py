"""`index`: builds or renews the usage index."""

from typing import Any

import click

from chatdata.cli.commands import json_option
from chatdata.cli.output import emit
from chatdata.cli.output.terminal import one_line
from chatdata.cli.progress import measured
from chatdata.cli.stores import opened
from chatdata.domain import formatting
from chatdata.domain.text import iso
from chatdata.services.usage.indexing import IndexRenewal, renew_index


@click.command("index")
@json_option
def index_command(as_json: bool) -> None:
    """Build or renew the usage index, from which usage is counted instead of the rows.

    It is a file in INSPECTOR_DATA_DIR without words: ids, times, sizes, tokens and names of tools. A renewal reads
    which sessions have changed, are new or are gone, and counts those again. An interrupted build goes on where it was.
    Usage is counted from an index that is at most an hour old, else from the rows. Above a million messages the app
    builds and renews it by itself; INSPECTOR_USAGE_INDEX=off switches it off.

    \b
    Examples:
      python -m chatdata index
      python -m chatdata index --json | jq .messages

    \b
    Exit codes:
      0  success, also if another process is building it
      2  invalid usage or settings, no database is configured, or the index is switched off
      3  the database is unavailable, or the index can't be written or can't represent the rows
    """
    with opened() as connected, measured("Indexing") as on_progress:
        renewal = renew_index(connected.stores, on_progress)
    if as_json:
        emit(_document(renewal))
    else:
        _print(renewal)


def _document(renewal: IndexRenewal) -> dict[str, Any]:
    """{"status": "finished" | "busy", "as_of", "sessions", "messages", "counted", "removed", "corrected", "bytes",
    "note"}.

    `counted` are the sessions that were counted anew, `removed` those that were gone, and `corrected` those whose
    messages had changed although their rows had not. `note` says why the index was built anew, if it was. With "busy",
    another process is building the index; `as_of` is null then, and every number 0.
    """
    return {
        "status": renewal.status,
        "as_of": renewal.as_of,
        "sessions": renewal.sessions,
        "messages": renewal.messages,
        "counted": renewal.counted,
        "removed": renewal.removed,
        "corrected": renewal.corrected,
        "bytes": renewal.bytes,
        "note": renewal.note,
    }


def _print(renewal: IndexRenewal) -> None:
    if renewal.status == "busy" or renewal.as_of is None:
        click.echo("Another process is building the usage index.")
        return
    if renewal.note:
        click.echo(one_line(f"The index was built anew. {renewal.note}"))
    count = formatting.count
    click.echo(
        f"The usage index has {count(renewal.sessions, 'session')} with {count(renewal.messages, 'message')} "
        f"as of {iso(renewal.as_of)}, {-(-renewal.bytes // 1024):,} KB."
    )
    verified = f" {count(renewal.corrected, 'change')} found only by verifying." if renewal.corrected else ""
    click.echo(f"{count(renewal.counted, 'session')} counted, {renewal.removed:,} removed.{verified}")
