"""Both sessions beside each other: title, facts and a link to each."""

import streamlit as st

from chatdata import CachedCopy, StoredCopy
from chatdata.domain.side_by_side import FIELD_LABELS, ROW_LABELS
from chatdata.services.two_sessions import ComparedSession, TwoSessions
from pages.ui.base.formatting import count, moment, plain
from pages.ui.server.services import inspections
from pages.ui.session.links import SESSION, parameters
from pages.ui.widgets import fact_header
from pages.ui.widgets.fact_header import Fact, Tone

_TOOLS_SHOWN = 4


def show(two: TwoSessions) -> None:
    """Draws both headers; a session that can't be read has its reason there."""
    for box, side in zip(st.columns(2), two.sessions, strict=True):
        with box.container(border=True, height="stretch"):
            _show_session(side)


def show_differences(two: TwoSessions) -> None:
    """Draws how many messages differ, what else does, and when both were read."""
    assert two.diff is not None
    line = st.container(horizontal=True, vertical_alignment="center", key="compare_counts_line")
    facts = [
        Fact(ROW_LABELS[kind], f"{number:,}", tone=_tone(kind, number)) for kind, number in two.diff.counts.items()
    ]
    names = [FIELD_LABELS[name] for name, equal in two.diff.fields.items() if not equal]
    with line.container():
        fact_header.show("", [facts, [Fact("Also different", ", ".join(names))] if names else []], key="compare_counts")
    with line.container(width="content"):
        _refresh(two)
    if two.diff.equal:
        st.success("Both sessions are equal: messages, title, user, tokens and tools.", icon=":material/check:")


def _show_session(side: ComparedSession) -> None:
    copy = side.copy
    if copy is None:
        st.warning(plain(side.problem), icon=":material/search_off:")
        return
    title = copy.info.title
    fact_header.show(
        f"{side.letter} · {title or 'Untitled conversation'}",
        _facts(side, copy),
        key=f"compare_{side.letter.lower()}",
        quiet_title=not title,
    )
    if side.remark:
        st.caption(plain(side.remark))
    st.page_link(
        SESSION,
        label=f"Open session {side.letter}",
        icon=":material/forum:",
        query_params=parameters(side.session_id, side.source),
    )


def _facts(side: ComparedSession, copy: StoredCopy | CachedCopy) -> list[list[Fact]]:
    info = copy.info
    prompt, completion = info.prompt_tokens, info.completion_tokens
    tokens = f"{prompt:,} input, {completion:,} output" if prompt or completion else "Not recorded"
    return [
        [
            Fact("Session", side.session_id, copy=True),
            Fact("User", info.user_id or "No user", copy=bool(info.user_id)),
        ],
        [
            Fact("Messages", count(len(copy.messages), "message"), hint=f"In the {side.source}"),
            Fact("Tokens", tokens, hint="As recorded for the session"),
            Fact("Last active", moment(info.updated_at)),
            *_tools(side),
        ],
    ]


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


def _refresh(two: TwoSessions) -> None:
    row = st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center")
    row.caption(f"Read {moment(two.read_at)}", width="content")
    row.button(
        "Refresh",
        icon=":material/refresh:",
        on_click=inspections().forget_two_sessions,
        args=(two.a.choice, two.b.choice),
        help="Read both sessions again (read-only)",
        type="tertiary",
    )
