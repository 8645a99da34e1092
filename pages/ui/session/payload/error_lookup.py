"""The Explain an error tab: finds the rule and the message behind a provider's error."""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from chatdata import Source
from chatdata.domain.labels import LINT_LABELS
from chatdata.domain.lint import RULES, Fix, Match, explain, fully_repaired, repaired
from chatdata.domain.payload import Preview, printer_name
from pages.ui.base.formatting import plain
from pages.ui.session.links import open_session
from pages.ui.session.payload import exports

PART: Final = "explain"
"""The code of this tab."""
_KEY = "pasted_error"


def fill_in(text: str) -> None:
    """Puts an error into the input of the session that is opened next."""
    st.session_state[_KEY] = text


def show(session_id: str, source: Source, preview: Preview, model: str) -> None:
    """Draws the input and what was found."""
    text = st.text_area(
        "Error message",
        key=_KEY,
        height=140,
        placeholder="Paste an error from the provider, the SDK, OpenRouter or a log line",
    )
    if not text.strip():
        st.caption("Shows the rule behind the error, its usual cause and the stored message that caused it.")
        return
    payload = preview.judged.payload
    found = explain(text, payload.params, [message.positions for message in payload.messages])
    if not found.recognised:
        st.warning(f"Not a known provider error. {plain(found.reason)}", icon=":material/search_off:")
    for number, match in enumerate(found.distinct):
        _draw_match(match, session_id, source, preview, number)
        _draw_repair(match, session_id, preview, model, number)


def _draw_repair(match: Match, session_id: str, preview: Preview, model: str, number: int) -> None:
    """Draws the payload as it would be after the change, in each form in which the payload can be exported."""
    with_one = repaired(preview.judged.payload.params, match)
    if with_one is None:
        return
    with st.expander("Payload after the change", icon=":material/build:"):
        fix = _chosen_fix(with_one, preview.judged.payload.params, match, number)
        st.text(fix.what)
        if match.provider is not None and not fix.still_refused:
            st.markdown(f":green[:material/check: Accepted by {plain(printer_name(match.provider))}]")
        for text in fix.lost:
            st.caption("Would be lost:")
            st.code(text[:1000], language=None, wrap_lines=True)
        exports.show_messages(session_id, fix.messages, model, part=f"repaired_{number}")


def _chosen_fix(with_one: Fix, messages: Sequence[Any], match: Match, number: int) -> Fix:
    """The fix of this error, or all fixes that its provider wants, which are offered where one is not enough."""
    with_all = fully_repaired(messages, match)
    if with_all is None:
        return with_one
    fixes = {"With all fixes applied": with_all, "With this fix only": with_one}
    chosen = st.segmented_control(
        "Fixes",
        list(fixes),
        default=next(iter(fixes)),
        required=True,
        key=f"fixes_{number}",
        label_visibility="collapsed",
    )
    return fixes.get(chosen or "", with_all)


def _draw_match(match: Match, session_id: str, source: Source, preview: Preview, number: int) -> None:
    with st.container(border=True):
        draw_meaning(match)
        positions = _positions(match, preview)
        if not positions:
            if match.about_messages:
                st.caption(_why_no_message(match))
            return
        numbers = ", ".join(f"#{position}" for position in positions)
        absent = match.presence == "absent"
        st.markdown(f"The error names message {numbers}." if absent else f"Caused by message {numbers}.")
        if st.button("Open in conversation", key=f"open_{number}", icon=":material/forum:"):
            open_session(session_id, source=source, message=positions[0])


def _why_no_message(match: Match) -> str:
    if match.tool_call_ids:
        return "No tool call of this conversation has this ID."
    if match.presence == "absent":
        return "No message of this conversation has this fault."
    return "The error names no message of this conversation."


def draw_meaning(match: Match) -> None:
    """Draws what an error means, its usual cause and what to change, whatever message caused it."""
    provider = "Unknown provider" if match.provider is None else printer_name(match.provider)
    title = _title(match)
    st.markdown(f"**{plain(title)}** · {plain(provider)}")
    if match.meaning.rstrip(".") != title:
        st.text(match.meaning)
    if match.code is not None and match.about_messages:
        st.caption(f"Usual cause: {plain(RULES[match.code].cause)}")
    if match.fix:
        change = "In the messages that were sent" if match.presence == "absent" else "Change"
        st.text(f"{change}: {match.fix}")


def _title(match: Match) -> str:
    if match.code is not None:
        return LINT_LABELS[match.code]
    return "Content of the messages" if match.about_messages else "Not caused by the messages"


def _positions(match: Match, preview: Preview) -> tuple[int, ...]:
    messages = preview.judged.payload.messages
    at = match.payload_position
    return messages[at].positions if at is not None and at < len(messages) else ()
