"""Column types that represent the same values in SQLite and in PostgreSQL."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Dialect, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

from chatdata.domain.messages import UNREADABLE_TIME
from chatdata.domain.text import UNKNOWN_TIME

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_milliseconds(moment: datetime) -> datetime:
    """The moment as the stores keep it: in UTC, truncated to milliseconds, the precision of TIMESTAMP(3)."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


class UtcTimestamp(TypeDecorator[datetime]):
    """Aware UTC in Python; naive UTC in the database: TIMESTAMP(3), or sortable text of fixed width in SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return TIMESTAMP(precision=3)  # type_descriptor would drop the precision
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        naive = to_milliseconds(value).replace(tzinfo=None)
        return naive if dialect.name == "postgresql" else naive.isoformat(" ", "milliseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return read_moment(value)


class KnownTimestamp(UtcTimestamp):
    """A time that is never None: NULL becomes UNKNOWN_TIME, an unreadable value UNREADABLE_TIME."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime:
        return UNKNOWN_TIME if value is None else read_moment(value) or UNREADABLE_TIME


def read_moment(value: Any) -> datetime | None:
    """The moment of a column's value, which in SQLite may be ISO text or milliseconds since 1970; None for others."""
    try:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, int | float):
            moment = _EPOCH + timedelta(milliseconds=value)
        elif isinstance(value, str):
            moment = datetime.fromisoformat(value)
        else:
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class JsonColumn(TypeDecorator[Any]):
    """JSONB, or JSON text in SQLite. A value that Python can't parse is returned as its text."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(JSON(none_as_null=True))


class TextArray(TypeDecorator[Sequence[str]]):
    """Texts as one value for PostgreSQL, written here: the driver takes several times as long for thousands of them."""

    impl = ARRAY(Text)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        return _as_array


def _as_array(texts: Sequence[str]) -> str:
    inside = '","'.join(text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return f'{{"{inside}"}}' if texts else "{}"


def dump_json(value: Any) -> str:
    """The JSON that both dialects store: non-ASCII characters are not escaped, so that a search finds any script."""
    return json.dumps(value, ensure_ascii=False)


def load_json(text: str | bytes) -> Any:
    """The parsed JSON; text that is invalid, nested too deeply or has too long a number is returned as text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text if isinstance(text, str) else text.decode("utf-8", "replace")
