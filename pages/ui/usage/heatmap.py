"""The activity heatmap: a cell per hour and weekday in the current time zone."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from chatdata.domain.usage import Amounts, cap_of
from pages.ui.base.formatting import plain, zone_name
from pages.ui.usage import measure as usage_measure
from pages.ui.usage.measure import Measure
from pages.ui.widgets import chart_card, charts, column

KEY = "usage_hours"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HEIGHT = 260


def show(grid: Sequence[Sequence[Amounts]], measure: Measure) -> None:
    """Draws the card; `grid` has seven days, Monday first, of 24 hours."""
    rows = [
        {"day": _DAYS[day], "hour": hour, **usage_measure.row_of(held)}
        for day, hours in enumerate(grid)
        for hour, held in enumerate(hours)
    ]
    chart_card.show(
        f"{measure.noun.capitalize()} by weekday and hour ({plain(zone_name())})",
        pd.DataFrame(rows),
        partial(_draw_chart, rows, measure),
        key=KEY,
        columns={
            "day": column.text("Weekday"),
            "hour": column.number("Hour", format="{:02.0f}:00"),
            **usage_measure.columns(),
        },
        hint="Sessions count in full at the time when they started.",
    )


def _draw_chart(rows: list[dict[str, Any]], measure: Measure) -> None:
    field = "total_tokens" if measure is usage_measure.TOKENS else "messages"
    values = [row[field] or 0 for row in rows]
    cap = cap_of(values)
    drawn = [{**_tooltip(row), "value": row[field] or 0} for row in rows if row["sessions"]]
    chart = (
        alt.Chart(pd.DataFrame(drawn))
        .mark_rect()
        .encode(
            x=alt.X(
                "hour:O", title="hour of the day", scale=alt.Scale(domain=list(range(24))), axis=alt.Axis(labelAngle=0)
            ),
            y=alt.Y(
                "day:O", title=None, sort=list(_DAYS), scale=alt.Scale(domain=list(_DAYS)), axis=charts.names_axis()
            ),
            color=alt.Color(
                "value:Q",
                scale=alt.Scale(range=charts.ramp(), domain=[0, cap or max(values)], clamp=True),
                legend=alt.Legend(title=measure.noun, format=charts.SHORT),
            ),
            tooltip=usage_measure.tooltips(
                ["day", "time", "sessions", "messages", "prompt_tokens", "completion_tokens"]
            ),
        )
    )
    charts.draw(
        chart,
        key=f"{KEY}-chart",
        alt_text="Activity by weekday and hour; switch to table view for the data",
        height=_HEIGHT,
    )
    if cap is not None:
        st.caption(f"All cells with more than {cap:,.0f} {measure.noun} have the darkest or brightest color.")


def _tooltip(row: dict[str, Any]) -> dict[str, Any]:
    counts = {name: row[name] for name in ("sessions", "messages", "prompt_tokens", "completion_tokens")}
    return {
        "day": row["day"],
        "hour": row["hour"],
        "time": f"{row['hour']:02}:00 to {row['hour']:02}:59",
        **charts.said(counts),
    }
