"""The tabs of the Usage page below its first screen; only the open tab queries the database."""

from collections.abc import Callable

import streamlit as st

from chatdata.domain.usage import weekday_hours
from pages.ui.base.formatting import zone
from pages.ui.session.links import open_session
from pages.ui.shell import query_errors
from pages.ui.usage import (
    conversations,
    cost,
    discrepancies,
    distribution,
    heatmap,
    paid,
    queries,
    title_words,
    tools,
    url_state,
)
from pages.ui.usage.overview import UsageOverview


def show(seen: UsageOverview) -> None:
    """Draws the tabs."""
    parts: tuple[tuple[str, Callable[[UsageOverview], None]], ...] = (
        ("Conversations", _conversations),
        ("Tools", _tools),
        ("Activity heatmap", _hours),
        ("Title keywords", _titles),
        ("Cost by model", _cost),
        ("Token mismatches", _parting),
    )
    tabs = st.tabs([name for name, _ in parts], key="usage_part", bind="query-params", on_change="rerun")
    for tab, (name, draw) in zip(tabs, parts, strict=True):
        if tab.open:
            with tab, query_errors.part(name, url_state.NARROWER), st.spinner("Loading usage…", show_time=True):
                draw(seen)


def _conversations(seen: UsageOverview) -> None:
    opened = clicked = None
    top = st.container()
    with st.container(key="usage_charts_conversations"):
        left, right = st.columns([3, 2], gap="medium")
    with query_errors.part("Tokens vs messages", url_state.NARROWER):
        answer = queries.scatter(seen.where)
        costs = queries.session_costs(frozenset(point.session_id for point in answer.points))
        with top:
            clicked = conversations.show_table(answer, costs)
        with left:
            opened = conversations.show(answer, costs)
    with right, query_errors.part("Token distribution", url_state.NARROWER):
        distribution.show(queries.spread(seen.where))
    if opened is not None or clicked is not None:
        open_session(opened or clicked or "")


def _tools(seen: UsageOverview) -> None:
    tools.show(queries.tools(seen.where), queries.tool_growth(seen.where))


def _hours(seen: UsageOverview) -> None:
    heatmap.show(weekday_hours(seen.answer.quarters, zone()), seen.measure)


def _titles(seen: UsageOverview) -> None:
    title_words.show(queries.title_words(seen.where), seen.answer.totals.total_tokens)


def _cost(seen: UsageOverview) -> None:
    cost.show(queries.models(seen.where))
    with query_errors.part("Paid cost", url_state.NARROWER):
        paid.show(seen.where)


def _parting(seen: UsageOverview) -> None:
    opened = discrepancies.show(queries.parting(seen.where))
    if opened is not None:
        open_session(opened)
