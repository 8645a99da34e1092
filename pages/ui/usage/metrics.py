"""The row of figures: what all the sessions hold, the change against the period before, and a small trend."""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata.domain.usage import Amounts, Period

_MOST_BARS = 60
_FIGURES: tuple[tuple[str, Callable[[Amounts], int | None], str], ...] = (
    ("Sessions", lambda held: held.sessions, "Sessions that started in this time"),
    ("Messages", lambda held: held.messages, "All messages of these sessions, tool messages too"),
    ("Tokens", lambda held: held.total_tokens, "Recorded prompt and completion tokens; cached ones are part of them"),
    ("Tool calls", lambda held: held.tool_calls, "Calls in the messages of these sessions"),
)


def show(now: Amounts, before: Amounts | None, earlier: str, periods: Sequence[Period]) -> DeltaGenerator:
    """Draws them; `earlier` says which time they are compared with, where there is one. Gives the room for one more."""
    trend = periods[-_MOST_BARS:]
    with st.container(key="usage_figures"):
        boxes = st.columns(len(_FIGURES) + 1)
    for box, (label, of, hint) in zip(boxes, _FIGURES, strict=False):
        with box:
            compared = None if before is None else of(before)
            _figure(label, of(now), compared, hint, earlier, [of(period.amounts) for period in trend])
    return boxes[-1]


def _figure(
    label: str, value: int | None, before: int | None, hint: str, earlier: str, trend: list[int | None]
) -> None:
    change = None if value is None or before is None else value - before
    st.metric(
        label,
        "unknown" if value is None else f"{value:,}",
        delta=None if change is None else _change(change, before),
        delta_color="off",
        delta_arrow="auto" if change else "off",
        help=hint if before is None else f"{hint}\n\n{earlier}: {before:,}",
        chart_data=[number or 0 for number in trend] if len(trend) > 1 and value is not None else None,
        chart_type="bar",
        border=True,
        height="stretch",
    )


def _change(change: int, before: int | None) -> str:
    """In percent where that says something."""
    return f"{change / before:+.0%}" if before and abs(change) < 10 * before else f"{change:+,}"
