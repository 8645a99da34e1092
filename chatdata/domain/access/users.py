"""What a principal may see and do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chatdata.domain.access.people import Identity
from chatdata.domain.copies import PrivacyLevel
from chatdata.settings.auth import ROLES, AccessSettings, Role, RoleMembers

VIEWS: tuple[PrivacyLevel, ...] = ("full", "masked", "structure")
"""All views, from the least to the most restrictive."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A person who uses the inspector, with a role and a view."""

    subject: str
    """What belongs to this person is known by it, as `Identity.subject`; without sign-in it is the machine's user."""
    name: str
    """The display name. Never compared."""
    role: Role
    view: PrivacyLevel
    """The view that applies: the role's own, or a more restrictive one that the person chose."""
    writable: bool = False
    """Whether the inspector is in read-write mode (INSPECTOR_ACCESS)."""
    signed_in: bool = True
    """False where the inspector runs without sign-in."""
    address: str = ""
    """The client's IP address; empty where it is unknown."""
    known_as: str | None = None
    """The case-folded name that the provider, the proxy or the machine vouches for, if there is one."""

    def owns(self, subject: str, name: str) -> bool:
        """Whether what was recorded with this subject belongs to the person.

        Records from before subjects were kept, and imported ones, have none; those belong to the name if it is
        vouched for.
        """
        return self.subject == subject if subject else name.casefold() == self.known_as

    def seeing(self, requested: str | None) -> "Principal":
        """Returns this principal with a more restrictive view; wider and unknown views are ignored."""
        chosen = next((view for view in self.views if view == requested), self.view)
        return replace(self, view=chosen)

    @property
    def views(self) -> tuple[PrivacyLevel, ...]:
        """The views that this principal may choose, the current one first."""
        return VIEWS[VIEWS.index(self.view) :]

    @property
    def may_repair(self) -> bool:
        """Whether this principal may change sessions in the stores."""
        return self.role == "operator" and self.writable and self.view == "full"

    @property
    def may_import(self) -> bool:
        """Whether this principal may import conversations."""
        return self.may_repair

    @property
    def may_send(self) -> bool:
        """Whether this principal may send a conversation to a model, which receives the payload without redaction."""
        return self.view == "full" and self.role != "viewer"

    @property
    def may_scan(self) -> bool:
        """Whether this principal may scan all cached sessions."""
        return self.role != "viewer"

    @property
    def may_search_words(self) -> bool:
        """Whether this principal may search for text: matches would reveal text that the structure view hides."""
        return self.view != "structure"

    @property
    def may_see_people(self) -> bool:
        """Whether lists show titles, first messages and user IDs without redaction."""
        return self.view == "full"

    @property
    def may_note(self) -> bool:
        """Whether this principal may add bookmarks and notes, which requires reading the messages."""
        return self.view != "structure"

    @property
    def may_delete_notes(self) -> bool:
        """Whether this principal may delete other people's notes."""
        return self.role == "operator"

    @property
    def may_see_audit(self) -> bool:
        """Whether this principal may see the audit log."""
        return self.role == "operator"


def principal_of(person: Identity, settings: AccessSettings, *, writable: bool, address: str = "") -> Principal | str:
    """Returns a principal with the person's highest role, or a sentence for people if they have no role."""
    roles = [role for role in ROLES if _has_role(person, role, settings)]
    if not roles:
        return (
            "You are signed in, but have no role in this inspector. Ask your administrator for a role "
            "(INSPECTOR_VIEWERS, INSPECTOR_ANALYSTS or INSPECTOR_OPERATORS, or a group)."
        )
    role = roles[-1]
    return Principal(
        person.subject,
        person.name,
        role,
        view_of(role, settings),
        writable=writable,
        address=address,
        known_as=person.known_as,
    )


def _has_role(person: Identity, role: Role, settings: AccessSettings) -> bool:
    named = settings.named.get(role, RoleMembers())
    groups = named.groups if _groups_are_named(settings.named) else {role}
    return person.known_as in named.people or not person.groups.isdisjoint(groups)


def _groups_are_named(named: Mapping[Role, RoleMembers]) -> bool:
    """Returns whether the settings name any group; otherwise each role's own name is its group."""
    return any(one.groups for one in named.values())


def view_of(role: Role, settings: AccessSettings) -> PrivacyLevel:
    """Returns the widest view of a role."""
    views: Mapping[Role, PrivacyLevel] = {"viewer": "structure", "analyst": settings.analyst_view, "operator": "full"}
    return views[role]
