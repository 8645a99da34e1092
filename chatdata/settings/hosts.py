"""Which addresses are the inspector's own: hosts and origins, and what INSPECTOR_ALLOWED_HOSTS names. Pure."""

import ipaddress
import re
from dataclasses import dataclass

from chatdata.errors import SettingsError

NAME = "INSPECTOR_ALLOWED_HOSTS"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Origin:
    """A scheme, a host and a port; its text is what browsers write into the header Origin (RFC 6454, 6.2)."""

    scheme: str
    host: str
    """A name in lower case, or an address; one of IPv6 in brackets."""
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """What browsers write into the header Host: the port only where it is not the scheme's own."""
        return self.host if self.port == _DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """The hosts by which the inspector may be asked for."""

    names: frozenset[str] = frozenset()
    origins: frozenset[Origin] = frozenset()
    """Addresses of which the scheme is known, whatever the connection's own is: a proxy in front speaks TLS."""

    def __contains__(self, host: str) -> bool:
        return host in self.names or any(origin.host == host for origin in self.origins)

    def page_at(self, scheme: str, host: str) -> Origin | None:
        """The origin of a page that came over a connection with this scheme and this Host; None for no valid host."""
        stated = (origin for origin in self.origins if origin_of(origin.scheme, host) == origin)
        return next(stated, None) or origin_of(scheme, host)


def origin_of(scheme: str, host: str) -> Origin | None:
    """The origin that a scheme and a Host header make; None where either is not valid."""
    found = _HOST.fullmatch(host.lower())
    if found is None or scheme not in _DEFAULT_PORTS:
        return None
    name, port = _canonical(found[1]), int(found[2] or _DEFAULT_PORTS[scheme])
    return Origin(scheme, name, port) if name and 0 < port < 65_536 else None


def allowed_hosts(text: str) -> AllowedHosts:
    """The hosts that the setting names, separated by commas. SettingsError for an entry that can't be one."""
    names, origins = set(), set()
    for entry in filter(None, (part.strip() for part in text.split(","))):
        scheme, separator, host = entry.rstrip("/").rpartition("://")
        bracketed = f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host
        origin = origin_of(scheme.lower() if separator else "http", bracketed)
        if origin is None or (not separator and origin.port != _DEFAULT_PORTS["http"]):
            raise SettingsError(
                f"{NAME} holds {entry!r}; name hosts without a port, as inspector.internal, "
                "or addresses with their scheme, as https://inspector.internal:8443."
            )
        if separator:
            origins.add(origin)
        else:
            names.add(origin.host)
    return AllowedHosts(frozenset(names), frozenset(origins))


def _canonical(name: str) -> str | None:
    """An address of IPv6 in the one form that browsers write."""
    if not name.startswith("["):
        return name
    try:
        return f"[{ipaddress.IPv6Address(name[1:-1])}]"
    except ValueError:
        return None
