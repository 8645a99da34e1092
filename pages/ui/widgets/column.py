"""The columns of a table, and how each shows its values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from chatdata.domain.formatting import ago as ago_of
from chatdata.domain.formatting import duration
from pages.ui.base.formatting import day, moment, money, sendable, zone
from pages.ui.base.severity_marks import mark_of
from pages.ui.server.services import now

MINUTES, SECONDS = "%-d %b %Y, %H:%M", "%-d %b %Y, %H:%M:%S"
COUNT, PERCENT, MONEY = "{:,}", "{:.1%}", "money"
_ELASTIC: Final = 140
"""The pixels from which on a column gives up some of its width, and takes what is left over."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `width` is the pixels that it takes where there is room."""

    label: str
    kind: Literal["text", "number", "bar", "time", "ago", "left", "mark"]
    width: int
    help: str
    format: str
    full: float
    """The value of a whole bar."""
    right: bool
    below: str
    """The name of the value that stands below in grey, if any: text, or the parts of a snippet."""
    hint: str
    """The name of the value that is told on hover, if any, instead of a text that is cut."""
    sort: str
    """The order of the whole list that the head chooses on the server, if any."""


def text(
    label: str,
    *,
    width: int = 150,
    help: str = "",
    right: bool = False,
    below: str = "",
    hint: str = "",
    sort: str = "",
) -> Column:
    """A column of text on one line, cut by an ellipsis and whole on hover."""
    return Column(label, "text", width, help, "", 1, right, below, hint, sort)


def number(label: str, *, width: int = 100, help: str = "", format: str = COUNT, sort: str = "") -> Column:
    """A column of numbers in the format of `str.format`; MONEY is for amounts in US dollars."""
    return Column(label, "number", width, help, format, 1, True, "", "", sort)


def bar(label: str, *, full: float, width: int, help: str = "", format: str = COUNT) -> Column:
    """A column of numbers, each beside a bar that is whole at `full`."""
    return Column(label, "bar", width, help, format, full, True, "", "", "")


def time(label: str, *, width: int = 136, help: str = "", format: str = MINUTES, sort: str = "") -> Column:
    """A column of times in the time zone of the page."""
    return Column(label, "time", width, help, format, 1, False, "", "", sort)


def ago(label: str, *, width: int = 100, help: str = "", sort: str = "") -> Column:
    """A column of times, as how long ago they were; exact on hover."""
    return Column(label, "ago", width, help, "", 1, False, "", "", sort)


def left(label: str, *, width: int = 100, help: str = "") -> Column:
    """A column of times to come, as how much is left until then, which goes on counting; exact on hover."""
    return Column(label, "left", width, help, "", 1, False, "", "", "")


def mark(label: str, *, width: int = 150, help: str = "") -> Column:
    """A column of labels that begin with the shape of their severity, in its colour."""
    return Column(label, "mark", width, help, "", 1, False, "", "", "")


def of(name: str, value: object) -> Column:
    """The column of a value for which none was given: numbers to the right, all else as text."""
    return number(name) if isinstance(value, int | float) and not isinstance(value, bool) else text(name)


def head(column: Column, name: str) -> dict[str, object]:
    """What the browser gets of a column."""
    return {
        "code": name,
        "label": column.label,
        "help": column.help,
        "width": column.width,
        "grow": column.width >= _ELASTIC and column.kind in ("text", "mark", "bar"),
        "right": column.right,
        "sort": column.sort or None,
    }


def cell(column: Column, name: str, row: Mapping[str, Any]) -> dict[str, object] | None:
    """What the browser gets of a row's value; None where there is none."""
    value = row.get(name)
    if _is_nothing(value):
        return None
    told = row.get(column.hint)
    return {
        **_shown(column, value),
        **({"below": _parts(row.get(column.below))} if column.below else {}),
        **({} if _is_nothing(told) else {"hint": sendable(str(told))}),
    }


def _shown(column: Column, value: Any) -> dict[str, object]:
    match column.kind, value:
        case (("number" | "bar"), int() | float()):
            words: dict[str, object] = {"text": _number(value, column.format), "value": value}
            return words | {"fill": value / column.full} if column.kind == "bar" else words
        case "ago", datetime():
            return {"text": ago_of(value, now(), day), "value": value.timestamp(), "hint": moment(value)}
        case "left", datetime():
            seconds = (value - now()).total_seconds()
            told = {"text": duration(seconds) if seconds > 0 else "expired", "value": value.timestamp()}
            return {**told, "until": 1000 * value.timestamp(), "hint": moment(value)}
        case "time", datetime():
            return {"text": _local(value, column.format), "value": value.timestamp()}
        case "mark", str():
            return {"text": sendable(value), "value": sendable(value), "tone": mark_of(value)}
        case _:
            return {"text": sendable(str(value)), "value": sendable(str(value))}


def _number(value: float, form: str) -> str:
    """A count without decimals, also if a column with gaps has made it a float."""
    if form == MONEY:
        return money(value)
    if form != COUNT:
        return _not_nothing(value, form)
    return f"{int(value):,}" if value == int(value) else f"{value:,.1f}"


def _not_nothing(value: float, form: str) -> str:
    """A number in a format; as "<0.0001" where the format has too few digits to show that it is not 0."""
    shown, nothing = form.format(value), form.format(0)
    if value <= 0 or shown != nothing or "." not in nothing:
        return shown
    at = nothing.rindex("0")
    return f"<{nothing[:at]}1{nothing[at + 1 :]}"


def _local(value: datetime, form: str) -> str:
    if value.tzinfo is None:
        return value.strftime(form)
    try:
        return value.astimezone(zone()).strftime(form)
    except (OverflowError, ValueError):
        return value.isoformat()


def _parts(value: Any) -> list[str]:
    """The text of a second line, or the three parts of a snippet."""
    if _is_nothing(value):
        return [""]
    return [sendable(str(part)) for part in value] if isinstance(value, tuple) else [sendable(str(value))]


def _is_nothing(value: Any) -> bool:
    return value is None or value == "" or bool(value != value)  # pandas' gaps, of numbers or times, equal nothing
