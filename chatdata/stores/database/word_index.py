"""An index of trigrams in PostgreSQL, by which a search of words need not read every message.

The owner of the tables creates it (`statement`); the inspector never does. With it, the sessions that have a word are
asked for first. A word that very many sessions have is searched without it, since reading each session up to its first
match is then quicker.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Text, cast, func, select, text

from chatdata.stores.database.tables import chat_message

_m = chat_message.c
SEARCHED: tuple[Any, ...] = (
    _m.content,
    _m.name,
    _m.refusal,
    _m.toolCallId,
    cast(_m.toolCalls, Text),
    cast(_m.functionCall, Text),
)
"""The texts of a message that a search reads."""
_INDEXED = frozenset({"content", "name", "refusal", "toolCallId", "toolCalls::text", "functionCall::text"})
_SHORTEST = 3
_MOST_SESSIONS = 20_000
_KEYS = text(
    """
    SELECT pg_get_indexdef(i.indexrelid, k, true)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL generate_series(1, i.indnkeyatts) k
    JOIN pg_opclass o ON o.oid = i.indclass[k - 1]
    WHERE n.nspname = :schema AND c.relname = :table AND i.indisvalid AND i.indpred IS NULL
      AND o.opcname IN ('gin_trgm_ops', 'gist_trgm_ops')
    """
)


@dataclass(frozen=True, slots=True)
class WordIndex:
    """Whether a search of words can use an index."""

    used: bool
    statement: str | None
    """What the owner of the tables runs to create it; None if it is there, or there can be none."""
    message_bytes: int | None
    """The size of the messages with their indexes; None where the server does not tell."""


NO_WORD_INDEX = WordIndex(used=False, statement=None, message_bytes=None)
"""The state where there can be none: in SQLite, and for views."""


def word_index(connection: Connection, *, is_view: bool) -> WordIndex:
    """Returns the state of the index."""
    if connection.dialect.name != "postgresql" or is_view:
        return NO_WORD_INDEX
    used, schema = is_indexed(connection), _schema(connection)
    table = f'"{schema}"."{chat_message.name}"'
    size = connection.execute(select(func.pg_total_relation_size(table))).scalar()
    return WordIndex(used, None if used else _statement(table), size)


def is_indexed(connection: Connection) -> bool:
    """Whether there are trigram indexes of every text of a message that a search reads."""
    if connection.dialect.name != "postgresql":
        return False
    found = connection.execute(_KEYS, {"schema": _schema(connection), "table": chat_message.name}).scalars()
    return {re.sub(r'[()"]', "", key) for key in found} >= _INDEXED


def is_selective(word: str) -> bool:
    """Whether the word has a trigram, without which the index is of no use."""
    return any(len(run) >= _SHORTEST for run in re.findall(r"\w+", word))


def sessions_with(connection: Connection, has_word: Any) -> Sequence[str] | None:
    """Returns the ids of sessions with a message that meets the condition; None for very many."""
    matching = select(_m.sessionId).where(has_word).limit(_MOST_SESSIONS + 1).subquery()
    found = connection.execute(select(matching.c.sessionId)).scalars().all()
    return None if len(found) > _MOST_SESSIONS else sorted(set(found))


def _statement(table: str) -> str:
    columns = ("content", "name", "refusal", '"toolCallId"', '("toolCalls"::text)', '("functionCall"::text)')
    keys = ", ".join(f"{column} gin_trgm_ops" for column in columns)
    return (
        "CREATE EXTENSION IF NOT EXISTS pg_trgm; "
        f'CREATE INDEX CONCURRENTLY "ChatMessage_words" ON {table} USING gin ({keys});'
    )


def _schema(connection: Connection) -> str:
    translated = connection.get_execution_options().get("schema_translate_map") or {}
    return str(translated.get(None) or "public")
