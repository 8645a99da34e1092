"""What somebody wants to export: the view, the kind of file, which copies. With what each of them holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

import streamlit as st

from chatdata import View
from chatdata.domain.access import Reader
from chatdata.domain.copies import Source
from chatdata.domain.tokens import ModelFacts
from chatdata.services.exporting import ExportOptions
from pages.ui.auth import current_reader

Form = Literal["html", "json", "jsonl", "md", "csv"]
Copies = Source | Literal["both"]
_Value = TypeVar("_Value", bound=str)

FORM_NAMES: Mapping[Form, str] = {
    "html": "HTML evidence",
    "json": "JSON evidence",
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
_VIEW_WORDS: Mapping[View, str] = {
    "full": "Everything, as it is stored.",
    "masked": "Addresses, numbers, keys, names and user ids are replaced by stand-ins. What was said can still tell "
    "who somebody is: read the file before you send it.",
    "structure": "No words at all: roles, lengths, times, tokens and names of tools. Enough to find out why copies "
    "differ.",
}
_FORM_WORDS: Mapping[Form, str] = {
    "html": "To read and to attach: the timeline, what differs and why, who would reject it, digests of both copies. "
    "One file that opens from disk and loads nothing.",
    "json": "The same evidence for a program, or for a colleague, whose `python -m chatdata import` reads it back.",
    "jsonl": "The messages in OpenAI's format, a line for each session. No findings.",
    "md": "The conversation as a text, to read and to paste into a report.",
    "csv": "The list itself, a line for each session: times, counts, whether it is cached. No messages.",
}
_COPY_NAMES: Mapping[Copies, str] = {"both": "CopyPair", "database": "Database", "cache": "Cache"}
_CSV_WORDS: Mapping[View, str] = {
    "full": "Titles, users, first questions and last answers are in it.",
    "masked": "Titles, users and texts are not in it.",
    "structure": "Titles, users and texts are not in it.",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen."""

    view: View
    form: Form
    source: Copies

    @property
    def words(self) -> str:
        """For the audit log and for people."""
        return f"{FORM_NAMES[self.form]}, {self.view} view"

    def wanted(self, model: ModelFacts) -> ExportOptions:
        """What that means for each session."""
        return ExportOptions(self.view, self.source, model, judged=self.form != "jsonl")


def views(reading: Reader) -> tuple[View, ...]:
    """Those not wider than the reader's own, the widest first."""
    every: tuple[View, ...] = get_args(View)
    return every[every.index(reading.view) :]


def first_view(reading: Reader) -> View:
    """Masked for whoever signed in and may have it, so that everything is exported on purpose only."""
    offered = views(reading)
    return "masked" if reading.signed_in and "masked" in offered else offered[0]


def show(forms: Sequence[Form], sources: Sequence[Source], *, key: str) -> Choice:
    """Draws the inputs. `sources` are the copies that there are; NotAllowed for a view that the reader has not."""
    reading = current_reader.current()
    offered = views(reading)
    form = _form(forms, key)
    view: View = _one("View", {view: view.capitalize() for view in offered}, first_view(reading), f"{key}_view")
    current_reader.demand(view in offered, "take this view along")
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
    source: Copies = _one("Copies", _COPY_NAMES, "both", f"{key}_source")
    st.caption(_source_words(form, source))
    return source


def _source_words(form: Form, source: Copies) -> str:
    if source != "both":
        return f"The {source}'s copy alone, compared with nothing."
    if form in EVIDENCE:
        return "Both copies as they are when the file is made, compared with each other."
    return "The database's copy; the cache's where the database has none."


def _one(label: str, names: Mapping[_Value, str], default: _Value, key: str) -> _Value:
    chosen = st.segmented_control(
        label, list(names), default=default, required=True, format_func=names.__getitem__, key=key
    )
    return chosen if chosen is not None else default
