"""The Export tab: the payload as JSON, a curl command or Python, to copy or download."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from chatdata.domain.dialects.writers import ApiFormat
from chatdata.domain.labels import API_FORMAT_LABELS
from chatdata.domain.payload import FORMATS, Format, Preview, export
from chatdata.domain.payload.exports import DEFAULT_BASE_URL
from chatdata.domain.payload.requests import OWN_MODELS, export_translation
from pages.ui.base.formatting import count, plain
from pages.ui.base.keys import key_of
from pages.ui.server.services import connected
from pages.ui.widgets.download import download_button

_NAMES: dict[Format, str] = {"json": "JSON", "curl": "curl", "python": "Python"}
_FILES: dict[Format, tuple[str, str]] = {
    "json": ("payload.json", "application/json"),
    "curl": ("payload.sh", "text/x-shellscript"),
    "python": ("payload.py", "text/x-python"),
}
_KEYS: dict[ApiFormat, str] = {
    "openai": "OPENAI_API_KEY",
    "responses": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "bedrock": "AWS_BEARER_TOKEN_BEDROCK",
}
_SHOWN = 60_000


def show(session_id: str, preview: Preview, model: str) -> None:
    """Draws the payload of a conversation as it would be sent, to another API if it was translated for one."""
    translation = preview.translation
    if translation is None:
        show_messages(session_id, preview.judged.payload.params, model, part="export")
        return
    form = _choice("export")
    if form != "json" and translation.form in OWN_MODELS:
        name = API_FORMAT_LABELS[translation.form]
        st.caption(f"The model is the one selected above: {plain(model)}. {name} needs one of its own.")
    text = export_translation(translation, form, model=model, base_url=_base_url())
    _draw(session_id, form, text, translation.form, key_of("download", session_id, form, translation.form))


def show_messages(session_id: str, messages: Sequence[Any], model: str, *, part: str) -> None:
    """Draws the choice of format, the text and the download button; `part` makes the keys of a page unique."""
    form = _choice(part)
    text = export(messages, form, model=model, base_url=_base_url())
    parts = () if part == "export" else (part,)
    _draw(session_id, form, text, "openai", key_of("download", session_id, form, *parts))


def _choice(part: str) -> Format:
    return (
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


def _base_url() -> str:
    endpoint = connected().settings.endpoint
    return endpoint.shown if endpoint else DEFAULT_BASE_URL


def _draw(session_id: str, form: Format, text: str, api: ApiFormat, key: str) -> None:
    """Draws the download button and the text, or its beginning."""
    name, mime = _FILES[form]
    what = f"the payload as {_NAMES[form]}"
    if api != "openai":
        what = f"{what} for {API_FORMAT_LABELS[api]}"
        name = f"{api}-{name}"
    data = text.encode("utf-8", "backslashreplace")
    download_button(f"Download {name}", data, name, session_id=session_id, what=what, mime=mime, key=key)
    st.caption(f"API key not included; reads `${_KEYS[api]}`.")
    if len(text) > _SHOWN:
        st.caption(f"Showing the first {_SHOWN:,} of {count(len(text), 'character')}; the download has all.")
    st.code(text[:_SHOWN].encode("utf-8", "backslashreplace").decode(), language=None, wrap_lines=True, height=460)
