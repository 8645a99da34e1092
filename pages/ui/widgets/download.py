"""Buttons that hand a file to the reader, recorded in the audit log before it leaves."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from pages.ui.server import audited


def download_button(
    label: str,
    data: audited.Data | Callable[[], audited.Data],
    file_name: str,
    *,
    session_id: str = "",
    what: str | None = None,
    mime: str | None = None,
    key: str | None = None,
    type: Literal["primary", "secondary", "tertiary"] = "secondary",
    help: str | None = None,
) -> None:
    """Draws a button whose file is made when it is clicked, after the export is recorded.

    `session_id` is empty for a file about several sessions; `what` describes the export in the audit log and is the
    file's name by default.
    """
    st.download_button(  # noqa: TID251 -- the one place
        label,
        audited.export(data, session_id, what or file_name),
        file_name,
        mime,
        key=key,
        icon=":material/download:",
        type=type,
        help=help,
        # A click that reruns the page races with its own download: the run registers the button anew and drops the
        # file of the run before, which the server may not have made yet.
        on_click="ignore",
    )
