"""A conversation as text: a head, then each message under its stored position."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from chatdata.cli.output.tables import console, print_table, table
from chatdata.cli.output.terminal import one_line, shown
from chatdata.domain import formatting
from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    CachedSide,
    Copies,
    CopyMessage,
    CorruptDocument,
    Expiry,
    StoredCopy,
    StoredSide,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.drift.findings.turns import doing_now
from chatdata.domain.imported import sentence_of_extras
from chatdata.domain.labels import ACTIVITY_LABELS, UNTITLED
from chatdata.domain.messages import is_stand_in
from chatdata.domain.messages.context_blocks import split_context
from chatdata.domain.messages.markers import TURN_ENDS, turn_end, without_marker
from chatdata.domain.text import readable_json
from chatdata.services.answers.beside import Beside

_STYLES = {"user": "bold cyan", "assistant": "bold green", "tool": "bold yellow", "function": "bold yellow"}
_RULE_COLUMNS = 100


def print_conversation(session_id: str, copy: StoredCopy | CachedCopy, copies: Copies, beside: Beside) -> None:
    """Prints the head and every message of a copy, and what the source of an imported one also held."""
    out = console()
    _print_head(out, [*_head(session_id, copy, copies, beside), *beside.lines()])
    previous: datetime | None = None
    for item in copy.messages:
        click.echo()
        out.print(_heading(item, previous, min(out.width, _RULE_COLUMNS)))
        for value in copy.damaged:
            if value.position == item.position:
                click.echo(one_line(f"! {value.sentence}"))
        for line in _body(item):
            click.echo(line)
        if also := beside.at(item.position) or sentence_of_extras(item.extras):
            click.echo(one_line(f"Source also held: {also}"))
        previous = item.created_at or previous
    if not copy.messages:
        click.echo("\nNo messages.")
    print_waiting(copies)


def print_waiting(copies: Copies) -> None:
    """Prints the messages that are in a waiting list and in neither copy, if there are any."""
    for line in _waiting(copies):
        click.echo(line)


def print_corrupt(session_id: str, corrupt: CorruptDocument, beginning: str) -> None:
    """Prints what is known of an unreadable cache entry, and its first bytes."""
    place = f" (byte {corrupt.offset:,})" if corrupt.offset is not None and "byte" not in corrupt.reason else ""
    lines = [
        ("Session", session_id),
        ("Source", "cache (unreadable)"),
        ("Reason", corrupt.reason + place),
        ("Size", formatting.count(len(corrupt.raw), "byte")),
        ("Expires", _expiry(corrupt.expiry).removeprefix("expires ")),
    ]
    _print_head(console(), lines)
    if corrupt.damage == "wrong_type":
        click.echo("\nThe key is not a string, so its bytes are no text and are not shown.")
    else:
        click.echo("\nFirst bytes:\n" + shown(beginning) if corrupt.raw else "\nThe value is empty.")


def _print_head(out: Console, lines: list[tuple[str, str]]) -> None:
    made = table()
    made.show_header = False
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in lines:
        made.add_row(name, Text(one_line(value)))
    print_table(made, out)


def _waiting(copies: Copies) -> Iterator[str]:
    """Yields the messages in the waiting lists, by what they wait for, and the lists that can't be read."""
    turn = copies.turn
    if turn is None:
        return
    for key in turn.unreadable_lists:
        yield one_line(f"{key} is not a list: messages that wait in it can't be read.")
    ends = turn.pending_expires_at
    left = "" if ends is None else formatting.duration((ends - copies.read_at).total_seconds())
    until = "" if ends is None else f", lost in {left} ({formatting.second(ends)} UTC)"
    for told, items in turn.pending_groups:
        yield f"\n{formatting.count(len(items), 'message')} {told}{until}:"
        for item in items:
            yield f"  {shown(item.content)}"


def _activity(copies: Copies, now: datetime) -> list[tuple[str, str]]:
    """What the session is doing and since when; empty if the row does not say."""
    activity = doing_now(copies)
    if activity == "unknown" or not isinstance(copies.stored, StoredCopy):
        return []
    lock_known = copies.turn is not None and copies.turn.locked is not None
    doubt = "" if lock_known or activity != "running" else " (it is unknown whether a worker is processing it)"
    updated = copies.stored.info.updated_at
    changed = "" if is_stand_in(updated) else f", last changed {formatting.ago(updated, now)}"
    return [("Status", f"{ACTIVITY_LABELS[activity]}{doubt}{changed}")]


