"""What charts measure: tokens where any are recorded, else messages, which are always known."""

from dataclasses import dataclass

import streamlit as st

from chatdata.domain.usage import Amounts
from pages.ui.widgets.charts import COLOURS, COMPLETION, PROMPT

SHARE = "share"
"""Column of a frame: the share of the tokens of all."""


@dataclass(frozen=True, slots=True)
class Measure:
    """The parts of a bar and their words."""

    noun: str
    parts: dict[str, str]
    """Column of a frame → the word of the legend."""
    colours: dict[str, str]
    """Word of the legend → colour."""
    note: str = ""
    """Why it is not tokens."""


TOKENS = Measure(
    "tokens",
    {"prompt_tokens": "prompt", "completion_tokens": "completion"},
    {"prompt": PROMPT, "completion": COMPLETION},
)
MESSAGES = Measure(
    "messages",
    {"messages": "messages"},
    {"messages": COLOURS["green"]},
    "No tokens were recorded for these sessions, so messages are shown.",
)


def measure_of(held: Amounts) -> Measure:
    """What there is to show of these sessions."""
    return TOKENS if held.recorded else MESSAGES


def row_of(held: Amounts) -> dict[str, int | None]:
    """The counts as columns of a frame."""
    return {
        "sessions": held.sessions,
        "messages": held.messages,
        "tool_calls": held.tool_calls,
        "prompt_tokens": held.prompt_tokens,
        "completion_tokens": held.completion_tokens,
        "total_tokens": held.total_tokens,
    }


def columns() -> dict[str, object]:
    """How a table shows these columns."""
    number = st.column_config.NumberColumn
    return {
        "sessions": number("Sessions", format="localized"),
        "messages": number("Messages", format="localized"),
        "tool_calls": number("Tool calls", format="localized"),
        "prompt_tokens": number("Prompt tokens", format="localized", help="– where nothing was recorded"),
        "completion_tokens": number("Completion tokens", format="localized", help="– where nothing was recorded"),
        "total_tokens": number("Tokens", format="localized", help="– where nothing was recorded"),
        SHARE: number("Share", format="percent", help="Of the tokens of all that is shown; – where it isn't known"),
    }
