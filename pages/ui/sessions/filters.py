"""The filters of the list of sessions, all kept in the URL."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata.domain.labels import ACTIVITY_LABELS
from chatdata.services.catalog import CachedOnly, SessionFilter
from pages.ui.auth import current_principal
from pages.ui.base.formatting import zone
from pages.ui.sessions import cursor, note_filter, search_box, sync_filter, verdict_filter
from pages.ui.sessions.chips import Chip
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
    text = search_box.show(st.container())
    words = text if principal.may_search_words else ""
    user = _user_input(st.container(width=170)) if principal.may_see_people else ""
    with st.popover(_more_label(), icon=":material/tune:"):
        left, right = st.columns(2)
        with left:
            out_of_sync = sync_filter.show()
            tool = _tool()
            cached = _cached() if with_cache else "any"
        with right:
            rejected = verdict_filter.show()
            noted = note_filter.show()
            ends = _turns()
        status = _status() if with_status else "any"
        since, until = _dates()
        started_since, started_until = _started()
        title_words = _title_words() if principal.may_search_words else ""
        low_messages, high_messages = _range("messages", "Messages")
        low_tokens, high_tokens = _range("tokens", "Tokens")
    where = replace(
        user_query.read(user),
        words=words,
        active_since=since,
        active_until=until,
        started_since=started_since,
        started_until=started_until,
        title_words=title_words,
        min_messages=low_messages,
        max_messages=high_messages,
        min_tokens=low_tokens,
        max_tokens=high_tokens,
        only_ids=_all_of(out_of_sync, rejected, noted),
        chat_status=None if status == "any" else status,
        turn_end=None if ends == "any" else ends,
        tool=tool,
    )
    return where, cached


def of_query(
    query: Mapping[str, str], in_zone: tzinfo, *, with_cache: bool, with_status: bool
) -> tuple[SessionFilter, CachedOnly]:
    """What the filters in a URL select, as `show` does for the page of that URL. Raises AppDatabaseError."""
    principal = current_principal.current()
    text = query.get(search_box.KEY, "").strip()
    status = url_choice.code_of(query.get(_CHAT_STATUS), _STATUSES) if with_status else "any"
    ends = url_choice.code_of(query.get(_TURNS), _TURN_ENDS)
    started_since, started_until = date_range.read(query.get(date_range.PARAMETER, "")).bounds(in_zone)
    since, until = _bounds(_day(query.get("since")), _day(query.get("until")), in_zone)
    where = replace(
        user_query.read(query.get("user") if principal.may_see_people else ""),
        words=text if principal.may_search_words else "",
        active_since=since,
        active_until=until,
        started_since=started_since,
        started_until=started_until,
        title_words=query.get("title", "").strip() if principal.may_search_words else "",
        min_messages=_number(query.get("messages_min")),
        max_messages=_number(query.get("messages_max")),
        min_tokens=_number(query.get("tokens_min")),
        max_tokens=_number(query.get("tokens_max")),
        only_ids=_all_of(
            sync_filter.ids(query.get(sync_filter.KEY, "")),
            verdict_filter.ids(query.get(verdict_filter.KEY)),
            note_filter.ids(query.get(note_filter.KEY)),
        ),
        chat_status=None if status == "any" else status,
        turn_end=None if ends == "any" else ends,
        tool=query.get("tool", "").strip(),
    )
    return where, url_choice.code_of(query.get(_CACHE_STATUS), _CACHED) if with_cache else "any"


def _day(text: str | None) -> date | None:
    try:
        day = None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
    return day if day is not None and date_range.FIRST_DAY <= day <= date_range.LAST_DAY else None


def _number(text: str | None) -> int | None:
    """A number as Streamlit's input takes it from the URL; None if it is not one from 0 on."""
    try:
        value = None if text is None else float(text)
    except ValueError:
        return None
    return int(value) if value is not None and 0 <= value <= _LARGEST and value.is_integer() else None


_LARGEST = 2**53 - 1
"""The largest integer of a browser's number, and so of an input."""


