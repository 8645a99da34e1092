"""What the source of an imported session held beyond the stores, for `show`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatdata.domain import formatting
from chatdata.domain.copies import CachedCopy, CorruptDocument, Source, StoredCopy
from chatdata.domain.imported import ImportedSource, PlacedPart, SourcePart, SourceTurn, sentence
from chatdata.domain.messages import TokenCount
from chatdata.services.answers.choosing import Shown
from chatdata.services.inspection import Inspection


@dataclass(frozen=True, slots=True)
class Beside:
    """What is kept beside one copy."""

    source: ImportedSource | None
    parts: tuple[PlacedPart, ...]
    turns: tuple[SourceTurn, ...]
    unknown: tuple[TokenCount, ...]
    jsons: Mapping[int, str]
    """The JSON of the parts by their numbers, where it was asked for and is kept."""
    by_position: Mapping[int | None, Sequence[SourcePart]]
    """The parts by the position of their messages; under None those of the session as a whole."""

    def tokens(self, copy: StoredCopy | CachedCopy) -> tuple[int | None, int | None]:
        """The copy's prompt and completion tokens; None for what is unknown."""
        return (
            None if "prompt" in self.unknown else copy.info.prompt_tokens,
            None if "completion" in self.unknown else copy.info.completion_tokens,
        )

    def at(self, position: int | None) -> str:
        """The parts at a message, or of the session as a whole, in words; empty for none."""
        return sentence(self.by_position.get(position, ()))

    def lines(self) -> list[tuple[str, str]]:
        """The lines of the head: the source, its parts that belong to no message, and what is not kept."""
        if self.source is None:
            return []
        lines = [("Imported", f"from {self.source.dialect}, {formatting.second(self.source.imported_at)} UTC")]
        if also := self.at(None):
            lines.append(("Source held", also))
        if self.source.cut:
            lines.append(
                ("Not kept", f"the JSON of {formatting.count(self.source.cut, 'part')}: too much for one session")
            )
        lines += [("Unknown", f"{item.count} tokens: {item.reason}{_at(item.place)}") for item in self.source.unknown]
        return lines


def beside_of(inspection: Inspection, chosen: Source, shown: Shown, *, verbatim: bool) -> Beside:
    """What is kept beside the shown copy, with the JSON of its parts if asked for."""
    parts = () if isinstance(shown, CorruptDocument) else inspection.source_parts(chosen)
    jsons = inspection.part_jsons() if verbatim else {}
    by_position: dict[int | None, list[SourcePart]] = {}
    for item in parts:
        by_position.setdefault(item.position, []).append(item.part)
    turns = () if isinstance(shown, CorruptDocument) else inspection.source_turns(chosen)
    return Beside(inspection.imported, parts, turns, inspection.unknown_counts, jsons, by_position)


def imported_object(beside: Beside) -> dict[str, Any]:
    """The field `imported` of `show --json`; no field where nothing is kept."""
    source = beside.source
    if source is None:
        return {}
    return {
        "imported": {
            "format": source.dialect,
            "imported_at": source.imported_at,
            "parts": [_part_object(item, beside) for item in beside.parts],
            "messages": [
                {
                    "position": turn.position,
                    "model": turn.model,
                    "usage": None if turn.usage is None else turn.usage.model_dump(),
                }
                for turn in beside.turns
            ],
            "dropped": dict(source.dropped),
            "unknown_counts": [
                {"count": item.count, "place": item.place, "reason": item.reason} for item in source.unknown
            ],
        }
    }


def _part_object(item: PlacedPart, beside: Beside) -> dict[str, Any]:
    part = item.part
    text = beside.jsons.get(part.number)
    value = {} if text is None else {"value": json.loads(text)}
    return {
        "position": item.position,
        "kind": part.kind,
        "name": part.name,
        "place": part.place,
        "bytes": part.size,
        **value,
    }


def _at(place: str) -> str:
    return f" ({place})" if place else ""
