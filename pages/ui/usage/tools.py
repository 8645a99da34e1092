"""Tools: how often each was called, how often it failed, how large its results are, and what they caused."""

from functools import partial
from typing import Any

import streamlit as st

from chatdata.domain.usage import ToolUsage
from chatdata.services.usage import ToolGrowth, ToolGrowthTable, ToolUsageTable
from pages.ui.base.formatting import count, plain
from pages.ui.base.keys import key_of
from pages.ui.usage import filter_table, measure, url_state
from pages.ui.usage.url_state import TOOL
from pages.ui.widgets import column
from pages.ui.widgets.cell import text
from pages.ui.widgets.column import Column

KEY = "usage_tools"

_IN_CSV_ALONE = ("results", "failures", "largest_characters", "result_characters")


def show(answer: ToolUsageTable, growth: ToolGrowthTable) -> None:
    """Draws the card."""
    if not answer.tools:
        st.info("No tool was called in these sessions.", icon=":material/build:")
        return
    tools = sorted(answer.tools, key=lambda tool: -_caused(growth.of(tool.name)))
    rows = [_row(tool, growth.of(tool.name)) for tool in tools]
    filter_table.show(
        "Top tools by input tokens that their results caused",
        rows,
        key=key_of(KEY, *tools, growth.as_of),
        columns=_columns(rows),
        hidden=_IN_CSV_ALONE,
        hint="A result is sent again in every later prompt of its session, which *caused input* counts. "
        "Errors are results with type “error”; a tool that answers in plain text reports none. "
        "Click a tool to see only the sessions that call it.",
        on_pick=partial(_filter, tools),
    )
    st.caption(_covered(answer, growth))


def name_of(tool: ToolUsage) -> str:
    """The name that is shown for a tool."""
    return text(tool.name) or "No name"


def _caused(growth: ToolGrowth | None) -> int:
    return 0 if growth is None else growth.caused_tokens


def _row(tool: ToolUsage, growth: ToolGrowth | None) -> dict[str, Any]:
    return {
        "tool": name_of(tool),
        "caused_tokens": None if growth is None else growth.caused_tokens,
        "cost": None if growth is None else measure.usd(growth.cost),
        "estimated": None if growth is None or not growth.caused_tokens else _estimated(growth),
        "result_tokens": None if growth is None else growth.result_tokens,
        "calls": tool.calls,
        "results": tool.results,
        "failures": tool.failures,
        "failing": tool.failures / tool.results if tool.results else None,
        "median_characters": tool.median_characters,
        "largest_characters": tool.largest_characters,
        "result_characters": tool.result_characters,
        "sessions": tool.sessions,
    }


def _estimated(growth: ToolGrowth) -> float:
    return growth.estimated_tokens / growth.caused_tokens


def _columns(rows: list[dict[str, Any]]) -> dict[str, Column]:
    number = partial(column.number, width=98)
    caused = "The input tokens of all prompts that contained results of this tool, as far as these caused them"
    return {
        "tool": column.text("Tool", width=190),
        "caused_tokens": filter_table.bar(
            "Caused input", (row["caused_tokens"] for row in rows), width=140, help=caused
        ),
        "cost": filter_table.cost_column(row["cost"] for row in rows),
        "estimated": column.number(
            "Estimated", format=column.PERCENT, width=80, help="The share of the caused input that is no recorded count"
        ),
        "result_tokens": number("Result tokens", help="Each result counted once"),
        "calls": filter_table.bar("Calls", (row["calls"] for row in rows), width=90, help="Calls of this tool"),
        "results": number("Results"),
        "failures": number("Errors"),
        "failing": column.number("Error rate", format=column.PERCENT, width=82, help="Share of results with errors"),
        "median_characters": number("Median size", help="Characters per result"),
        "largest_characters": number("Max size", help="Characters of the largest result"),
        "result_characters": number("Total size", help="Characters of all results"),
        "sessions": number("Sessions"),
    }


def _covered(answer: ToolUsageTable, growth: ToolGrowthTable) -> str:
    sessions = f"{count(growth.count, 'session')} with tool results"
    which = sessions if growth.complete else f"the {growth.recorded + growth.estimated:,} newest of {sessions}"
    said = [
        f"Caused input of {which}: {growth.recorded:,} from the recorded usage of each turn, {growth.estimated:,} "
        "estimated with four characters per token"
    ]
    if growth.prices_dated is not None:
        said.append(f"list prices as of {growth.prices_dated:%-d %b %Y}")
    if growth.cache_problem:
        said.append(plain(growth.cache_problem.rstrip(".")))
    if answer.unanswerable.results:
        said.append(f"{count(answer.unanswerable.results, 'orphaned result')} not counted")
    return f"{'. '.join(one[:1].upper() + one[1:] for one in said)}."


def _filter(tools: list[ToolUsage], row: int) -> None:
    """Callback: filters the page by the sessions that call the clicked tool."""
    if tools[row].name:
        url_state.put(TOOL, tools[row].name)
