"""Paid cost: what the deployment really paid, beside the list prices of the same tokens."""

from typing import Any

import pandas as pd
import streamlit as st

from chatdata.services.catalog import SessionFilter
from chatdata.services.usage.paid import COST_LOG_STATES, PaidCost, PaidGrouping, PaidUsage
from pages.ui.base.formatting import count, money, plain, zone
from pages.ui.usage import queries
from pages.ui.widgets import chart_card, column, url_choice
from pages.ui.widgets.cell import text
from pages.ui.widgets.column import Column

KEY = "usage_paid"
_GROUPINGS: dict[PaidGrouping, str] = {
    "day": "Day", "week": "Week", "user": "User", "session": "Session", "model": "Model"
}  # fmt: skip
_NAMELESS: dict[PaidGrouping, str] = {"user": "No user", "session": "No session named", "model": "Unknown"}


def show(where: SessionFilter) -> None:
    """Draws what was paid by day, week, user, session or model; or says why that is unknown."""
    by = url_choice.buttons("Paid cost per", _GROUPINGS, key="paid_by")
    found = queries.paid(where, by, str(zone()))
    if found.state != "readable":
        st.caption(f"{plain(COST_LOG_STATES[found.state])} The costs above are list prices.")
        return
    if not found.costs:
        st.caption("Nothing was paid in this time range.")
        return
    chart_card.show(
        f"Paid cost by {_GROUPINGS[by].lower()}",
        pd.DataFrame([_row(cost, by) for cost in found.costs]),
        key=KEY,
        columns=_columns(by),
        hint="What the deployment logged as paid, beside the list prices of the same tokens.",
    )
    st.caption(_said(found, where))


def _row(cost: PaidCost, by: PaidGrouping) -> dict[str, Any]:
    sums = cost.sums
    named = {} if by == "model" else {"model": text(cost.model) or "Unknown"}
    return {
        "key": text(cost.key) or _NAMELESS.get(by, "No time"),
        **named,
        "paid": None if cost.paid is None else float(cost.paid),
        "list": None if cost.at_list_price is None else float(cost.at_list_price),
        "input": sums.input_tokens,
        "output": sums.output_tokens,
        "cache_read": sums.cache_read_tokens,
        "cache_creation": sums.cache_creation_tokens,
        "entries": sums.entries,
    }


def _columns(by: PaidGrouping) -> dict[str, Column]:
    number = column.number
    return {
        "key": column.text(_GROUPINGS[by], width=200),
        "model": column.text("Model", width=180),
        "paid": column.number("Paid (USD)", format="{:.4f}", help="From PlatformCostLog; – means not logged"),
        "list": column.number(
            "List price (USD)",
            format="{:.4f}",
            help="Of the logged input and output tokens, without discounts for cached tokens; – means unknown",
        ),
        "input": number("Input tokens"),
        "output": number("Output tokens"),
        "cache_read": number("Cache read", help="Cached input tokens that were read"),
        "cache_creation": number("Cache write", help="Input tokens that were written to the model's cache"),
        "entries": number("Payments"),
    }


def _said(found: PaidUsage, where: SessionFilter) -> str:
    paid = "an unknown amount" if found.paid is None else money(found.paid)
    listed = "" if found.at_list_price is None else f"; at list prices {money(found.at_list_price)}"
    without = ""
    if found.without_list_price:
        payments = count(found.without_list_price, "payment")
        without = f" {payments} without a list price: a token count or the model's price is unknown."
    unpriced = f" {count(found.total.unpriced, 'payment')} without a cost." if found.total.unpriced else ""
    titles = " Title words don't narrow it." if where.title_words else ""
    return f"Paid: {paid}{listed}. Counted at the time of payment.{unpriced}{without}{titles}"
