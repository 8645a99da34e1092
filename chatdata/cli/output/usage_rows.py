"""The rows of `usage` as values, and as JSON has them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chatdata.domain.usage import Amounts

ToldBy = Literal["option", "machine", "default"]
"""Where a time zone comes from: --tz, the machine's TZ, or neither."""
COLUMNS = ("key", "sessions", "messages", "tool_calls", "prompt_tokens", "completion_tokens", "total_tokens", "damaged")


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One row."""

    key: str | None
    amounts: Amounts
    about: str | None = None
    """Words for people, as a session's title."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All that the command says."""

    by: str
    time_zone: str
    told_by: ToldBy
    as_of: datetime
    rows: tuple[UsageRow, ...]
    count: int
    """How many rows there would be without a limit."""
    totals: Amounts
    """Of all sessions that fit."""


def row_object(row: UsageRow) -> dict[str, Any]:
    """A row with COLUMNS as keys."""
    return {"key": row.key, **amounts_object(row.amounts)}


def amounts_object(amounts: Amounts) -> dict[str, int | None]:
    """COLUMNS without the key; what nobody recorded is None."""
    return {
        "sessions": amounts.sessions,
        "messages": amounts.messages,
        "tool_calls": amounts.tool_calls,
        "prompt_tokens": amounts.prompt_tokens,
        "completion_tokens": amounts.completion_tokens,
        "total_tokens": amounts.total_tokens,
        "damaged": amounts.damaged,
    }
