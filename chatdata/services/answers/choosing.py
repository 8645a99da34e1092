"""Chooses the copy that an answer is about, or raises with the reason why there is none."""

from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    CachedSide,
    Copies,
    CorruptDocument,
    Source,
    StoredCopy,
    StoredSide,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.text import count
from chatdata.errors import NotConfigured, NotFound, OutOfReach

_DAMAGED = 5
_OPTION = "use --source {source}"
"""How the command line asks for the other copy."""
Side = StoredSide | CachedSide
Shown = StoredCopy | CachedCopy | CorruptDocument


def choose_readable(
    copies: Copies, source: Source | None, hint: str = _OPTION
) -> tuple[Source, StoredCopy | CachedCopy]:
    """Returns the copy to work on. Raises NotFound with the reason if its messages can't be read."""
    chosen, shown = choose(copies, source, hint)
    if isinstance(shown, CorruptDocument):
        raise NotFound(f"The cached copy of {copies.session_id} can't be read: {shown.reason}.")
    return chosen, shown


def choose(copies: Copies, source: Source | None, hint: str = _OPTION) -> tuple[Source, Shown]:
    """Returns the copy to show. Raises NotFound if there is none, and OutOfReach if no store is available.

    `hint` says how to ask for the other copy, where only that one exists.
    """
    sides: dict[Source, Side] = {"database": copies.stored, "cache": copies.cached}
    candidates = {source: sides[source]} if source else sides
    for name, side in candidates.items():
        if isinstance(side, StoredCopy | CachedCopy | CorruptDocument):
            return name, side
    silent: dict[str, str] = {name: side.reason for name, side in candidates.items() if isinstance(side, Unavailable)}
    if silent:
        raise OutOfReach(" ".join(silent.values()), list(silent))
    raise NotFound(_not_found(copies, source, hint))


def _not_found(copies: Copies, source: Source | None, hint: str) -> str:
    sides: dict[Source, Side] = {"database": copies.stored, "cache": copies.cached}
    for name, side in sides.items():
        if name == source and isinstance(side, Unconfigured):
            return side.hint
    if source is None:
        empty = " or ".join(f"the {name}" for name, side in sides.items() if isinstance(side, Absent))
        return f"Session {copies.session_id} was not found in {empty}."
    other: Source = "cache" if source == "database" else "database"
    there = not isinstance(sides[other], Absent | Unavailable | Unconfigured)
    also = f" It is in the {other}: {hint.format(source=other)}." if there else ""
    return f"Session {copies.session_id} was not found in the {source}.{also}"


def _damage(stored: StoredCopy) -> list[str]:
    """The first damaged values of the rows, and how many others there are."""
    sentences = [value.sentence for value in stored.damaged[:_DAMAGED]]
    others = len(stored.damaged) - _DAMAGED
    return sentences if others <= 0 else [*sentences, f"{count(others, 'more damaged value')} of these rows."]


def remarks(copies: Copies, chosen: Source, *, asked: bool) -> list[str]:
    """Warnings about the other copy, and why the database copy is not the one shown."""
    remarks = []
    if isinstance(copies.stored, Unavailable):
        remarks.append(copies.stored.reason)
    if isinstance(copies.cached, Unavailable):
        remarks.append(copies.cached.reason)
    if chosen == "cache" and not asked:
        why = "Not in the database" if isinstance(copies.stored, Absent) else "The database is unavailable"
        remarks.append(f"{why}: this is the cached copy.")
    if chosen == "database" and isinstance(copies.cached, CorruptDocument):
        remarks.append(f"The cached copy can't be read: {copies.cached.reason}.")
    if chosen == "database" and isinstance(copies.stored, StoredCopy):
        remarks += _damage(copies.stored)
    return remarks


def undecided(copies: Copies) -> NotConfigured | OutOfReach:
    """The error for copies that were not compared because a store is unavailable or not configured."""
    sides = {"database": copies.stored, "cache": copies.cached}
    silent = {name: side.reason for name, side in sides.items() if isinstance(side, Unavailable)}
    if silent:
        return OutOfReach(" ".join(silent.values()), list(silent))
    hints = [side.hint for side in sides.values() if isinstance(side, Unconfigured)]
    return NotConfigured(" ".join(hints))
