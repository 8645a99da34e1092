"""What the source of an imported session held beyond the stores, as the current user may see it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import streamlit as st

from chatdata import Source
from chatdata.domain.dialects import FORMATS
from chatdata.domain.formatting import tokens
from chatdata.domain.imported import (
    ImportedSource,
    PlacedPart,
    SourcePart,
    SourceTurn,
    laid_out,
    parts_of_views,
    sentence,
)
from chatdata.services.inspection import Inspection
from pages.ui.auth.current_principal import current, demand
from pages.ui.base.formatting import count, plain, sendable
from pages.ui.server.inspections import source_named
from pages.ui.server.services import inspections

_LONGEST = 200_000
_LISTED = 20
_SHOWN = 5_000
_TITLES = {item.name: item.title for item in FORMATS}


def listed(session_id: str, source: str) -> dict[str, Any]:
    """{"messages": [{"position", "words", "told", "parts": [{"number", "title", "kept"}]}]} of a copy.

    `words` has the kinds of a message's parts with their numbers, `told` the model and counts that stood with it.
    `parts` is empty below the full data visibility. LookupError for a copy that can't be read.
    """
    chosen = source_named(source)
    inspection = _inspection(session_id, chosen)
    whole = inspection.view == "full"
    parts: dict[int, list[SourcePart]] = {}
    for item in _placed(inspection, chosen):
        if item.position is not None:
            parts.setdefault(item.position, []).append(item.part)
    told = {turn.position: turn for turn in inspection.source_turns(chosen)}
    return {
        "messages": [
            _message(position, parts.get(position, []), told.get(position), whole=whole)
            for position in sorted({*parts, *told})
        ]
    }


def _placed(inspection: Inspection, source: Source) -> tuple[PlacedPart, ...]:
    """The parts of an import, or of the items behind a view; the latter without their words below the full level."""
    if inspection.imported is not None:
        return inspection.source_parts(source)
    copy = inspection.readable(source)
    found = () if copy is None else parts_of_views(copy.messages)
    if inspection.view == "full":
        return found
    return tuple(replace(item, part=replace(item.part, place="", name="", json=None)) for item in found)


def part(session_id: str, number: int) -> dict[str, Any]:
    """{"text", "length"}: the beginning of a part's JSON, laid out. Raises NotAllowed below full data visibility."""
    demand(current().view == "full", "see what stood in the source of a message")
    inspection = _inspection(session_id, None)
    text = _json_behind_view(inspection, number) if inspection.imported is None else inspection.part_json(number)
    if text is None:
        raise LookupError("This part is not kept.")
    return {"text": text[:_LONGEST], "length": len(text)}


def _json_behind_view(inspection: Inspection, number: int) -> str | None:
    """The JSON of a part by its number in the database copy: the cache is never a view."""
    return next(
        (
            laid_out(item.part.json)
            for item in _placed(inspection, "database")
            if item.part.number == number and item.part.json
        ),
        None,
    )


def show(inspection: Inspection, source: Source) -> None:
    """Draws where an imported session comes from, and what its source held that belongs to no message of the copy."""
    if inspection.import_problem:
        st.caption(plain(inspection.import_problem))
    found = inspection.imported
    if found is None:
        return
    placed = inspection.source_parts(source) if inspection.readable(source) is not None else ()
    beside = [item for item in placed if item.position is None]
    with st.expander(_title(found, beside), icon=":material/move_to_inbox:"):
        for line in _lines(found):
            st.markdown(line)
        for item in beside[:_LISTED] if inspection.view == "full" else []:
            st.caption(plain(item.part.place))
            st.code(_beginning(inspection, item.part), language="json")
        if inspection.view == "full" and len(beside) > _LISTED:
            st.caption(f"{len(beside) - _LISTED:,} more: `show --json` lists all.")


def _title(found: ImportedSource, beside: list[PlacedPart]) -> str:
    also = f": also held {plain(sentence([item.part for item in beside]))}" if beside else ""
    title = f"Imported from {_TITLES.get(found.dialect, found.dialect)}{also}"  # type: ignore[call-overload]
    return title if len(title) <= _SHOWN else f"{title[:_SHOWN]}…"


def _lines(found: ImportedSource) -> list[str]:
    lines = [f"What the stores can't hold is kept in the inspector's own database ({count(len(found.parts), 'part')})."]
    if found.cut:
        lines.append(f"The JSON of {count(found.cut, 'part')} is not kept: it is too much for one session.")
    for item in found.unknown:
        at = f" ({plain(item.place)})" if item.place else ""
        lines.append(f"The {item.count} tokens are unknown: {item.reason}{at}.")
    return lines


def _beginning(inspection: Inspection, part: SourcePart) -> str:
    text = inspection.part_json(part.number)
    if text is None:
        return "(not kept)"
    return sendable(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _message(position: int, parts: list[SourcePart], turn: SourceTurn | None, *, whole: bool) -> dict[str, Any]:
    return {
        "position": position,
        "words": sentence(parts),
        "told": "" if turn is None else _told(turn),
        "parts": [
            {"number": item.number, "title": f"{item.kind.replace('_', ' ')} · {item.place}", "kept": item.kept}
            for item in parts
        ]
        if whole
        else [],
    }


def _told(turn: SourceTurn) -> str:
    usage = "" if turn.usage is None else tokens(turn.usage.prompt_tokens, turn.usage.completion_tokens)
    return ", ".join(words for words in (f"model {turn.model}" if turn.model else "", usage) if words)


def _inspection(session_id: str, source: Source | None) -> Inspection:
    """The copy as the page has read it, however old that is by now."""
    sources: tuple[Source, ...] = ("database", "cache") if source is None else (source,)
    return inspections().take(session_id, sources, timedelta.max)
