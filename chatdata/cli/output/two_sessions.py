"""Output of `diff A B`: both sessions, what differs about them, and their messages side by side."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

import click
from rich.table import Table
from rich.text import Text

from chatdata.cli.output.diff import COLUMNS, MOST_LINES, extent, line
from chatdata.cli.output.tables import console, print_table, table
from chatdata.cli.output.terminal import one_line, shown
from chatdata.domain import formatting
from chatdata.domain.labels import UNTITLED
from chatdata.domain.side_by_side import (
    FIELD_LABELS,
    ROW_LABELS,
    FieldName,
    FieldValue,
    RowKind,
    SessionDiff,
    SessionRows,
)
from chatdata.domain.side_by_side.aligned import AlignedRow
from chatdata.domain.side_by_side.texts import Shown, steps, surroundings
from chatdata.services.answers.two_sessions import moved_to
from chatdata.services.two_sessions import ComparedSession, TwoSessions

_BREAKS = re.compile(r"\s+")
_AROUND = 30
_MOST = 160
_MARKS = (("[-", "-]", "red"), ("{+", "+}", "green"))


def print_two_sessions(two: TwoSessions, diff: SessionDiff) -> None:
    """Prints the comparison of two sessions."""
    for side in two.sessions:
        _print_session(side)
    click.echo(", ".join(f"{number:,} {_in_a_sentence(kind)}" for kind, number in diff.counts.items()))
    for name, equal in diff.fields.items():
        if not equal:
            a, b = (_value(name, side.fields[name]) for side in two.sessions)
            click.echo(f"  {FIELD_LABELS[name]}: {a} → {b}")
    if diff.matched and any(row.kind != "equal" for row in diff.matched):
        _print_rows(two.rows)


def _in_a_sentence(kind: RowKind) -> str:
    label = ROW_LABELS[kind]
    return f"{label[0].lower()}{label[1:]}"


def _print_session(side: ComparedSession) -> None:
    fields = side.fields
    title, number = one_line(str(fields["title"] or UNTITLED)), fields["messages"]
    count = formatting.count(number if isinstance(number, int) else 0, "message")
    click.echo(f"{side.letter}  {one_line(side.session_id)}: {title} ({count}, {side.source})")


def _value(name: FieldName, value: FieldValue) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{one_line(tool)} ({calls:,})" for tool, calls in value.items()) or "none"
    if isinstance(value, int):
        return f"{value:,}"
    return "unknown" if name in ("prompt_tokens", "completion_tokens") else one_line(value or "none")


def _print_rows(rows: SessionRows) -> None:
    out = console()
    out.print()
    made = table()
    for name in ("", "A", "B"):
        made.add_column(name, overflow="fold", max_width=COLUMNS if name else None)
    for number, run in groupby(enumerate(rows.rows), key=lambda item: item[1].stretch):
        _add_run(made, rows, rows.runs[number], [ordinal for ordinal, _ in run])
    print_table(made, out)


def _add_run(made: Table, rows: SessionRows, kind: RowKind, ordinals: Sequence[int]) -> None:
    if kind == "equal":
        run = [rows.rows[ordinal] for ordinal in ordinals]
        a, b = [row.left for row in run if row.left], [row.right for row in run if row.right]
        made.add_row("", extent(a), f"{extent(b)} {formatting.count(len(b), 'equal message')}")
        return
    for number, ordinal in enumerate(ordinals[:MOST_LINES]):
        made.add_row(Text(ROW_LABELS[kind] if number == 0 else "", "bold"), *_cells(rows, ordinal, rows.rows[ordinal]))
    if len(ordinals) > MOST_LINES:
        made.add_row("", "", f"… {len(ordinals) - MOST_LINES:,} more of these")


def _cells(rows: SessionRows, ordinal: int, row: AlignedRow) -> tuple[Text, Text]:
    """The message of each session; of a pair only what differs, marked [-in A-] and {+in B+}."""
    there = rows.elsewhere.get(ordinal)
    absent = Text("–" if there is None else f"moved to #{moved_to(rows, there)}", "dim")
    if row.left is None or row.right is None:
        return line(row.left) if row.left else absent, line(row.right) if row.right else absent
    a, b = (Text(f"#{item.position} {one_line(item.message.role)}") for item in (row.left, row.right))
    for name, (one, other_text) in rows.differing_texts(ordinal).items():
        left, right = surroundings(steps(one or "", other_text or ""), _AROUND, _MOST)
        for text, pieces, marks in ((a, left, _MARKS[0]), (b, right, _MARKS[1])):
            text.append(f"\n{name}: " if name != "content" else ": ")
            _append_marked(text, pieces, marks)
    return a, b


def _append_marked(text: Text, pieces: Sequence[Shown], marks: tuple[str, str, str]) -> None:
    before, after, style = marks
    for kind, value in pieces:
        if kind == "only":
            text.append(f"{before}{_inline(value)}{after}", style)
        elif kind == "same":
            text.append(_inline(value))
        elif kind != "lacks":
            text.append(" … ", "dim")


def _inline(value: str | int) -> str:
    """A piece of a text on one line, with the spaces at its ends."""
    return shown(_BREAKS.sub(" ", str(value)))
