"""Addresses of earlier versions, which lead on to the pages of today."""

from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.ui.shell import navigate

_TABS: Mapping[str, str] = {"conversation": "messages", "drift": "compare", "payload": "payload"}
PATHS = (*_TABS, "fleet")
_PARTS: Mapping[str, str] = {
    "Truncate": "truncate",
    "Explain an error": "explain",
    "Export": "export",
    "Send test request": "send",
}


def pages() -> list[StreamlitPage]:
    """Returns hidden pages at the addresses of earlier versions."""
    moved = [st.Page(_to_tab(path, tab), url_path=path, visibility="hidden") for path, tab in _TABS.items()]
    return [*moved, st.Page(_to_cache_health, url_path="fleet", visibility="hidden")]


def _to_tab(path: str, tab: str) -> Callable[[], None]:
    def lead_on() -> None:
        query = st.query_params.to_dict()
        if session_id := query.pop("session", ""):
            query["id"] = session_id
        if part := _PARTS.get(query.get("part", "")):
            query["part"] = part
        opened = "tokens" if query.pop("turns", "") == "true" else tab
        if opened != "messages":
            query["tab"] = opened
        navigate.to("session", query, replace=True)

    lead_on.__name__ = path
    return lead_on


def _to_cache_health() -> None:
    navigate.to("cache_health", st.query_params.to_dict(), replace=True)
