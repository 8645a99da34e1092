"""The log of what was really paid, "PlatformCostLog", which later deployments have and a role may be unable to read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    text,
)

from chatdata.domain.text import sanitize
from chatdata.stores.database.columns import JsonColumn, UtcTimestamp
from chatdata.stores.database.damage import as_text
from chatdata.stores.database.filters import SessionFilter, among
from chatdata.stores.database.grouping import first_columns
from chatdata.stores.database.readable_times import as_given

COST_LOG = "PlatformCostLog"
CostLogState = Literal["readable", "not granted", "missing", "unknown form"]
"""unknown form: the table lacks a column that costs are read from."""
PaidBy = Literal["quarter", "user", "session", "model"]

_log = Table(
    COST_LOG,
    MetaData(),
    Column("createdAt", UtcTimestamp),
    Column("userId", Text),
    Column("model", Text),
    Column("blockName", Text),
    Column("costMicrodollars", BigInteger),
    Column("inputTokens", Integer),
    Column("outputTokens", Integer),
    Column("cacheReadTokens", Integer),
    Column("cacheCreationTokens", Integer),
    Column("metadata", JsonColumn),
)
_REQUIRED = frozenset({"createdAt", "userId", "model", "blockName", "costMicrodollars"})
_TOKENS = ("inputTokens", "outputTokens", "cacheReadTokens", "cacheCreationTokens")
_SESSION_KEYS = ("session_id", "sessionId", "chat_session_id")
"""The keys of the metadata by which a writer can name the session."""
_CONVERSATIONS = "copilot:"
"""What the block name of a conversation's costs begins with."""
_NO_NUMBER = cast(null(), BigInteger)
_MOST = 10**15
"""The largest plausible number of a row; sums of larger, damaged ones could overflow in a database."""


@dataclass(frozen=True, slots=True)
class CostLog:
    """What is known of the log before it is read."""

    state: CostLogState
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PaidSums:
    """Sums of rows of the log; None where no row has that number."""

    entries: int = 0
    unpriced: int = 0
    """The number of rows without a cost."""
    microdollars: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_creation_tokens: int | None = None
    uncounted: int = 0
    """The number of rows without a count of input or of output tokens, which no list price includes."""
    counted_input_tokens: int | None = None
    """The input tokens of the rows with both counts; None where no row has both."""
    counted_output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class PaidRow:
    """The sums of one key and model."""

    key: str | int | None
    """A user, a session, a model, or the number of quarter hours since 1970; None where the log names none."""
    model: str | None
    sums: PaidSums = field(default_factory=PaidSums)


def cost_log(connection: Connection, schema: str | None) -> CostLog:
    """Whether the log exists, whether this role may read it, and which columns it has."""
    found = _columns(connection, schema)
    if not found:
        return CostLog("missing")
    if not found.keys() >= _REQUIRED:
        return CostLog("unknown form", frozenset(found))
    granted = frozenset(name for name, readable in found.items() if readable)
    return CostLog("readable" if granted >= _REQUIRED else "not granted", granted)


def paid(connection: Connection, log: CostLog, where: SessionFilter, by: PaidBy) -> tuple[PaidRow, ...]:
    """The sums of conversations' costs by key and model, for the users of the filter and payments within its start.

    The other conditions of the filter are about sessions, which the log does not know.
    """
    dialect = connection.dialect.name
    statement = _sums(dialect, log, by).where(*_conditions(dialect, where)).group_by(*first_columns(2))
    rows = connection.execute(statement).all()
    return tuple(_row(row, by) for row in rows)


def _row(row: Any, by: PaidBy) -> PaidRow:
    key = row.key if by == "quarter" else as_text(row.key)
    entries, unpriced, uncounted, *sums = [None if value is None else int(value) for value in row[2:]]
    cost, reading, writing, read, written, counted_reading, counted_writing = sums
    return PaidRow(
        key,
        as_text(row.named),
        PaidSums(
            entries=entries or 0,
            unpriced=unpriced or 0,
            microdollars=cost,
            input_tokens=reading,
            output_tokens=writing,
            cache_read_tokens=read,
            cache_creation_tokens=written,
            uncounted=uncounted or 0,
            counted_input_tokens=counted_reading,
            counted_output_tokens=counted_writing,
        ),
    )


def _sums(dialect: str, log: CostLog, by: PaidBy) -> Select[Any]:
    cost = _number(dialect, _log.c.costMicrodollars)
    tokens = [_tokens(dialect, _log.c[name]) if name in log.columns else _NO_NUMBER for name in _TOKENS]
    has_both = and_(*(each.is_not(None) for each in tokens[:2]))
    return select(
        _key(dialect, log, by).label("key"),
        _plain(dialect, _log.c.model).label("named"),
        func.count(),
        func.sum(case((cost.is_(None), 1), else_=0)),
        func.sum(case((has_both, 0), else_=1)),
        func.sum(cost),
        *(func.sum(each) for each in tokens),
        *(func.sum(case((has_both, each))) for each in tokens[:2]),
    ).select_from(_log)


