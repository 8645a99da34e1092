"""Bookmarks and notes of people as HTML: under their message, or together where the copy has no such message."""

from collections.abc import Iterator, Mapping, Sequence

from chatdata.domain.annotations import Placed
from chatdata.domain.report.visible import as_html
from chatdata.domain.report.wire import iso


def by_position(notes: Sequence[Placed]) -> Mapping[int, list[Placed]]:
    """The notes on each message of the copy that has some."""
    found: dict[int, list[Placed]] = {}
    for placed in notes:
        if placed.position is not None:
            found.setdefault(placed.position, []).append(placed)
    return found


def remark_pieces(notes: Sequence[Placed]) -> Iterator[str]:
    """What was noted on one message."""
    for placed in notes:
        yield _remark(placed, "" if placed.same else " Another message is here now.")


def elsewhere_pieces(notes: Sequence[Placed]) -> Iterator[str]:
    """What was noted on messages that the copy does not have."""
    missing = [placed for placed in notes if placed.position is None]
    if missing:
        yield "<h3>Notes on messages that are not in this copy</h3>\n"
    for placed in missing:
        yield _remark(placed, f" Put on message {placed.note.position:,}.")


def _remark(placed: Placed, where: str) -> str:
    note = placed.note
    kind = "Bookmark" if note.text is None else "Note"
    changed = f", changed {iso(note.changed_at)}" if note.changed_at else ""
    text = "" if note.text is None else f"<pre>{as_html(note.text)}</pre>"
    facts = f'<span class="quiet">{as_html(note.author)} {iso(note.created_at)}{changed}.{where}</span>'
    return f'<div class="remark"><p><b>{kind}</b> {facts}</p>{text}</div>\n'
