"""The top conversations in a table, and tokens vs messages: a scatter chart with a point per conversation."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from chatdata.domain.labels import UNTITLED
from chatdata.domain.usage import Cell, SessionUsage
from chatdata.services.usage import Costs, Scatter
from pages.ui.base.formatting import count, moment
from pages.ui.base.keys import key_of
from pages.ui.usage import filter_table, measure
from pages.ui.widgets import chart_card, charts, column
from pages.ui.widgets.cell import text
from pages.ui.widgets.column import Column

KEY = "usage_conversations"
_POINT = "open"
_NAMED = 5
_APART = 1.8
_NAME = 34
_HEIGHT = 330
_LISTED = 100


def show_table(answer: Scatter, costs: Costs) -> str | None:
    """Draws the conversations with the most tokens and returns the ID of the session that was clicked."""
    top = [point for point in answer.points if point.total_tokens][:_LISTED]
    if not top:
        return None
    rows = [_row(point, costs) for point in top]
    clicked = chart_card.show_rows(
        "Top conversations by tokens",
        pd.DataFrame(rows),
        key=f"{KEY}_top",
        columns=_columns(rows),
        hint="Click a row to open the conversation.",
        names=("title", "total_tokens", "cost", "messages", "tool_calls", "user", "started"),
        most_rows=filter_table.MOST_ROWS,
    )
    return None if clicked is None else top[clicked].session_id


def show(answer: Scatter, costs: Costs) -> str | None:
    """Draws the scatter chart and returns the ID of the session that was clicked."""
    if not answer.sessions:
        st.info("None of these sessions has recorded tokens.", icon=":material/help:")
        return None
    drawn = [point for point in answer.points if point.messages > 0]
    rows = [_row(point, costs) for point in answer.points]
    chart_card.show(
        "Tokens vs messages per conversation",
        pd.DataFrame(rows),
        partial(_draw_chart, answer, drawn) if drawn else None,
        key=KEY,
        columns=_columns(rows),
        hint="Click a point to open the conversation. Those with the most tokens are labeled. Axes are logarithmic "
        "where values vary widely.",
    )
    packed = sum(cell.sessions for cell in answer.cells)
    if packed:
        others = f"{count(packed, 'other')} as squares, darker where there are more"
        st.caption(f"The {len(answer.points):,} largest are shown as points, {others}.")
    opened = charts.picked(_key(drawn), _POINT, "session")
    return str(opened[0]) if opened else None


def _key(points: Sequence[SessionUsage]) -> str:
    return key_of(KEY, *(point.session_id for point in points))


def _draw_chart(answer: Scatter, points: Sequence[SessionUsage]) -> None:
    charts.draw(
        _chart(answer, points),
        key=_key(points),
        alt_text="Tokens vs messages per conversation; switch to table view for the data",
        height=_HEIGHT,
        on_select="rerun",
    )


def _chart(answer: Scatter, points: Sequence[SessionUsage]) -> Any:
    frame, named = pd.DataFrame([_point(point) for point in points]), _outliers(points)
    cells = [cell for cell in answer.cells if cell.messages.low > 0 and cell.tokens.low > 0]
    x = alt.X(**charts.number_axis("messages", "messages", **charts.far_apart(_ends(points, cells, "messages"))))
    y = alt.Y(**charts.number_axis("tokens", "tokens", **charts.far_apart(_ends(points, cells, "tokens"))))
    tooltip = [
        *charts.said_tooltips(["title", "user", "started"]),
        alt.Tooltip("said_messages:N", title="messages"),
        alt.Tooltip("said_tokens:N", title="tokens"),
    ]
    dots = (
        alt.Chart(frame)
        .mark_point(filled=True, size=55, opacity=0.75, color=charts.PROMPT, cursor="pointer")
        .encode(x=x, y=y, tooltip=tooltip)
        .add_params(alt.selection_point(name=_POINT, fields=["session"]))
    )
    labelled = frame[frame["session"].isin(named)]
    is_left = labelled["messages"] < _middle(*_ends(points, cells, "messages"))
    after = alt.Chart(labelled[is_left]).mark_text(align="left", dx=8, color=charts.text_colour())
    before = alt.Chart(labelled[~is_left]).mark_text(align="right", dx=-8, color=charts.text_colour())
    names = [one.encode(x=x, y=y, text="name:N") for one in (after, before)]
    return alt.layer(*([_squares(cells, x, y)] if cells else []), dots, *names)


def _middle(least: int, most: int) -> float:
    """The value in the middle of an axis, from which on labels stand before their points and not over its end."""
    return math.sqrt(least * most) if charts.far_apart((least, most)).get("type") == "log" else (least + most) / 2


def _squares(cells: Sequence[Cell], x: alt.X, y: alt.Y) -> Any:
    rows = [
        {
            "messages": cell.messages.low,
            "messages_to": cell.messages.high,
            "tokens": cell.tokens.low,
            "tokens_to": cell.tokens.high,
            "sessions": cell.sessions,
        }
        for cell in cells
    ]
    scale = alt.Scale(type="log", range=charts.ramp())
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_rect(opacity=0.6)
        .encode(
            x=x,
            x2="messages_to:Q",
            y=y,
            y2="tokens_to:Q",
            color=alt.Color("sessions:Q", scale=scale, legend=None),
            tooltip=charts.count_tooltips(
                ("sessions", "sessions"),
                ("messages", "messages from"),
                ("messages_to", "to under"),
                ("tokens", "tokens from"),
                ("tokens_to", "to under"),
            ),
        )
    )


def _ends(points: Sequence[SessionUsage], cells: Sequence[Cell], name: str) -> tuple[int, int]:
    own = [point.messages if name == "messages" else (point.total_tokens or 0) for point in points]
    others = [edge for cell in cells for edge in (getattr(cell, name).low, getattr(cell, name).high)]
    return min(own + others), max(own + others)


def _outliers(points: Sequence[SessionUsage]) -> list[str]:
    """The points with the most tokens whose labels would not overlap."""
    named: list[SessionUsage] = []
    for point in points:
        if len(named) < _NAMED and all(_far(point, other) for other in named):
            named.append(point)
    return [point.session_id for point in named]


def _far(one: SessionUsage, other: SessionUsage) -> bool:
    """True if two points are more than a label's height apart on the logarithmic axis."""
    return (one.total_tokens or 0) * _APART < (other.total_tokens or 0)


