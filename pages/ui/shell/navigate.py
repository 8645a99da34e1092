"""Opens another page as a single step in the browser's history.

Streamlit's own switch_page first sets the new query on the old page, a separate step, so going back would lose the
filters of a list.
"""

from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import urlencode

import streamlit as st

from pages.ui.shell import privacy_level, time_zone

_component = st.components.v2.component(
    "navigate",
    js="""
    export default function ({ data }) {
      const target = new URL(data.to, window.location.href);
      if (target.href === window.location.href) return;
      window.history.pushState({}, "", target);
      window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    }
    """,
)


def to(path: str, query: Mapping[str, str]) -> NoReturn:
    """Opens a page by its relative path ("./" for the first) and query; keeps time zone and data visibility."""
    whole = {**query, **time_zone.parameter(), **privacy_level.parameter()}
    _component(data={"to": f"{path}?{urlencode(whole, errors='replace')}"}, key="navigate", height=1)
    st.stop()
