"""Drawing that charts share: colours, axes for counts, and what a click or a brush on a chart picked.

The colours are Okabe and Ito's that stand out from both themes' backgrounds by 3 to 1 at least, so that neither theme
needs its own and people who see fewer colours can tell them apart.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import altair as alt
import streamlit as st

Colour = Literal["blue", "vermillion", "green", "purple", "grey"]
COLOURS: dict[Colour, str] = {
    "blue": "#0072b2",
    "vermillion": "#d55e00",
    "green": "#009e73",
    "purple": "#cc79a7",
    "grey": "#7a828e",
}
PROMPT, COMPLETION = COLOURS["blue"], COLOURS["vermillion"]
SHORT = "~s"
"""Numbers of a legend: 1.5k, 20M."""
_SHORT_LABEL = f"format(datum.value, '{SHORT}')"
_ROW, _AROUND = 18, 112


def draw(
    chart: Any,
    *,
    key: str,
    alt_text: str,
    height: int,
    on_select: Callable[[], None] | Literal["ignore", "rerun"] = "ignore",
) -> None:
    """Draws a chart as wide as its place; a callback hears of clicks and brushes."""
    st.altair_chart(chart.properties(height=height), width="stretch", key=key, alt=alt_text, on_select=on_select)


def number_axis(field: str, title: str, **scale: Any) -> dict[str, Any]:
    """What the axis of a count needs."""
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "axis": alt.Axis(labelExpr=_SHORT_LABEL, tickMinStep=1, tickCount=5),
        "scale": alt.Scale(**scale),
    }


def rows_height(rows: int) -> int:
    """Pixels of a chart with a row for each name: what axis, legend and margins take comes on top."""
    return _ROW * rows + _AROUND


def names_axis(limit: int = 170) -> alt.Axis:
    """What the axis of names needs: all of them, each beside its row."""
    return alt.Axis(labelLimit=limit, labelOverlap=False, labelFlush=False, labelBound=False, ticks=False, domain=False)


def legend(columns: int = 4) -> alt.Legend:
    """Over the chart, where it takes no width."""
    return alt.Legend(orient="top", title=None, columns=columns, offset=4)


def colour(field: str, meaning: dict[str, str], columns: int = 4) -> alt.Color:
    """Colours with a meaning: value → colour."""
    return alt.Color(
        f"{field}:N",
        scale=alt.Scale(domain=list(meaning), range=list(meaning.values())),
        legend=legend(columns),
        sort=list(meaning),
    )


def count_tooltips(*pairs: tuple[str, str]) -> list[alt.Tooltip]:
    """Hover: names of columns with their words; numbers in full."""
    return [alt.Tooltip(f"{field}:Q", title=title, format=",") for field, title in pairs]


def said(counts: Mapping[str, int | None]) -> dict[str, str]:
    """Counts as hover shows them: in full, and unknown in words."""
    return {name: "unknown" if number is None else f"{number:,}" for name, number in counts.items()}


def said_tooltips(names: Sequence[str]) -> list[alt.Tooltip]:
    """Hover over columns that are words already."""
    return [alt.Tooltip(f"{name}:N", title=name.replace("_", " ")) for name in names]


def text_colour() -> str:
    """Words inside a chart need more contrast than marks do, so they follow the theme."""
    return "#6ea8fe" if st.context.theme.type == "dark" else "#1f5fbf"


def picked(key: str, selection: str, field: str) -> list[Any]:
    """The values of a field on the marks that a point selection of a chart holds."""
    state: Any = st.session_state.get(key)
    found: Sequence[Any] = (state or {}).get("selection", {}).get(selection) or []
    return [item[field] for item in found if isinstance(item, dict) and item.get(field) is not None]


def brushed(key: str, selection: str) -> tuple[float, float] | None:
    """The ends of an interval selection along its one axis; None where there is none."""
    state: Any = st.session_state.get(key)
    found: Any = (state or {}).get("selection", {}).get(selection) or {}
    ends = next(iter(found.values()), None) if isinstance(found, dict) else None
    if not isinstance(ends, list | tuple) or len(ends) < 2:
        return None
    return float(min(ends)), float(max(ends))


def ramp() -> list[str]:
    """Little to much: from near the theme's background away from it."""
    return ["#17384f", "#8fd0ff"] if st.context.theme.type == "dark" else ["#c3dcec", "#00395f"]


_FAR = 20


def far_apart(ends: tuple[int, int]) -> dict[str, Any]:
    """A logarithmic scale where the largest of positive numbers is many times the smallest."""
    low, high = ends
    return (
        {"type": "log", "nice": False, "padding": 12}
        if low > 0 and high > _FAR * low
        else {"zero": False, "padding": 12}
    )
