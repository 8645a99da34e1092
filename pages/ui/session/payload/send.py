"""Sending the payload to the endpoint of the settings, after a confirmation; the answer streams in and is not kept."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from chatdata import SendError
from chatdata.domain.labels import LINT_LABELS
from chatdata.domain.lint import RULES, find_error
from chatdata.domain.payload import Preview
from chatdata.domain.tokens import estimate, model_facts
from chatdata.services.sending import StreamingResponse, send
from chatdata.settings.stores import Endpoint
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, plain
from pages.ui.server import audited
from pages.ui.server.services import connected

_CONFIRMED = "send_confirmed"


def tabs() -> dict[str, str]:
    """The tab for users who may send; else empty."""
    return {"send": "Send test request"} if current_principal.current().may_send else {}


def show(session_id: str, preview: Preview, model: str) -> None:
    """Draws what would be sent where and, after confirmation and an audit entry, the response."""
    endpoint = connected().settings.endpoint
    if endpoint is None:
        st.info(
            "To send a test request, start the inspector with OPENAI\\_API\\_KEY, and OPENAI\\_BASE\\_URL for an "
            "endpoint other than OpenAI's. API keys are never entered in a page.",
            icon=":material/key:",
        )
        return
    following = st.text_area(
        "Next user message (optional)", key="send_following", height=90, placeholder="Appended to the payload"
    )
    messages = _messages(preview, following)
    if st.button("Send", icon=":material/send:", disabled=not messages, key="send"):
        _confirm(endpoint, model, messages)
    st.caption("Neither the request nor the response is stored.")
    if st.session_state.pop(_CONFIRMED, False):
        audited.sending(session_id, f"{endpoint.shown}, model {model}")
        _stream(send(endpoint, messages, model=model), messages)


def _messages(preview: Preview, following: str) -> list[Mapping[str, Any]]:
    messages: list[Mapping[str, Any]] = [*preview.judged.payload.params]
    return [*messages, {"role": "user", "content": following}] if following.strip() else messages


@st.dialog("Send this conversation?")
def _confirm(endpoint: Endpoint, model: str, messages: list[Mapping[str, Any]]) -> None:
    total = estimate(messages, model_facts(model).encoding).total
    weight = f"about {total:,} tokens" if total is not None else "an unknown number of tokens"
    st.markdown(f"Sends **{count(len(messages), 'message')}** ({weight}) to")
    st.text(f"{endpoint.shown}\nmodel {model}")
    st.caption("The provider can read them and may charge for this.")
    with st.container(horizontal=True):
        if st.button("Send", type="primary", key="send_now", on_click=_confirmed):
            st.rerun()
        if st.button("Cancel", key="send_not"):
            st.rerun()


def _confirmed() -> None:
    st.session_state[_CONFIRMED] = True


def _stream(answering: StreamingResponse, messages: list[Mapping[str, Any]]) -> None:
    place = st.empty()
    try:
        with answering, st.spinner("Waiting for the response…"):
            for _ in answering:
                _draw_response(place, answering)
    except SendError as error:
        _say(error, messages)
        return
    _draw_response(place, answering)
    _end(answering)


def _draw_response(place: "st.delta_generator.DeltaGenerator", answering: StreamingResponse) -> None:
    text = answering.text or answering.refusal
    place.code(text.encode("utf-8", "replace").decode() or " ", language=None, wrap_lines=True)


def _end(answering: StreamingResponse) -> None:
    told = [f"Finish reason: {plain(answering.finish_reason or 'none')}"]
    if answering.usage is not None:
        told.append(
            f"{answering.usage.prompt_tokens or 0:,} input and {answering.usage.completion_tokens or 0:,} output "
            "tokens (reported by the provider)"
        )
    st.caption("; ".join(told) + ".")
    for call in answering.tool_calls:
        st.caption("Tool call requested (not executed):")
        st.code(f"{call.name}({call.arguments})", language=None, wrap_lines=True)


def _say(error: SendError, messages: list[Mapping[str, Any]]) -> None:
    st.error(plain(str(error)), icon=":material/error:")
    for match in find_error(error.provider_text or "", messages):
        if match.code is not None:
            why = RULES[match.code].cause if match.about_messages else match.meaning
            st.caption(f"{plain(LINT_LABELS[match.code])}: {plain(why)}")
