"""The filter for sessions, and the SQL conditions that implement it."""

import json
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Connection,
    FromClause,
    LargeBinary,
    Text,
    any_,
    bindparam,
    cast,
    column,
    exists,
    false,
    func,
    not_,
    or_,
    select,
)

from chatdata.domain.messages.markers import ERRORS, NOTICE, STOPPED
from chatdata.domain.text import is_queryable, sanitize
from chatdata.stores.database.columns import TextArray
from chatdata.stores.database.tables import chat_message, chat_session
from chatdata.stores.database.tool_filter import calls_tool
from chatdata.stores.database.usage.columns import started_between, total_tokens
from chatdata.stores.database.word_index import SEARCHED, is_indexed, is_selective, sessions_with

_s, _m = chat_session.c, chat_message.c
_MOST = 2**62
chat_status = cast(column("chatStatus", Text), Text)
"""A session's status as text, from a text or enum column; only for tables that have the column."""

MarkedEnd = Literal["failed", "stopped"]
"""The ends of a turn that a list can be filtered by."""


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """A filter for sessions: all conditions that are set must hold. Times are UTC, and bounds are inclusive."""

    user_id: str | None = None
    """Only sessions of exactly this user."""
    user_ids: frozenset[str | None] | None = None
    """Only sessions of exactly these users; None among them stands for sessions without a user."""
    without_user: bool = False
    """Only sessions without a user, as in some early installations."""
    user_contains: str = ""
    words: str = ""
    """Words that must all occur in the session: as its id, or in its user, title, messages or tool arguments.

    Words in double quotes form one phrase.
    """
    title_words: str = ""
    """Words that must all occur in the title, with quotes as in `words`; reads no messages."""
    active_since: datetime | None = None
    """The earliest last update."""
    active_until: datetime | None = None
    started_since: datetime | None = None
    """The earliest start. A bound on the start excludes sessions whose start can't be read."""
    started_until: datetime | None = None
    min_messages: int | None = None
    max_messages: int | None = None
    min_tokens: int | None = None
    """The minimum of prompt and completion tokens together."""
    max_tokens: int | None = None
    chat_status: str | None = None
    """Exactly this status; matches no session if the table has no such column."""
    turn_end: MarkedEnd | None = None
    """Only sessions with a turn that was marked as failed, or as stopped by the user."""
    tool: str = ""
    """Only sessions in which the assistant called the tool of exactly this name."""
    only_ids: frozenset[str] | None = None
    """Only these sessions, for example those that are cached."""
    without_ids: frozenset[str] | None = None


MOST_WORDS = 20


def split_words(words: str) -> list[str]:
    """The words to search for, at most MOST_WORDS; words in double quotes are one, and a lone quote is literal."""
    return _all_words(words)[:MOST_WORDS]


def left_out(words: str) -> int:
    """The number of words beyond MOST_WORDS, which are ignored."""
    return max(0, len(_all_words(words)) - MOST_WORDS)


def _all_words(words: str) -> list[str]:
    lexer = shlex.shlex(words, posix=True)
    lexer.whitespace_split, lexer.quotes, lexer.escape, lexer.commenters = True, '"', "", ""
    try:
        found = list(lexer)
    except ValueError:
        found = words.split()
    return [word for word in map(sanitize, found) if word]


def conditions(connection: Connection, where: SessionFilter) -> list[Any]:
    """The conditions on "ChatSession" for a filter; an empty list for a filter that matches everything."""
    return Conditions(connection, where).all()


