"""The rows of `usage` as values and as JSON objects."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chatdata.domain.usage import Amounts, SessionUsage

ToldBy = Literal["option", "machine", "default"]
"""The origin of the time zone: --tz, the machine's TZ, or neither."""
COLUMNS = (
    *("key", "sessions", "messages", "tool_calls", "prompt_tokens", "completion_tokens", "total_tokens"),
    *("damaged", "unknown"),
)

MOST_UNKNOWN = 1_000
"""The maximum number of sessions with unknown counts that are listed."""


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One row of the result."""

    key: str | None
    amounts: Amounts
    about: str | None = None
    """A label for people, such as a session's title."""


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


def row_object(row: UsageRow) -> dict[str, Any]:
    """A row as a JSON object with COLUMNS as keys."""
    return {"key": row.key, **amounts_object(row.amounts)}


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
