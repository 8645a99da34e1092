"""`show`: prints a copy of a conversation as text or JSON."""

from typing import get_args

import click

from chatdata.cli.commands import NOT_FOUND, json_option
from chatdata.cli.output import emit, warn
from chatdata.cli.output.conversation import print_conversation, print_corrupt, print_waiting
from chatdata.cli.stores import opened
from chatdata.cli.views import view_option
from chatdata.domain.copies import (
    CorruptDocument,
    PrivacyLevel,
    Source,
)
from chatdata.errors import NotFound
from chatdata.services.answers.beside import beside_of
from chatdata.services.answers.choosing import choose, remarks
from chatdata.services.answers.conversation import conversation_document, first_bytes, waiting_document
from chatdata.services.inspection import Inspection

_FIRST_BYTES = 200


@click.command("show")
@click.argument("session_id", metavar="SESSION_ID")
@click.option("--source", type=click.Choice(get_args(Source)), help="Source: database or cache.")
@view_option
@json_option
@click.pass_context
def show_command(
    context: click.Context, session_id: str, source: Source | None, view: PrivacyLevel, as_json: bool
) -> None:
    """Show a conversation from the database or the cache.

    Without --source, the database copy is shown, or the cached copy if the database has none or is unavailable; the
    first lines say which. Messages that wait for a session in neither store are shown. An unreadable cache entry is
    shown as raw bytes. Read-only.

    \b
    Examples:
      python -m chatdata show 4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55
      python -m chatdata show airline-03-0 --source cache --json

    \b
    Exit codes: 0 success, 1 not found or unreadable,
                2 invalid usage or settings, 3 the store is unavailable
    """
    with opened() as connected:
        inspection = Inspection(connected.stores, session_id, view, connected.redaction_key)
        copies = inspection.copies
    try:
        chosen, shown = choose(copies, source)
    except NotFound as missing:
        if copies.turn is None or not (copies.turn.pending or copies.turn.unreadable_lists):
            raise
        warn(str(missing))
        if as_json:
            emit(waiting_document(connected.stores, copies))
        else:
            print_waiting(copies)
        context.exit(NOT_FOUND)
    beside = beside_of(inspection, chosen, shown, verbatim=as_json)
    if inspection.import_problem:
        warn(inspection.import_problem)
    for sentence in remarks(copies, chosen, asked=source is not None):
        warn(sentence)
    if as_json:
        emit(conversation_document(connected.stores, copies, chosen, shown, beside))
    elif isinstance(shown, CorruptDocument):
        print_corrupt(session_id, shown, first_bytes(shown))
    else:
        print_conversation(session_id, shown, copies, beside)
    if isinstance(shown, CorruptDocument):
        context.exit(NOT_FOUND)
