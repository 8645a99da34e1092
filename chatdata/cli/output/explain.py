"""Text output of `explain`."""

import json
import re
from collections.abc import Sequence
from difflib import unified_diff
from typing import Any

import click

from chatdata.cli.output.terminal import one_line
from chatdata.domain import formatting
from chatdata.domain.labels import LINT_LABELS
from chatdata.domain.lint import (
    Explanation,
    Fix,
    Match,
    NativeBody,
    NativeFix,
    fully_repaired,
    fully_repaired_body,
    repaired,
    repaired_body,
)
from chatdata.domain.payload import printer_name

_MOST_LINES = 40


def print_explanation(
    explanation: Explanation, messages: Sequence[Any] | None, native: NativeBody | None = None
) -> None:
    """Prints what was recognized, or that the error is unknown and why."""
    if not explanation.recognised:
        click.echo(f"Unknown: {explanation.reason}")
    for number, match in enumerate(explanation.distinct):
        if number:
            click.echo()
        _print_match(match, messages, native)


def _print_match(match: Match, messages: Sequence[Any] | None, native: NativeBody | None) -> None:
    printer = "Unknown provider" if match.provider is None else printer_name(match.provider)
    title = match.meaning.rstrip(".") if match.code is None else f"{LINT_LABELS[match.code]} ({match.code})"
    click.echo(f"{printer}: {one_line(title)}")
    click.echo(f"  {one_line(match.text)}")
    if match.meaning.rstrip(".") != title:
        click.echo(f"  {one_line(match.meaning)}")
    click.echo(f"  {_place(match, messages, native)}")
    if match.fix:
        change = "In the messages that were sent" if match.presence == "absent" else "Change"
        click.echo(f"  {change}: {one_line(match.fix)}")
    if match.threads:
        click.echo(f"  Seen in: {', '.join(match.threads[:3])}")
    fix = repaired(messages, match) if messages is not None else None
    if fix is not None:
        _print_repair(fix.what, fix.lost, messages or (), fix.messages)
        _print_all(fully_repaired(messages or (), match))
    body = repaired_body(native, match) if native is not None else None
    if native is not None and body is not None:
        _print_repair(body.what, body.lost, native.items, body.messages)
        _print_all(fully_repaired_body(native, match))


def _print_all(fix: Fix | NativeFix | None) -> None:
    if fix is not None:
        click.echo(f"  With all fixes: {one_line(fix.what)}")


def _place(match: Match, messages: Sequence[Any] | None, native: NativeBody | None) -> str:
    if not match.about_messages:
        return "The messages are not at fault."
    if match.payload_position is None:
        named = f" The text names {one_line(match.path)}." if re.search(r"\d", match.path) else ""
        if match.presence == "absent":
            return f"None of these messages has it.{named}"
        given = messages is not None or native is not None
        return f"{'The message is unknown.' if given else 'No messages were given.'}{named}"
    stored = ", ".join(f"#{position}" for position in match.stored_positions[:8])
    key = "messages" if native is None else native.key
    place = f"{key}[{match.payload_position}]{f', stored {stored}' if stored else ''}"
    return f"{place}, which the text names" if match.presence == "absent" else place


def _print_repair(what: str, lost: Sequence[str], sent: Sequence[Any], after: Sequence[Any]) -> None:
    click.echo(f"  Proposed: {one_line(what)}")
    for text in lost:
        click.echo(f"  Lost: {one_line(text[:200]) if text.strip() else _white_space(text)}")
    lines = list(unified_diff(_lines(sent), _lines(after), "sent", "repaired", n=1, lineterm=""))
    for line in lines[:_MOST_LINES]:
        click.echo(f"    {one_line(line[:200])}")
    if len(lines) > _MOST_LINES:
        click.echo(f"    … {len(lines) - _MOST_LINES} more lines; --repaired json prints all messages")


def _white_space(text: str) -> str:
    return f"{formatting.count(len(text), 'character')} of white space"


def _lines(messages: Sequence[Any]) -> list[str]:
    return [json.dumps(message) for message in messages]
