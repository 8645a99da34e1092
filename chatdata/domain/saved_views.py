"""Saved views of the list of sessions: named filters and an order, and who is offered them. Pure."""

from dataclasses import dataclass
from datetime import datetime

from chatdata.domain.access import Principal
from chatdata.domain.access.users import VIEWS
from chatdata.domain.copies import PrivacyLevel

LONGEST_NAME = 60
LONGEST_QUERY = 4_000


@dataclass(frozen=True, slots=True)
class SavedView:
    """The query of a list's URL under a name."""

    id: str
    """A random ID."""
    name: str
    query: str
    """The URL-encoded filters, order and columns."""
    shared: bool
    """Whether it is offered to everybody, and not to its author only."""
    level: PrivacyLevel
    """What its author could see when saving it."""
    author: str
    created_at: datetime
    """The time of creation, in UTC."""
    author_subject: str = ""
    """Identifies the author (`chatdata.domain.access.Principal.subject`)."""

    def owned_by(self, principal: Principal) -> bool:
        """Whether the person saved it."""
        return principal.owns(self.author_subject, self.author)

    def offered_to(self, principal: Principal) -> bool:
        """Whether the person is offered it.

        Where less is visible than where it was saved, it is not: its name and its filters may quote what is hidden.
        """
        visible = VIEWS.index(principal.view) <= VIEWS.index(self.level)
        return visible and (self.shared or self.owned_by(principal))


def view_name(text: str) -> str:
    """Returns a name for a view on one line. Raises ValueError if it is blank or too long."""
    name = " ".join(text.split())
    if not name:
        raise ValueError("A saved view needs a name.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"A name has at most {LONGEST_NAME} characters; this one has {len(name):,}.")
    return name
