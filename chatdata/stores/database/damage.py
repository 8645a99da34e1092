"""Makes rows readable whose values have the wrong type, which SQLite accepts in any column, and lists those values.

Bytes are shown as text, an invalid token count as 0, a message's time that can't be read as none, and a message without
an integer sequence number after all others; JSON of another form than the column's, which PostgreSQL can hold too, is
shown as it is. Each gets a DamagedValue that says so; none raises an exception.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from chatdata.domain.copies import CopyMessage
from chatdata.domain.messages import ChatMessage, DamagedValue, is_stand_in, is_unreadable
from chatdata.domain.messages.damage import kind_of_value, token_count, wrong_calls, wrong_object
from chatdata.domain.messages.message import parsed_json

_SESSION_TEXTS = ("id", "userId", "title")
_MESSAGE_TEXTS = ("role", "content", "name", "toolCallId", "refusal")
MESSAGE_VALUES = (*_MESSAGE_TEXTS, "toolCalls", "functionCall", "sequence")
"""The columns that a message is made of, in the order of its fields, and its place."""
_TEXT = {str, type(None)}
TOTALS = ("totalPromptTokens", "totalCompletionTokens")
_TIMES = ("createdAt", "updatedAt")
_NO_TIME = "no time that can be read"
_OBJECTS = ("credentials", "successfulAgentRuns", "successfulAgentSchedules", "metadata")

Row = Mapping[str, Any]
"""Column name → value."""


def as_text(value: Any) -> Any:
    """Returns the value of a text column as text, even if it is bytes or a number."""
    if value is None or isinstance(value, str):
        return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def readable_session(row: Mapping[Any, Any]) -> tuple[Row, tuple[DamagedValue, ...]]:
    """Returns the "ChatSession" row with text in its text columns, and the damaged values among its columns."""
    damaged = (
        *_wrong_texts(row, "ChatSession", _SESSION_TEXTS),
        *_wrong_counts(row),
        *_wrong_objects(row),
        *_unreadable_times(row),
    )
    if not damaged:
        return row, ()
    return {**row, **{name: as_text(row[name]) for name in _SESSION_TEXTS if name in row}}, damaged


def readable_messages(
    rows: Sequence[Row], extras: Sequence[str]
) -> tuple[tuple[CopyMessage, ...], tuple[DamagedValue, ...]]:
    """Returns the "ChatMessage" rows of a session, sorted by sequence, as messages, and their damaged values.

    `extras` are the names of optional columns to include.
    """
    unplaced = [row for row in rows if type(row["sequence"]) is not int]
    placed = [row for row in rows if type(row["sequence"]) is int] if unplaced else rows
    messages, damaged = list[CopyMessage](), list[DamagedValue]()
    for row in placed:
        messages.append(copy_message(row, row["sequence"], extras, damaged))
    behind = messages[-1].position + 1 if messages else 0
    for position, row in enumerate(unplaced, behind):
        damaged.append(DamagedValue("ChatMessage.sequence", position, f"{_no_place(row)}; it is shown at the end"))
        messages.append(copy_message(row, position, extras, damaged))
    return tuple(messages), tuple(damaged)


def first_damage(row: Row, messages: Sequence[Sequence[Any]]) -> DamagedValue | None:
    """Returns the first damaged value of a session's rows that prevents writing; None if there is none.

    Only texts, token counts and sequence numbers do; a value in an object column is written back unchanged.
    `messages` have the values of MESSAGE_VALUES.
    """
    for value in (*_wrong_texts(row, "ChatSession", _SESSION_TEXTS), *_wrong_counts(row)):
        return value
    if _have_right_kinds(messages):
        return None
    for position, values in enumerate(messages):
        message = dict(zip(MESSAGE_VALUES, values, strict=True))
        for value in _wrong_texts(message, "ChatMessage", _MESSAGE_TEXTS, position):
            return value
        if type(message["sequence"]) is not int:
            return DamagedValue("ChatMessage.sequence", position, _no_place(message))
    return None


def _have_right_kinds(messages: Sequence[Sequence[Any]]) -> bool:
    """Whether all texts and sequence numbers have the right types; by column, since there may be thousands of rows."""
    kinds = [set(map(type, column)) for column in zip(*messages, strict=True)]
    return all(found <= _TEXT for found in kinds[: len(_MESSAGE_TEXTS)]) and kinds[-1:] in ([], [{int}])


def known_time(moment: datetime) -> datetime | None:
    """Returns the time of a row; None for one that is missing or can't be read."""
    return None if is_stand_in(moment) else moment


def readable_extras(row: Row, names: Sequence[str]) -> dict[str, Any]:
    """Returns the values of optional columns by name, with bytes as text."""
    return {name: as_text(value) if isinstance(value := row[name], bytes) else value for name in names}


def _no_place(row: Row) -> str:
    return f"{kind_of_value(row['sequence'])} where a whole number was expected"


def copy_message(row: Row, position: int, extras: Sequence[str], damaged: list[DamagedValue]) -> CopyMessage:
    """Returns the message of a "ChatMessage" row, and adds its damaged values to the list."""
    if not _holds_text(row):
        damaged += _wrong_texts(row, "ChatMessage", _MESSAGE_TEXTS, position)
        row = {**row, **{name: as_text(row[name]) for name in _MESSAGE_TEXTS}}
    if row["toolCalls"] is not None or row["functionCall"] is not None or row.get("metadata") is not None:
        damaged += _wrong_json(row, position)
    if is_unreadable(created := row["createdAt"]):
        damaged.append(DamagedValue("ChatMessage.createdAt", position, _NO_TIME))
    return CopyMessage(
        position=position,
        message=ChatMessage.from_db(row),
        created_at=known_time(created),
        id=as_text(row["id"]),
        extras=readable_extras(row, extras),
    )


def _wrong_json(row: Row, position: int) -> Iterator[DamagedValue]:
    if reason := wrong_calls(parsed_json(row["toolCalls"])):
        yield DamagedValue("ChatMessage.toolCalls", position, reason)
    for name in ("functionCall", "metadata"):
        if reason := wrong_object(parsed_json(row.get(name))):
            yield DamagedValue(f"ChatMessage.{name}", position, reason)


def _holds_text(row: Row) -> bool:
    """Whether all text columns hold text; called for thousands of messages, so it has to be fast."""
    kinds = {type(row["role"]), type(row["content"]), type(row["name"]), type(row["toolCallId"]), type(row["refusal"])}
    return kinds <= _TEXT


def _wrong_texts(row: Row, table: str, names: Sequence[str], position: int | None = None) -> Iterator[DamagedValue]:
    for name in names:
        value = row.get(name)
        if not (value is None or isinstance(value, str)):
            yield DamagedValue(f"{table}.{name}", position, f"{kind_of_value(value)} where text was expected")


def _wrong_counts(row: Row) -> Iterator[DamagedValue]:
    for name in TOTALS:
        if name in row and token_count(row[name]) is None:
            value = row[name]
            what = "a number too large" if isinstance(value, int | float) else kind_of_value(value)
            yield DamagedValue(f"ChatSession.{name}", None, f"{what} where a count of tokens was expected")


def _unreadable_times(row: Row) -> Iterator[DamagedValue]:
    for name in _TIMES:
        if name in row and is_unreadable(row[name]):
            yield DamagedValue(f"ChatSession.{name}", None, _NO_TIME)


def _wrong_objects(row: Row) -> Iterator[DamagedValue]:
    for name in _OBJECTS:
        if reason := wrong_object(parsed_json(row.get(name))):
            yield DamagedValue(f"ChatSession.{name}", None, reason)
