"""The Export tab: the payload as JSON, a curl command or Python, to copy or download."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from chatdata.domain.payload import FORMATS, Format, Preview, export
from chatdata.domain.payload.exports import DEFAULT_BASE_URL
from pages.ui.base.formatting import count
from pages.ui.base.keys import key_of
from pages.ui.server import audited
from pages.ui.server.services import connected

_NAMES: dict[Format, str] = {"json": "JSON", "curl": "curl", "python": "Python"}
_FILES: dict[Format, tuple[str, str]] = {
    "json": ("payload.json", "application/json"),
    "curl": ("payload.sh", "text/x-shellscript"),
    "python": ("payload.py", "text/x-python"),
}
_SHOWN = 60_000


def show(session_id: str, preview: Preview, model: str) -> None:
    """Draws the payload of a conversation as it would be sent."""
    show_messages(session_id, preview.judged.payload.params, model, part="export")


def show_messages(session_id: str, messages: Sequence[Any], model: str, *, part: str) -> None:
    """Draws the choice of format, the text and the download button; `part` makes the keys of a page unique."""
    form: Format = (
        st.segmented_control(
            "Form",
            list(FORMATS),
            default="json",
            required=True,
            format_func=_NAMES.__getitem__,
            key=f"{part}_form",
            label_visibility="collapsed",
        )
        or "json"
    )
    endpoint = connected().settings.endpoint
    text = export(messages, form, model=model, base_url=endpoint.shown if endpoint else DEFAULT_BASE_URL)
    name, mime = _FILES[form]
    st.download_button(
        f"Download {name}",
        data=audited.export(text.encode("utf-8", "backslashreplace"), session_id, f"the payload as {_NAMES[form]}"),
        file_name=name,
        mime=mime,
        key=key_of("download", session_id, form) if part == "export" else key_of("download", session_id, form, part),
        icon=":material/download:",
    )
    st.caption("API key not included; reads `$OPENAI_API_KEY`.")
    if len(text) > _SHOWN:
        st.caption(f"Showing the first {_SHOWN:,} of {count(len(text), 'character')}; the download has all.")
    st.code(text[:_SHOWN].encode("utf-8", "backslashreplace").decode(), language=None, wrap_lines=True, height=460)
