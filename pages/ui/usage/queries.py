"""The queries of the Usage page, cached for some minutes, so that repeated views query the database once.

Each result has the time when its rows were read.
"""

from collections.abc import Callable
from datetime import UTC
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from chatdata.domain.tokens import model_facts
from chatdata.services import usage
from chatdata.services.catalog import SessionFilter
from chatdata.services.inspection import Inspection
from chatdata.services.usage import (
    ConversationUsage,
    Costs,
    Mismatches,
    ModelUsageTable,
    Overview,
    Scatter,
    Spreads,
    ToolGrowthTable,
    ToolUsageTable,
    UnknownSessions,
    UsageTotals,
    UserUsageTable,
    WordUsageTable,
)
from chatdata.services.usage.paid import PaidGrouping, PaidUsage, paid_usage
from chatdata.settings.stores import zone_named
from pages.ui.server.services import connected


def _in_order(names: frozenset[str | None]) -> list[str]:
    """Sorts a set, so that equal sets have the same cache key."""
    return sorted(repr(name) for name in names)


_P = ParamSpec("_P")
_Answer = TypeVar("_Answer")
_POINTS = 300
_kept_questions: list[Any] = []


def _kept(question: Callable[_P, _Answer]) -> Callable[_P, _Answer]:
    """Caches up to 64 results of a function for ten minutes, shared by all users."""
    kept = st.cache_resource(ttl="10m", max_entries=64, show_spinner=False, hash_funcs={frozenset: _in_order})(question)
    _kept_questions.append(kept)
    return kept


@_kept
def overview(where: SessionFilter) -> Overview:
    """Usage per time interval."""
    return usage.overview(connected().stores, where, connected().settings.model)


@_kept
def totals(where: SessionFilter) -> UsageTotals:
    """Totals only, as for the previous period."""
    return usage.totals(connected().stores, where)


@_kept
def sessions_at_any_time(where: SessionFilter) -> int:
    """The number of sessions with the same users and titles at any time."""
    return usage.sessions_at_any_time(connected().stores, where)


@_kept
def unknown_sessions(where: SessionFilter) -> UnknownSessions:
    """The sessions with unknown token counts."""
    return usage.unknown_sessions(connected().stores, where)


@_kept
def users(where: SessionFilter) -> UserUsageTable:
    """Usage per user."""
    return usage.by_user(connected().stores, where, model=connected().settings.model)


@_kept
def scatter(where: SessionFilter) -> Scatter:
    """Messages and tokens per conversation."""
    return usage.scatter(connected().stores, where, points=_POINTS)


@_kept
def spread(where: SessionFilter) -> Spreads:
    """The distributions of tokens and messages per conversation."""
    return usage.spread(connected().stores, where, connected().settings.model)


@_kept
def tools(where: SessionFilter) -> ToolUsageTable:
    """Usage per tool."""
    return usage.by_tool(connected().stores, where)


@_kept
def tool_growth(where: SessionFilter) -> ToolGrowthTable:
    """The input tokens and the cost that the results of each tool caused."""
    return usage.tool_growth(connected().stores, where, connected().settings.model)


@_kept
def session_costs(session_ids: frozenset[str]) -> Costs:
    """The cost of each of these sessions."""
    return usage.session_costs(connected().stores, session_ids, connected().settings.model)


@_kept
def title_words(where: SessionFilter) -> WordUsageTable:
    """Usage per title keyword."""
    return usage.by_title_word(connected().stores, where, model=connected().settings.model)


@_kept
def models(where: SessionFilter) -> ModelUsageTable:
    """Usage and cost per model."""
    return usage.by_model(connected().stores, where, connected().settings.model)


@_kept
def paid(where: SessionFilter, by: PaidGrouping, zone_name: str) -> PaidUsage:
    """Paid costs by day, user, session or model."""
    return paid_usage(connected().stores, where, by, zone_named(zone_name) or UTC)


@_kept
def parting(where: SessionFilter) -> Mismatches:
    """Sessions whose token counts in the database and the cache differ."""
    return usage.mismatches(connected().stores, where)


@_kept
def estimates(session_ids: tuple[str, ...]) -> tuple[ConversationUsage, ...]:
    """The recorded and the estimated tokens of each session."""
    stores, model = connected().stores, model_facts(connected().settings.model)
    return tuple(Inspection(stores, session_id).usage(model) for session_id in session_ids)


def forget() -> None:
    """Callback: clears all cached answers."""
    for question in _kept_questions:
        question.clear()
