"""The access settings as values; `chatdata.settings.stores` reads the environment for them. Pure."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from chatdata.errors import SettingsError
from chatdata.settings.hosts import NAME as ALLOWED_HOSTS
from chatdata.settings.hosts import AllowedHosts, allowed_hosts

Role = Literal["viewer", "analyst", "operator"]
"""From the least to the most access: a viewer sees structure, an analyst texts, an operator can also repair."""

AnalystView = Literal["masked", "full"]
WithoutSignIn = Literal["loopback", "anywhere"]
"""Where requests may come from while no sign-in is configured."""

ROLES: tuple[Role, ...] = get_args(Role)
DEFAULT_SIGN_IN_SECONDS = 43200.0
_LISTS: Mapping[Role, str] = {
    "viewer": "INSPECTOR_VIEWERS",
    "analyst": "INSPECTOR_ANALYSTS",
    "operator": "INSPECTOR_OPERATORS",
}
_GROUP = "group:"
_HEADER_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class RoleMembers:
    """The people and groups that have a role."""

    people: frozenset[str] = frozenset()
    """E-mail addresses, or names as a proxy sends them, case-folded."""
    groups: frozenset[str] = frozenset()
    """Values of the role claim or of the groups header, compared exactly."""


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Who has which role, and how users are identified."""

    named: Mapping[Role, RoleMembers] = field(default_factory=dict)
    role_claim: str | None = None
    """The claim with a user's groups or roles; dots separate the names of nested claims."""
    analyst_view: AnalystView = "masked"
    user_header: str | None = None
    """The header in which a proxy names the signed-in user, in lower case."""
    groups_header: str | None = None
    proxies: tuple[Network, ...] = ()
    """The networks of the proxies whose headers are trusted."""
    sign_in_seconds: float = DEFAULT_SIGN_IN_SECONDS
    """The lifetime of a sign-in in seconds."""
    without_sign_in: WithoutSignIn = "loopback"
    hosts: AllowedHosts = field(default_factory=AllowedHosts)
    """The hosts at which users reach the inspector, in addition to loopback."""

    @property
    def names_roles(self) -> bool:
        """Whether anybody can have a role."""
        by_claim = self.role_claim is not None or self.groups_header is not None
        return by_claim or any(named.people or named.groups for named in self.named.values())

    def trusts(self, address: str | None) -> bool:
        """Returns whether the address belongs to a trusted proxy."""
        try:
            parsed = ipaddress.ip_address((address or "").partition("%")[0])
        except ValueError:
            return False
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        return any(parsed in network for network in self.proxies)


def access_settings(given: Mapping[str, str], sign_in_seconds: float) -> AccessSettings:
    """Returns the access settings in environment variables. Raises SettingsError naming the setting that is wrong."""
    settings = AccessSettings(
        named={role: _named(given.get(name, "")) for role, name in _LISTS.items()},
        role_claim=given.get("INSPECTOR_ROLE_CLAIM", "").strip() or None,
        analyst_view=_analyst_view(given.get("INSPECTOR_ANALYST_VIEW", "masked")),
        user_header=_header(given, "INSPECTOR_TRUSTED_USER_HEADER"),
        groups_header=_header(given, "INSPECTOR_TRUSTED_GROUPS_HEADER"),
        proxies=_proxies(given.get("INSPECTOR_TRUSTED_PROXIES", "")),
        sign_in_seconds=sign_in_seconds,
        without_sign_in=_without_sign_in(given.get("INSPECTOR_WITHOUT_SIGN_IN", "loopback")),
        hosts=allowed_hosts(given.get(ALLOWED_HOSTS, "")),
    )
    _check_together(settings)
    return settings


def _named(text: str) -> RoleMembers:
    entries = _entries(text)
    return RoleMembers(
        frozenset(entry.casefold() for entry in entries if not entry.startswith(_GROUP)),
        frozenset(entry.removeprefix(_GROUP).strip() for entry in entries if entry.startswith(_GROUP)) - {""},
    )


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _analyst_view(value: str) -> AnalystView:
    if value == "masked":
        return "masked"
    if value == "full":
        return "full"
    raise SettingsError(f"INSPECTOR_ANALYST_VIEW is {value!r}; it should be masked or full.")


def _without_sign_in(value: str) -> WithoutSignIn:
    if value == "loopback":
        return "loopback"
    if value == "anywhere":
        return "anywhere"
    raise SettingsError(f"INSPECTOR_WITHOUT_SIGN_IN is {value!r}; it should be loopback or anywhere.")


def _header(given: Mapping[str, str], name: str) -> str | None:
    value = given.get(name, "").strip()
    if not _HEADER_CHARACTERS.issuperset(value):
        raise SettingsError(f"{name} is {value!r}; it should be the name of a header, as X-Forwarded-User.")
    return value.lower() or None


def _proxies(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(entry) for entry in _entries(text))
    except ValueError as error:
        raise SettingsError(
            f"INSPECTOR_TRUSTED_PROXIES can't be read: {error}. Name addresses or networks, as 10.0.0.7, 10.1.0.0/24."
        ) from error


def _check_together(settings: AccessSettings) -> None:
    """Raises SettingsError when a setting lacks another one that it needs."""
    if settings.user_header and not settings.proxies:
        raise SettingsError(
            "INSPECTOR_TRUSTED_USER_HEADER is set, but anyone could send it: "
            "name the proxy's address in INSPECTOR_TRUSTED_PROXIES."
        )
    if (settings.proxies or settings.groups_header) and not settings.user_header:
        raise SettingsError(
            "INSPECTOR_TRUSTED_PROXIES or INSPECTOR_TRUSTED_GROUPS_HEADER is set, but not the header that says who "
            "signed in: set INSPECTOR_TRUSTED_USER_HEADER."
        )
    if settings.user_header and not settings.names_roles:
        raise SettingsError(
            "INSPECTOR_TRUSTED_USER_HEADER is set, but nobody has a role and so nobody would see anything: set "
            "INSPECTOR_VIEWERS, INSPECTOR_ANALYSTS, INSPECTOR_OPERATORS or INSPECTOR_TRUSTED_GROUPS_HEADER."
        )
    groups = any(named.groups for named in settings.named.values())
    if groups and not (settings.role_claim or settings.groups_header):
        raise SettingsError(
            "A role is given to a group, but nothing says who is in it: set INSPECTOR_ROLE_CLAIM, or "
            "INSPECTOR_TRUSTED_GROUPS_HEADER behind a proxy."
        )
