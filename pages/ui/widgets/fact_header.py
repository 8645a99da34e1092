"""A title and facts about it, which are untrusted text.

Streamlit's own headings, captions and metrics read Markdown; this component only ever sets textContent.
"""

from dataclasses import asdict, dataclass
from typing import Literal

import streamlit as st

from pages.ui.base.formatting import sendable
from pages.ui.base.severity_marks import Mark
from pages.ui.frontend.bundle import script, style

_component = st.components.v2.component("conversation_facts", css=style("facts"), js=script("facts"))

Tone = Literal["ok", "off", "warning", "medium", "high", "critical"]


def tone_of(mark: Mark) -> Tone:
    """The tone of a severity, whose shape and colour it has; "warning" where there is none."""
    return mark if mark in ("medium", "high", "critical") else "warning"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value; `copy` offers the value to the clipboard, `hint` explains it."""

    label: str
    value: str
    copy: bool = False
    hint: str = ""
    tone: Tone | None = None


def show(title: str, rows: list[list[Fact]], *, key: str, quiet_title: bool = False, session_id: str = "") -> None:
    """Draws the title, unless it is empty, and rows of facts, which wrap; `quiet_title` mutes a generic title.

    `session_id` offers the sessions before and after it in the list that it was opened from.
    """
    shown = [[{**asdict(fact), "value": sendable(fact.value)} for fact in row] for row in rows]
    _component(
        key=key, data={"title": sendable(title), "quiet": quiet_title, "rows": shown, "session": sendable(session_id)}
    )
