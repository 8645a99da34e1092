"""Input and output tokens per response as bars, with marks at spikes caused by tool results."""

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import pandas as pd

from chatdata.domain.usage import EstimatedTurn, Growth, Turn
from pages.ui.base.formatting import money
from pages.ui.widgets import charts
from pages.ui.widgets.cell import text

TURN = "turn"
"""The click selection, whose field is the turn's number, from 1."""
_MOST, _WITH_GAPS = 800, 100
_FULL = 0.4
"""The share of the context window from which its limit is drawn."""
_RECORDED = {"input": charts.PROMPT, "output": charts.COMPLETION}
_ESTIMATED = {"estimated input": charts.COLOURS["grey"], "estimated output": charts.COLOURS["purple"]}


def step_of(number: int) -> int:
    """The step n, where every n-th turn is drawn."""
    return -(-number // _MOST)


def listed(growth: Growth) -> Any:
    """Charts recorded turns, their cumulative cost and, if it is near, the limit of the context window."""
    step, half = step_of(len(growth.turns)), _half(len(growth.turns))
    drawn = [turn for turn in growth.turns if turn.jump or _is_drawn(turn.number, step)]
    names = ["turn", "message", "input", "output", "cached input", "spike", "cumulative cost", "of the context window"]
    rows = [{**_tooltip(turn, growth.currency), **part} for turn in drawn for part in _parts(turn, half)]
    jumps = [{**_tooltip(turn, growth.currency), "high": _whole(turn)} for turn in drawn if turn.jump]
    layers: list[Any] = [_stacked(rows, _RECORDED, names)]
    if jumps:
        layers.append(_marks(jumps, names))
    if growth.context_window and max(map(_whole, drawn)) >= _FULL * growth.context_window:
        layers.append(_window(growth.context_window))
    bars = alt.layer(*layers)
    if all(turn.running_cost is None for turn in drawn):
        return bars
    return alt.layer(bars, _cost(drawn, growth.currency)).resolve_scale(y="independent")


def _whole(turn: Turn) -> int:
    return turn.prompt_tokens + turn.completion_tokens


def _is_drawn(number: int, step: int) -> bool:
    return (number - 1) % step == 0


def _stacked(rows: list[dict[str, Any]], colours: dict[str, str], names: list[str]) -> Any:
    axis = alt.Axis(tickMinStep=1, format="d", grid=False)
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(cursor="pointer")
        .encode(
            x=alt.X("from:Q", title="response", axis=axis, scale=alt.Scale(nice=False, domain=_ends(rows))),
            x2="to:Q",
            y=alt.Y(**charts.number_axis("low", "tokens")),
            y2="high:Q",
            color=charts.colour("part", colours),
            tooltip=[_tip(name) for name in names],
        )
        .add_params(alt.selection_point(name=TURN, fields=["turn"]))
    )


def _tip(name: str) -> alt.Tooltip:
    return alt.Tooltip(f"{name}:N", title="response" if name == TURN else name)


def _ends(rows: list[dict[str, Any]]) -> list[float]:
    return [rows[0]["from"] - 0.1, rows[-1]["to"] + 0.1]


def _parts(turn: Turn, half: float) -> Iterator[dict[str, Any]]:
    yield _bar(turn.number, half, "input", 0, turn.prompt_tokens)
    yield _bar(turn.number, half, "output", turn.prompt_tokens, turn.completion_tokens)


def _half(turns: int) -> float:
    """Half the width of a bar, without gaps between bars if there are very many."""
    return step_of(turns) / 2 if turns > _WITH_GAPS else 0.42


def _bar(number: int, half: float, part: str, low: int, tokens: int) -> dict[str, Any]:
    return {"from": number - half, "to": number + half, "part": part, "low": low, "high": low + tokens}


def _tooltip(turn: Turn, currency: str | None) -> dict[str, Any]:
    return {
        "turn": turn.number,
        "message": "unknown" if turn.position is None else f"#{turn.position}",
        **charts.said(
            {
                "input": turn.prompt_tokens,
                "output": turn.completion_tokens,
                "cached input": turn.cached_prompt_tokens,
            }
        ),
        "spike": "" if turn.jump is None else f"+{turn.jump.tokens:,} tokens: {because(turn)}",
        "cumulative cost": "price unknown" if turn.running_cost is None else money(turn.running_cost, currency),
        "of the context window": "unknown" if turn.window_share is None else f"{turn.window_share:.1%}",
    }


def _marks(jumps: list[dict[str, Any]], names: list[str]) -> Any:
    return (
        alt.Chart(pd.DataFrame(jumps))
        .mark_point(
            shape="triangle-down", filled=True, size=60, dy=-8, yOffset=-8, color=charts.COLOURS["purple"], opacity=1
        )
        .encode(x="turn:Q", y="high:Q", tooltip=[_tip(name) for name in names])
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
        .encode(x="turn:Q", y=alt.Y("cost:Q", title=f"cumulative cost, {currency}", axis=axis))
    )


def estimated(turns: Sequence[EstimatedTurn]) -> Any:
    """Charts the estimated tokens of the messages before each response, where known."""
    step, half = step_of(len(turns)), _half(len(turns))
    rows: list[dict[str, Any]] = []
    for number, turn in enumerate(turns, start=1):
        if turn.prompt_tokens is None or not _is_drawn(number, step):
            continue
        counts = charts.said({"input": turn.prompt_tokens, "output": turn.completion_tokens})
        prompt = _bar(number, half, "estimated input", 0, turn.prompt_tokens)
        completion = _bar(number, half, "estimated output", turn.prompt_tokens, turn.completion_tokens or 0)
        rows += [{"turn": number, "message": f"#{turn.position}", **counts, **part} for part in (prompt, completion)]
    return _stacked(rows, _ESTIMATED, ["turn", "message", "input", "output"])


def because(turn: Turn) -> str:
    """The tool results that caused a turn's spike."""
    assert turn.jump is not None
    return f"{text(turn.jump.tool) or 'a tool'}, #{turn.jump.position}, {turn.jump.characters:,} characters"
