"""Usage in the simplest SQL that returns the same figures, on one psycopg connection.

`where` is a condition on "ChatSession" s. The baseline is not slowed down on purpose: it uses date_bin for quarter
hours, PostgreSQL's own functions for percentiles and bins, and a hash join to match results to
calls. The stop words are ours.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg

from chatdata.domain.usage.stop_words import STOP_WORDS

Row = tuple[Any, ...]
Values = Mapping[str, Any]

ALL = "TRUE"
STARTED = 's."createdAt" BETWEEN %(low)s AND %(high)s'
USER = 's."userId" = %(user)s'

_TOKENS = 's."totalPromptTokens" + s."totalCompletionTokens"'
_SUMS = """count(*), count(*) FILTER (WHERE s."totalPromptTokens" > 0 OR s."totalCompletionTokens" > 0),
    sum(s."totalPromptTokens"), sum(s."totalCompletionTokens")"""
_MESSAGES = 'count(*), coalesce(sum(jsonb_array_length(m."toolCalls")), 0)'
_JOIN = '"ChatMessage" m JOIN "ChatSession" s ON s.id = m."sessionId"'
_QUARTER = "date_bin('15 minutes', s.\"createdAt\", '2000-01-01')"
_COUNTS = f'SELECT m."sessionId", count(*) AS n FROM {_JOIN} WHERE {{where}} GROUP BY 1'
_LINES = f"""SELECT s.id, coalesce(s.title, (SELECT left(m.content, 300) FROM "ChatMessage" m
    WHERE m."sessionId" = s.id AND m.role = 'user' AND m.content <> '' ORDER BY m.sequence LIMIT 1)), {_TOKENS}
    FROM "ChatSession" s WHERE s.id = ANY(%(ids)s)"""
_MESSAGES_IN = f'SELECT m."sessionId", {_MESSAGES} FROM "ChatMessage" m WHERE m."sessionId" = ANY(%(ids)s) GROUP BY 1'
_SPREAD = """SELECT count(*), percentile_disc(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY v), max(v) FROM ({of}) x"""
_BINS = "SELECT width_bucket(v, %(edges)s::bigint[]), count(*) FROM ({of}) x GROUP BY 1"
_WORDS = f"""SELECT w, count(*), sum({_TOKENS}) FROM "ChatSession" s JOIN
    (SELECT DISTINCT s.id, w FROM "ChatSession" s, regexp_split_to_table(lower(s.title), '\\W+') w
     WHERE w <> '' AND w <> ALL(%(stop_words)s) AND {{where}}) x USING (id)
    GROUP BY 1 ORDER BY 3 DESC, 2 DESC, 1 LIMIT 300"""
_CALLS = f"""SELECT c->'function'->>'name', count(DISTINCT m."sessionId"), count(DISTINCT m.id), count(*)
    FROM {_JOIN}, jsonb_array_elements(m."toolCalls") c WHERE {{where}} GROUP BY 1"""
_RESULTS = f"""WITH calls AS (SELECT m."sessionId", m.sequence, c->>'id' AS call, c->'function'->>'name' AS name
    FROM {_JOIN}, jsonb_array_elements(m."toolCalls") c WHERE {{where}}),
answered AS (SELECT DISTINCT ON (m.id) m.id, c.name, m.content FROM {_JOIN}
    LEFT JOIN calls c ON c."sessionId" = m."sessionId" AND c.call = m."toolCallId" AND c.sequence < m.sequence
    WHERE m.role = 'tool' AND {{where}} ORDER BY m.id, c.sequence DESC)
SELECT name, count(*),
    count(*) FILTER (WHERE CASE WHEN content IS JSON OBJECT THEN content::jsonb->>'type' = 'error' END),
    sum(length(content)), percentile_disc(0.5) WITHIN GROUP (ORDER BY length(content)), max(length(content))
FROM answered GROUP BY 1"""
_POINTS = f"""WITH x AS (SELECT s.id, {_TOKENS} AS tokens, coalesce(n, 0) AS messages
    FROM "ChatSession" s LEFT JOIN ({_COUNTS}) c ON c."sessionId" = s.id WHERE {_TOKENS} > 0 AND {{where}}),
