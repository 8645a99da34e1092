"""What charts share: colours, axes for counts, and the values that a click or a brush selected.

The colours are those of Okabe and Ito with a contrast of at least 3:1 against both themes, so that they work in either
and for colour-blind users.
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
"""The number format of legends: 1.5k, 20M."""
_SHORT_LABEL = f"format(datum.value, '{SHORT}')"
_ROW, _AROUND = 18, 112
PADDING = {"left": 4, "top": 4, "right": 18, "bottom": 4}
"""Pixels around a chart; the label under the last tick needs those at the right."""


def draw(
    chart: Any,
    *,
    key: str,
    alt_text: str,
    height: int,
    on_select: Callable[[], None] | Literal["ignore", "rerun"] = "ignore",
) -> None:
    """Draws a chart at full width; `on_select` is called after clicks and brushes.

    Its container has the final height at once, so that the page does not move when the chart arrives.
    """
    with st.container(height=height, border=False):
        st.altair_chart(
            chart.properties(height=height, padding=PADDING),
            width="stretch",
            key=key,
            alt=alt_text,
            on_select=on_select,
        )


def number_axis(field: str, title: str, **scale: Any) -> dict[str, Any]:
    """The arguments of an axis for counts."""
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "axis": alt.Axis(labelExpr=_SHORT_LABEL, tickMinStep=1, tickCount=5),
        "scale": alt.Scale(**scale),
    }


def rows_height(rows: int) -> int:
    """The height in pixels of a chart with a row per name, axis, legend and margins included."""
    return _ROW * rows + _AROUND


def names_axis(limit: int = 170) -> alt.Axis:
    """The arguments of an axis that shows every name."""
    return alt.Axis(labelLimit=limit, labelOverlap=False, labelFlush=False, labelBound=False, ticks=False, domain=False)


def legend(columns: int = 4) -> alt.Legend:
    """A legend above the chart, where it takes no width."""
    return alt.Legend(orient="top", title=None, columns=columns, offset=4)


def colour(field: str, meaning: dict[str, str], columns: int = 4) -> alt.Color:
    """A colour encoding with a fixed colour per value."""
    return alt.Color(
        f"{field}:N",
        scale=alt.Scale(domain=list(meaning), range=list(meaning.values())),
        legend=legend(columns),
        sort=list(meaning),
    )


def count_tooltips(*pairs: tuple[str, str]) -> list[alt.Tooltip]:
    """Tooltips for counts, with readable names and full numbers."""
    return [alt.Tooltip(f"{field}:Q", title=title, format=",") for field, title in pairs]


def said(counts: Mapping[str, int | None]) -> dict[str, str]:
    """Counts as text for tooltips: full numbers, or "unknown"."""
    return {name: "unknown" if number is None else f"{number:,}" for name, number in counts.items()}


def said_tooltips(names: Sequence[str]) -> list[alt.Tooltip]:
    """Tooltips for text columns."""
    return [alt.Tooltip(f"{name}:N", title=name.replace("_", " ")) for name in names]


def text_colour() -> str:
    """The colour of text in a chart, which follows the theme since text needs more contrast than marks."""
    return "#6ea8fe" if st.context.theme.type == "dark" else "#1f5fbf"


def picked(key: str, selection: str, field: str) -> list[Any]:
    """The values of a field on the marks in a chart's point selection."""
    state: Any = st.session_state.get(key)
    found: Sequence[Any] = (state or {}).get("selection", {}).get(selection) or []
    return [item[field] for item in found if isinstance(item, dict) and item.get(field) is not None]


def brushed(key: str, selection: str) -> tuple[float, float] | None:
    """The ends of an interval selection; None if nothing is selected."""
    state: Any = st.session_state.get(key)
    found: Any = (state or {}).get("selection", {}).get(selection) or {}
    ends = next(iter(found.values()), None) if isinstance(found, dict) else None
    if not isinstance(ends, list | tuple) or len(ends) < 2:
        return None
    return float(min(ends)), float(max(ends))


def ramp() -> list[str]:
    """A colour ramp from near the theme's background (little) away from it (much)."""
    return ["#17384f", "#8fd0ff"] if st.context.theme.type == "dark" else ["#c3dcec", "#00395f"]


_FAR = 20


def far_apart(ends: tuple[int, int]) -> dict[str, Any]:
    """The scale of an axis: logarithmic if the largest of positive numbers is many times the smallest."""
    low, high = ends
    return (
        {"type": "log", "nice": False, "padding": 12, "domain": [low, high]}
        if low > 0 and high > _FAR * low
        else {"zero": False, "padding": 12, "domain": [low, max(high, low + 1)]}
    )
