"""The list of sessions in the simplest SQL that returns the same lines, on one psycopg connection.

A subquery selects the 50 sessions, because otherwise the planner would read the messages of every session that OFFSET
skips, which would slow the baseline down.
"""

from collections.abc import Mapping
from typing import Any

import psycopg

from chatdata.domain.summaries import Sort

Row = tuple[Any, ...]
Values = Mapping[str, Any]

_EXCERPT = """(SELECT left(m.content, 300) FROM "ChatMessage" m
    WHERE m."sessionId" = s.id AND m.role = '{role}' AND m.content <> '' ORDER BY m.sequence {order} LIMIT 1)"""
_PAGE = """SELECT s.id, s."userId", s.title, {first}, {last}, s."createdAt", s."updatedAt",
    (SELECT count(*) FROM "ChatMessage" m WHERE m."sessionId" = s.id), s."totalPromptTokens", s."totalCompletionTokens"
FROM (SELECT s.*, {value} AS place FROM "ChatSession" s {join} WHERE {where} ORDER BY place DESC, s.id DESC
    LIMIT 50 OFFSET {offset}) s
ORDER BY s.place DESC, s.id DESC"""
_COUNTS = 'LEFT JOIN (SELECT "sessionId", count(*) AS n FROM "ChatMessage" GROUP BY 1) c ON c."sessionId" = s.id'
_ORDERS: Mapping[Sort, tuple[str, str]] = {
    "active": ('s."updatedAt"', ""),
    "started": ('s."createdAt"', ""),
    "messages": ("coalesce(c.n, 0)", _COUNTS),
    "tokens": ('s."totalPromptTokens" + s."totalCompletionTokens"', ""),
}
"""What each order compares by, and what has to be joined for it."""
_COUNT = '(SELECT count(*) FROM "ChatMessage" m WHERE m."sessionId" = s.id)'
"""The number of messages where a filter leaves few sessions, for which it is quicker than counting all."""
_SUMS = """SELECT count(*), coalesce(sum("totalPromptTokens"), 0), coalesce(sum("totalCompletionTokens"), 0)
FROM "ChatSession" s WHERE {where}"""
_ALL_MESSAGES = 'SELECT count(*) FROM "ChatMessage"'
_MESSAGES = 'SELECT count(*) FROM "ChatMessage" m JOIN "ChatSession" s ON s.id = m."sessionId" WHERE {where}'
_USERS = """SELECT "userId", count(*), sum("totalPromptTokens"), sum("totalCompletionTokens"), min("createdAt"),
    max("updatedAt") FROM "ChatSession" GROUP BY 1 ORDER BY 6 DESC, 1 LIMIT 100"""
_USER_COUNT = 'SELECT count(DISTINCT "userId") FROM "ChatSession"'

ALL = "TRUE"
USER = 's."userId" = %(user)s'
PART_OF_USER = "s.\"userId\" ILIKE '%%' || %(user)s || '%%'"
DATES = 's."updatedAt" BETWEEN %(low)s AND %(high)s'
TOKENS = 's."totalPromptTokens" + s."totalCompletionTokens" BETWEEN %(low)s AND %(high)s'
MESSAGES = """s.id IN (SELECT "sessionId" FROM "ChatMessage" GROUP BY 1 HAVING count(*) BETWEEN %(low)s AND %(high)s)"""
IDS = "s.id = ANY(%(ids)s)"
NOT_IDS = "NOT s.id = ANY(%(ids)s)"
WORD = """(s.id = %(word)s OR s.title ILIKE %(like)s OR s."userId" ILIKE %(like)s OR s.id IN (SELECT "sessionId"
    FROM "ChatMessage" WHERE content ILIKE %(like)s OR "toolCalls"::text ILIKE %(like)s))"""


class BareSql:
    """Runs the list's statements as somebody would type them."""

    def __init__(self, url: str, timeout_seconds: float = 0) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(f"SET statement_timeout = {int(timeout_seconds * 1000)}".encode())

    def page(self, where: str = ALL, values: Values | None = None, offset: int = 0, sort: Sort = "active") -> list[Row]:
        """50 lines of the list from an offset on."""
        value, join = (_COUNT, "") if sort == "messages" and where != ALL else _ORDERS[sort]
        excerpts = {
            "first": _EXCERPT.format(role="user", order="ASC"),
            "last": _EXCERPT.format(role="assistant", order="DESC"),
        }
        return self._all(_PAGE.format(where=where, offset=offset, value=value, join=join, **excerpts), values)

    def totals(self, where: str = ALL, values: Values | None = None) -> tuple[int, ...]:
        """The sums of sessions, messages, prompt tokens and completion tokens."""
        (sessions, prompt, completion), *_ = self._all(_SUMS.format(where=where), values)
        count = _ALL_MESSAGES if where == ALL else _MESSAGES.format(where=where)
        return sessions, self._all(count, values)[0][0], prompt, completion

    def users(self) -> tuple[list[Row], int]:
        """The hundred users with the latest activity, and the number of all users."""
        return self._all(_USERS), self._all(_USER_COUNT)[0][0]

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _all(self, statement: str, values: Values | None = None) -> list[Row]:
        return self._connection.execute(statement.encode(), values or {}).fetchall()