def _head(session_id: str, copy: StoredCopy | CachedCopy, copies: Copies, beside: Beside) -> list[tuple[str, str]]:
    info, now = copy.info, datetime.now(UTC)
    tokens = formatting.tokens(*beside.tokens(copy))
    return [
        ("Title", info.title or UNTITLED),
        ("Session", session_id),
        ("User", info.user_id or "No user"),
        ("Started", formatting.stored_second(info.started_at)),
        ("Updated", _updated(info.updated_at, now)),
        *_activity(copies, now),
        ("Contents", f"{formatting.count(len(copy.messages), 'message')}, {tokens}"),
        ("Database", _side(copies.stored)),
        ("Cache", _side(copies.cached)),
        ("Source", "database" if isinstance(copy, StoredCopy) else "cache"),
    ]


def _updated(moment: datetime, now: datetime) -> str:
    age = "" if is_stand_in(moment) else formatting.ago(moment, now)
    told = formatting.stored_second(moment)
    return told if not age or told.startswith(age) else f"{told}, {age}"


def _side(side: StoredSide | CachedSide) -> str:
    match side:
        case StoredCopy():
            return formatting.count(len(side.messages), "message")
        case CachedCopy():
            size = formatting.readable_size(side.size)
            return f"{formatting.count(len(side.messages), 'message')}, {size}, {_expiry(side.expiry)}"
        case CorruptDocument():
            return f"unreadable: {side.reason}"
        case Unavailable():
            return "unavailable"
        case Unconfigured():
            return side.hint
        case Absent():
            return "not found"


def _expiry(expiry: Expiry) -> str:
    return "no expiry" if expiry.ttl_seconds is None else f"expires in {formatting.duration(expiry.ttl_seconds)}"


def _heading(item: CopyMessage, previous: datetime | None, columns: int) -> Text:
    message, time = item.message, _time(item.created_at, previous)
    role = one_line(message.role) or "(no role)"
    head = Text.assemble((f"#{item.position} ", "dim"), (role, _STYLES.get(message.role, "bold")))
    if message.name:
        head.append(f" {one_line(message.name)}")
    head.truncate(max(columns - len(time) - 4, 10), overflow="ellipsis")
    head.append(f" {'─' * max(2, columns - head.cell_len - len(time) - 2)} {time}".rstrip(), "dim")
    return head


def _time(created_at: datetime | None, previous: datetime | None) -> str:
    if created_at is None:
        return ""
    after = (
        f" (+{formatting.duration((created_at - previous).total_seconds())})"
        if previous and created_at > previous
        else ""
    )
    return formatting.second(created_at) + after


def _body(item: CopyMessage) -> Iterator[str]:
    message = item.message
    if message.tool_call_id:
        yield f"← {one_line(message.tool_call_id)}"
    context, words = split_context(message.content or "") if message.role == "user" else ((), message.content)
    if context:
        names = ", ".join(block.name for block in context)
        yield f"({names}: {formatting.count(sum(len(block.text) for block in context), 'character')} of context)"
    if ended := turn_end(message):
        yield f"({TURN_ENDS[ended]})"
        words = without_marker(words or "")
    if words:
        yield shown(words)
    if message.refusal:
        yield f"Refusal: {shown(message.refusal)}"
    for call in message.tool_calls or ():
        yield from _call(call)
    if message.function_call is not None:
        yield from _call({"function": message.function_call})
    if not (message.content or message.refusal or message.tool_calls or message.function_call):
        yield "(null)" if message.content is None else "(empty)"


def _call(call: Any) -> Iterator[str]:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        yield shown(f"→ {_json(call)}")
        return
    identity = call.get("id")
    yield one_line(f"→ {function.get('name')}{f' ({identity})' if identity else ''}")
    yield from ("  " + line for line in shown(_arguments(function.get("arguments"))).split("\n"))


def _arguments(arguments: Any) -> str:
    if not isinstance(arguments, str):
        return _json(arguments)
    try:
        return _json(json.loads(arguments))
    except (ValueError, RecursionError):
        return arguments


def _json(value: Any) -> str:
    try:
        return readable_json(value, indent=2)
    except RecursionError:
        return "(nested too deeply to be shown)"
