"""Bookmarks and notes, grouped by message."""

from collections.abc import Mapping, Sequence

from chatdata.domain.annotations import Placed


def by_position(notes: Sequence[Placed]) -> Mapping[int, Sequence[Placed]]:
    """Returns the notes by message position; notes without a position are left out."""
    found: dict[int, list[Placed]] = {}
    for placed in notes:
        if placed.position is not None:
            found.setdefault(placed.position, []).append(placed)
    return found