points AS ((SELECT id FROM x ORDER BY tokens DESC, id COLLATE "C" LIMIT %(points)s)
    UNION (SELECT id FROM x ORDER BY messages DESC, id COLLATE "C" LIMIT %(points)s))
SELECT p.id, width_bucket(messages, %(edges)s::bigint[]), width_bucket(tokens, %(edges)s::bigint[]), count(*)
FROM x LEFT JOIN points p USING (id) GROUP BY 1, 2, 3"""


class BareUsage:
    """Runs usage statements as somebody would type them, under one condition."""

    def __init__(self, url: str, where: str = ALL, values: Values | None = None) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._where = where
        self._values = values or {}

    def quarters(self) -> dict[datetime, Row]:
        """Sessions, recorded, messages, calls, prompt and completion tokens by the quarter hour of the start."""
        return self._by(_QUARTER)

    def users(self) -> dict[str, Row]:
        """The figures of `quarters` by user."""
        return self._by('s."userId"')

    def totals(self) -> Row:
        """The figures of `quarters` over all sessions."""
        return self._by("1")[1]

    def largest(self, limit: int) -> list[Row]:
        """The lines of the `limit` sessions with the most tokens."""
        order = f'{_TOKENS} DESC, s.id COLLATE "C"'
        top = self._all(f'SELECT s.id FROM "ChatSession" s WHERE {{where}} ORDER BY {order} LIMIT {limit}')
        return self._lines([row[0] for row in top])

    def spread(self, edges: Sequence[int]) -> tuple[Row, Row, dict[int, int], dict[int, int]]:
        """Count, percentiles and maximum of tokens and of messages, and the numbers of sessions between edges."""
        tokens = f'SELECT {_TOKENS} AS v FROM "ChatSession" s WHERE {_TOKENS} > 0 AND {{where}}'
        messages = (
            f'SELECT coalesce(n, 0) AS v FROM "ChatSession" s LEFT JOIN ({_COUNTS}) c ON c."sessionId" = s.id '
            "WHERE {where}"
        )
        figures = [self._all(_SPREAD.format(of=of))[0] for of in (tokens, messages)]
        bins = [dict(self._all(_BINS.format(of=of), edges=list(edges))) for of in (tokens, messages)]
        return figures[0], figures[1], bins[0], bins[1]

    def scatter(self, edges: Sequence[int], points: int) -> tuple[set[Row], set[Row]]:
        """The lines of the single points, and the counts of all other sessions by the edges they lie between."""
        rows = self._all(_POINTS, edges=list(edges), points=points)
        lines = self._lines([row[0] for row in rows if row[0] is not None])
        return set(lines), {row[1:] for row in rows if row[0] is None}

    def words(self) -> list[Row]:
        """Word, sessions and tokens of the words with the most tokens."""
        return self._all(_WORDS, stop_words=sorted(STOP_WORDS))

    def tools(self) -> tuple[dict[str, Row], dict[str | None, Row]]:
        """By tool: sessions, messages and calls; and results, failures, characters, median and maximum."""
        calls, results = self._all(_CALLS), self._all(_RESULTS)
        return {row[0]: row[1:] for row in calls}, {row[0]: row[1:] for row in results}

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _lines(self, ids: Sequence[str]) -> list[Row]:
        """Id, title or first question, tokens, messages and calls of these sessions."""
        rows = {row[0]: row for row in self._all(_LINES, ids=ids)}
        counts = {row[0]: row[1:] for row in self._all(_MESSAGES_IN, ids=ids)}
        return [(*rows[item], *counts.get(item, (0, 0))) for item in ids]

    def _by(self, key: str) -> dict[Any, Row]:
        sums = self._all(f'SELECT {key}, {_SUMS} FROM "ChatSession" s WHERE {{where}} GROUP BY 1')
        counts = {
            row[0]: row[1:] for row in self._all(f"SELECT {key}, {_MESSAGES} FROM {_JOIN} WHERE {{where}} GROUP BY 1")
        }
        return {row[0]: (row[1], row[2], *counts.get(row[0], (0, 0)), row[3], row[4]) for row in sums}

    def _all(self, statement: str, **more: Any) -> list[Row]:
        return self._connection.execute(
            statement.replace("{where}", self._where).encode(), {**self._values, **more}
        ).fetchall()
