"""Prompt and completion of each turn as bars, with marks where a tool result made the prompt jump.

A click on a turn goes to its message in the timeline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from chatdata import Source
from chatdata.metering import ConversationUsage
from chatdata.usage import EstimatedTurn, Turn
from pages.ui import chart_card, charts
from pages.ui.clickable_table import text
from pages.ui.snapshots import Snapshot
from pages.ui.words import plain

_TURN = "turn"
_HEIGHT = 200
_MOST = 800
_FULL = 0.4
"""From this share of the context window on, its end is drawn."""
_RECORDED = {"prompt": charts.PROMPT, "completion": charts.COMPLETION}
_ESTIMATED = {"estimated prompt": charts.COLOURS["grey"], "estimated completion": charts.COLOURS["purple"]}


@dataclass(frozen=True, slots=True)
class _Goal:
    """Where a click leads."""

    position: int | None
    source: Source


def show(usage: ConversationUsage, snapshot: Snapshot, shown: Source, *, key: str) -> None:
    """Draws the turns of the cached list, or without one the estimate alone, in colours of its own."""
    if usage.growth is not None:
        turns = usage.growth.turns
        goals = [_Goal(turn.position, "cache") for turn in turns]
        _card(
            "Tokens by turn, from the cached list",
            [_row(turn) for turn in turns],
            _turns,
            usage,
            goals,
            snapshot,
            shown,
            key,
        )
        return
    st.caption(f":material/info: {plain(usage.no_growth)}")
    if usage.estimated_from is None or not any(turn.prompt_tokens is not None for turn in usage.estimates):
        st.caption("No estimate either: there is no copy to read, or no tokenizer for this model.")
        return
    goals = [_Goal(turn.position, usage.estimated_from) for turn in usage.estimates]
    rows = [_estimated_row(turn, at) for at, turn in enumerate(usage.estimates, start=1)]
    _card("Tokens by answer, estimated", rows, _estimates, usage, goals, snapshot, shown, key)


def _card(
    title: str,
    rows: list[dict[str, Any]],
    chart: Any,
    usage: ConversationUsage,
    goals: Sequence[_Goal],
    snapshot: Snapshot,
    shown: Source,
    key: str,
) -> None:
    def draw() -> None:
        charts.draw(
            chart(usage),
            key=key,
            alt_text=f"{title}; the table has the same numbers",
            height=_HEIGHT,
            on_select=partial(_go, key, goals, _same(snapshot, goals), shown),
        )
        if len(rows) > _MOST:
            st.caption(f"Of {len(rows):,} turns every {_step(len(rows))}th is drawn, and each jump; the table has all.")

    chart_card.show(
        title,
        pd.DataFrame(rows),
        draw,
        key="turn_tokens",
        columns=_columns(),
        hint="A click on a turn goes to its message",
    )


def _step(number: int) -> int:
    return -(-number // _MOST)


def _row(turn: Turn) -> dict[str, Any]:
    return {
        "turn": turn.number,
        "message": turn.position,
        "prompt": turn.prompt_tokens,
        "cached": turn.cached_prompt_tokens,
        "completion": turn.completion_tokens,
        "jump": None if turn.jump is None else turn.jump.tokens,
        "because": "" if turn.jump is None else _because(turn),
        "cost": None if turn.running_cost is None else float(turn.running_cost),
        "window": turn.window_share,
    }


def _because(turn: Turn) -> str:
    assert turn.jump is not None
    return f"{text(turn.jump.tool) or 'a tool'}, #{turn.jump.position}, {turn.jump.characters:,} characters"


def _estimated_row(turn: EstimatedTurn, number: int) -> dict[str, Any]:
    return {
        "turn": number,
        "message": turn.position,
        "prompt": turn.prompt_tokens,
        "completion": turn.completion_tokens,
    }


def _columns() -> dict[str, Any]:
    number, config = partial(st.column_config.NumberColumn, format="localized"), st.column_config
    return {
        "turn": number("Turn"),
        "message": config.NumberColumn("Message", format="#%d"),
        "prompt": number("Prompt"),
        "cached": number("of it cached", help="Read from the provider’s cache; – where that was not noted"),
        "completion": number("Completion"),
        "jump": number("Jump", help="Growth of the prompt beyond the answer before"),
        "because": config.TextColumn("Because of the result of"),
        "cost": config.NumberColumn("Cost so far", format="%.4f"),
        "window": config.NumberColumn("Context window", format="percent"),
    }


def _turns(usage: ConversationUsage) -> Any:
    growth = usage.growth
    assert growth is not None
    step = _step(len(growth.turns))
    drawn = [turn for turn in growth.turns if turn.number % step == 0 or turn.jump or step == 1]
    rows = [{**_said(turn, growth.currency), **part} for turn in drawn for part in _parts(turn)]
    names = ["turn", "message", "prompt", "completion", "cached prompt", "jump", "cost so far", "of the context window"]
    chart = _stacked(rows, _RECORDED, names)
    layers = [chart]
    jumps = [
        {**_said(turn, growth.currency), "high": turn.prompt_tokens + turn.completion_tokens}
        for turn in drawn
        if turn.jump
    ]
    if jumps:
        layers.append(_marks(jumps, names))
    window = growth.context_window
    if window and max(turn.prompt_tokens + turn.completion_tokens for turn in drawn) >= _FULL * window:
        layers.append(_window(window))
    layered = alt.layer(*layers)
    if all(turn.running_cost is None for turn in drawn):
        return layered
    return alt.layer(layered, _cost(drawn, growth.currency)).resolve_scale(y="independent")


def _stacked(rows: list[dict[str, Any]], colours: dict[str, str], names: list[str]) -> Any:
    axis = alt.Axis(tickMinStep=1, format="d", grid=False)
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(cursor="pointer")
        .encode(
            x=alt.X("from:Q", title="turn", axis=axis, scale=alt.Scale(nice=False)),
            x2="to:Q",
            y=alt.Y(**charts.number_axis("low", "tokens")),
            y2="high:Q",
            color=charts.colour("part", colours),
            tooltip=[alt.Tooltip(f"{name}:N") for name in names],
        )
        .add_params(alt.selection_point(name=_TURN, fields=["turn"]))
    )


def _parts(turn: Turn) -> Iterator[dict[str, Any]]:
    yield _bar(turn.number, "prompt", 0, turn.prompt_tokens)
    yield _bar(turn.number, "completion", turn.prompt_tokens, turn.completion_tokens)


def _bar(number: int, part: str, low: int, tokens: int) -> dict[str, Any]:
    return {"from": number - 0.42, "to": number + 0.42, "part": part, "low": low, "high": low + tokens}


def _said(turn: Turn, currency: str | None) -> dict[str, Any]:
    return {
        "turn": turn.number,
        "message": "unknown" if turn.position is None else f"#{turn.position}",
        **charts.said(
            {
                "prompt": turn.prompt_tokens,
                "completion": turn.completion_tokens,
                "cached prompt": turn.cached_prompt_tokens,
            }
        ),
        "jump": "" if turn.jump is None else f"+{turn.jump.tokens:,} tokens: {_because(turn)}",
        "cost so far": "price unknown" if turn.running_cost is None else f"{turn.running_cost:,.4f} {currency}",
        "of the context window": "unknown" if turn.window_share is None else f"{turn.window_share:.1%}",
    }


def _marks(jumps: list[dict[str, Any]], names: list[str]) -> Any:
    return (
        alt.Chart(pd.DataFrame(jumps))
        .mark_point(
            shape="triangle-down", filled=True, size=60, dy=-8, yOffset=-8, color=charts.COLOURS["purple"], opacity=1
        )
        .encode(x="turn:Q", y="high:Q", tooltip=[alt.Tooltip(f"{name}:N") for name in names])
    )


def _window(tokens: int) -> Any:
    rows = pd.DataFrame([{"high": tokens, "word": "end of the context window"}])
    rule = alt.Chart(rows).mark_rule(strokeDash=[5, 3], color=charts.COLOURS["grey"]).encode(y="high:Q")
    word = alt.Chart(rows).mark_text(align="left", dx=4, dy=-6, color=charts.text_colour())
    return rule + word.encode(y="high:Q", x=alt.value(0), text="word:N")


def _cost(turns: Sequence[Turn], currency: str | None) -> Any:
    rows = [{"turn": turn.number, "cost": float(turn.running_cost)} for turn in turns if turn.running_cost is not None]
    axis = alt.Axis(orient="right", grid=False, tickCount=4, titleColor=charts.COLOURS["green"])
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(color=charts.COLOURS["green"], size=2)
        .encode(x="turn:Q", y=alt.Y("cost:Q", title=f"cost so far, {currency}", axis=axis))
    )


def _estimates(usage: ConversationUsage) -> Any:
    step = _step(len(usage.estimates))
    rows = []
    for number, turn in enumerate(usage.estimates, start=1):
        if number % step or turn.prompt_tokens is None:
            continue
        said = {"turn": number, "message": f"#{turn.position}"}
        counts = charts.said({"prompt": turn.prompt_tokens, "completion": turn.completion_tokens})
        prompt = _bar(number, "estimated prompt", 0, turn.prompt_tokens)
        completion = _bar(number, "estimated completion", turn.prompt_tokens, turn.completion_tokens or 0)
        rows += [{**said, **counts, **part} for part in (prompt, completion)]
    return _stacked(rows, _ESTIMATED, ["turn", "message", "prompt", "completion"])


def _same(snapshot: Snapshot, goals: Sequence[_Goal]) -> frozenset[int]:
    """Positions at which both copies have the same message: going there need not change the copy that is shown."""
    sides = [snapshot.side("database"), snapshot.side("cache")]
    if None in sides:
        return frozenset()
    wanted = {goal.position for goal in goals}
    first, second = (
        {item.position: item.message.content for item in side.messages if item.position in wanted}
        for side in sides
        if side
    )
    return frozenset(position for position, content in first.items() if second.get(position) == content)


def _go(key: str, goals: Sequence[_Goal], same: frozenset[int], shown: Source) -> None:
    """Callback: the URL points to the message of the turn that was clicked."""
    turns = charts.picked(key, _TURN, "turn")
    goal = goals[int(turns[0]) - 1] if turns else None
    if goal is None or goal.position is None:
        return
    if goal.source != shown and goal.position not in same:
        st.query_params["source"] = goal.source
    st.query_params["message"] = str(goal.position)
