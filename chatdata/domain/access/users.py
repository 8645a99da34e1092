"""What a reader may see and do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chatdata.domain.access.people import Identity
from chatdata.domain.copies import PrivacyLevel
from chatdata.settings.auth import ROLES, Named, ReaderSettings, Role

VIEWS: tuple[PrivacyLevel, ...] = ("full", "masked", "structure")
"""From the widest to the narrowest."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who looks at conversations."""

    name: str
    role: Role
    view: PrivacyLevel
    """What the reader is shown: what the role has, or less where less was asked for."""
    writable: bool = False
    """Whether this inspector may write to the stores at all (INSPECTOR_ACCESS)."""
    signed_in: bool = True
    """False for whoever uses an inspector without a sign-in."""
    address: str = ""
    """Where the request came from, where that is known."""

    def seeing(self, asked: str | None) -> "Principal":
        """The same reader with the narrower of both views; a view that is none changes nothing."""
        wanted = next((view for view in self.views if view == asked), self.view)
        return replace(self, view=wanted)

    @property
    def views(self) -> tuple[PrivacyLevel, ...]:
        """The views that may be asked for, the reader's own first."""
        return VIEWS[VIEWS.index(self.view) :]

    @property
    def may_repair(self) -> bool:
        """Change a session in the stores."""
        return self.role == "operator" and self.writable and self.view == "full"

    @property
    def may_import(self) -> bool:
        """Bring conversations in."""
        return self.may_repair

    @property
    def may_send(self) -> bool:
        """Send a conversation to a model: what leaves is the payload as it is."""
        return self.view == "full" and self.role != "viewer"

    @property
    def may_scan(self) -> bool:
        """Have every cached session read."""
        return self.role != "viewer"

    @property
    def may_search_words(self) -> bool:
        """Look for words: whoever may not read them must not find out by asking."""
        return self.view != "structure"

    @property
    def may_see_people(self) -> bool:
        """Titles, questions and user ids in lists, as they are stored."""
        return self.view == "full"

    @property
    def may_note(self) -> bool:
        """Put bookmarks and notes on messages, which takes reading them."""
        return self.view != "structure"

    @property
    def may_delete_notes(self) -> bool:
        """Delete what others noted."""
        return self.role == "operator"

    @property
    def may_see_audit(self) -> bool:
        """The audit log."""
        return self.role == "operator"


def principal_of(person: Identity, settings: ReaderSettings, *, writable: bool, address: str = "") -> Principal | str:
    """The reader that somebody is, by the highest role that they have; or a sentence that says why there is none."""
    roles = [role for role in ROLES if _has(person, role, settings)]
    if not roles:
        return (
            "You are signed in, but have no role in this inspector. Whoever runs it gives one with "
            "INSPECTOR_VIEWERS, INSPECTOR_ANALYSTS or INSPECTOR_OPERATORS, or by a group."
        )
    role = roles[-1]
    return Principal(person.name, role, _view(role, settings), writable=writable, address=address)


def _has(person: Identity, role: Role, settings: ReaderSettings) -> bool:
    named = settings.named.get(role, Named())
    groups = named.groups if _groups_are_named(settings.named) else {role}
    return person.known_as in named.people or not person.groups.isdisjoint(groups)


def _groups_are_named(named: Mapping[Role, Named]) -> bool:
    """Otherwise the roles' own names are the groups."""
    return any(one.groups for one in named.values())


def _view(role: Role, settings: ReaderSettings) -> PrivacyLevel:
    views: Mapping[Role, PrivacyLevel] = {"viewer": "structure", "analyst": settings.analyst_view, "operator": "full"}
    return views[role]
