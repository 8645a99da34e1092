"""`payload`: prints the model request of a conversation."""

from typing import Any, get_args

import click

from chatdata.cli.choosing import choose_readable, remarks
from chatdata.cli.output import emit_text, warn
from chatdata.cli.stores import opened
from chatdata.domain.copies import Source
from chatdata.domain.messages import build_payload
from chatdata.domain.payload import FORMATS, Cut, Format, cut
from chatdata.domain.payload.exports import DEFAULT_BASE_URL, as_json, export

last_option = click.option(
    "--last",
    metavar="N",
    type=click.IntRange(min=1),
    help="Keep only the last N messages, after the system messages.",
)
source_option = click.option("--source", type=click.Choice(get_args(Source)), help="Source: database or cache.")


@click.command("payload")
@click.argument("session_id", metavar="SESSION_ID")
@source_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="json", show_default=True, help="Output format.")
@last_option
@click.option("--model", metavar="NAME", help="Model in the command or script (default: INSPECTOR_MODEL).")
def payload_command(session_id: str, source: Source | None, form: Format, last: int | None, model: str | None) -> None:
    """Print the model request of a conversation as JSON, curl or Python.

    Stored messages are converted and merged as the application does. Without --source, the database copy is used, or
    the cached copy if the database has none or is unavailable. No API key is included; the curl command and the
    Python script read $OPENAI_API_KEY.

    \b
    Examples:
      python -m chatdata payload 4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55 > payload.json
      python -m chatdata payload airline-03-0 --format curl | sh
      python -m chatdata payload airline-03-0 --last 20 | python -m chatdata lint -

    \b
    Exit codes: 0 success, 1 not found or unreadable,
                2 invalid usage or settings, 3 the store is unavailable
    """
    with opened() as connected:
        settings = connected.settings
        copies = connected.stores.read_copies(session_id)
    chosen, copy = choose_readable(copies, source)
    for sentence in remarks(copies, chosen, asked=source is not None):
        warn(sentence)
    params: list[Any] = build_payload([item.message for item in copy.messages]).params
    if last is not None:
        params = [params[index] for index in cut(params, Cut(messages=last))]
    if form == "json":
        emit_text(as_json(params, ascii_only=True))
    else:
        base_url = settings.endpoint.shown if settings.endpoint else DEFAULT_BASE_URL
        emit_text(export(params, form, model=model or settings.model, base_url=base_url))
