"""Column types that hold the same value in SQLite and in PostgreSQL."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Dialect, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

from chatdata.domain.messages import UNREADABLE_TIME

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_milliseconds(moment: datetime) -> datetime:
    """The moment as the stores keep it: UTC, cut to milliseconds, as TIMESTAMP(3) has no more."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


class UtcTimestamp(TypeDecorator[datetime]):
    """Aware UTC outside; naive UTC inside: TIMESTAMP(3), in SQLite text of fixed width, so that it sorts."""

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
    """A time that is never NULL: what can't be read is UNREADABLE_TIME."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime:
        return read_moment(value) or UNREADABLE_TIME


def read_moment(value: Any) -> datetime | None:
    """SQLite holds whatever was put there: other programs write ISO text or milliseconds since 1970."""
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
    """JSONB, in SQLite JSON text. A value that Python can't parse comes back as its text, to be shown."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(JSON(none_as_null=True))


def dump_json(value: Any) -> str:
    """How both dialects write JSON: non-ASCII unescaped, so that a search finds any script."""
    return json.dumps(value, ensure_ascii=False)


def load_json(text: str | bytes) -> Any:
    """How both dialects read JSON; text that isn't JSON, is too deep or has too long a number stays text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text if isinstance(text, str) else text.decode("utf-8", "replace")
