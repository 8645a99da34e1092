"""Which sessions a list shows, and the SQL conditions for it."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Connection, Text, any_, bindparam, cast, false, func, not_, or_, select

from chatdata.database.tables import chat_message, chat_session
from chatdata.text import storable

_s, _m = chat_session.c, chat_message.c


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """All that is set must hold. Times in UTC; both ends are inclusive."""

    user_id: str | None = None
    """Exactly this user."""
    user_contains: str = ""
    words: str = ""
    """Each of them in the session: as its id, in its user, title, messages or tool arguments.

    Words in double quotes belong together.
    """
    active_since: datetime | None = None
    """Last update at or after."""
    active_until: datetime | None = None
    min_messages: int | None = None
    max_messages: int | None = None
    min_tokens: int | None = None
    """Prompt and completion tokens together."""
    max_tokens: int | None = None
    only_ids: frozenset[str] | None = None
    """Only these sessions, for example those that are cached."""
    without_ids: frozenset[str] | None = None


def split_words(words: str) -> list[str]:
    """The words to look for; those in double quotes as one, quotes without a partner as they are."""
    lexer = shlex.shlex(words, posix=True)
    lexer.whitespace_split, lexer.quotes, lexer.escape, lexer.commenters = True, '"', "", ""
    try:
        found = list(lexer)
    except ValueError:
        found = words.split()
    return [word for word in map(storable, found) if word]


def conditions(connection: Connection, wanted: SessionFilter) -> list[Any]:
    """The conditions on "ChatSession" for a filter; an empty list for one that lets everything through."""
    dialect = connection.dialect.name
    tokens = _s.totalPromptTokens + _s.totalCompletionTokens
    found: list[Any] = []
    if wanted.user_id is not None:
        found.append(_s.userId == storable(wanted.user_id))
    if wanted.user_contains:
        found.append(_contains(dialect, _s.userId, storable(wanted.user_contains)))
    found += _between(_s.updatedAt, wanted.active_since, wanted.active_until)
    found += _between(tokens, wanted.min_tokens, wanted.max_tokens)
    found += _with_message_counts(wanted)
    if wanted.only_ids is not None:
        found.append(_among(dialect, wanted.only_ids))
    if wanted.without_ids is not None:
        found.append(not_(_among(dialect, wanted.without_ids)))
    return found + [_has_word(dialect, word) for word in split_words(wanted.words)]


def _between(column: Any, low: Any, high: Any) -> list[Any]:
    found = []
    if low is not None:
        found.append(column >= low)
    if high is not None:
        found.append(column <= high)
    return found


def _with_message_counts(wanted: SessionFilter) -> list[Any]:
    if wanted.min_messages is None and wanted.max_messages is None:
        return []
    count = (
        select(func.count())
        .select_from(chat_message)
        .where(_m.sessionId == _s.id)
        .correlate(chat_session)
        .scalar_subquery()
    )
    return _between(count, wanted.min_messages, wanted.max_messages)


def _among(dialect: str, ids: frozenset[str]) -> Any:
    """One parameter however many ids: PostgreSQL takes 65,535 parameters, SQLite fewer."""
    if not ids:
        return false()
    if dialect == "postgresql":
        return _s.id == any_(bindparam(None, sorted(map(storable, ids)), type_=ARRAY(Text)))
    each = func.json_each(json.dumps(sorted(map(storable, ids)))).table_valued("value")
    return _s.id.in_(select(each.c.value))


def _has_word(dialect: str, word: str) -> Any:
    in_messages = select(_m.sessionId).where(
        or_(
            *(
                _contains(dialect, column, form)
                for form in _forms(word)
                for column in (_m.content, _m.name, _m.refusal, _m.toolCallId)
            ),
            *(
                _contains(dialect, cast(column, Text), form)
                for form in _forms(word)
                for column in (_m.toolCalls, _m.functionCall)
            ),
        )
    )
    return or_(
        _s.id == word,
        _contains(dialect, _s.userId, word),
        _contains(dialect, _s.title, word),
        _s.id.in_(in_messages),
    )


def _forms(word: str) -> Sequence[str]:
    r"""The word as it may stand in a text: as it is, and behind one or two levels of JSON escapes.

    Arguments are JSON inside a JSON string; a tool that escapes non-ASCII writes \u0e44 for ไ, in a column \\u0e44.
    """
    forms = [word]
    for ascii_only in (False, True):
        once = json.dumps(word, ensure_ascii=ascii_only)[1:-1]
        forms += [once, json.dumps(once, ensure_ascii=ascii_only)[1:-1]]
    return list(dict.fromkeys(forms))


def _contains(dialect: str, column: Any, word: str) -> Any:
    if dialect == "postgresql":
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return column.ilike(f"%{escaped}%", escape="\\")
    return func.contains_casefold(column, word.casefold()) == 1
