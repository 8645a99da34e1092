"""Tells in SQL which rows have a time that can be read, as `is_unreadable` tells it of the value in Python."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, and_, case, cast, func, literal, or_

from chatdata.domain.messages import UNREADABLE_TIME

_CANONICAL = "%Y-%m-%d %H:%M:%f"
"""How SQLite writes a time as the stores do: to the millisecond, with a blank."""


def is_readable(dialect: str, column: Any) -> Any:
    """Whether the column has a time: not 'infinity', no year beyond Python's range, and in SQLite no other value."""
    first, last, placeholder = (
        literal(moment, column.type)
        for moment in (datetime(2, 1, 1), datetime(9999, 1, 1), UNREADABLE_TIME.replace(tzinfo=None))
    )
    within = and_(column >= first, column < last, column != placeholder)
    if dialect == "postgresql":
        return within
    usual = and_(func.strftime(_CANONICAL, column) == column, within)
    return or_(usual, func.milliseconds_of(as_given(column)).is_not(None))


def as_given(column: Any) -> Any:
    """The value as a function of Python gets it: text as bytes, since SQLite hands on none that isn't UTF-8."""
    kind = func.typeof(column)
    return case((kind == "text", cast(column, LargeBinary)), (kind != "blob", column))
