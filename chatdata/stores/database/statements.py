"""Statements about single sessions, which are compiled once and then sent as text.

For each execution of a statement, also of one that it has compiled before, SQLAlchemy looks it up and puts the schema
into it, which takes about a seventh of the time of a statement for a few rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Insert, Select, Update
from sqlalchemy.types import TypeEngine

Statement = Select[Any] | Insert | Update
_Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement as one dialect and schema have it."""

    sql: str
    order: Sequence[str] | None
    """The names of the values by position; None for a driver that takes them by name."""
    given: Mapping[str, _Convert]
    """How values are converted for the driver, by name; those of the others are sent unchanged."""
    fixed: Mapping[str, Any]
    """The values that the statement itself has, by name, as the driver takes them."""
    found: Sequence[tuple[int, _Convert]]
    """How columns of the result are converted, by position."""


class TextStatement:
    """A statement with named values, whose types convert values and results as if SQLAlchemy executed it."""

    def __init__(self, statement: Statement, values: Sequence[str] | None = None) -> None:
        """`values` are the columns that an INSERT or an UPDATE sets, if not all."""
        self._statement = statement
        self._values = values
        self.columns = tuple(statement.selected_columns.keys()) if isinstance(statement, Select) else ()
        """The names of the result's columns."""
        self._texts: dict[tuple[str, str | None], _Text] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Executes the statement, whose result has the driver's values."""
        text = self._text(connection)
        given = {**text.fixed, **values, **{name: convert(values[name]) for name, convert in text.given.items()}}
        return connection.exec_driver_sql(text.sql, tuple(given[name] for name in text.order) if text.order else given)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Executes the statement and returns all rows, with values as the columns' types read them."""
        rows: Sequence[Sequence[Any]] = self.run(connection, values).all()
        converts = self._text(connection).found
        if not (rows and converts):
            return rows
        columns: list[Any] = list(zip(*rows, strict=True))
        for position, convert in converts:
            null = convert(None)  # asked once, since few messages have calls
            columns[position] = [null if value is None else convert(value) for value in columns[position]]
        return list(zip(*columns, strict=True))

    def _text(self, connection: Connection) -> _Text:
        schemas = connection.get_execution_options().get("schema_translate_map")
        key = connection.dialect.name, schemas[None] if schemas else None
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = _compiled(self._statement, self._values, connection.dialect, schemas)
        return text


def _compiled(
    statement: Statement, values: Sequence[str] | None, dialect: Dialect, schemas: Mapping[str | None, str] | None
) -> _Text:
    made: Any = statement.compile(
        dialect=dialect, column_keys=values, schema_translate_map=schemas, render_schema_translate=bool(schemas)
    )
    columns = statement.selected_columns if isinstance(statement, Select) else ()
    reads = [_converter(column.type, dialect, read=True) for column in columns]
    converts = {name: _converter(bind.type, dialect) for name, bind in made.binds.items()}
    fixed = {name: bind.value for name, bind in made.binds.items() if not bind.required}
    return _Text(
        sql=made.string,
        order=made.positiontup,
        given={name: convert for name, convert in converts.items() if convert and name not in fixed},
        fixed={name: convert(value) if (convert := converts[name]) else value for name, value in fixed.items()},
        found=[(position, read) for position, read in enumerate(reads) if read],
    )


def _converter(kind: TypeEngine[Any], dialect: Dialect, *, read: bool = False) -> _Convert | None:
    implementation = kind.dialect_impl(dialect)
    return implementation.result_processor(dialect, None) if read else implementation.bind_processor(dialect)
