"""Sessions whose counts part: recorded totals, the cached list's sums and an estimate, three numbers side by side."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from chatdata.services.usage import ConversationUsage, Mismatch, Mismatches
from pages.ui.base.formatting import count, moment
from pages.ui.usage import queries
from pages.ui.usage.conversations import title_of
from pages.ui.widgets import chart_card
from pages.ui.widgets.clickable_table import text

KEY = "usage_parting"
MOST_ESTIMATED = 15
"""An estimate reads and counts all that a session says."""


def show(answer: Mismatches) -> str | None:
    """Draws the card; the id of the session that was clicked."""
    _say_how_many(answer)
    if not answer.found:
        return None
    first = tuple(one.session.session_id for one in answer.found[:MOST_ESTIMATED])
    with st.spinner("Estimating …"):
        estimates = queries.estimates(first)
    rows = [_row(one, at, estimates) for at, one in enumerate(answer.found)]
    clicked = chart_card.show_rows(
        "Sessions whose counts part",
        pd.DataFrame(rows),
        key=KEY,
        columns=_columns(),
        hint="The row’s totals, the sums of the cached list of turns, and what a tokenizer makes of the messages are "
        "three different things. A click opens the conversation.",
    )
    return None if clicked is None else answer.found[clicked].session.session_id


def _say_how_many(answer: Mismatches) -> None:
    compared = f"{count(answer.compared, 'cached session')} of this time compared with their rows"
    more = "" if answer.complete else "; there are more that were not looked at"
    unreadable = f"; {count(answer.unreadable, 'document')} could not be read" if answer.unreadable else ""
    words = f"{compared}{more}{unreadable}, as of {moment(answer.as_of)}."
    if answer.found:
        st.caption(f"{words} {count(len(answer.found), 'session')} part in both of two looks.")
    elif answer.compared:
        st.success(f"{words} Recorded totals and cached lists agree in all of them.", icon=":material/check_circle:")
    else:
        st.info("None of these sessions is cached now, so there is nothing to compare.", icon=":material/schedule:")


def _row(one: Mismatch, at: int, estimates: Sequence[ConversationUsage]) -> dict[str, Any]:
    row = one.session
    prompt, completion = estimated(estimates[at]) if at < len(estimates) else (None, None)
    return {
        "title": title_of(row),
        "user": text(row.user_id) or "(no user)",
        "recorded_prompt": row.prompt_tokens,
        "cached_prompt": one.cached_prompt_tokens,
        "estimated_prompt": prompt,
        "recorded_completion": row.completion_tokens,
        "cached_completion": one.cached_completion_tokens,
        "estimated_completion": completion,
        "session_id": text(row.session_id),
    }


def estimated(usage: ConversationUsage) -> tuple[int | None, int | None]:
    """The estimate's sums over all turns; None where one turn is unknown, or there is none."""
    prompts = [turn.prompt_tokens for turn in usage.estimates]
    completions = [turn.completion_tokens for turn in usage.estimates]
    return _sum(prompts), _sum(completions)


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known and len(known) == len(numbers) else None


def _columns() -> dict[str, Any]:
    number, config = partial(st.column_config.NumberColumn, format="localized", width=100), st.column_config
    guess = f"Of the first {MOST_ESTIMATED} sessions; – where it is unknown"
    return {
        "title": config.TextColumn("Title, or first question", width=200),
        "user": config.TextColumn("User", width=100),
        "recorded_prompt": number("Prompt recorded", help="The row’s total; – where nothing was recorded"),
        "cached_prompt": number("Prompt cached", help="The sum of the cached list of turns"),
        "estimated_prompt": number("Prompt estimated", help=guess),
        "recorded_completion": number("Compl. recorded"),
        "cached_completion": number("Compl. cached"),
        "estimated_completion": number("Compl. estimated", help=guess),
        "session_id": config.TextColumn("Session", width=120),
    }
