"""Bookmarks and notes of people: by the message that they are on."""

from collections.abc import Mapping, Sequence

from chatdata.domain.annotations import Placed


def by_position(notes: Sequence[Placed]) -> Mapping[int, Sequence[Placed]]:
    """The notes on each message of the copy that has some."""
    found: dict[int, list[Placed]] = {}
    for placed in notes:
        if placed.position is not None:
            found.setdefault(placed.position, []).append(placed)
    return found
