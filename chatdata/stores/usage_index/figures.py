"""The statements behind the answers of the usage index, over one row for each session and one for each of its tools."""

from dataclasses import dataclass
from typing import Any

from chatdata.domain.usage.distribution import EDGES, PERCENTILES

SUMS = """count(*), count(*) FILTER (recorded), count(prompt) FILTER (recorded), count(completion) FILTER (recorded),
coalesce(sum(prompt), 0)::BIGINT, coalesce(sum(completion), 0)::BIGINT, count(*) FILTER (damaged),
count(*) FILTER (unknown), count(*) FILTER (unknown AND NOT recorded)"""
"""The sums of a group, in the order of the arguments of `chatdata.domain.usage.amounts_of`."""
COUNTS = "coalesce(sum(messages), 0)::BIGINT, coalesce(sum(calls), 0)::BIGINT, coalesce(sum(turns), 0)::BIGINT"
"""The messages, calls and turns of a group. Numbers of 128 bits, as sums have, take ten times as long to fetch."""
TOKENS = "coalesce(prompt, 0) + coalesce(completion, 0)"
"""The sum of a session's known tokens."""
WHOLE = "recorded AND NOT unknown"
"""Whether all tokens of a session are known, and some were recorded."""


@dataclass(frozen=True, slots=True)
class IndexFilter:
    """A filter that the index can apply; the fields mean the same as in a filter of the database."""

    user_id: str | None = None
    user_ids: frozenset[str | None] | None = None
    without_user: bool = False
    started_since: int | None = None
    """In microseconds since 1970, like `started_until`; both bounds are inclusive."""
    started_until: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether all sessions match."""
        return self == IndexFilter()


def chosen(where: IndexFilter) -> tuple[str, list[Any]]:
    """A common table expression `chosen` of the sessions that match, and its parameters."""
    conditions, values = _conditions(where)
    matching = " AND ".join(conditions) or "true"
    recorded = "coalesce(prompt, 0) <> 0 OR coalesce(completion, 0) <> 0"
    unknown = "prompt IS NULL OR completion IS NULL"
    text = f"SELECT *, ({recorded}) AS recorded, ({unknown}) AS unknown FROM session WHERE {matching}"
    return f"WITH chosen AS ({text})", values


def bin_number(value: str) -> str:
    """An expression for the number of the bin that a value lies in."""
    inner = EDGES[1:-1]
    return (
        "CASE "
        + " ".join(f"WHEN {value} < {edge} THEN {at}" for at, edge in enumerate(inner))
        + (f" ELSE {len(inner)} END")
    )


def spread(value: str, condition: str = "true") -> str:
    """A SELECT of the number of sessions, the percentiles by nearest rank and the maximum of a value."""
    ranks = ", ".join(f"min(value) FILTER (place * 100 >= whole * {percent})" for percent in PERCENTILES)
    counted = f"SELECT {value} AS value, count(*) AS n FROM chosen WHERE {condition} GROUP BY 1"
    placed = f"SELECT value, n, sum(n) OVER (ORDER BY value) AS place, sum(n) OVER () AS whole FROM ({counted})"
    return f"SELECT coalesce(sum(n), 0), {ranks}, max(value) FROM ({placed})"


def bins(value: str, condition: str = "true") -> str:
    """A SELECT of the numbers of sessions by the number of the bin that a value lies in."""
    counted = f"SELECT {value} AS value, count(*) AS n FROM chosen WHERE {condition} GROUP BY 1"
    return f"SELECT {bin_number('value')}, sum(n) FROM ({counted}) GROUP BY 1"


def scattered(points: int) -> str:
    """A SELECT of (key, of_messages, of_tokens, n) for single sessions (key) and for cells of all others (NULL)."""
    whole = f"SELECT key, messages, prompt + completion AS tokens FROM chosen WHERE {WHOLE}"
    top = " UNION ".join(f"(SELECT key FROM whole ORDER BY {by} DESC, key LIMIT {points})" for by in _MEASURES)
    cell = ", ".join(f"{bin_number(name)} AS of_{name}" for name in reversed(_MEASURES))
    return (
        f", whole AS ({whole}), top AS ({top}), others AS (SELECT * FROM whole WHERE key NOT IN (SELECT key FROM top)) "
        f"SELECT key, 0, 0, 1 FROM top UNION ALL "
        f"SELECT NULL, of_messages, of_tokens, count(*) FROM (SELECT {cell} FROM others) GROUP BY ALL"
    )


_MEASURES = ("tokens", "messages")


def tool_rows(where: IndexFilter) -> str:
    """The rows of `tool` of the sessions that match."""
    return "tool" if where.is_open else "(SELECT * FROM tool WHERE n IN (SELECT n FROM chosen))"


def tools(where: IndexFilter) -> str:
    """A SELECT of tool, known, sessions, messages, calls, results, failures and characters."""
    return (
        "SELECT tool, known, count(*) FILTER (calls > 0), sum(messages), sum(calls), sum(len(sizes)), sum(failures), "
        f"coalesce(sum(list_sum(sizes)), 0) FROM {tool_rows(where)} GROUP BY tool, known"
    )


def tool_sizes(where: IndexFilter) -> str:
    """A SELECT of tool, median by nearest rank and largest of the sizes of results with a call."""
    each = f"SELECT tool, unnest(sizes) AS size FROM {tool_rows(where)} WHERE known"
    counted = f"SELECT tool, size, count(*) AS n FROM ({each}) GROUP BY tool, size"
    whole = "sum(n) OVER (PARTITION BY tool)"
    placed = f"SELECT *, sum(n) OVER (PARTITION BY tool ORDER BY size) AS place, {whole} AS whole FROM ({counted})"
    return f"SELECT tool, min(size) FILTER (place * 100 >= whole * 50), max(size) FROM ({placed}) GROUP BY tool"


def _conditions(where: IndexFilter) -> tuple[list[str], list[Any]]:
    found, values = list[str](), list[Any]()
    if where.user_id is not None:
        found.append("plain_user AND user_id = ?")
        values.append(where.user_id)
    if where.user_ids is not None:
        nobody = " OR user_id IS NULL" if None in where.user_ids else ""
        found.append(f"((plain_user AND user_id IN (SELECT unnest(?::VARCHAR[]))){nobody})")
        values.append(sorted(user for user in where.user_ids if user is not None))
    if where.without_user:
        found.append("user_id IS NULL")
    for bound, test in ((where.started_since, "started >= ?"), (where.started_until, "started <= ?")):
        if bound is not None:
            found.append(test)
            values.append(bound)
    return found, values