class Conditions:
    """The conditions for a filter: those that a session's row tells, and those that its messages tell."""

    def __init__(self, connection: Connection, where: SessionFilter) -> None:
        self._dialect = connection.dialect.name
        self._where = where
        looked_up = _looked_up(connection, split_words(where.words))
        self._unread = [word for word, found in looked_up if found is None]
        """The words for which messages are read, since no index has told who has them."""
        self.of_rows = [
            *_of_rows(self._dialect, where),
            *(_has_word(self._dialect, word, _s, found) for word, found in looked_up if found is not None),
        ]

    @property
    def bounds_messages(self) -> bool:
        """Whether the number of messages is bounded."""
        return self._where.min_messages is not None or self._where.max_messages is not None

    @property
    def read_messages(self) -> bool:
        """Whether some conditions read messages."""
        return self.bounds_messages or bool(self._where.turn_end or self._where.tool or self._unread)

    def all(self, messages: Any = None) -> list[Any]:
        """All conditions, for a statement that has the number of each session's messages or, without it, counts."""
        counted = self.of_number(messages) if messages is not None else self._counted_together()
        return [*self.of_rows, *counted, *self._of_each(_s)]

    def of_messages(self, session: Any) -> list[Any]:
        """The conditions that read messages, session by session, for few sessions: columns named as in the table."""
        return [*self.of_number(message_count(session)), *self._of_each(session)]

    def of_number(self, messages: Any) -> list[Any]:
        """The conditions on the number of messages."""
        low, high = bound(self._where.min_messages), bound(self._where.max_messages)
        return _between(cast(messages, BigInteger), low, high) if self.bounds_messages else []

    def _counted_together(self) -> list[Any]:
        """The conditions on the number of messages, which one pass counts for all sessions that the rows let through.

        PostgreSQL would ask for the messages of each session otherwise, in one process and in no order.
        """
        if not self.bounds_messages:
            return []
        if self._where.min_messages is not None and self._where.min_messages > 0:
            mine = [_m.sessionId.in_(select(_s.id).where(*self.of_rows).correlate(None))] if self.of_rows else []
            found = select(_m.sessionId).where(*mine).group_by(_m.sessionId).having(*self.of_number(func.count()))
        else:  # sessions without messages, too
            joined, messages = with_message_counts(self.of_rows)
            found = select(_s.id).select_from(joined).where(*self.of_rows, *self.of_number(messages))
        return [_s.id.in_(found.correlate(None))]

    def _of_each(self, session: Any) -> list[Any]:
        found = []
        if self._where.turn_end is not None:
            found.append(_has_turn_end(self._where.turn_end, session))
        if self._where.tool:
            found.append(calls_tool(self._dialect, sanitize(self._where.tool), session))
        return found + [_has_word(self._dialect, word, session) for word in self._unread]


def _of_rows(dialect: str, where: SessionFilter) -> list[Any]:
    tokens = total_tokens(dialect)
    found: list[Any] = []
    if where.user_id is not None:
        found.append(_s.userId == sanitize(where.user_id))
    if where.user_ids is not None:
        found.append(_of_users(dialect, where.user_ids))
    if where.without_user:
        found.append(_s.userId.is_(None))
    if where.user_contains:
        found.append(_any_in(dialect, (_s.userId,), _cases(sanitize(where.user_contains))))
    found += [_any_in(dialect, (_s.title,), _cases(word)) for word in split_words(where.title_words)]
    found += _between(_s.updatedAt, where.active_since, where.active_until)
    found += started_between(dialect, where.started_since, where.started_until)
    found += _between(tokens, bound(where.min_tokens), bound(where.max_tokens))
    if where.chat_status is not None:
        found.append(chat_status == where.chat_status)
    if where.only_ids is not None:
        found.append(among(dialect, _s.id, where.only_ids))
    if where.without_ids is not None:
        found.append(not_(among(dialect, _s.id, where.without_ids)))
    return found


def _of_users(dialect: str, user_ids: frozenset[str | None]) -> Any:
    named = among(dialect, _s.userId, [sanitize(user_id) for user_id in user_ids if user_id is not None])
    return or_(named, _s.userId.is_(None)) if None in user_ids else named


def _between(column: Any, low: Any, high: Any) -> list[Any]:
    found = []
    if low is not None:
        found.append(column >= low)
    if high is not None:
        found.append(column <= high)
    return found


def message_count(session: Any = _s) -> Any:
    """A subquery for the number of a session's messages."""
    return (
        select(func.count())
        .select_from(chat_message)
        .where(_m.sessionId == session.id)
        .correlate(session.id.table)
        .scalar_subquery()
    )


def with_message_counts(chosen: Sequence[Any], *, few: bool = False) -> tuple[FromClause, Any]:
    """The sessions joined with the numbers of their messages, and that number.

    Only those of sessions that meet the conditions are counted: in one pass or, if they are `few`, one by one, which is
    then quicker.
    """
    if few:  # OFFSET keeps PostgreSQL from counting again wherever the number is named
        counted = select(_s.id.label("sessionId"), message_count().label("messages")).where(*chosen).offset(0)
    else:
        counted = select(_m.sessionId, func.count().label("messages")).group_by(_m.sessionId)
        if chosen:
            counted = counted.where(_m.sessionId.in_(select(_s.id).where(*chosen)))
    counts = counted.subquery("counts")
    joined = chat_session.outerjoin(counts, counts.c.sessionId == _s.id)
    return joined, func.coalesce(counts.c.messages, 0)


