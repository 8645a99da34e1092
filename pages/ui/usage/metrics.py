"""The row of figures: totals, and their change from the previous period."""

from collections.abc import Callable
from decimal import Decimal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata.domain.usage import Amounts

_MOST_TIMES = 10
"""The growth, as a multiple, from which no percentage is shown."""
_FIGURES: tuple[tuple[str, Callable[[Amounts], int | None], str], ...] = (
    ("Sessions", lambda held: held.sessions, "Sessions that started in this time range"),
    ("Messages", lambda held: held.messages, "All messages of these sessions, including tool messages"),
    ("Tokens", lambda held: held.total_tokens, "Recorded input and output tokens; cached tokens are included"),
    ("Tool calls", lambda held: held.tool_calls, "Tool calls in these sessions"),
)


def show(now: Amounts, before: Amounts | None, earlier: str) -> DeltaGenerator:
    """Draws the figures and returns a container for one more; `earlier` names the previous period, if any."""
    with st.container(key="usage_figures"):
        boxes = st.columns(len(_FIGURES) + 1)
    for box, (label, of, hint) in zip(boxes, _FIGURES, strict=False):
        with box:
            compared = None if before is None else of(before)
            _figure(label, of(now), compared, hint, earlier)
    return boxes[-1]


def _figure(label: str, value: int | None, before: int | None, hint: str, earlier: str) -> None:
    change = value is not None and before is not None and value != before
    st.metric(
        label,
        "unknown" if value is None else f"{value:,}",
        delta=change_of(value, before),
        delta_color="off",
        delta_arrow="auto" if change else "off",
        help=hint if before is None else f"{hint}\n\n{earlier}: {before:,}",
        border=True,
        height="stretch",
    )


def change_of(value: int | Decimal | None, before: int | Decimal | None) -> str | None:
    """The change in percent; None if it is unknown, or so large that a percentage would say nothing."""
    if value is None or not before or float(value) >= _MOST_TIMES * float(before):
        return None
    percent = round(100 * (float(value) / float(before) - 1))
    return f"{percent:+}%" if percent else "0%"
