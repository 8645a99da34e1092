"""The options of an export: data visibility, format and source, each with a line that describes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

import streamlit as st

from chatdata import PrivacyLevel
from chatdata.domain.access import Principal
from chatdata.domain.copies import Source
from chatdata.domain.tokens import ModelFacts
from chatdata.services.exporting import ExportOptions
from pages.ui.auth import current_principal

Form = Literal["html", "json", "jsonl", "md", "csv"]
Copies = Source | Literal["both"]
_Value = TypeVar("_Value", bound=str)

FORM_NAMES: Mapping[Form, str] = {
    "html": "HTML report",
    "json": "JSON bundle",
    "jsonl": "JSON Lines",
    "md": "Markdown",
    "csv": "CSV",
}
MIMES: Mapping[Form, str] = {
    "html": "text/html",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "md": "text/markdown",
    "csv": "text/csv",
}
EVIDENCE: frozenset[Form] = frozenset({"html", "json"})
_VIEW_WORDS: Mapping[PrivacyLevel, str] = {
    "full": "Everything, as stored.",
    "masked": "Personal data and secrets are replaced with placeholders. Masking is best effort. Review before "
    "sharing.",
    "structure": "No text: only roles, lengths, times, token counts and tool names. Enough to find out why "
    "copies differ.",
}
_FORM_WORDS: Mapping[Form, str] = {
    "html": "Self-contained report to attach to a ticket: the timeline, issues and likely causes, provider checks, and "
    "digests of both copies.",
    "json": "The contents of the report as JSON. Can be imported into another Inspector (Import button or CLI).",
    "jsonl": "Messages in OpenAI's format, one session per line. Does not list issues.",
    "md": "The conversation as text, to read or to paste into a ticket.",
    "csv": "The list itself, one session per line: times, counts and cache status. No messages.",
}
_COPY_NAMES: Mapping[Copies, str] = {"both": "Both copies", "database": "Database", "cache": "Cache"}
_FALLING_BACK: Mapping[Copies, str] = {**_COPY_NAMES, "both": "Database (fall back to cache)"}
"""Names of the sources for formats with one copy per session."""
_CSV_WORDS: Mapping[PrivacyLevel, str] = {
    "full": "Includes titles, users, first messages and last outputs.",
    "masked": "Does not include titles, users or text.",
    "structure": "Does not include titles, users or text.",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen options."""

    view: PrivacyLevel
    form: Form
    source: Copies

    @property
    def words(self) -> str:
        """A description for the audit log and for people."""
        return f"{FORM_NAMES[self.form]}, {self.view} view"

    def options(self, model: ModelFacts) -> ExportOptions:
        """The options for collecting each session."""
        return ExportOptions(self.view, self.source, model, judged=self.form != "jsonl")


def views(principal: Principal) -> tuple[PrivacyLevel, ...]:
    """The levels of data visibility that the principal may export, the widest first."""
    every: tuple[PrivacyLevel, ...] = get_args(PrivacyLevel)
    return every[every.index(principal.view) :]


def first_view(principal: Principal) -> PrivacyLevel:
    """The default: masked for signed-in users if their role allows it, so that full exports are deliberate."""
    offered = views(principal)
    return "masked" if principal.signed_in and "masked" in offered else offered[0]


def show(forms: Sequence[Form], sources: Sequence[Source], *, key: str) -> Choice:
    """Draws the inputs. `sources` are the existing copies. Raises NotAllowed for too wide a data visibility."""
    principal = current_principal.current()
    offered = views(principal)
    form = _form(forms, key)
    view: PrivacyLevel = _one(
        "Data visibility", {view: view.capitalize() for view in offered}, first_view(principal), f"{key}_view"
    )
    current_principal.demand(view in offered, "export this view")
    st.caption(_CSV_WORDS[view] if form == "csv" else _VIEW_WORDS[view])
    source = _source(form, sources, key) if form != "csv" else "both"
    return Choice(view, form, source)


def _form(forms: Sequence[Form], key: str) -> Form:
    form: Form = _one("Format", {form: FORM_NAMES[form] for form in forms}, forms[0], f"{key}_form")
    st.caption(_FORM_WORDS[form])
    return form


def _source(form: Form, sources: Sequence[Source], key: str) -> Copies:
    if len(sources) < len(_COPY_NAMES) - 1:
        return "both"
    source: Copies = _one("Source", _COPY_NAMES if form in EVIDENCE else _FALLING_BACK, "both", f"{key}_source")
    st.caption(_source_words(form, source))
    return source


def _source_words(form: Form, source: Copies) -> str:
    if source != "both":
        return f"Only the {'cached' if source == 'cache' else 'database'} copy, without a comparison."
    if form in EVIDENCE:
        return "Both copies, read and compared when the file is made."
    return "The database copy, or the cached copy of a session that is not in the database."


def _one(label: str, names: Mapping[_Value, str], default: _Value, key: str) -> _Value:
    chosen = st.segmented_control(
        label, list(names), default=default, required=True, format_func=names.__getitem__, key=key
    )
    return chosen if chosen is not None else default
