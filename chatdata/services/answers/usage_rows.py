"""The rows of `usage` as values and as JSON objects."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chatdata.domain.usage import Amounts, SessionUsage
from chatdata.services.usage import ToolGrowth, ToolGrowthTable

ToldBy = Literal["option", "machine", "default"]
"""The origin of the time zone: --tz, the machine's TZ, or neither."""
COLUMNS = (
    *("key", "sessions", "messages", "tool_calls", "prompt_tokens", "completion_tokens", "total_tokens"),
    *("damaged", "unknown"),
)

TOOL_COLUMNS = (
    *("result_tokens", "caused_prompt_tokens", "estimated_prompt_tokens", "list_price_usd", "unpriced_prompt_tokens"),
)
"""The further columns of a tool, after COLUMNS."""

MOST_UNKNOWN = 1_000
"""The maximum number of sessions with unknown counts that are listed."""


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One row of the result."""

    key: str | None
    amounts: Amounts
    about: str | None = None
    """A label for people, such as a session's title."""
    growth: ToolGrowth | None = None
    """For a tool: what its results added to prompts."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The complete result of the command."""

    by: str
    time_zone: str
    told_by: ToldBy
    as_of: datetime
    rows: tuple[UsageRow, ...]
    count: int
    """The number of rows without --limit."""
    totals: Amounts
    """The totals over all matching sessions."""
    unknown: tuple[SessionUsage, ...] = ()
    """The matching sessions with an unknown token count, latest start first, up to MOST_UNKNOWN."""
    growth: ToolGrowthTable | None = None
    """For tools: which sessions the growth covers."""


def row_object(row: UsageRow, by: str) -> dict[str, Any]:
    """A row as a JSON object with COLUMNS as keys, and for a tool TOOL_COLUMNS."""
    return {"key": row.key, **amounts_object(row.amounts), **(_growth_object(row.growth) if by == "tool" else {})}


def _growth_object(growth: ToolGrowth | None) -> dict[str, Any]:
    if growth is None:
        return dict.fromkeys(TOOL_COLUMNS)
    cost = None if growth.cost is None else float(growth.cost)
    numbers = growth.result_tokens, growth.caused_tokens, growth.estimated_tokens, cost, growth.unpriced_tokens
    return dict(zip(TOOL_COLUMNS, numbers, strict=True))


def coverage_object(growth: ToolGrowthTable) -> dict[str, Any]:
    """Which sessions the growth covers, as a JSON object."""
    return {
        "sessions_with_results": growth.count,
        "recorded": growth.recorded,
        "estimated": growth.estimated,
        "cache_problem": growth.cache_problem or None,
        "prices_dated": None if growth.prices_dated is None else f"{growth.prices_dated}",
    }


def amounts_object(amounts: Amounts) -> dict[str, int | None]:
    """The counts as a JSON object; None if not recorded."""
    return {
        "sessions": amounts.sessions,
        "messages": amounts.messages,
        "tool_calls": amounts.tool_calls,
        "prompt_tokens": amounts.prompt_tokens,
        "completion_tokens": amounts.completion_tokens,
        "total_tokens": amounts.total_tokens,
        "damaged": amounts.damaged,
        "unknown": amounts.unknown,
    }
