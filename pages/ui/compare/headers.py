"""Both sessions beside each other: title, facts and a link to each."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata import CachedCopy, StoredCopy
from chatdata.domain.labels import UNTITLED
from chatdata.domain.side_by_side import FIELD_LABELS, ROW_LABELS, FieldValue, SessionDiff
from chatdata.services.two_sessions import ComparedSession, TwoSessions
from pages.ui.base.formatting import known, moment, plain, sendable
from pages.ui.server.services import inspections
from pages.ui.session.links import SESSION, parameters
from pages.ui.widgets import fact_header
from pages.ui.widgets.fact_header import Fact, Tone

_TOOLS_SHOWN = 4


def show(two: TwoSessions, boxes: Sequence[DeltaGenerator]) -> None:
    """Draws both headers into the boxes of A and B; a session that can't be read has its reason there."""
    for box, side in zip(boxes, two.sessions, strict=True):
        with box:
            _show_session(side)


def show_differences(diff: SessionDiff) -> None:
    """Draws how many messages are equal or differ, and what else differs."""
    if diff.equal:
        st.success("Both sessions are equal: messages, title, user, tokens and tools.", icon=":material/check:")
    facts = [Fact(ROW_LABELS[kind], f"{number:,}", tone=_tone(kind, number)) for kind, number in diff.counts.items()]
    names = [FIELD_LABELS[name] for name, equal in diff.fields.items() if not equal]
    fact_header.show(
        "", [[*facts, *([Fact("Also different", ", ".join(names))] if names else [])]], key="compare_counts"
    )


def refresh_button(two: TwoSessions) -> None:
    """Draws the button that reads both sessions again."""
    st.button(
        "Refresh",
        icon=":material/refresh:",
        on_click=inspections().forget_two_sessions,
        args=(two.a.choice, two.b.choice),
        help=f"Read both sessions again (read-only). Last read {moment(two.read_at)}",
        type="tertiary",
    )


def _show_session(side: ComparedSession) -> None:
    copy = side.copy
    if copy is None:
        st.warning(plain(side.problem), icon=":material/search_off:")
        return
    st.markdown(f"**{side.letter} · {plain(sendable(copy.info.title or UNTITLED))}**")
    st.page_link(
        SESSION,
        label=f"Open session {side.letter}",
        icon=":material/forum:",
        query_params=parameters(side.session_id, source=side.source),
        width="content",
    )
    fact_header.show("", _facts(side, copy), key=f"compare_{side.letter.lower()}")
    if side.remark:
        st.caption(plain(side.remark))


def _facts(side: ComparedSession, copy: StoredCopy | CachedCopy) -> list[list[Fact]]:
    info = copy.info
    prompt, completion = _total(side.fields["prompt_tokens"]), _total(side.fields["completion_tokens"])
    recorded = prompt != 0 or completion != 0
    tokens = f"{known(prompt)} input, {known(completion)} output" if recorded else "Not recorded"
    return [
        [
            Fact("Session", side.session_id, copy=True),
            Fact("User", info.user_id or "No user", copy=bool(info.user_id)),
        ],
        [
            Fact("Messages", f"{len(copy.messages):,}", hint=f"In the {side.source}"),
            Fact("Tokens", tokens, hint="As recorded for the session"),
            *_tools(side),
        ],
    ]


def _total(value: FieldValue) -> int | None:
    return value if isinstance(value, int) else None


def _tools(side: ComparedSession) -> list[Fact]:
    tools = side.fields["tools"]
    if not isinstance(tools, dict) or not tools:
        return []
    calls = [f"{name} × {number:,}" for name, number in tools.items()]
    more = f", {len(calls) - _TOOLS_SHOWN} more" if len(calls) > _TOOLS_SHOWN else ""
    return [Fact("Tools used", ", ".join(calls[:_TOOLS_SHOWN]) + more, hint=", ".join(calls))]


def _tone(kind: str, number: int) -> Tone:
    if not number:
        return "off"
    return "ok" if kind == "equal" else "warning"