def _point(point: SessionUsage) -> dict[str, Any]:
    name = title_of(point)
    return {
        "session": point.session_id,
        "messages": point.messages,
        "tokens": point.total_tokens,
        "name": name if len(name) <= _NAME else f"{name[:_NAME]}…",
        "title": name[:120],
        "user": text(point.user_id) or "No user",
        "started": moment(point.started_at),
        "said_messages": f"{point.messages:,}",
        "said_tokens": f"{point.total_tokens or 0:,}",
    }


def title_of(point: SessionUsage) -> str:
    """The name of a conversation: its title, or its first user message."""
    return text(point.title) or (f"“{text(point.first_user_message)}”" if point.first_user_message else UNTITLED)


def _row(point: SessionUsage, costs: Costs) -> dict[str, Any]:
    return {
        "title": title_of(point),
        "total_tokens": point.total_tokens,
        "cost": measure.usd(costs.get(point.session_id)),
        "messages": point.messages,
        "tool_calls": point.tool_calls,
        "user": text(point.user_id) or "No user",
        "started": None if point.started_at is None else pd.Timestamp(point.started_at),
        "prompt_tokens": point.prompt_tokens,
        "completion_tokens": point.completion_tokens,
        "session_id": text(point.session_id),
    }


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, Column]:
    return {
        **measure.columns(),
        "title": column.text("Conversation", width=270),
        "total_tokens": filter_table.bar(
            "Tokens", (row["total_tokens"] for row in rows), width=130, help=measure.HELP["total_tokens"]
        ),
        "cost": filter_table.cost_column((row["cost"] for row in rows), width=100),
        "messages": filter_table.bar(
            "Messages", (row["messages"] for row in rows), width=90, help=measure.HELP["messages"]
        ),
        "user": column.text("User", width=200),
        "started": column.time("Started"),
        "session_id": column.text("Session"),
    }
