"""Where a page of the list is in the whole list: what the way from one session to the next goes on with."""

from dataclasses import dataclass

from chatdata.services.catalog import SessionList, Sort
from pages.ui.sessions import cursor


@dataclass(frozen=True, slots=True)
class PagePlace:
    """The place of a page; None for what is unknown, and for a page that the list does not have."""

    before: int | None
    """How many sessions the list has before this page."""
    total: int | None
    """How many sessions the whole list has."""
    newer: str | None
    """The query parameter of the page before this one."""
    older: str | None
    """The query parameter of the page after this one."""


def beside(listed: SessionList, sort: Sort) -> tuple[str | None, str | None]:
    """The query parameters of the pages before and after a page, each None where the list ends."""
    if not listed.lines:
        return None, None
    first, last = listed.lines[0].summary.cursor_by(sort), listed.lines[-1].summary.cursor_by(sort)
    newer = cursor.written("newer", first) if listed.has_newer else None
    return newer, cursor.written("older", last) if listed.has_older else None
