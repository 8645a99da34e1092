"""The parts of the Usage page below its first screen; only the one that is open asks the database."""

from collections.abc import Callable

import streamlit as st

from chatdata.usage import weekday_hours
from pages.ui import (
    guard,
    usage_conversations,
    usage_cost,
    usage_hours,
    usage_parting,
    usage_place,
    usage_reading,
    usage_spread,
    usage_titles,
    usage_tools,
)
from pages.ui.conversation_link import open_conversation
from pages.ui.usage_overview import Seen
from pages.ui.words import zone


def show(seen: Seen) -> None:
    """Draws the tabs."""
    parts: tuple[tuple[str, Callable[[Seen], None]], ...] = (
        ("Conversations", _conversations),
        ("Tools", _tools),
        ("Weekday and hour", _hours),
        ("Words of titles", _titles),
        ("Cost by model", _cost),
        ("Counts that part", _parting),
    )
    tabs = st.tabs([name for name, _ in parts], key="usage_part", bind="query-params", on_change="rerun")
    for tab, (name, draw) in zip(tabs, parts, strict=True):
        if tab.open:
            with tab, guard.part(name, usage_place.NARROWER), st.spinner("Adding up …", show_time=True):
                draw(seen)


def _conversations(seen: Seen) -> None:
    left, right = st.columns([3, 2], gap="medium")
    opened = None
    with left, guard.part("The scatter of conversations", usage_place.NARROWER):
        opened = usage_conversations.show(usage_reading.scatter(seen.wanted))
    with right, guard.part("The spread", usage_place.NARROWER):
        usage_spread.show(usage_reading.spread(seen.wanted))
    if opened is not None:
        open_conversation(opened)


def _tools(seen: Seen) -> None:
    usage_tools.show(usage_reading.tools(seen.wanted))


def _hours(seen: Seen) -> None:
    usage_hours.show(weekday_hours(seen.answer.quarters, zone()), seen.measure)


def _titles(seen: Seen) -> None:
    usage_titles.show(usage_reading.title_words(seen.wanted), seen.answer.totals.total_tokens)


def _cost(seen: Seen) -> None:
    usage_cost.show(usage_reading.models(seen.wanted))


def _parting(seen: Seen) -> None:
    opened = usage_parting.show(usage_reading.parting(seen.wanted))
    if opened is not None:
        open_conversation(opened)
