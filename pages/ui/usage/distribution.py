"""The distribution of tokens per conversation: median, p90, p99 and maximum."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from chatdata.domain.usage import Spread
from chatdata.services.usage import Spreads
from pages.ui.base.formatting import count
from pages.ui.usage import measure
from pages.ui.widgets import chart_card, charts, column

KEY = "usage_spread"
_HEIGHT = 330
_MARKS: tuple[tuple[str, str], ...] = (("median", "median"), ("p90", "p90"), ("p99", "p99"), ("largest", "max"))


def show(answer: Spreads) -> None:
    """Draws the distribution of tokens, or of messages where no tokens are recorded."""
    noun, spread = ("tokens", answer.tokens) if answer.tokens.sessions else ("messages", answer.messages)
    costs = answer.costs if noun == "tokens" else {}
    rows = [
        {"from": one.low, "to_under": one.high, "sessions": one.sessions, "cost": measure.usd(costs.get(one.low))}
        for one in spread.bins
    ]
    chart_card.show(
        f"{noun.capitalize()} per conversation",
        pd.DataFrame(rows),
        partial(_draw_spread, spread, noun),
        key=KEY,
        columns={
            "from": column.number(f"{noun.capitalize()} from"),
            "to_under": column.number("to under"),
            "sessions": column.number("Sessions"),
            "cost": column.number("Cost (USD)", format="{:.4f}", help=measure.COST_HELP),
        },
        hint="Percentiles by nearest rank: 90% of conversations have at most the p90 value.",
    )
    said = [f"{word} **{getattr(spread, name):,}**" for name, word in _MARKS if getattr(spread, name) is not None]
    left_out = ""
    if noun == "tokens" and answer.unrecorded:
        left_out += f" {count(answer.unrecorded, 'session')} without recorded tokens (excluded)."
    if noun == "tokens" and answer.unknown:
        left_out += f" {count(answer.unknown, 'session')} with unknown token counts (excluded)."
    st.caption(f"{', '.join(said)} {noun}.{left_out}")


def _draw_spread(spread: Spread, noun: str) -> None:
    axis = charts.number_axis(
        "from",
        f"{noun} per conversation",
        type="symlog" if spread.bins[0].low == 0 else "log",
        nice=False,
        domain=[spread.bins[0].low, spread.bins[-1].high],
    )
    top = 1.4 * max(one.sessions for one in spread.bins)
    bars = (
        alt.Chart(pd.DataFrame([{"from": b.low, "to": b.high, "sessions": b.sessions, "zero": 0} for b in spread.bins]))
        .mark_bar(color=charts.PROMPT)
        .encode(
            x=alt.X(**axis),
            x2="to:Q",
            y=alt.Y(**charts.number_axis("sessions", "sessions", domain=[0, top], nice=False)),
            y2="zero:Q",
            tooltip=charts.count_tooltips(("from", f"{noun} from"), ("to", "to under"), ("sessions", "sessions")),
        )
    )
    marks = pd.DataFrame(list(_marks(spread)))
    rules = alt.Chart(marks).mark_rule(color=charts.COMPLETION, strokeDash=[4, 3], size=1.5).encode(x="from:Q")
    words = (
        alt.Chart(marks)
        .mark_text(align="right", dx=-4, color=charts.text_colour())
        .encode(x="from:Q", y="height:Q", text="word:N")
    )
    charts.draw(
        bars + rules + words,
        key=f"{KEY}-chart",
        alt_text=f"{noun.capitalize()} per conversation; switch to table view for the data",
        height=_HEIGHT,
    )


def _marks(spread: Spread) -> Iterator[dict[str, Any]]:
    """Labels above the bars at different heights, so that labels of close marks don't overlap."""
    top = max(one.sessions for one in spread.bins)
    for at, (name, word) in enumerate(_MARKS):
        value = getattr(spread, name)
        yield {"from": value, "word": word, "height": top * (1.32 - at * 0.085)}
