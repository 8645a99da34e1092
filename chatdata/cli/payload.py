"""`payload`: prints the model request of a conversation."""

from typing import Any, Literal, get_args

import click

from chatdata.cli.output import emit, emit_text, warn
from chatdata.cli.stores import opened
from chatdata.domain.copies import Source
from chatdata.domain.dialects.writers import API_FORMATS, ApiFormat, Translation, summary, translate
from chatdata.domain.messages import build_payload
from chatdata.domain.payload import FORMATS, Cut, Format, cut
from chatdata.domain.payload.exports import DEFAULT_BASE_URL, as_json, export
from chatdata.domain.payload.requests import OWN_MODELS, body_json, export_translation
from chatdata.services.answers.choosing import choose_readable, remarks
from chatdata.services.answers.payload import account_document
from chatdata.settings.stores import Settings

PrintedAs = Literal["body", "curl", "python", "account"]

last_option = click.option(
    "--last",
    metavar="N",
    type=click.IntRange(min=1),
    help="Keep only the last N messages, after the system messages.",
)
source_option = click.option("--source", type=click.Choice(get_args(Source)), help="Source: database or cache.")
format_option = click.option(
    "--format",
    "form",
    type=click.Choice((*FORMATS, *API_FORMATS)),
    default="json",
    show_default=True,
    help="Output format: the messages as JSON, a request as curl or Python, or the body that an API takes.",
)
as_option = click.option(
    "--as",
    "printed_as",
    type=click.Choice(get_args(PrintedAs)),
    help="With the format of an API: print its body (default), a request, or what became of each message.",
)


@click.command("payload")
@click.argument("session_id", metavar="SESSION_ID")
@source_option
@format_option
@as_option
@last_option
@click.option("--model", metavar="NAME", help="Model in the command or script (default: INSPECTOR_MODEL).")
def payload_command(
    session_id: str,
    source: Source | None,
    form: Format | ApiFormat,
    printed_as: PrintedAs | None,
    last: int | None,
    model: str | None,
) -> None:
    """Print the model request of a conversation, also as another API takes it.

    Stored messages are converted and merged as the application does. Without --source, the database copy is used, or
    the cached copy if the database has none or is unavailable. No API key is included; the curl command and the
    Python script read it from the environment, such as $OPENAI_API_KEY.

    With --format openai, responses, anthropic, gemini or bedrock, the payload is translated to the body of that API,
    without model and tools, and stderr says what the translation changes; --as account prints, for each message, its
    places in the body and its changes as JSON.

    \b
    Examples:
      python -m chatdata payload 4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55 > payload.json
      python -m chatdata payload airline-03-0 --format curl | sh
      python -m chatdata payload airline-03-0 --last 20 | python -m chatdata lint -
      python -m chatdata payload airline-03-0 --format anthropic --as curl --model claude-sonnet-4-5

    \b
    Exit codes: 0 success, 1 not found or unreadable,
                2 invalid usage or settings, 3 the store is unavailable
    """
    _check(form, printed_as, model)
    with opened() as connected:
        settings = connected.settings
        copies = connected.stores.read_copies(session_id)
    chosen, copy = choose_readable(copies, source)
    for sentence in remarks(copies, chosen, asked=source is not None):
        warn(sentence)
    payload = build_payload([item.message for item in copy.messages], [item.position for item in copy.messages])
    kept = range(len(payload.params)) if last is None else cut(payload.params, Cut(messages=last))
    params: list[Any] = [payload.params[index] for index in kept]
    match form:
        case "json" | "curl" | "python":
            _print_payload(params, form, model, settings)
        case _ if printed_as == "account":
            emit(account_document(translate(params, form), payload, kept))
        case _:
            _print_translation(translate(params, form), printed_as or "body", model, settings)


def _check(form: Format | ApiFormat, printed_as: PrintedAs | None, model: str | None) -> None:
    """Raises UsageError for options that don't go together."""
    if form not in API_FORMATS:
        if printed_as is not None:
            raise click.UsageError(f"--as needs --format with an API: {', '.join(API_FORMATS)}")
    elif form in OWN_MODELS and printed_as in ("curl", "python") and model is None:
        raise click.UsageError(f"INSPECTOR_MODEL is not a model of this API: name one with --model ({form})")


def _print_payload(params: list[Any], form: Format, model: str | None, settings: Settings) -> None:
    if form == "json":
        emit_text(as_json(params, ascii_only=True))
    else:
        emit_text(export(params, form, model=model or settings.model, base_url=_base_url(settings)))


def _print_translation(
    translation: Translation, printed_as: Literal["body", "curl", "python"], model: str | None, settings: Settings
) -> None:
    """Prints the body or the request, and on stderr what the translation changes."""
    if printed_as == "body":
        emit_text(body_json(translation.body, ascii_only=True))
    else:
        named, base_url = model or settings.model, _base_url(settings)
        emit_text(export_translation(translation, printed_as, model=named, base_url=base_url))
    for sentence in summary(translation.messages):
        warn(sentence)


def _base_url(settings: Settings) -> str:
    return settings.endpoint.shown if settings.endpoint else DEFAULT_BASE_URL
