"""The Export button of a conversation; the file is made only on the click."""

import re
import secrets
from dataclasses import dataclass
from functools import partial

import streamlit as st

from chatdata.domain.copies import CorruptDocument, Source
from chatdata.domain.report import FileFacts
from chatdata.domain.tokens import model_facts
from chatdata.services.exporting import EvidenceCollector, pieces_of
from chatdata.services.inspection import BOTH, Inspection
from pages.ui.base.keys import key_of
from pages.ui.export import options
from pages.ui.export.options import EVIDENCE, FORM_NAMES, MIMES, Choice
from pages.ui.server.services import connected, now
from pages.ui.widgets.download import download_button

_KEY = "export"


@dataclass(frozen=True, slots=True)
class _There:
    """The copies that exist and can be read, by name only: a fragment would keep the copies themselves in memory."""

    sources: tuple[Source, ...]
    readable: tuple[Source, ...]


def show(session_id: str, inspection: Inspection) -> None:
    """Draws the Export button in the corner of the header; nothing if no store has a copy."""
    readable = tuple(source for source in BOTH if inspection.readable(source) is not None)
    corrupt: tuple[Source, ...] = ("cache",) if isinstance(inspection.copies.cached, CorruptDocument) else ()
    if readable or corrupt:
        with st.container(key="export_corner", width="content"):
            _popover(session_id, _There((*readable, *corrupt), readable))


@st.fragment
def _popover(session_id: str, there: _There) -> None:
    box = st.popover("Export", icon=":material/download:", type="tertiary", key=_KEY, on_change="rerun")
    if box.open:
        with box:
            _choice(session_id, there)


def _choice(session_id: str, there: _There) -> None:
    choice = options.show(("html", "json", "jsonl", "md"), there.sources, key=_KEY)
    read = there.readable if choice.source == "both" else {choice.source}.intersection(there.readable)
    if choice.form not in EVIDENCE and not read:
        st.info("This copy can't be read; the HTML report and the JSON bundle have its bytes.", icon=":material/info:")
        return
    _button(session_id, choice)


def _button(session_id: str, choice: Choice) -> None:
    download_button(
        f"Download {FORM_NAMES[choice.form]}",
        partial(_made, session_id, choice),
        file_name(session_id, choice),
        session_id=session_id,
        what=choice.words,
        mime=MIMES[choice.form],
        key=key_of(_KEY, session_id, choice),
        type="primary",
        help="Reads live data; placeholders are unique to this file",
    )


def file_name(session_id: str, choice: Choice) -> str:
    """A file name from the session ID's beginning, the data visibility and the format."""
    short = re.sub(r"[^A-Za-z0-9]+", "-", session_id[:8]).strip("-") or "session"
    return f"conversation-{short}-{choice.view}.{choice.form}"


def _made(session_id: str, choice: Choice) -> str:
    """Makes the file's text. Streamlit calls it outside any page run."""
    assert choice.form != "csv"
    connection = connected()
    options, kept = choice.options(model_facts(connection.settings.model)), connection.app_db
    gatherer = EvidenceCollector(connection.stores, options, secrets.token_bytes(32), kept)
    facts = FileFacts(choice.view, now(), choice.source)
    return "".join(pieces_of(choice.form, facts, [gatherer.evidence(session_id)]))
