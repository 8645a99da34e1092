"""Tools: how often each was called, how often it failed, and how large its results are."""

from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from chatdata.domain.usage import ToolUsage
from chatdata.services.usage import ToolUsageTable
from pages.ui.base.formatting import count
from pages.ui.widgets import chart_card, charts
from pages.ui.widgets.clickable_table import text

KEY = "usage_tools"
_MOST = 20
_MEANING = {
    "success": charts.COLOURS["blue"],
    "error": charts.COLOURS["vermillion"],
    "no result": charts.COLOURS["grey"],
}


def show(answer: ToolUsageTable) -> None:
    """Draws the card."""
    if not answer.tools:
        st.info("No tool was called in these sessions.", icon=":material/build:")
        return
    top = answer.tools[:_MOST]
    chart_card.show(
        "Top tools",
        pd.DataFrame([_row(tool) for tool in answer.tools]),
        partial(_draw_chart, top),
        key=KEY,
        columns=_columns(),
        hint="Errors are results with type “error”; a tool that answers in plain text reports none.",
    )
    said = []
    if len(answer.tools) > len(top):
        said.append(f"{count(len(answer.tools) - len(top), 'more tool')} in the table")
    if answer.unanswerable.results:
        said.append(f"{count(answer.unanswerable.results, 'orphaned result')} not counted")
    if said:
        st.caption(" · ".join(said))


def _row(tool: ToolUsage) -> dict[str, Any]:
    return {
        "tool": name_of(tool),
        "calls": tool.calls,
        "results": tool.results,
        "failures": tool.failures,
        "failing": tool.failures / tool.results if tool.results else None,
        "median_characters": tool.median_characters,
        "largest_characters": tool.largest_characters,
        "result_characters": tool.result_characters,
        "sessions": tool.sessions,
    }


def name_of(tool: ToolUsage) -> str:
    """The name that is shown for a tool."""
    return text(tool.name) or "No name"


def _columns() -> dict[str, Any]:
    number, config = partial(st.column_config.NumberColumn, format="localized"), st.column_config
    return {
        "tool": config.TextColumn("Tool", width=200),
        "calls": number("Calls"),
        "results": number("Results"),
        "failures": number("Errors"),
        "failing": config.NumberColumn("Error rate", format="percent", help="Share of results that are errors"),
        "median_characters": number("Median size", help="Characters per result"),
        "largest_characters": number("Max size", help="Characters of the largest result"),
        "result_characters": number("Total size", help="Characters of all results"),
        "sessions": number("Sessions"),
    }


def _draw_chart(tools: tuple[ToolUsage, ...]) -> None:
    with st.container(key="usage_charts_tools"):
        left, right = st.columns([3, 2], gap="medium")
    height = charts.rows_height(len(tools))
    names = [name_of(tool) for tool in tools]
    with left:
        charts.draw(_calls(tools, names), key=f"{KEY}-calls", alt_text="Calls and failures by tool", height=height)
    with right:
        charts.draw(_sizes(tools, names), key=f"{KEY}-sizes", alt_text="Sizes of results by tool", height=height)


def _calls(tools: tuple[ToolUsage, ...], names: list[str]) -> Any:
    rows = [
        {"tool": name, "part": part, "value": value, "order": order, **charts.said(_tooltip(tool))}
        for tool, name in zip(tools, names, strict=True)
        for order, (part, value) in enumerate(_parts(tool))
    ]
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar()
        .encode(
            x=alt.X(**charts.number_axis("value", "calls"), stack="zero"),
            y=_names_axis(names),
            color=charts.colour("part", _MEANING),
            order="order:Q",
            tooltip=[*charts.said_tooltips(["tool", "calls", "results"]), alt.Tooltip("failures:N", title="errors")],
        )
    )


def _tooltip(tool: ToolUsage) -> dict[str, int | None]:
    return {"calls": tool.calls, "results": tool.results, "failures": tool.failures}


def _parts(tool: ToolUsage) -> list[tuple[str, int]]:
    """The calls by outcome. More results than calls (duplicate IDs) do not become a negative bar."""
    return [
        ("success", tool.results - tool.failures),
        ("error", tool.failures),
        ("no result", max(0, tool.calls - tool.results)),
    ]


def _sizes(tools: tuple[ToolUsage, ...], names: list[str]) -> Any:
    rows = [
        {"tool": name, "median": max(1, tool.median_characters), "largest": max(1, tool.largest_characters or 0)}
        for tool, name in zip(tools, names, strict=True)
        if tool.median_characters is not None
    ]
    frame = pd.DataFrame(rows or [{"tool": None, "median": None, "largest": None}])
    axis = charts.number_axis("median", "characters (median to max)", type="log", nice=False, padding=10)
    axis["axis"] = alt.Axis(values=[10**power for power in range(9)], format=charts.SHORT)
    tooltip = [alt.Tooltip("tool:N"), *charts.count_tooltips(("median", "median"), ("largest", "max"))]
    base = alt.Chart(frame).encode(y=_names_axis(names), tooltip=tooltip)
    line = base.mark_rule(color=charts.COLOURS["grey"], size=2).encode(x=alt.X(**axis), x2="largest:Q")
    return line + base.mark_point(filled=True, size=70, color=charts.PROMPT, opacity=1).encode(x=alt.X(**axis))


def _names_axis(names: list[str]) -> alt.Y:
    return alt.Y("tool:N", title=None, sort=names, scale=alt.Scale(domain=names), axis=charts.names_axis())
