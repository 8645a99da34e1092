"""The side bar of every page: who reads, and whether the stores are connected, with details on a click."""

import streamlit as st

from chatdata.services.health import CacheFacts, DatabaseFacts, Status, StoreStatus, store_locations
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, duration, plain
from pages.ui.server.services import connected, services
from pages.ui.shell import account


def show(*, ask: bool = True) -> None:
    """Draws the side bar; unless `ask`, without waiting for a store, for a page that needs none."""
    status = services().status.current() if ask else services().status.known()
    with st.sidebar:
        account.show()
        with st.popover(_line(status), type="tertiary", key="stores"):
            if status is None:
                _say_unasked()
            else:
                _store("Database", status.database, _database_lines(status.database.facts))
                _store("Cache", status.cache, _cache_lines(status.cache.facts))
        if status is not None:
            st.caption(_access(status))
        if not current_principal.current().may_see_people:
            st.caption("Users and Usage need full data visibility.")


def _line(status: Status | None) -> str:
    """Both stores in one line, what fails first."""
    if status is None:
        return ":gray[●] Stores not checked"
    named = (("Database", status.database.answer), ("Cache", status.cache.answer))
    failing = [name for name, answer in named if answer == "unavailable"]
    if failing:
        return f":red[●] {' and '.join(failing)} unreachable"
    missing = [name for name, answer in named if answer == "not configured"]
    if missing:
        return f":orange[●] {' and '.join(missing)} not configured"
    return ":green[●] Stores connected"


def doubt() -> None:
    """Checks the stores again when a page got no answer although the side bar shows both as connected."""
    if services().status.doubt():
        st.rerun()


def _say_unasked() -> None:
    locations = store_locations(connected().stores)
    for name, location in (("Database", locations.database), ("Cache", locations.cache)):
        st.markdown(f"**{name}** :gray-badge[{'Not configured' if location is None else 'Not checked'}]")
        if location is not None:
            st.text(location)
    st.caption("This page needs neither of them.")


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
        lines.append(f"Unknown columns (not read): {plain(', '.join(facts.unknown_columns))}")
    if facts.unread_tables:
        lines.append(f"Other tables (not read): {plain(', '.join(facts.unread_tables))}")
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
