"""Token mismatches: the database total, the cached total and an estimate of a session, side by side."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from chatdata.domain.text import agreeing
from chatdata.services.usage import ConversationUsage, Costs, Mismatch, Mismatches
from pages.ui.base.formatting import count, moment
from pages.ui.usage import measure, queries
from pages.ui.usage.conversations import title_of
from pages.ui.widgets import chart_card, column
from pages.ui.widgets.cell import text
from pages.ui.widgets.column import Column

KEY = "usage_parting"
MOST_ESTIMATED = 15
"""The most sessions to estimate, since an estimate reads and counts every message."""


def show(answer: Mismatches) -> str | None:
    """Draws the card and returns the ID of the session that was clicked."""
    _say_how_many(answer)
    if not answer.found:
        return None
    first = tuple(one.session.session_id for one in answer.found[:MOST_ESTIMATED])
    with st.spinner("Estimating tokens…"):
        estimates = queries.estimates(first)
    costs = queries.session_costs(frozenset(one.session.session_id for one in answer.found))
    rows = [_row(one, at, estimates, costs) for at, one in enumerate(answer.found)]
    clicked = chart_card.show_rows(
        "Token mismatches",
        pd.DataFrame(rows),
        key=KEY,
        columns=_columns(),
        hint="Compares the totals in the database, the sums of the cached turns, and a tokenizer's estimate. "
        "Click a row to open the conversation.",
    )
    return None if clicked is None else answer.found[clicked].session.session_id


def _say_how_many(answer: Mismatches) -> None:
    compared = f"{count(answer.compared, 'cached session')} compared with the database"
    more = "" if answer.complete else " (more not compared)"
    unreadable = f", {count(answer.unreadable, 'cache entry', 'cache entries')} unreadable" if answer.unreadable else ""
    words = f"{compared}{more}{unreadable}, as of {moment(answer.as_of)}."
    differ = agreeing(len(answer.found), "differs", "differ")
    if answer.found:
        st.caption(f"{words} {count(len(answer.found), 'session')} {differ} (confirmed twice).")
    elif answer.compared:
        st.success(f"{words} All token counts match.", icon=":material/check_circle:")
    else:
        st.info("None of these sessions is cached, so there is nothing to compare.", icon=":material/schedule:")


def _row(one: Mismatch, at: int, estimates: Sequence[ConversationUsage], costs: Costs) -> dict[str, Any]:
    row = one.session
    prompt, completion = estimated(estimates[at]) if at < len(estimates) else (None, None)
    return {
        "title": title_of(row),
        "user": text(row.user_id) or "No user",
        "recorded_prompt": row.prompt_tokens,
        "cached_prompt": one.cached_prompt_tokens,
        "estimated_prompt": prompt,
        "recorded_completion": row.completion_tokens,
        "cached_completion": one.cached_completion_tokens,
        "estimated_completion": completion,
        "cost": measure.usd(costs.get(row.session_id)),
        "session_id": text(row.session_id),
    }


def estimated(usage: ConversationUsage) -> tuple[int | None, int | None]:
    """The estimated input and output tokens over all turns; None if a turn is unknown or there are no turns."""
    prompts = [turn.prompt_tokens for turn in usage.estimates]
    completions = [turn.completion_tokens for turn in usage.estimates]
    return _sum(prompts), _sum(completions)


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known and len(known) == len(numbers) else None


def _columns() -> dict[str, Column]:
    number = partial(column.number, width=112)
    guess = f"For the first {MOST_ESTIMATED} sessions; – means unknown"
    return {
        "title": column.text("Conversation", width=200),
        "user": column.text("User", width=100),
        "recorded_prompt": number("Input: database", help="Total in the database; – means not recorded"),
        "cached_prompt": number("Input: cache", help="Sum of the cached turns"),
        "estimated_prompt": number("Input: estimate", help=guess),
        "recorded_completion": number("Output: database"),
        "cached_completion": number("Output: cache"),
        "estimated_completion": number("Output: estimate", help=guess),
        "cost": column.number("Cost (USD)", format="{:.4f}", help=f"Of the database's totals. {measure.COST_HELP}"),
        "session_id": column.text("Session", width=120),
    }