def chips() -> list[Chip]:
    """The filters that are set beside the words and the user, whose boxes show them."""
    span = date_range.in_url()
    found = [
        (_span_words("Last activity", _value("since"), _value("until")), ("since", "until")),
        (f"Started: {date_range.words(span)}" if span else None, (date_range.PARAMETER,)),
        (f"Title: {_value('title')}" if _value("title") else None, ("title",)),
        (_span_words("Messages", _value("messages_min"), _value("messages_max")), ("messages_min", "messages_max")),
        (_span_words("Tokens", _value("tokens_min"), _value("tokens_max")), ("tokens_min", "tokens_max")),
        (_choice_words("Cache status", _CACHED, _CACHE_STATUS), (_CACHE_STATUS,)),
        (_choice_words("Chat status", _STATUSES, _CHAT_STATUS), (_CHAT_STATUS,)),
        (_choice_words("Turns", _TURN_ENDS, _TURNS), (_TURNS,)),
        (f"Tool: {_value('tool')}" if _value("tool") else None, ("tool",)),
        (verdict_filter.chip(), (verdict_filter.KEY,)),
        (sync_filter.chip(), (sync_filter.KEY,)),
        (note_filter.chip(), (note_filter.KEY,)),
    ]
    return [Chip(text, keys) for text, keys in found if text is not None]


def _value(key: str) -> Any:
    return st.session_state.get(key)


def _span_words(label: str, low: object, high: object) -> str | None:
    if low is None and high is None:
        return None
    if high is None:
        return f"{label}: from {low}"
    return f"{label}: up to {high}" if low is None else f"{label}: {low} to {high}"


def _choice_words(label: str, names: Mapping[Any, str], key: str) -> str | None:
    chosen = url_choice.current(key, names)
    return None if chosen == next(iter(names)) else f"{label}: {names[chosen]}"


def remove(*keys: str) -> None:
    """Callback: clears these filters and goes to the first page."""
    for key in keys:
        if key == date_range.PARAMETER:
            date_range.put(Started())
        elif key in _CODED:
            url_choice.clear(key)
        else:
            st.session_state[key] = _EMPTY.get(key)
    cursor.reset()


def _all_of(*listed: frozenset[str] | None) -> frozenset[str] | None:
    """The sessions that all filters leave; None for all."""
    set_filters = [ids for ids in listed if ids is not None]
    return frozenset.intersection(*set_filters) if set_filters else None


def _user_input(box: DeltaGenerator) -> str:
    found = box.text_input(
        "User",
        key="user",
        bind="query-params",
        type="search",
        placeholder="User ID contains…",
        help='Part of a user ID, or "exactly" one or several in double quotes',
        on_change=cursor.reset,
        label_visibility="collapsed",
    )
    return found or ""


def narrowed(where: SessionFilter, cached: CachedOnly) -> bool:
    """True if any filter is set."""
    return where != SessionFilter() or cached != "any"


def parameters() -> tuple[str, ...]:
    """The query parameters of all filters."""
    return (*_KEYS, *_CODED, date_range.PARAMETER)


def clear() -> None:
    """Callback: shows every session again."""
    remove(*parameters())


def _dates() -> tuple[datetime | None, datetime | None]:
    left, right = st.columns(2)
    since = left.date_input(
        "Last activity: from", value=None, key="since", bind="query-params", format="YYYY-MM-DD", on_change=cursor.reset
    )
    until = right.date_input(
        "Last activity: to", value=None, key="until", bind="query-params", format="YYYY-MM-DD", on_change=cursor.reset
    )
    return _bounds(since, until, zone())


def _bounds(first: date | None, last: date | None, in_zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """The first moment of the first day and the last one of the last day."""
    end = None if last is None else datetime.combine(last, time(), tzinfo=in_zone)
    begin = None if first is None else datetime.combine(first, time(), tzinfo=in_zone)
    return begin, end + timedelta(days=1, microseconds=-1) if end else None


def _started() -> tuple[datetime | None, datetime | None]:
    span = date_range.in_url()
    date_range_picker.show(span, *st.columns(2), on_change=cursor.reset)
    return span.bounds(zone())


def _title_words() -> str:
    return _text("Title contains", "title", 'All words; "exact phrase"')


def _tool() -> str:
    return _text("Tool called", "tool", "Exact name, such as find_order")


def _text(label: str, key: str, placeholder: str) -> str:
    entered = st.text_input(label, key=key, bind="query-params", placeholder=placeholder, on_change=cursor.reset)
    return (entered or "").strip()


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
    "tool",
)
_CODED = (_CACHE_STATUS, _CHAT_STATUS, _TURNS, verdict_filter.KEY, sync_filter.KEY, note_filter.KEY)
_EMPTY = {"words": "", "user": "", "title": "", "tool": ""}


def _more_label() -> str:
    state = st.session_state
    # The inputs are drawn after their button: before the first of them, their values are in the URL only.
    values = (state[key] if key in state else st.query_params.get(key) for key in _KEYS[2:])
    used = sum(value not in (None, "") for value in values)
    used += sum(key in st.query_params for key in _CODED) + bool(date_range.in_url())
    return f"Filters ({used})" if used else "Filters"
