"""`import`: imports conversations from files."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import IO, Any

import click

from chatdata.cli.commands import NOT_FOUND, OUT_OF_REACH, json_option
from chatdata.cli.output import emit, warn
from chatdata.cli.output.terminal import one_line
from chatdata.cli.progress import reading
from chatdata.cli.stores import opened
from chatdata.domain import formatting
from chatdata.domain.dialects import DIALECTS, Dialect
from chatdata.services.answers.availability import availability
from chatdata.services.connect import Connected
from chatdata.services.importing import ImportReport, import_lines
from chatdata.services.session_stores import SessionStores

_MOST_LINES = 20
Reports = Sequence[tuple[str, ImportReport]]
"""Maps a file name to the result of its import."""


@click.command("import")
@click.argument("files", metavar="FILE...", type=click.File("rb"), nargs=-1, required=True)
@click.option(
    "--format",
    "dialect",
    type=click.Choice(DIALECTS),
    metavar="NAME",
    help=f"The format of the files; by default each value is recognized by its keys. Names: {', '.join(DIALECTS)}.",
)
@json_option
@click.pass_context
def import_command(
    context: click.Context, files: tuple[IO[bytes], ...], dialect: Dialect | None, as_json: bool
) -> None:
    """Import conversations from files (- for stdin).

    Each line is an object {"messages": [OpenAI format]} with optional "id", "user_id", "title", "started_at" and
    "usage", a list of messages, a cached document, or a conversation of another format: requests and logs of other
    APIs, exports of chat apps, session files of agents (see --format). A JSON array of these and multi-line JSON also
    work. Warnings name what the stores can't hold, such as thinking, images, control characters and the earlier
    value of a repeated key, with its count and place; it is kept in the inspector's own database. Sessions are written
    to the database and the cache. An existing session is left unchanged if its messages are the same, continued if
    the file has more, and skipped otherwise. Importing a file twice changes nothing. A bundle (export --format
    json) restores both copies, into embedded stores only.

    \b
    Examples:
      python -m chatdata import conversations.jsonl
      redis-cli --raw GET chat:session:4f1c… | python -m chatdata import -

    \b
    Exit codes: 0 success, 1 some conversations were skipped (each is named
                with its line), as empty ones are, or parts of what was said,
                or may have been, can't be stored as they are,
                2 invalid usage or settings, or read-only stores,
                3 the database is unavailable, or the disk is full
    """
    with opened() as connected:
        reports = _import_all(connected, files, dialect)
        document = _document(connected.stores, reports)
    _print_problems(reports)
    if as_json:
        emit(document)
    else:
        _print(reports)
    incomplete = document["problems"] or any(report.left_out for _, report in reports)
    context.exit(OUT_OF_REACH if document["stopped"] else NOT_FOUND if incomplete else 0)


def _import_all(connected: Connected, files: Sequence[IO[bytes]], dialect: Dialect | None) -> Reports:
    stores, embedded, kept = connected.stores, connected.settings.embedded, connected.app_db
    reports: list[tuple[str, ImportReport]] = []
    for file in files:
        with reading(file, _name(file)) as on_progress:
            report = import_lines(
                stores, file, datetime.now(UTC), on_progress, embedded=embedded, kept=kept, dialect=dialect
            )
            reports.append((_name(file), report))
        if reports[-1][1].stopped:
            break
    return reports


def _name(file: IO[bytes]) -> str:
    return str(getattr(file, "name", "<stdin>"))


def _document(stores: SessionStores, reports: Reports) -> dict[str, Any]:
    """The document of `import --json`, over all files:

        {"created": n, "appended": n, "unchanged": n, "messages": n, "uncached": n,
         "sessions": {"created": [id], "appended": [id], "unchanged": [id]},
         "problems": [{"file", "line", "reason"}], "notes": [{"file", "line", "text"}],
         "stopped": null | sentence, "unavailable": [store], "not_configured": [store]}

    `messages` counts the rows written, and `uncached` the sessions written to the database but not to the cache.
    `problems` are conversations that were skipped, and `notes` name parts of a conversation that no store can hold.
    `stopped` is the reason why the rest was not read. Line numbers start at 1.
    """
    ids = {
        outcome: [session_id for _, report in reports for session_id in getattr(report, outcome)]
        for outcome in ("created", "appended", "unchanged")
    }
    stopped = next((report.stopped for _, report in reports if report.stopped), None)
    uncached = sum(report.uncached for _, report in reports)
    return {
        **{outcome: len(found) for outcome, found in ids.items()},
        "messages": sum(report.messages for _, report in reports),
        "uncached": uncached,
        "sessions": ids,
        "problems": [{"file": name, **asdict(item)} for name, report in reports for item in report.problems],
        "notes": [{"file": name, **asdict(item)} for name, report in reports for item in report.notes],
        "stopped": stopped,
        **availability(stores, database=stopped is None, cache=uncached == 0),
    }


def _print_problems(reports: Reports) -> None:
    """Prints problems and notes to stderr."""
    for name, report in reports:
        for problem in report.problems[:_MOST_LINES]:
            warn(f"{name}, line {problem.line:,}: {problem.reason}")
        if len(report.problems) > _MOST_LINES:
            warn(f"{name}: {len(report.problems) - _MOST_LINES:,} more lines skipped; see --json for all")
        for sentence in _notes(report):
            warn(f"{name}: {sentence}")
        if report.kept:
            parts = formatting.count(report.kept, "part")
            verb = "is" if report.kept == 1 else "are"
            warn(f"{name}: {parts} that the stores can't hold {verb} kept as given in the inspector's own database.")
        if not (report.created or report.appended or report.unchanged or report.problems or report.stopped):
            warn(f"{name}: there is nothing in this file.")
        if report.cache_problem:
            warn(
                f"{formatting.count(report.uncached, 'session')} written without a cached copy. {report.cache_problem}"
            )
        if report.stopped:
            warn(f"{name}: import stopped. {report.stopped} Import the file again: existing sessions are not changed.")


def _notes(report: ImportReport) -> Iterator[str]:
    counted = Counter(note.text for note in report.notes)
    first = {note.text: note.line for note in reversed(report.notes)}
    for text, number in counted.most_common(_MOST_LINES):
        others = f" and {number - 1:,} more" if number > 1 else ""
        yield f"{text} (line {first[text]:,}{others})"
    if len(counted) > _MOST_LINES:
        yield f"{len(counted) - _MOST_LINES:,} more warnings; see --json for all"


def _print(reports: Reports) -> None:
    for name, report in reports:
        parts = [f"{formatting.count(len(report.created), 'session')} created"]
        parts += [f"{len(report.appended):,} updated"] if report.appended else []
        parts += [f"{len(report.unchanged):,} unchanged"] if report.unchanged else []
        parts += [f"{len(report.problems):,} skipped"] if report.problems else []
        click.echo(f"{one_line(name)}: {', '.join(parts)}; {formatting.count(report.messages, 'message')} written.")
