"""What a bundle carries of an imported session's source: what the inspector's database keeps, as the view allows it."""

from dataclasses import replace

from chatdata.domain.annotations import message_digest
from chatdata.domain.imported import ImportedSource
from chatdata.services.inspection import Inspection


def kept_source(inspection: Inspection) -> ImportedSource | None:
    """What is kept about the session's source; None for nothing.

    Parts have their JSON at the full level only. They are tied to the exported messages by digests of these, which are
    redacted ones at other levels.
    """
    found = inspection.imported
    if found is None:
        return None
    source = next(iter(inspection.copies.readable), None)
    if source is None:
        return replace(found, parts=tuple(replace(part, digest="") for part in found.parts), turns=())
    digests = {item.position: message_digest(item.message) for item in inspection.copies.readable[source].messages}
    jsons = inspection.part_jsons()
    parts = tuple(
        replace(
            placed.part,
            position=placed.position,
            digest="" if placed.position is None else digests.get(placed.position, ""),
            json=jsons.get(placed.part.number),
        )
        for placed in inspection.source_parts(source)
    )
    turns = tuple(replace(turn, digest=digests.get(turn.position, "")) for turn in inspection.source_turns(source))
    return replace(found, parts=parts, turns=turns)
