"""`payload`: what a model would be sent, to pipe elsewhere."""

from typing import Any, get_args

import click

from chatdata.cli.choosing import choose_readable, remarks
from chatdata.cli.output import warn
from chatdata.cli.stores import opened
from chatdata.domain.copies import Source
from chatdata.domain.messages import build_payload
from chatdata.domain.payload import FORMATS, Cut, Format, cut
from chatdata.domain.payload.exports import DEFAULT_BASE_URL, as_json, export

last_option = click.option(
    "--last",
    metavar="N",
    type=click.IntRange(min=1),
    help="Only the last N messages of the payload, after its system messages.",
)
source_option = click.option("--source", type=click.Choice(get_args(Source)), help="Which copy.")


@click.command("payload")
@click.argument("session_id", metavar="SESSION_ID")
@source_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="json", show_default=True, help="In which form.")
@last_option
@click.option("--model", metavar="NAME", help="The model in a command or script; else INSPECTOR_MODEL.")
def payload_command(session_id: str, source: Source | None, form: Format, last: int | None, model: str | None) -> None:
    """Print what a model would be sent for a conversation.

    The stored messages are converted and merged as the application does it. Without --source it is the database's
    copy, or the cache's where the database has none or can't answer. A key is never printed: the command and the
    script read it from OPENAI_API_KEY.

    \b
    Examples:
      python -m chatdata payload 4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55 > payload.json
      python -m chatdata payload airline-03-0 --format curl | sh
      python -m chatdata payload airline-03-0 --last 20 | python -m chatdata lint -

    \b
    Exit codes: 0 done, 1 not found, or the copy can't be read,
                2 wrong usage or settings,
                3 the store that should have it can't be reached
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
        click.echo(as_json(params, ascii_only=True), nl=False)
    else:
        base_url = settings.endpoint.shown if settings.endpoint else DEFAULT_BASE_URL
        click.echo(export(params, form, model=model or settings.model, base_url=base_url), nl=False)
