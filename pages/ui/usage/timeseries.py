"""Tokens over time: bars per hour, day or week; dragging over bars narrows the page to them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from chatdata.domain.usage import GRAINS, Grain, Period, cap_of, share, summed
from pages.ui.base.formatting import plain
from pages.ui.usage import measure as usage_measure
from pages.ui.usage import url_state
from pages.ui.usage.measure import SHARE, Measure
from pages.ui.usage.url_state import GRAIN, SCALE
from pages.ui.widgets import chart_card, charts, column
from pages.ui.widgets.date_range import Started

KEY = "usage_time"
_BRUSH = "brush"
_HEIGHT = 290
_MOST_NAMED = 3
_COUNTS = ("sessions", "messages", "prompt_tokens", "completion_tokens")
_MINUTE = timedelta(minutes=1)
_FINEST: tuple[tuple[timedelta, Grain], ...] = ((timedelta(days=3), "hour"), (timedelta(days=120), "day"))
_MOST_BARS = 800


def grain_for(asked: Grain | None, length: timedelta) -> Grain:
    """The requested interval unless it gives too many bars, else one that suits the length of the span."""
    if asked is not None and asked in grains_for(length):
        return asked
    return next((grain for longest, grain in _FINEST if length <= longest), "week")


def grains_for(length: timedelta) -> list[Grain]:
    """The intervals that give at most a few hundred bars."""
    bars = {"hour": length / timedelta(hours=1), "day": length.days, "week": length.days / 7}
    return [grain for grain in GRAINS if bars[grain] <= _MOST_BARS] or ["week"]


def show(periods: Sequence[Period], measure: Measure, grain: Grain, offered: list[Grain]) -> None:
    """Draws the card."""
    whole = summed(period.amounts for period in periods).total_tokens
    rows = [
        {
            "period": period.key,
            **usage_measure.row_of(period.amounts),
            SHARE: share(period.amounts.total_tokens, whole),
        }
        for period in periods
    ]
    cap = cap_of(_height(period, measure) for period in periods)
    whole_scale = cap is not None and _shows_whole_scale()
    chart_card.show(
        f"{measure.noun.capitalize()} over time",
        pd.DataFrame(rows),
        partial(_draw_chart, periods, measure, grain, None if whole_scale else cap),
        key=KEY,
        columns={"period": column.text(grain.capitalize()), **usage_measure.columns()},
        hint="Sessions count in full at the time when they started. Drag over the bars to zoom.",
        beside=partial(_grain, grain, offered),
    )
    if cap is not None:
        _say_cut(periods, measure, grain, cap, cut=not whole_scale)


def _shows_whole_scale() -> bool:
    return st.query_params.get(SCALE) == "full"


def _grain(grain: Grain, offered: list[Grain]) -> None:
    st.session_state["usage_grain_shown"] = grain
    st.segmented_control(
        "Interval",
        offered,
        required=True,
        key="usage_grain_shown",
        label_visibility="collapsed",
        on_change=lambda: url_state.put(GRAIN, st.session_state["usage_grain_shown"]),
    )


def _draw_chart(periods: Sequence[Period], measure: Measure, grain: Grain, cap: float | None) -> None:
    key = f"{KEY}-{grain}-{periods[0].key}-{periods[-1].key}"
    charts.draw(
        _chart(periods, measure, grain, cap),
        key=key,
        alt_text=f"{measure.noun} per {grain}, {len(periods)} bars; switch to table view for the data",
        height=_HEIGHT,
        on_select=partial(_narrow, key, periods),
    )


def _chart(periods: Sequence[Period], measure: Measure, grain: Grain, cap: float | None) -> Any:
    axis = alt.Axis(format=_FORMATS[grain], tickCount=8, labelOverlap=True, grid=False)
    top = cap or max(_height(period, measure) for period in periods) or 1
    x = alt.X("start:T", title=None, scale=alt.Scale(type="utc", nice=False), axis=axis)
    bars = (
        alt.Chart(pd.DataFrame([row for period in periods for row in _bars(period, measure, grain, top)]))
        .mark_bar(clip=True)
        .encode(
            # The reader's clock, drawn as if it were UTC: a browser knows no third zone.
            x=x,
            x2="end:T",
            y=alt.Y(**charts.number_axis("low", measure.noun, domain=[0, top], nice=cap is None)),
            y2="high:Q",
            color=charts.colour("part", measure.colours),
            tooltip=usage_measure.tooltips(["period", *_COUNTS]),
        )
        .add_params(alt.selection_interval(name=_BRUSH, encodings=["x"]))
    )
    return bars if cap is None else bars + _marks_of_cut(periods, measure, cap)


def _marks_of_cut(periods: Sequence[Period], measure: Measure, cap: float) -> Any:
    """A triangle at the top of each bar that is cut."""
    rows = [
        {"start": _clock(period.start + (period.end - period.start) / 2), "cap": cap}
        for period in periods
        if _height(period, measure) > cap
    ]
    mark = alt.Chart(pd.DataFrame(rows)).mark_point(
        shape="triangle-up", filled=True, size=70, yOffset=8, opacity=1, color="white", stroke=charts.COLOURS["grey"]
    )
    return mark.encode(x="start:T", y="cap:Q")


def _height(period: Period, measure: Measure) -> int:
    held = usage_measure.row_of(period.amounts)
    return sum(int(held[name] or 0) for name in measure.parts)


def _say_cut(periods: Sequence[Period], measure: Measure, grain: Grain, cap: float, *, cut: bool) -> None:
    """Says which bars are cut, beside a switch that draws them in full."""
    outliers = sorted((each for each in periods if _height(each, measure) > cap), key=lambda p: -_height(p, measure))
    named = [f"{_label(period, grain)}: {_height(period, measure):,}" for period in outliers[:_MOST_NAMED]]
    more = f" and {len(outliers) - len(named):,} more" if len(outliers) > len(named) else ""
    with st.container(horizontal=True, vertical_alignment="center", key="usage_scale"):
        st.session_state["usage_scale_shown"] = not cut
        st.toggle(
            "Full scale",
            key="usage_scale_shown",
            on_change=lambda: url_state.put(SCALE, "full" if st.session_state["usage_scale_shown"] else None),
            help="Draws the longest bars in full, which flattens all others",
        )
        if cut:
            st.caption(plain(f"Bars are cut at {cap:,.0f} {measure.noun} ({'; '.join(named)}{more})."))


def _bars(period: Period, measure: Measure, grain: Grain, top: float) -> Iterator[dict[str, object]]:
    """Stacks the bars by hand, since Vega does not stack bars with a start and an end."""
    held, low = usage_measure.row_of(period.amounts), 0
    counts = {name: None if (number := held[name]) is None else int(number) for name in _COUNTS}
    said = {"period": _label(period, grain), **charts.said(counts)}
    for name, word in measure.parts.items():
        high = low + int(held[name] or 0)
        shown = {"low": min(low, top), "high": min(high, top)}
        yield {"start": _clock(period.start), "end": _clock(period.end), "part": word, **shown, **said}
        low = high


_FORMATS: dict[Grain, str] = {"hour": "%-d %b %H:%M", "day": "%-d %b", "week": "%-d %b %Y"}


def _clock(moment: datetime) -> str:
    return _utc(moment).isoformat()


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC, fold=0)


def _label(period: Period, grain: Grain) -> str:
    if grain == "hour":
        return f"{period.start:%a %-d %b %Y, %H:%M} to {period.end:%H:%M (UTC%z)}"
    if grain == "week":
        return f"{period.start:%-d %b} to {period.end - timedelta(days=1):%-d %b %Y}"
    return f"{period.start:%a %-d %b %Y}"


def _narrow(key: str, periods: Sequence[Period]) -> None:
    """Callback: narrows the time range to the bars that the selection touches."""
    ends = charts.brushed(key, _BRUSH)
    span = None if ends is None else covered(periods, *ends)
    if span is not None:
        url_state.narrow(span)


def covered(periods: Sequence[Period], low: float, high: float) -> Started | None:
    """The span of the bars between two axis values, in milliseconds of local time read as UTC."""
    touched = [
        period
        for period in periods
        if _utc(period.start).timestamp() * 1000 < high and _utc(period.end).timestamp() * 1000 > low
    ]
    if not touched:
        return None
    first, last = touched[0].start.replace(tzinfo=None), touched[-1].end.replace(tzinfo=None)
    return Started(first, last - _MINUTE)