def _has_turn_end(end: MarkedEnd, session: Any) -> Any:
    """The condition that an assistant message begins with the marker, as `turn_end` recognizes it."""
    marked = _begins(ERRORS) if end == "failed" else _begins((NOTICE,)) & func.lower(_m.content).contains(STOPPED)
    found = exists(1).where(_m.sessionId == session.id, _m.role == "assistant", marked)
    return found.correlate(session.id.table)


def _begins(markers: Sequence[str]) -> Any:
    return or_(*(func.substr(_m.content, 1, len(marker)) == marker for marker in markers))


def bound(number: int | None) -> int | None:
    """A number clamped to what a database accepts."""
    return None if number is None else max(-_MOST, min(number, _MOST))


def among(dialect: str, column: Any, ids: Collection[str]) -> Any:
    """The condition that a column is one of the ids, as one parameter: PostgreSQL accepts 65,535, SQLite fewer."""
    possible = [*ids] if is_queryable("".join(ids)) else [each for each in ids if is_queryable(each)]
    if not possible:
        return false()
    if dialect == "postgresql":
        return column == any_(bindparam(None, possible, type_=TextArray()))
    each = func.json_each(json.dumps(possible)).table_valued("value")
    return column.in_(select(each.c.value))


def _looked_up(connection: Connection, words: Sequence[str]) -> list[tuple[str, Sequence[str] | None]]:
    """The words, each with the sessions whose messages have it if an index tells."""
    dialect, indexed = connection.dialect.name, bool(words) and is_indexed(connection)
    return [
        (word, sessions_with(connection, _any_in(dialect, SEARCHED, _forms(word))))
        if indexed and is_selective(word)
        else (word, None)
        for word in words
    ]


def _has_word(dialect: str, word: str, session: Any, found: Sequence[str] | None = None) -> Any:
    """The condition that a session has a word; `found` are those that have it in messages, where that is known."""
    if found is None:
        # Correlated, so that a session is read only up to its first match: for a word that most sessions have, a set of
        # all matches would outgrow PostgreSQL's work memory and be read again for each session.
        matching = _any_in(dialect, SEARCHED, _forms(word))
        in_messages: Any = exists(1).where(_m.sessionId == session.id, matching).correlate(session.id.table)
    else:
        in_messages = among(dialect, session.id, found)
    return or_(session.id == word, _any_in(dialect, (session.userId, session.title), _cases(word)), in_messages)


def _any_in(dialect: str, columns: Sequence[Any], words: Sequence[str]) -> Any:
    return or_(*(_contains(dialect, column, word) for word in words for column in columns))


def _cases(word: str) -> Sequence[str]:
    """The word as typed, in lower case, upper case and capitalized, without variants that differ in ASCII case only.

    PostgreSQL's ILIKE folds only ASCII if the locale is C, and no locale folds escaped characters. In those cases a
    word is found only in one of these variants.
    """
    cases = (word, word.lower(), word.upper(), word.capitalize(), word.title())
    return tuple({_ascii_folded(case): case for case in cases}.values())


def _ascii_folded(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)


def _forms(word: str) -> Sequence[str]:
    r"""The word as it may be stored: unescaped, and with one or two levels of JSON escapes.

    Arguments are JSON inside a JSON string; a tool that escapes non-ASCII writes \u0e44 for ไ, stored as \\u0e44.
    """
    forms = []
    for case in _cases(word):
        forms.append(case)
        for ascii_only in (False, True):
            once = json.dumps(case, ensure_ascii=ascii_only)[1:-1]
            forms += [once, json.dumps(once, ensure_ascii=ascii_only)[1:-1]]
    return tuple(dict.fromkeys(forms))


def _contains(dialect: str, column: Any, word: str) -> Any:
    if dialect == "postgresql":
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return column.ilike(f"%{escaped}%", escape="\\")
    return func.contains_casefold(cast(column, LargeBinary), word.casefold()) == 1
