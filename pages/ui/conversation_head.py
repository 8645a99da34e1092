"""The head of a conversation: what it is, where its copies are, which one is shown."""

import json

import streamlit as st

from chatdata import (
    Absent,
    CachedCopy,
    Copies,
    CorruptDocument,
    Expiry,
    Source,
    StoredCopy,
    Unavailable,
)
from pages.ui import facts
from pages.ui.facts import Fact
from pages.ui.snapshots import Snapshot
from pages.ui.wiring import snapshots
from pages.ui.words import count, duration, moment

_MOST_CHARACTERS = 160
_NAMES: dict[Source, str] = {"database": "Database", "cache": "Cache"}


def show(snapshot: Snapshot) -> Source:
    """Draws the head and the switch between the copies; the copy that is shown."""
    head = st.container()
    left, right = st.columns([5, 3], vertical_alignment="center")
    with left:
        source = _switch(_preferred(snapshot))
    with right:
        _look_again(snapshot.copies)
    with head:
        _draw(snapshot, source)
    return source


def _draw(snapshot: Snapshot, source: Source) -> None:
    copy = snapshot.side(source) or snapshot.side("database") or snapshot.side("cache")
    title = copy.info.title if copy is not None else None
    facts.show(
        title or ("Untitled conversation" if copy is not None else "Conversation"),
        _facts(snapshot.copies, copy),
        key="head",
        quiet_title=not title,
    )


def asked_first() -> Source:
    """The copy to read first: the URL's, else the database's."""
    return _asked() or "database"


def _asked() -> Source | None:
    asked = st.query_params.get("source")
    return next((source for source in _NAMES if source == asked), None)


def _preferred(snapshot: Snapshot) -> Source:
    """The database's copy, or the cache's where only that can be shown."""
    if snapshot.side("database") is None and not isinstance(snapshot.copies.cached, Absent):
        return "cache"
    return "database"


def _switch(preferred: Source) -> Source:
    """The switch; the URL decides, and its source is set by hand, since a bound one would hold the label."""
    source = _asked() or preferred
    st.session_state["copy_shown"] = source
    st.segmented_control(
        "Copy shown",
        list(_NAMES),
        required=True,
        format_func=_NAMES.__getitem__,
        key="copy_shown",
        on_change=_remember,
        label_visibility="collapsed",
    )
    return source


def _remember() -> None:
    st.query_params["source"] = st.session_state["copy_shown"]


def _look_again(copies: Copies) -> None:
    row = st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center")
    row.caption(f"Read {moment(copies.read_at)}", width="content")
    row.button(
        "Look again",
        icon=":material/refresh:",
        on_click=snapshots().forget,  # not a closure over the copies: Streamlit keeps callbacks for as long as a tab
        args=(copies.session_id,),
        help="Reads both copies anew; nothing is changed by looking",
        type="tertiary",
    )


def _facts(copies: Copies, copy: StoredCopy | CachedCopy | None) -> list[list[Fact]]:
    session = Fact("Session", copies.session_id, copy=True)
    stores = [_database_fact(copies), _cache_fact(copies)]
    if copy is None:
        return [[session], stores]
    info = copy.info
    tokens = Fact("Tokens", _tokens(info.prompt_tokens, info.completion_tokens), hint="As recorded for the session")
    times = [Fact("Started", moment(info.started_at)), Fact("Last active", moment(info.updated_at))]
    user = Fact("User", info.user_id or "(no user)", copy=bool(info.user_id))
    return [[session, user], [*stores, *times, tokens], _extras(copy)]


def _extras(copy: StoredCopy | CachedCopy) -> list[Fact]:
    """What later versions of the assistant keep with a session, where there is something."""
    if not isinstance(copy, StoredCopy):
        return []
    told = {name: value for name, value in copy.extras.items() if value not in (None, "", {}, [])}
    return [Fact(name, _short(value), hint="A column that only later versions have") for name, value in told.items()]


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]} … ({len(text):,} characters)"


def _tokens(prompt: int, completion: int) -> str:
    if not prompt and not completion:
        return "not recorded"
    return f"{prompt:,} prompt, {completion:,} completion"


def _database_fact(copies: Copies) -> Fact:
    match copies.stored:
        case StoredCopy(messages=messages):
            return Fact("Database", count(len(messages), "message"), tone="ok")
        case Absent():
            return Fact("Database", "no such session", tone="off")
        case Unavailable():
            return Fact("Database", "can't be reached", tone="warning")
        case _:
            return Fact("Database", "not configured", tone="off")


def _cache_fact(copies: Copies) -> Fact:
    match copies.cached:
        case CachedCopy() as copy:
            said = f"{count(len(copy.messages), 'message')}, {_left(copy.expiry)}"
            if isinstance(copies.stored, StoredCopy) and len(copies.stored.messages) != len(copy.messages):
                return Fact("Cache", f"{said}: not as many", tone="warning", hint=_written(copy.expiry))
            return Fact("Cache", said, tone="ok", hint=_written(copy.expiry))
        case CorruptDocument(expiry=expiry):
            return Fact("Cache", f"unreadable document, {_left(expiry)}", tone="warning", hint=_written(expiry))
        case Absent():
            return Fact("Cache", "not cached", tone="off", hint="Normal after the time to live")
        case Unavailable():
            return Fact("Cache", "can't be reached", tone="warning")
        case _:
            return Fact("Cache", "not configured", tone="off")


def _left(expiry: Expiry) -> str:
    return "no time to live" if expiry.ttl_seconds is None else f"{duration(expiry.ttl_seconds)} left"


def _written(expiry: Expiry) -> str:
    if expiry.ttl_seconds is None:
        return "A key without a time to live never goes by itself"
    return f"Last written {moment(expiry.last_written_at)}" if expiry.last_written_at else ""
