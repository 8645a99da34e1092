"""The card of token usage per response: chart, table and CSV; a click on a response opens its message."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from chatdata import Source
from chatdata.domain.usage import EstimatedTurn, Turn, same_positions
from chatdata.services.inspection import Inspection
from chatdata.services.usage import ConversationUsage
from pages.ui.base.formatting import plain
from pages.ui.session import tabs
from pages.ui.session.tokens import chart as turn_chart
from pages.ui.widgets import chart_card, charts, column
from pages.ui.widgets.column import Column

_HEIGHT = 200


@dataclass(frozen=True, slots=True)
class _Turns:
    """The content of a card."""

    title: str
    rows: list[dict[str, Any]]
    chart: Any
    positions: tuple[int | None, ...]
    """The position of each turn's message."""
    source: Source
    """The copy that these positions refer to."""


def show(usage: ConversationUsage, inspection: Inspection, shown: Source, *, key: str) -> None:
    """Draws the turns recorded in the cache; without them the estimate, in other colours."""
    turns = _listed(usage) or _estimated(usage)
    if usage.growth is None:
        st.caption(f":material/info: {plain(usage.no_growth)}")
    if turns is None:
        st.caption("No estimate either: there are no messages, or no tokenizer for this model.")
        return
    chart_card.show(
        turns.title,
        pd.DataFrame(turns.rows),
        partial(_draw_chart, turns, _same(inspection, turns.positions), shown, key),
        key="turn_tokens",
        columns=_columns(),
        hint="Click a response to open its message",
        session_id=inspection.copies.session_id,
    )


def _listed(usage: ConversationUsage) -> _Turns | None:
    if usage.growth is None:
        return None
    turns = usage.growth.turns
    positions = tuple(turn.position for turn in turns)
    chart = turn_chart.listed(usage.growth)
    return _Turns(
        "Token usage per response (recorded in the cache)", [_row(turn) for turn in turns], chart, positions, "cache"
    )


def _estimated(usage: ConversationUsage) -> _Turns | None:
    turns = usage.estimates
    if usage.estimated_from is None or not turns or turns[0].prompt_tokens is None:
        return None
    rows = [_estimated_row(turn, number) for number, turn in enumerate(turns, start=1)]
    positions = tuple(turn.position for turn in turns)
    return _Turns(
        "Token usage per response (estimated)", rows, turn_chart.estimated(turns), positions, usage.estimated_from
    )


def _draw_chart(turns: _Turns, same: frozenset[int], shown: Source, key: str) -> None:
    charts.draw(
        turns.chart,
        key=key,
        alt_text=f"{turns.title}; switch to table view for the data",
        height=_HEIGHT,
        on_select=partial(_go, key, turns.positions, turns.source, same, shown),
    )
    step = turn_chart.step_of(len(turns.rows))
    if step > 1:
        st.caption(f"One of {step} responses is drawn, and each spike; table view has all {len(turns.rows):,}.")
    if any(row.get("jump") for row in turns.rows):
        st.caption("Purple: an input spike caused by a large tool result; hover to see which.")


def _row(turn: Turn) -> dict[str, Any]:
    return {
        "turn": turn.number,
        "message": turn.position,
        "prompt": turn.prompt_tokens,
        "cached": turn.cached_prompt_tokens,
        "completion": turn.completion_tokens,
        "jump": None if turn.jump is None else turn.jump.tokens,
        "because": "" if turn.jump is None else turn_chart.because(turn),
        "cost": None if turn.running_cost is None else float(turn.running_cost),
        "window": turn.window_share,
    }


def _estimated_row(turn: EstimatedTurn, number: int) -> dict[str, Any]:
    return {
        "turn": number,
        "message": turn.position,
        "prompt": turn.prompt_tokens,
        "completion": turn.completion_tokens,
    }


def _columns() -> dict[str, Column]:
    number = column.number
    return {
        "turn": number("Response"),
        "message": column.number("Message", format="#%d"),
        "prompt": number("Input tokens"),
        "cached": number("Cached input tokens", help="Read from the provider’s cache; “–” means not recorded"),
        "completion": number("Output tokens"),
        "jump": number("Spike", help="Input growth beyond the previous response"),
        "because": column.text("Caused by"),
        "cost": column.number("Cumulative cost", format="{:.4f}"),
        "window": column.number("Context window", format=column.PERCENT),
    }


def _same(inspection: Inspection, positions: Sequence[int | None]) -> frozenset[int]:
    """Positions with the same message in both copies, which can be opened without switching the copy."""
    stored, cached = inspection.readable("database"), inspection.readable("cache")
    if stored is None or cached is None:
        return frozenset()
    return same_positions(cached.messages, stored.messages) & frozenset(positions)


def _go(key: str, positions: Sequence[int | None], source: Source, same: frozenset[int], shown: Source) -> None:
    """Callback: opens the message of the clicked turn."""
    turns = charts.picked(key, turn_chart.TURN, "turn")
    position = positions[int(turns[0]) - 1] if turns else None
    if position is None:
        return
    goal = {"message": str(position)}
    if source != shown and position not in same:
        goal["source"] = source
    st.query_params.update(goal)
    tabs.go("messages")
