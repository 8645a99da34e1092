"""Finds the tables that look like conversations but that no function of this package reads, by name or columns."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, text

from chatdata.stores.database.damage import as_text
from chatdata.stores.database.tables import chat_message, chat_session

_PREFIXES = ("chat", "copilot")
_OF_MESSAGES = frozenset({"sessionid", "role", "content"})
_OF_SESSIONS = frozenset({"userid", "title"})
_OF_OUR_SESSIONS = frozenset(
    {"chatstatus", "totalprompttokens", "successfulagentruns", "successfulagentschedules", "credentials"}
)
"""Columns of sessions that other tables with users and titles do not have."""
_LONGEST_NAME = 64
_COLUMNS = {
    "postgresql": """
        SELECT c.relname, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition""",
    "sqlite": """
        SELECT s.name, c.name FROM sqlite_schema s LEFT JOIN pragma_table_info(
            CASE WHEN s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%' THEN s.name END) c
        WHERE s.type IN ('table', 'view')""",
}
"""In SQLite without the columns of views and virtual tables, which fail if what they are made of is missing."""


def unread_tables(connection: Connection, schema: str | None, *, by_columns: bool = True) -> tuple[str, ...]:
    """The tables of conversations beside the two that are read, such as "ChatMessageFeedback".

    Without `by_columns` only names count: the tables below views would be found, which are read through the views.
    """
    statement = text(_COLUMNS[connection.dialect.name])
    columns: dict[str, set[str]] = defaultdict(set)
    for table, column in connection.execute(statement, {"schema": schema} if schema else {}):
        if name := as_text(table):
            columns[name].add(_plain(as_text(column) or ""))
    read = {chat_session.name, chat_message.name}
    return tuple(
        sorted(
            name[:_LONGEST_NAME]
            for name, found in columns.items()
            if name not in read and (_plain(name).startswith(_PREFIXES) or (by_columns and _look_alike(found)))
        )
    )


def _look_alike(columns: Iterable[str]) -> bool:
    """Whether a table with these columns holds messages of sessions, or sessions as the two tables do."""
    found = set(columns)
    return found >= _OF_MESSAGES or (found >= _OF_SESSIONS and bool(found & _OF_OUR_SESSIONS))


def _plain(name: str) -> str:
    """A name without the ways in which versions spell it: sessionId, session_id."""
    return name.replace("_", "").lower()
