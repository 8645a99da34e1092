"""`explain`: what a provider's error means, which message it is about, and what to change."""

import json
from dataclasses import dataclass
from typing import Any

import click

from chatdata.cli.commands import json_option
from chatdata.cli.output import emit, emit_text, warn
from chatdata.cli.output.explain import print_explanation
from chatdata.cli.payload import source_option
from chatdata.cli.payload_files import documents_in, is_path
from chatdata.cli.stores import opened
from chatdata.domain.copies import Source
from chatdata.domain.lint import (
    Explanation,
    Fix,
    Match,
    NativeBody,
    NativeFix,
    as_request,
    explain,
    explain_native,
    explanation_json,
    fully_repaired,
    fully_repaired_body,
    messages_of,
    repaired,
    repaired_body,
    request_body,
    why_unread,
)
from chatdata.domain.messages import build_payload
from chatdata.domain.payload import FORMATS, Format, export
from chatdata.domain.payload.exports import DEFAULT_BASE_URL, as_json
from chatdata.services.answers.choosing import choose_readable, remarks
from chatdata.settings.stores import Settings

UNKNOWN = 1


@click.command("explain")
@click.argument("target", metavar="[SESSION_ID | FILE.json]", required=False)
@click.option("--error", "text", metavar="TEXT", help="The error; - for stdin, which is the default.")
@click.option("--error-file", type=click.Path(exists=True, dir_okay=False), help="File with the error, such as a log.")
@source_option
@click.option("--repaired", "form", type=click.Choice(FORMATS), help="Print the payload after the change instead.")
@click.option("--model", metavar="NAME", help="Model in the command or script (default: INSPECTOR_MODEL).")
@json_option
@click.pass_context
def explain_command(
    context: click.Context,
    target: str | None,
    text: str | None,
    error_file: str | None,
    source: Source | None,
    form: Format | None,
    model: str | None,
    as_json: bool,
) -> None:
    """Explain a provider's error, and name the message that caused it.

    The error may be bare, inside JSON, an SDK's exception, a gateway's answer or a log. With a session or a file of
    messages, the message is named and what to change is shown. Nothing is sent or stored.

    \b
    Examples:
      python -m chatdata explain airline-03-0 --error "messages.4: tool_use ids were found without ..."
      python -m chatdata explain request.json --error-file gateway.log --json
      python -m chatdata explain request.json --error - --repaired curl

    \b
    Exit codes: 0 recognized, 1 unknown error, or session not found,
                2 invalid usage or settings, a file that can't be read,
                  or a known error that --repaired has no repair for,
                3 a required store is unavailable
    """
    error = _error(text, error_file, target)
    if form is not None and target is None:
        raise click.UsageError("--repaired needs a session or a file.")
    sent = _sent(target, source)
    explanation = sent.explained(error)
    if form is not None and explanation.recognised:
        _print_repaired(explanation, sent, form, model)
    elif form is not None:
        warn(f"Unknown: {explanation.reason} No repaired payload can be made.")
    elif as_json:
        emit(explanation_json(explanation, sent.messages, sent.native))
    else:
        print_explanation(explanation, sent.messages, sent.native)
    if not explanation.recognised:
        context.exit(UNKNOWN)


def _error(text: str | None, error_file: str | None, target: str | None) -> str:
    if text is not None and error_file is not None:
        raise click.UsageError("Specify --error or --error-file, not both.")
    if text not in (None, "-"):
        return text or ""
    if error_file is None and target == "-":
        raise click.UsageError("Only one of the error and the messages can come from stdin.")
    with click.open_file(error_file or "-", "rb") as file:
        raw: bytes = file.read()
    return raw.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Sent:
    """What the request had that was refused: messages in OpenAI's form, or the body of another API."""

    messages: list[Any] | None = None
    positions: list[tuple[int, ...]] | None = None
    """The stored positions of each message of a session."""
    native: NativeBody | None = None

    def explained(self, error: str) -> Explanation:
        """The explanation of an error, with the message that it means."""
        if self.native is not None:
            return explain_native(error, self.native)
        return explain(error, self.messages, self.positions)


def _sent(target: str | None, source: Source | None) -> _Sent:
    if target is None:
        return _Sent()
    return _in_file(target) if is_path(target) else _in_session(target, source)


def _in_file(target: str) -> _Sent:
    given = documents_in(target)
    if len(given) > 1:
        raise click.BadParameter(f"{target}: explain one document, not a file of many.", param_hint="FILE.json")
    if (native := request_body(given[0])) is not None:
        return _Sent(native=native)
    try:
        return _Sent(messages_of(given[0]))
    except ValueError as problem:
        reason = why_unread(given[0], problem)
        raise click.BadParameter(f"{target}: {reason}", param_hint="FILE.json") from problem


def _in_session(session_id: str, source: Source | None) -> _Sent:
    """Returns the messages of a session as they would be sent."""
    with opened() as connected:
        copies = connected.stores.read_copies(session_id)
    chosen, copy = choose_readable(copies, source)
    for sentence in remarks(copies, chosen, asked=source is not None):
        warn(sentence)
    payload = build_payload([item.message for item in copy.messages], [item.position for item in copy.messages])
    return _Sent([*payload.params], [message.positions for message in payload.messages])


def _print_repaired(explanation: Explanation, sent: _Sent, form: Format, model: str | None) -> None:
    fix = next((fix for match in explanation.matches if (fix := _repair(sent, match)) is not None), None)
    if fix is None:
        raise click.UsageError(_no_repair(explanation))
    warn(f"{fix.what} Texts that are lost: {len(fix.lost)}.")
    if isinstance(fix, NativeFix) and sent.native is not None:
        emit_text(_native_text(sent.native, fix, form, model))
    elif form == "json":
        emit_text(as_json(fix.messages, ascii_only=True))
    else:
        settings = Settings.from_environment()
        base_url = settings.endpoint.shown if settings.endpoint else DEFAULT_BASE_URL
        emit_text(export(fix.messages, form, model=model or settings.model, base_url=base_url))


def _no_repair(explanation: Explanation) -> str:
    """Says why there is no repaired payload for a known error."""
    first = explanation.matches[0]
    if not explanation.about_messages:
        return f"The messages are not at fault, so there is nothing to repair in them. {first.fix}".rstrip()
    if first.payload_position is None or first.presence == "absent":
        return f"No message with this fault was found, so there is nothing to repair. {first.fix}".rstrip()
    return f"Only a person can decide what to change: no repaired payload can be made. {first.fix}".rstrip()


def _repair(sent: _Sent, match: Match) -> Fix | NativeFix | None:
    """The repair that is printed: with all fixes where one alone would still be refused."""
    if sent.native is not None:
        return fully_repaired_body(sent.native, match) or repaired_body(sent.native, match)
    messages = sent.messages or ()
    return fully_repaired(messages, match) or repaired(messages, match)


def _native_text(native: NativeBody, fix: NativeFix, form: Format, model: str | None) -> str:
    if form == "json":
        return f"{json.dumps(fix.body, indent=2)}\n"
    return as_request(native, fix.body, form, model)
