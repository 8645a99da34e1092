"""Tokens by title word. A session counts once for each distinct word of its title that is not a stop word."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, LargeBinary, Select, String, cast, column, func, literal, not_, select, text, true

from chatdata.domain.usage import WordUsage, amounts_of
from chatdata.domain.usage.stop_words import STOP_WORDS
from chatdata.domain.usage.title_words import SEPARATORS, words_of
from chatdata.stores.database.filters import among
from chatdata.stores.database.tables import chat_session
from chatdata.stores.database.usage.counts import SUMS, Counts, session_sums
from chatdata.stores.database.usage.distributions import bytewise

_s = chat_session.c
_COLLATIONS = ("pg_c_utf8", "C.utf8", "C.UTF-8", "en_US.utf8", "und-x-icu")
"""PostgreSQL collations that fold the case of every script, best first; the default may fold only ASCII."""


def title_words(
    connection: Connection, counts: Counts, where: Sequence[Any], limit: int
) -> tuple[tuple[WordUsage, ...], int]:
    """The words with the most tokens, then the most sessions; and the number of distinct words."""
    rows = connection.execute(_counted(connection, counts, where, limit)).all()
    return tuple(_word(row) for row in rows), int(rows[0][SUMS + 1]) if rows else 0


def register_functions(connection: sqlite3.Connection) -> None:
    """Registers the SQLite function that returns a title's words as a JSON list."""
    connection.create_function("words_of", 1, _words_json, deterministic=True)


def _counted(connection: Connection, counts: Counts, where: Sequence[Any], limit: int) -> Select[Any]:
    dialect = counts.dialect
    words = words_table(connection)
    sums = session_sums(counts)
    tokens = func.sum(counts.known)
    chosen = select(words.c.value, *sums, func.count().over()).select_from(chat_session.join(words, true()))
    chosen = chosen.where(*where, is_keyword(dialect, words)).group_by(words.c.value)
    return chosen.order_by(tokens.desc(), sums[0].desc(), bytewise(dialect, words.c.value)).limit(limit)


def words_table(connection: Connection) -> Any:
    """The distinct words of each session's title, in the column `value`, to join with "ChatSession"."""
    return _postgres_words(connection) if connection.dialect.name == "postgresql" else _sqlite_words()


def is_keyword(dialect: str, words: Any) -> Any:
    """Whether a word of `words_table` is not a stop word."""
    return not_(among(dialect, words.c.value, STOP_WORDS))


def _postgres_words(connection: Connection) -> Any:
    found = set(connection.execute(_KNOWN_COLLATIONS, {"names": list(_COLLATIONS)}).scalars())
    best = next((name for name in _COLLATIONS if name in found), None)
    title = _s.title if best is None else _s.title.collate(best)
    split = func.regexp_split_to_table(func.lower(title), literal(SEPARATORS, String)).column_valued("value")
    words = select(split.label("value")).distinct().where(split != "")
    return words.correlate(chat_session).lateral("words")


def _sqlite_words() -> Any:
    return func.json_each(func.words_of(cast(_s.title, LargeBinary))).table_valued(
        column("value", String), name="words"
    )


_KNOWN_COLLATIONS = text(
    "SELECT collname FROM pg_collation WHERE collname = ANY(:names) "
    "AND collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database()))"
)


def _word(row: Sequence[Any]) -> WordUsage:
    amounts = amounts_of(*row[1 : SUMS + 1])
    tokens = amounts.prompt_tokens, amounts.completion_tokens
    return WordUsage(row[0], amounts.sessions, amounts.recorded, *tokens, amounts.unknown)


def _words_json(title: Any) -> str:
    """Of a title as bytes, in which text that isn't UTF-8 comes too."""
    return json.dumps(sorted(words_of(title.decode("utf-8", "replace"))) if isinstance(title, bytes) else [])
