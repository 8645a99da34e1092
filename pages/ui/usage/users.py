"""Top users by tokens: clicking one filters the page by it."""

from functools import partial
from typing import Any

import streamlit as st

from chatdata.domain.usage import Amounts, UserUsage, share
from chatdata.services.usage import UserUsageTable
from pages.ui.base.formatting import count
from pages.ui.base.keys import key_of
from pages.ui.usage import filter_table, url_state
from pages.ui.usage import measure as usage_measure
from pages.ui.usage.measure import SHARE, Measure
from pages.ui.usage.url_state import USER
from pages.ui.widgets import column, user_query
from pages.ui.widgets.cell import text

KEY = "usage_users"
_HIDDEN = ("sessions", "messages", "tool_calls", "prompt_tokens", "completion_tokens", SHARE)


def show(answer: UserUsageTable, measure: Measure) -> None:
    """Draws the card."""
    rows = [_row(user, answer.totals) for user in answer.users]
    field = "messages" if measure is usage_measure.MESSAGES else "total_tokens"
    values = [row[field] for row in rows]
    filter_table.show(
        f"Top users by {measure.noun}",
        rows,
        key=key_of(KEY, *answer.users),
        columns={
            **usage_measure.columns(),
            "user": column.text("User", width=252),
            field: filter_table.bar(measure.noun.capitalize(), values, width=115, help=usage_measure.HELP[field]),
            "cost": filter_table.cost_column((row["cost"] for row in rows), width=84),
        },
        hidden=[name for name in (*_HIDDEN, "total_tokens") if name != field],
        hint="Click a user to filter the page by it. The CSV has more columns.",
        on_pick=partial(_filter, answer.users),
    )
    if answer.count > len(rows):
        st.caption(_rest(answer, measure))


def name_of(user: UserUsage) -> str:
    """The name that is shown for a user."""
    return text(user.user_id) or "No user"


def _row(user: UserUsage, all_of: Amounts) -> dict[str, Any]:
    of_tokens = share(user.amounts.total_tokens, all_of.total_tokens)
    held = usage_measure.row_of(user.amounts)
    first = ("total_tokens", "messages", "cost", "sessions")
    ordered = {name: held[name] for name in (*first, *(name for name in held if name not in first))}
    return {"user": name_of(user), **ordered, SHARE: of_tokens}


def _rest(answer: UserUsageTable, measure: Measure) -> str:
    held = usage_measure.row_of(answer.rest)
    total = sum(int(held[name] or 0) for name in measure.parts)
    return f"Other ({count(answer.count - len(answer.users), 'user')}): {total:,} {measure.noun}"


def _filter(users: tuple[UserUsage, ...], row: int) -> None:
    """Callback: filters the page by the clicked user."""
    url_state.put(USER, user_query.exactly(users[row].user_id))
