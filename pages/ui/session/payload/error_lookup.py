"""The Explain an error tab: finds the rule and the message behind a provider's error."""

import streamlit as st

from chatdata import Source
from chatdata.domain.labels import LINT_LABELS, PROVIDER_LABELS
from chatdata.domain.lint import RULES, Match, find_error
from chatdata.domain.payload import Preview
from pages.ui.base.formatting import plain
from pages.ui.session.links import open_conversation


def show(session_id: str, source: Source, preview: Preview) -> None:
    """Draws the input and what was found."""
    text = st.text_area(
        "Error message",
        key="pasted_error",
        height=140,
        placeholder="Paste an error from the provider, the SDK, OpenRouter or a log line",
    )
    if not text.strip():
        st.caption("Shows the rule behind the error, its usual cause and the stored message that caused it.")
        return
    payload = preview.judged.payload
    found = find_error(text, payload.params, [message.positions for message in payload.messages])
    if not found:
        st.warning("Not a known provider error.", icon=":material/search_off:")
    for number, match in enumerate(found):
        _draw_match(match, session_id, source, preview, number)


def _draw_match(match: Match, session_id: str, source: Source, preview: Preview, number: int) -> None:
    with st.container(border=True):
        provider = "Unknown provider" if match.provider is None else PROVIDER_LABELS[match.provider]
        st.markdown(f"**{plain(_title(match))}** · {provider}")
        if match.meaning.rstrip(".") != _title(match):
            st.text(match.meaning)
        if match.code is not None:
            st.caption(f"Usual cause: {plain(RULES[match.code].cause)}")
        positions = _positions(match, preview)
        if not positions:
            names = match.tool_call_ids
            st.caption("No tool call of this conversation has this ID." if names else "The error names no message.")
            return
        st.markdown(f"Caused by message {', '.join(f'#{position}' for position in positions)}.")
        if st.button("Open in conversation", key=f"open_{number}", icon=":material/forum:"):
            open_conversation(session_id, source=source, message=positions[0])


def _title(match: Match) -> str:
    return LINT_LABELS[match.code] if match.code is not None else "Not caused by the messages"


def _positions(match: Match, preview: Preview) -> tuple[int, ...]:
    messages = preview.judged.payload.messages
    at = match.payload_position
    return messages[at].positions if at is not None and at < len(messages) else ()
