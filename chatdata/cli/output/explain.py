"""Text output of `explain`."""

import json
from collections.abc import Sequence
from difflib import unified_diff
from typing import Any

import click

from chatdata.cli.output.terminal import one_line
from chatdata.domain.labels import LINT_LABELS
from chatdata.domain.lint import Explanation, Match, repaired
from chatdata.domain.payload import printer_name

_MOST_LINES = 40


def print_explanation(explanation: Explanation, messages: Sequence[Any] | None) -> None:
    """Prints what was recognized, or that the error is unknown and why."""
    if not explanation.recognised:
        click.echo(f"Unknown: {explanation.reason}")
    for number, match in enumerate(explanation.matches):
        if number:
            click.echo()
        _print_match(match, messages)


def _print_match(match: Match, messages: Sequence[Any] | None) -> None:
    printer = "Unknown provider" if match.provider is None else printer_name(match.provider)
    title = match.meaning.rstrip(".") if match.code is None else f"{LINT_LABELS[match.code]} ({match.code})"
    click.echo(f"{printer}: {one_line(title)}")
    click.echo(f"  {one_line(match.text)}")
    if match.meaning.rstrip(".") != title:
        click.echo(f"  {one_line(match.meaning)}")
    click.echo(f"  {_place(match, messages)}")
    if match.fix:
        click.echo(f"  Change: {one_line(match.fix)}")
    if match.threads:
        click.echo(f"  Seen in: {', '.join(match.threads[:3])}")
    if messages is not None:
        _print_repair(match, messages)


def _place(match: Match, messages: Sequence[Any] | None) -> str:
    if not match.about_messages:
        return "The messages are not at fault."
    if match.payload_position is None:
        named = f" It says {one_line(match.path)}." if match.path else ""
        return f"{'The message is unknown.' if messages is not None else 'No messages were given.'}{named}"
    stored = ", ".join(f"#{position}" for position in match.stored_positions[:8])
    return f"messages[{match.payload_position}]{f', stored {stored}' if stored else ''}"


def _print_repair(match: Match, messages: Sequence[Any]) -> None:
    fix = repaired(messages, match)
    if fix is None:
        return
    click.echo(f"  Proposed: {one_line(fix.what)}")
    for text in fix.lost:
        click.echo(f"  Lost: {one_line(text[:200])}")
    lines = list(unified_diff(_lines(messages), _lines(fix.messages), "sent", "repaired", n=1, lineterm=""))
    for line in lines[:_MOST_LINES]:
        click.echo(f"    {one_line(line[:200])}")
    if len(lines) > _MOST_LINES:
        click.echo(f"    … {len(lines) - _MOST_LINES} more lines; --repaired json prints all messages")


def _lines(messages: Sequence[Any]) -> list[str]:
    return [json.dumps(message) for message in messages]
