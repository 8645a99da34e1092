"""Answers from the finished usage index, equal to those of the database over the rows from which it was built."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from chatdata.domain.messages import TokenCount
from chatdata.domain.usage import (
    Amounts,
    Cell,
    QuarterHour,
    Spread,
    ToolUsage,
    Unanswerable,
    UserUsage,
    amounts_of,
)
from chatdata.domain.usage.distribution import bin_of, bins
from chatdata.errors import UsageIndexError
from chatdata.stores.usage_index import figures
from chatdata.stores.usage_index.figures import COUNTS, SUMS, IndexFilter
from chatdata.stores.usage_index.files import UsageIndex, opened
from chatdata.stores.usage_index.writing import is_of, read_meta

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER = timedelta(minutes=15)
SummedBy = Literal["quarter", "user", "bin"]
"""The key by which tokens are summed for each model."""
_KEYS: dict[SummedBy, str] = {
    "quarter": "quarter",
    "user": "user_id",
    "bin": figures.bin_number("prompt + completion"),
}


@dataclass(frozen=True, slots=True)
class IndexedSession:
    """The figures of one session."""

    amounts: Amounts
    unknown: tuple[TokenCount, ...]
    """The token counts that are unknown."""


class IndexReader:
    """Figures of the index. Methods raise UsageIndexError."""

    def __init__(self, connection: "DuckDBPyConnection", as_of: datetime, *, strays: bool) -> None:
        self._connection = connection
        self.as_of = as_of
        """The time (UTC) from which on changes of the rows are not in the index."""
        self.strays = strays
        """Whether there were messages without a session, which the index does not have."""

    def check(self) -> None:
        """Reads all columns, so that a damaged block is found."""
        self._connection.execute("SELECT bit_xor(hash(s)) FROM session s").fetchone()
        self._connection.execute("SELECT bit_xor(hash(t)) FROM tool t").fetchone()

    def totals(self, where: IndexFilter) -> Amounts:
        """The sums of all sessions that match the filter."""
        return _amounts(self._rows(where, f"SELECT {SUMS}, {COUNTS} FROM chosen")[0])

    def quarters(self, where: IndexFilter) -> tuple[QuarterHour, ...]:
        """Sums by quarter hour of the start, in chronological order; sessions without a readable start are omitted."""
        statement = f"SELECT quarter, {SUMS}, {COUNTS} FROM chosen WHERE quarter IS NOT NULL GROUP BY 1 ORDER BY 1"
        return tuple(QuarterHour(_start(row[0]), _amounts(row[1:])) for row in self._rows(where, statement))

    def undated(self, where: IndexFilter) -> Amounts:
        """The sums of sessions whose start can't be read; empty if the filter restricts the start."""
        return _amounts(self._rows(where, f"SELECT {SUMS}, {COUNTS} FROM chosen WHERE quarter IS NULL")[0])

    def users(self, where: IndexFilter, limit: int) -> tuple[tuple[UserUsage, ...], Amounts, int]:
        """The users with the most tokens, then sessions; the sums of all other users; and the number of users."""
        order = f"sum({figures.TOKENS}) DESC, count(*) DESC, user_id IS NULL, user_id"
        ranked = f"SELECT user_id, row_number() OVER (ORDER BY {order}) AS place FROM chosen GROUP BY user_id"
        both = (
            f", ranked AS ({ranked}) SELECT place, any_value(r.user_id), {SUMS}, {COUNTS} FROM chosen c JOIN "
            f"(SELECT user_id, least(place, {limit + 1}) AS place FROM ranked) r "
            "ON c.user_id IS NOT DISTINCT FROM r.user_id GROUP BY place ORDER BY place"
        )
        rows = self._rows(where, both)
        found = tuple(UserUsage(row[1], _amounts(row[2:])) for row in rows if row[0] <= limit)
        rest = next((_amounts(row[2:]) for row in rows if row[0] > limit), Amounts())
        [(count,)] = self._rows(where, "SELECT count(*) FROM (SELECT user_id FROM chosen GROUP BY user_id)")
        return found, rest, count

    def count_unknown(self, where: IndexFilter) -> int:
        """The number of sessions with an unknown token count."""
        [(count,)] = self._rows(where, "SELECT count(*) FROM chosen WHERE unknown")
        return int(count)

    def token_spread(self, where: IndexFilter) -> Spread:
        """The distribution of tokens per session, over sessions with recorded tokens of which none are unknown."""
        return self._spread(where, "prompt + completion", figures.WHOLE)

    def message_spread(self, where: IndexFilter) -> Spread:
        """The distribution of messages per session."""
        return self._spread(where, "messages", "true")

    def tools(self, where: IndexFilter) -> tuple[tuple[ToolUsage, ...], Unanswerable]:
        """The tools with their calls and results, most calls first; and the results without a call."""
        sizes = {row[0]: row[1:] for row in self._rows(where, figures.tool_sizes(where))}
        found, others = list[ToolUsage](), Unanswerable()
        for name, known, sessions, *counts in self._rows(where, figures.tools(where)):
            messages, calls, results, failures, characters = map(int, counts)
            if known:
                measured = sizes.get(name, (None, None))
                of_results = results, failures, characters, *measured
                found.append(ToolUsage(name, sessions, messages, calls, *of_results))
            else:
                others = Unanswerable(results, failures, characters)
        found.sort(key=lambda tool: (-tool.calls, tool.name or ""))
        return tuple(found), others

    def models(self, where: IndexFilter) -> dict[str | None, Amounts]:
        """Sessions and tokens by the model that messages name; None for no model, "" for more than one."""
        rows = self._rows(where, f"SELECT model, {SUMS} FROM chosen GROUP BY model")
        return {row[0]: amounts_of(*row[1:]) for row in rows}

    def models_by(self, where: IndexFilter, by: SummedBy) -> dict[Any, dict[str | None, Amounts]]:
        """The same by the start of a quarter hour (None if unreadable), a user, or the number of a bin of tokens."""
        condition = figures.WHOLE if by == "bin" else "true"
        statement = f"SELECT {_KEYS[by]}, model, {SUMS} FROM chosen WHERE {condition} GROUP BY 1, 2"
        found = dict[Any, dict[str | None, Amounts]]()
        for key, model, *sums in self._rows(where, statement):
            name = _start(key) if by == "quarter" and key is not None else key
            found.setdefault(name, {})[model] = amounts_of(*sums)
        return found

    def scatter(self, where: IndexFilter, points: int) -> tuple[list[str], tuple[Cell, ...]]:
        """The keys of the sessions with the most tokens and of those with the most messages; cells of all others."""
        rows = self._rows(where, figures.scattered(points))
        cells = sorted(row[1:] for row in rows if row[0] is None)
        keys = [row[0] for row in rows if row[0] is not None]
        return keys, tuple(Cell(bin_of(messages, n), bin_of(tokens, n)) for messages, tokens, n in cells)

    def largest(self, where: IndexFilter, by: Literal["tokens", "messages"], limit: int) -> list[str]:
        """The keys of the sessions with the most tokens or messages; ties are ordered by id."""
        measure = figures.TOKENS if by == "tokens" else "messages"
        return [
            key for (key,) in self._rows(where, f"SELECT key FROM chosen ORDER BY {measure} DESC, key LIMIT {limit}")
        ]

    def sessions(self, keys: Sequence[str]) -> dict[str, IndexedSession]:
        """These sessions by key."""
        each = "key, bool_or(prompt IS NULL), bool_or(completion IS NULL)"
        here = "key IN (SELECT unnest(?::VARCHAR[]))"
        rows = self._rows(
            IndexFilter(), f"SELECT {each}, {SUMS}, {COUNTS} FROM chosen WHERE {here} GROUP BY key", list(keys)
        )
        return {
            key: IndexedSession(_amounts(sums), ("prompt",) * no_prompt + ("completion",) * no_completion)
            for key, no_prompt, no_completion, *sums in rows
        }

    def _spread(self, where: IndexFilter, value: str, condition: str) -> Spread:
        [(count, median, p90, p99, largest)] = self._rows(where, figures.spread(value, condition))
        counted = self._rows(where, figures.bins(value, condition))
        return Spread(int(count), median, p90, p99, largest, bins({number: int(n) for number, n in counted}))

    def _rows(self, where: IndexFilter, statement: str, *values: Any) -> list[Any]:
        chosen, parameters = figures.chosen(where)
        return self._connection.execute(f"{chosen} {statement}", [*parameters, *values]).fetchall()


@contextmanager
def reading(index: UsageIndex) -> Iterator[IndexReader]:
    """A reader of the finished index. Raises UsageIndexError if it is damaged, or of another version."""
    with opened(index.path, read_only=True) as connection:
        meta = read_meta(connection)
        if not is_of(meta, index.deployment) or "as_of" not in meta:
            raise UsageIndexError(f"The usage index {index.path} is of another version, and is built anew.")
        yield IndexReader(connection, datetime.fromisoformat(meta["as_of"]), strays=meta["strays"] == "1")


def _start(quarter: int) -> datetime:
    return _EPOCH + quarter * _QUARTER


def _amounts(row: Sequence[Any]) -> Amounts:
    """The amounts of a row of SUMS and COUNTS, as of `amounts_of`; made at once, since there are tens of thousands."""
    sessions, recorded, with_prompt, with_completion, prompt, completion, damaged, unknown, wholly, *counts = row
    messages, calls, turns = counts
    tokens = prompt if with_prompt else None, completion if with_completion else None
    return Amounts(sessions, recorded, messages, calls, *tokens, turns, damaged, unknown, wholly)