def _key(dialect: str, log: CostLog, by: PaidBy) -> Any:
    match by:
        case "quarter":
            return _quarter(dialect)
        case "user":
            return _plain(dialect, _log.c.userId)
        case "model":
            return _plain(dialect, _log.c.model)
        case "session":
            return _session(dialect) if "metadata" in log.columns else null()


def _conditions(dialect: str, where: SessionFilter) -> list[Any]:
    """The conditions for a filter's users and, as the time of payment, its bounds on the start."""
    found: list[Any] = [_log.c.blockName.startswith(_CONVERSATIONS, autoescape=True)]
    if where.user_id is not None:
        found.append(_log.c.userId == sanitize(where.user_id))
    if where.user_ids is not None:
        named = among(dialect, _log.c.userId, [sanitize(name) for name in where.user_ids if name is not None])
        found.append(or_(named, _log.c.userId.is_(None)) if None in where.user_ids else named)
    if where.without_user:
        found.append(_log.c.userId.is_(None))
    if where.user_contains:
        found.append(func.lower(_log.c.userId).contains(sanitize(where.user_contains).lower(), autoescape=True))
    return found + _paid_between(dialect, where.started_since, where.started_until)


def _paid_between(dialect: str, since: datetime | None, until: datetime | None) -> list[Any]:
    at: Any = _log.c.createdAt if dialect == "postgresql" else func.milliseconds_of(as_given(_log.c.createdAt))
    bounds = [bound if dialect == "postgresql" or bound is None else _milliseconds(bound) for bound in (since, until)]
    return [
        *([] if bounds[0] is None else [at >= bounds[0]]),
        *([] if bounds[1] is None else [at <= bounds[1]]),
    ]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() // 1) * 1000 + moment.microsecond // 1000


def _quarter(dialect: str) -> Any:
    """The whole quarter hours from 1970 to the payment; NULL for a time that can't be read."""
    if dialect != "postgresql":
        return func.quarter_of(as_given(_log.c.createdAt))
    first, last = (literal(datetime(year, 1, 1), UtcTimestamp()) for year in (1970, 9999))
    number = cast(func.floor(func.date_part("epoch", _log.c.createdAt) / 900), Integer)
    return case((and_(_log.c.createdAt >= first, _log.c.createdAt < last), number))


def _session(dialect: str) -> Any:
    """The session that the metadata names, if it is an object with such a key."""
    if dialect == "postgresql":
        return func.coalesce(*(func.jsonb_extract_path_text(_log.c.metadata, key) for key in _SESSION_KEYS))
    is_json = and_(func.typeof(_log.c.metadata) == "text", func.json_valid(_log.c.metadata) == 1)
    named = func.coalesce(*(func.json_extract(_log.c.metadata, f"$.{key}") for key in _SESSION_KEYS))
    return cast(case((is_json, named)), Text)


def _plain(dialect: str, column: Any) -> Any:
    """The text of a column; SQLite may hold bytes there."""
    return column if dialect == "postgresql" else cast(column, Text)


def _number(dialect: str, column: Any) -> Any:
    """A number of the log; in SQLite, NULL for a value that is none."""
    if dialect == "postgresql":
        return column
    plausible = and_(func.typeof(column).in_(("integer", "real")), column.between(-_MOST, _MOST))
    return case((plausible, cast(column, Integer)))


def _tokens(dialect: str, column: Any) -> Any:
    """A number of the log that can be a count of tokens, else NULL."""
    number = _number(dialect, column)
    return case((number >= 0, number))


def _columns(connection: Connection, schema: str | None) -> dict[str, bool]:
    """The columns of the log, and whether this role may read each; empty without the table."""
    values = {"table": COST_LOG, **({"schema": schema} if schema else {})}
    rows: Sequence[Any] = connection.execute(text(_COLUMNS[connection.dialect.name]), values).all()
    return {name: bool(readable) for name, readable in rows}


# pg_catalog, because information_schema omits what this role may not access.
_COLUMNS = {
    "postgresql": """
        SELECT a.attname, has_column_privilege(c.oid, a.attnum, 'SELECT')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE n.nspname = :schema AND c.relname = :table AND a.attnum > 0 AND NOT a.attisdropped""",
    "sqlite": "SELECT name, 1 FROM pragma_table_info(:table)",
}
