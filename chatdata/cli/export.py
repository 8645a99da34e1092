"""`export`: writes sessions to a file to read, attach or import elsewhere."""

import secrets
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Literal, get_args

import click

from chatdata.cli.commands import NOT_FOUND
from chatdata.cli.lint import without_building_notes
from chatdata.cli.output import emit_text, warn
from chatdata.cli.progress import progress
from chatdata.cli.stores import opened
from chatdata.cli.views import view_option
from chatdata.domain.copies import PrivacyLevel, Source
from chatdata.domain.report import Evidence, FileFacts, Format
from chatdata.domain.text import count
from chatdata.domain.tokens import model_facts
from chatdata.errors import NotFound, OutOfReach
from chatdata.services.connect import Connected
from chatdata.services.exporting import (
    EvidenceCollector,
    ExportOptions,
    count_selected,
    is_missing,
    pieces_of,
    selected_ids,
    unanswered,
    write_file,
)
from chatdata.stores.database import SessionFilter

_JUDGED: frozenset[Format] = frozenset({"html", "json", "md"})


@click.command("export")
@click.argument("session_ids", metavar="[SESSION_ID]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Export all sessions.")
@click.option("--user", metavar="ID", help="Export the sessions of this user.")
@click.option("--search", metavar="WORDS", default="", help="Export sessions that contain all of these words.")
@view_option
@click.option(
    "--source",
    type=click.Choice(["database", "cache", "both"]),
    default="both",
    show_default=True,
    help="Source: database, cache or both.",
)
@click.option("--format", "form", type=click.Choice(get_args(Format)), required=True, help="Output format.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Output file (default: stdout).")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@click.pass_context
def export_command(
    context: click.Context,
    session_ids: tuple[str, ...],
    every: bool,
    user: str | None,
    search: str,
    view: PrivacyLevel,
    source: Source | Literal["both"],
    form: Format,
    output: Path | None,
    force: bool,
) -> None:
    """Export sessions (--view full, masked or structure).

    html is a self-contained report and json a bundle that another inspector can import. Both contain both copies,
    their differences and likely causes, the provider check, digests and notes. jsonl and md contain one copy of each
    session: the database copy, or the cached copy if there is none.

    The masked view replaces addresses, numbers, keys, names and user IDs with placeholders that are unique to the
    file. The structure view contains no text. Masking is best effort: review a masked file before sharing it.

    \b
    Examples:
      python -m chatdata export 4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55 --format html --view masked -o report.html
      python -m chatdata export --user imported --format jsonl -o conversations.jsonl
      python -m chatdata export --all --format json --view structure -o all.json

    \b
    Exit codes: 0 success, 1 a session was not found, or no copy of it can be read (jsonl),
                2 invalid usage or settings, or the file exists,
                3 a required store is unavailable, or the disk is full
    """
    _check_usage(session_ids, every=every, filtered=bool(user or search), form=form, output=output)
    filters = SessionFilter(user_id=user, words=search)
    missing: list[str] = []
    left_out: list[str] = []
    with opened() as connected:
        ids = dict.fromkeys(session_ids) or selected_ids(connected.stores, filters)
        total = len(set(session_ids)) or count_selected(connected.stores, filters)
        options = ExportOptions(view, source, model_facts(connected.settings.model), judged=form in _JUDGED)
        facts = FileFacts(view, datetime.now(UTC), source)
        with progress("Exporting", total) as advance, without_building_notes():
            gathered = _begun(_gathered(connected, options, ids, missing))
            counted = _counted(gathered, advance)
            pieces = pieces_of(form, facts, _told(counted, left_out) if form == "jsonl" else counted)
            size = _write(output, pieces, force=force)
    for session_id in missing:
        warn(f"Session {session_id} was not found.")
    if output is not None:
        warn(f"{output}: {size:,} bytes.")
    if left_out:
        warn(f"{count(len(left_out), 'session')} left out, since no copy can be read: {', '.join(left_out)}.")
    context.exit(NOT_FOUND if missing or left_out else 0)


def _check_usage(
    session_ids: tuple[str, ...], *, every: bool, filtered: bool, form: Format, output: Path | None
) -> None:
    if not session_ids and not every and not filtered:
        raise click.UsageError("Choose sessions: session IDs, --user, --search or --all.")
    if session_ids and (every or filtered):
        raise click.UsageError("Use either session IDs, or --all, --user and --search.")
    if form == "html" and output is None and sys.stdout.isatty():
        raise click.UsageError("HTML needs an output file: -o FILE.")


def _gathered(
    connected: Connected, options: ExportOptions, ids: Iterable[str], missing: list[str]
) -> Iterator[Evidence]:
    """Yields one session after another. Raises NotFound if none exists, OutOfReach if no store is available."""
    kept = connected.app_db
    gatherer = EvidenceCollector(connected.stores, options, secrets.token_bytes(32), kept)
    found = 0
    for session_id in ids:
        evidence = gatherer.evidence(session_id)
        if silent := unanswered(evidence.copies):
            raise OutOfReach(" ".join(silent.values()), list(silent))
        if is_missing(evidence.copies):
            missing.append(session_id)
            continue
        found += 1
        yield evidence
    if missing and not found:
        raise NotFound(f"Not found: {', '.join(missing)}.")


def _begun(sessions: Iterator[Evidence]) -> Iterator[Evidence]:
    """The same sessions, with the first one read already, so that no file is begun when there is none to write."""
    first = list(islice(sessions, 1))
    return chain(first, sessions)


def _told(sessions: Iterable[Evidence], left_out: list[str]) -> Iterator[Evidence]:
    """The sessions that have a line in a file of one copy of each; the others are noted."""
    for evidence in sessions:
        if evidence.readable() is None:
            left_out.append(evidence.copies.session_id)
        else:
            yield evidence


def _counted(sessions: Iterable[Evidence], advance: Callable[[], None]) -> Iterator[Evidence]:
    for evidence in sessions:
        yield evidence
        advance()


def _write(output: Path | None, pieces: Iterable[str], *, force: bool) -> int:
    if output is not None:
        return write_file(output, pieces, replace=force)
    written = 0
    for piece in pieces:
        if sys.stdout.isatty():
            emit_text(piece)
        else:
            written += sys.stdout.buffer.write(piece.encode())
    return written
