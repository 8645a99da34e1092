"""The side bar of every page: which stores it reads, and whether they are connected."""

import streamlit as st

from chatdata.services.health import Status, StoreStatus, check_stores
from chatdata.stores.cache import CacheFacts
from chatdata.stores.database import DatabaseFacts
from pages.ui.base.formatting import count, duration, plain
from pages.ui.server.services import connected
from pages.ui.shell import account, privacy_level, time_zone


def show() -> Status:
    """Draws the side bar and returns the status of both stores."""
    status = current()
    with st.sidebar:
        account.show()
        _store("Database", status.database, _database_lines(status.database.facts))
        _store("Cache", status.cache, _cache_lines(status.cache.facts))
        st.caption(_access(status))
        privacy_level.show()
        time_zone.show()
    return status


def doubt() -> None:
    """Checks the stores again when a page got no answer although the side bar shows both as connected."""
    status = current()
    if "unavailable" not in (status.database.answer, status.cache.answer):
        current.clear()
        if "unavailable" in (current().database.answer, current().cache.answer):
            st.rerun()


@st.cache_resource(ttl="20s", show_spinner=False)
def current() -> Status:
    """The status of both stores, at most 20 seconds old."""
    return check_stores(connected())


def _store(name: str, store: "StoreStatus[DatabaseFacts] | StoreStatus[CacheFacts]", lines: list[str]) -> None:
    marks = {
        "ok": ":green-badge[Connected]",
        "unavailable": ":red-badge[Unreachable]",
        "not configured": ":gray-badge[Not configured]",
    }
    st.markdown(f"**{name}** {marks[store.answer]}")
    if store.where:
        st.text(store.where)  # st.code would load a highlighter on every page
    if store.problem:
        st.caption(plain(store.problem))
    for line in lines:
        st.caption(line)


def _database_lines(facts: DatabaseFacts | None) -> list[str]:
    if facts is None:
        return []
    schema = f", schema {plain(facts.schema)}" if facts.schema else ""
    lines = [f"{plain(facts.version)}{schema} · {count(facts.sessions, 'session')}"]
    if facts.optional_columns:
        lines.append(f"Optional columns: {plain(', '.join(facts.optional_columns))}")
    if facts.unknown_columns:
        lines.append(f"Not read, of no known version: {plain(', '.join(facts.unknown_columns))}")
    return lines


def _cache_lines(facts: CacheFacts | None) -> list[str]:
    if facts is None:
        return []
    at_least = "" if facts.counted_all else "at least "
    return [
        f"{plain(facts.version)} · {at_least}{count(facts.sessions, 'cached session')}",
        f"Cache TTL: {duration(facts.session_ttl)} (reset on write)",
    ]


def _access(status: Status) -> str:
    if status.embedded:
        return f"Demo stores (local) · {'read-write' if status.access == 'write' else 'read-only'}"
    if status.access == "write":
        return "**Read-write mode**"
    return "Read-only mode"
