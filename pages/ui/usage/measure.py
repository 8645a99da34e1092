"""What charts measure: tokens if any are recorded, else messages, whose number is always known."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import altair as alt

from chatdata.domain.usage import Amounts
from pages.ui.widgets import column
from pages.ui.widgets.charts import COLOURS, COMPLETION, PROMPT
from pages.ui.widgets.column import Column

SHARE = "share"
"""The column with the share of all tokens."""
COST_HELP = "At list prices; – means that the price or the tokens are unknown"
HELP = {"total_tokens": "Recorded input and output tokens", "messages": "All messages, including tool messages"}
_NOT_RECORDED = "– means not recorded or unknown"
_TOKENS = {"prompt_tokens": "input tokens", "completion_tokens": "output tokens"}


@dataclass(frozen=True, slots=True)
class Measure:
    """The parts of a bar and their labels."""

    noun: str
    parts: dict[str, str]
    """Maps a column to its label in the legend."""
    colours: dict[str, str]
    """Maps a label in the legend to its colour."""
    note: str = ""
    """Why messages are shown instead of tokens."""


TOKENS = Measure(
    "tokens",
    {"prompt_tokens": "input", "completion_tokens": "output"},
    {"input": PROMPT, "output": COMPLETION},
)
MESSAGES = Measure(
    "messages",
    {"messages": "messages"},
    {"messages": COLOURS["green"]},
    "These sessions have no recorded tokens, so the charts show messages.",
)


def measure_of(held: Amounts) -> Measure:
    """The measure for these sessions: tokens, or messages if no tokens are recorded."""
    return TOKENS if held.recorded else MESSAGES


def row_of(held: Amounts) -> dict[str, float | None]:
    """The counts as columns of a frame."""
    return {
        "sessions": held.sessions,
        "messages": held.messages,
        "tool_calls": held.tool_calls,
        "prompt_tokens": held.prompt_tokens,
        "completion_tokens": held.completion_tokens,
        "total_tokens": held.total_tokens,
        "cost": usd(held.cost),
    }


def usd(cost: Decimal | None) -> float | None:
    """A cost as a number for a table."""
    return None if cost is None else round(float(cost), 6)


def columns() -> dict[str, Column]:
    """The column configuration of a table with these columns."""
    number = column.number
    return {
        "sessions": number("Sessions"),
        "messages": number("Messages"),
        "tool_calls": number("Tool calls"),
        "prompt_tokens": number("Input tokens", help=_NOT_RECORDED),
        "completion_tokens": number("Output tokens", help=_NOT_RECORDED),
        "total_tokens": number("Tokens", help=_NOT_RECORDED),
        "cost": number("Cost (USD)", format="{:.4f}", help=COST_HELP),
        SHARE: number("Share", format=column.PERCENT, help="Share of all tokens shown; – means unknown"),
    }


def tooltips(names: Sequence[str]) -> list[alt.Tooltip]:
    """Tooltips for text columns, with readable names."""
    return [alt.Tooltip(f"{name}:N", title=_TOKENS.get(name, name.replace("_", " "))) for name in names]
