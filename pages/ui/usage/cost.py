"""Cost at list prices: the total, what it excludes, and by model."""

from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from chatdata.services.usage import Cost, ModelUsage, ModelUsageTable
from pages.ui.base.formatting import count, money, plain
from pages.ui.usage import metrics
from pages.ui.widgets import chart_card, charts, column
from pages.ui.widgets.cell import text
from pages.ui.widgets.column import Column

KEY = "usage_cost"
_TOLD = {
    "messages": "From messages",
    "settings": "From settings (INSPECTOR_MODEL)",
    "several": "Several models; tokens per model are not stored",
}


def show_figure(cost: Cost, before: Cost | None, earlier: str) -> None:
    """Draws the cost as the last figure of the row."""
    compared = "" if before is None or before.amount is None else f"\n\n{earlier}: {said(before)}"
    st.metric(
        "Cost",
        said(cost),
        delta=metrics.change_of(cost.amount, None if before is None else before.amount),
        delta_color="off",
        help=f"{_help(cost)}{compared}",
        border=True,
        height="stretch",
    )


def said(cost: Cost) -> str:
    """The cost as text, such as "$12.34"."""
    return "unknown" if cost.amount is None else money(cost.amount, cost.currency)


def _help(cost: Cost) -> str:
    if cost.amount is None:
        return "No session has both recorded tokens and a model with a known price"
    dated = f"{cost.prices_dated:%-d %b %Y}"
    return f"At list prices of {dated}, without discounts for cached input tokens. {_left_out(cost)}"


def _left_out(cost: Cost) -> str:
    missing = []
    if cost.unpriced:
        missing.append(f"{count(cost.unpriced, 'session')} with an unknown model or price")
    if cost.unrecorded:
        missing.append(f"{count(cost.unrecorded, 'session')} without recorded tokens")
    if cost.unknown:
        missing.append(f"the unknown part of {count(cost.unknown, 'session')} with unknown token counts")
    if not missing:
        return "Covers all sessions."
    *others, last = missing
    return f"Excludes {', '.join(others)} and {last}." if others else f"Excludes {last}."


def show(answer: ModelUsageTable) -> None:
    """Draws cost by model."""
    cost = answer.cost
    if cost.amount is None:
        st.info(f"{_help(cost)}. {_left_out(cost)}", icon=":material/money_off:")
    chart_card.show(
        "Cost by model",
        pd.DataFrame([_row(model) for model in answer.models]),
        partial(_draw_chart, answer) if any(model.cost for model in answer.models) else None,
        key=KEY,
        columns=_columns(),
        hint="Prices are never guessed. The model comes from the messages where they name one, else from "
        "INSPECTOR\\_MODEL.",
    )
    if cost.amount is not None:
        st.caption(f"Total {said(cost)}. {_help(cost)}")


def _row(model: ModelUsage) -> dict[str, Any]:
    return {
        "model": name_of(model),
        "told_by": _TOLD[model.told_by],
        "sessions": model.sessions,
        "prompt_tokens": model.prompt_tokens,
        "completion_tokens": model.completion_tokens,
        "cost": None if model.cost is None else float(model.cost),
        "currency": None if model.price is None else model.price.currency,
        "prices_dated": None if model.price is None else model.price.dated,
    }


def name_of(model: ModelUsage) -> str:
    """The name that is shown for a model."""
    if model.told_by == "several":
        return "Several models"
    return text(model.model) or "Unknown"


def _columns() -> dict[str, Column]:
    number = column.number
    return {
        "model": column.text("Model", width=180),
        "told_by": column.text("Model source", width=260),
        "sessions": number("Sessions"),
        "prompt_tokens": number("Input tokens"),
        "completion_tokens": number("Output tokens"),
        "cost": column.number("Cost", format="{:.4f}", help="– means that the price or the tokens are unknown"),
        "currency": column.text("Currency"),
        "prices_dated": column.text("Price date"),
    }


def _draw_chart(answer: ModelUsageTable) -> None:
    priced = sorted((m for m in answer.models if m.cost is not None), key=lambda m: m.cost or 0, reverse=True)
    rows = [
        {
            "model": name_of(model),
            "cost": float(model.cost or 0),
            "sessions": f"{model.sessions:,}",
            "said": f"{model.cost:,.4f}",
        }
        for model in priced
    ]
    currency = answer.cost.currency
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(color=charts.PROMPT)
        .encode(
            x=alt.X("cost:Q", title=f"cost in {plain(currency or '')}"),
            y=alt.Y(
                "model:N",
                title=None,
                sort=[name_of(model) for model in priced],
                axis=charts.names_axis(220),
            ),
            tooltip=["model:N", alt.Tooltip("said:N", title=f"cost, {currency}"), "sessions:N"],
        )
    )
    charts.draw(
        chart,
        key=f"{KEY}-chart",
        alt_text="Cost by model; switch to table view for the data",
        height=charts.rows_height(len(rows)),
    )
