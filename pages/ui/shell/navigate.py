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
      if (data.replace) window.history.replaceState({}, "", target);
      else window.history.pushState({}, "", target);
      window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    }
    """,
)


def to(path: str, query: Mapping[str, str], *, replace: bool = False) -> NoReturn:
    """Opens a page by its relative path and query; keeps time zone and data visibility.

    With `replace`, going back does not lead to this page again.
    """
    whole = {**query, **time_zone.parameter(), **privacy_level.parameter()}
    address = f"{path}?{urlencode(whole, errors='replace')}"
    _component(data={"to": address, "replace": replace}, key="navigate", height=1)
    st.stop()
