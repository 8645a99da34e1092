"""The filters of the list of sessions, all kept in the URL."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata.domain.labels import ACTIVITY_LABELS
from chatdata.services.catalog import CachedOnly, SessionFilter
from pages.ui.auth import current_principal
from pages.ui.base.formatting import plain, zone
from pages.ui.sessions import cursor, sync_filter, verdict_filter
from pages.ui.widgets import date_range, date_range_picker, url_choice, user_query
from pages.ui.widgets.date_range import Started

_CACHED: dict[CachedOnly, str] = {"any": "Any", "cached": "Cached", "uncached": "Not cached"}
_CACHE_STATUS = "cached"
ChatStatus = Literal["any", "idle", "queued", "running"]
_STATUSES: dict[ChatStatus, str] = {
    "any": "Any",
    "idle": ACTIVITY_LABELS["idle"],
    "queued": ACTIVITY_LABELS["queued"],
    "running": ACTIVITY_LABELS["running"],
}
_CHAT_STATUS = "status"
TurnEnds = Literal["any", "failed", "stopped"]
_TURN_ENDS: dict[TurnEnds, str] = {"any": "Any", "failed": "Failed", "stopped": "Stopped by user"}
_TURNS = "turns"


def show(*, with_cache: bool, with_status: bool) -> tuple[SessionFilter, CachedOnly]:
    """Draws the filters that the role allows and returns what they select.

    The cache filter needs a cache, the status filter a table with a status column.
    """
    principal = current_principal.current()
    row = st.container(horizontal=True, vertical_alignment="bottom")
    words_box, user_box, more_box = row.container(), row.container(), row.container(width="content")
    words = _search_input(words_box) if principal.may_search_words else ""
    user = _user_input(user_box) if principal.may_see_people else ""
    with more_box.popover(_more_label(), width="stretch", icon=":material/tune:"):
        since, until = _dates()
        started_since, started_until = _started()
        title_words = _title_words() if principal.may_search_words else ""
        low_messages, high_messages = _range("messages", "Messages")
        low_tokens, high_tokens = _range("tokens", "Tokens")
        cached = _cached() if with_cache else "any"
        status = _status() if with_status else "any"
        ends = _turns()
        listed = _both(verdict_filter.show(), sync_filter.show())
    _say_started(date_range.in_url())
    if (chosen := sync_filter.chip()) is not None:
        st.caption(f":material/filter_alt: Sync status: {plain(chosen)}")
    where = replace(
        user_query.read(user),
        words=words.strip(),
        active_since=since,
        active_until=until,
        started_since=started_since,
        started_until=started_until,
        title_words=title_words,
        min_messages=low_messages,
        max_messages=high_messages,
        min_tokens=low_tokens,
        max_tokens=high_tokens,
        only_ids=listed,
        chat_status=None if status == "any" else status,
        turn_end=None if ends == "any" else ends,
    )
    return where, cached


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The sessions that both filters leave; None for all."""
    if one is None or other is None:
        return one if other is None else other
    return one & other


def _search_input(box: DeltaGenerator) -> str:
    found = box.text_input(
        "Search",
        key="words",
        bind="query-params",
        type="search",
        placeholder='Search titles, messages and tool arguments ("exact phrase")',
        on_change=cursor.reset,
    )
    return found or ""


def _user_input(box: DeltaGenerator) -> str:
    found = box.text_input(
        "User",
        key="user",
        bind="query-params",
        type="search",
        placeholder='User ID contains… ("exact match")',
        on_change=cursor.reset,
    )
    return found or ""


def narrowed(where: SessionFilter, cached: CachedOnly) -> bool:
    """True if any filter is set."""
    return where != SessionFilter() or cached != "any"


def clear() -> None:
    """Callback: shows every session again."""
    for key in _KEYS:
        st.session_state[key] = _EMPTY.get(key)
    for key in _CODED:
        url_choice.clear(key)
    date_range.put(Started())
    cursor.reset()


def _dates() -> tuple[datetime | None, datetime | None]:
    left, right = st.columns(2)
    since = left.date_input(
        "Last activity: from", value=None, key="since", bind="query-params", format="YYYY-MM-DD", on_change=cursor.reset
    )
    until = right.date_input(
        "Last activity: to", value=None, key="until", bind="query-params", format="YYYY-MM-DD", on_change=cursor.reset
    )
    last = _midnight(until) if until else None
    return _midnight(since) if since else None, last + timedelta(days=1, microseconds=-1) if last else None


def _started() -> tuple[datetime | None, datetime | None]:
    span = date_range.in_url()
    date_range_picker.show(span, *st.columns(2), on_change=cursor.reset)
    return span.bounds(zone())


def _say_started(span: Started) -> None:
    """Shows the start dates that filter the list, since the filter itself may be closed."""
    if span:
        st.caption(f":material/filter_alt: Started: {date_range.words(span)}")


def _title_words() -> str:
    title = st.text_input(
        "Title contains",
        key="title",
        bind="query-params",
        placeholder='All words; "exact phrase"',
        on_change=cursor.reset,
    )
    return (title or "").strip()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone())


def _range(key: str, label: str) -> tuple[int | None, int | None]:
    left, right = st.columns(2)
    low = left.number_input(
        f"{label}: min",
        min_value=0,
        value=None,
        step=1,
        key=f"{key}_min",
        bind="query-params",
        on_change=cursor.reset,
    )
    high = right.number_input(
        f"{label}: max",
        min_value=0,
        value=None,
        step=1,
        key=f"{key}_max",
        bind="query-params",
        on_change=cursor.reset,
    )
    return low, high


def _cached() -> CachedOnly:
    return url_choice.buttons("Cache status", _CACHED, key=_CACHE_STATUS, on_change=cursor.reset)


def _status() -> ChatStatus:
    return url_choice.buttons("Chat status", _STATUSES, key=_CHAT_STATUS, on_change=cursor.reset)


def _turns() -> TurnEnds:
    return url_choice.buttons("Turns", _TURN_ENDS, key=_TURNS, on_change=cursor.reset)


_KEYS = (
    "words",
    "user",
    "since",
    "until",
    "title",
    "messages_min",
    "messages_max",
    "tokens_min",
    "tokens_max",
)
_CODED = (_CACHE_STATUS, _CHAT_STATUS, _TURNS, verdict_filter.KEY, sync_filter.KEY)
_EMPTY = {"words": "", "user": "", "title": ""}


def _more_label() -> str:
    state = st.session_state
    used = sum(state.get(key) not in (None, _EMPTY.get(key)) for key in _KEYS[2:])
    used += sum(key in st.query_params for key in _CODED) + bool(date_range.in_url())
    return f"Filters ({used})" if used else "Filters"
