"""The hosts and origins that belong to the inspector, from INSPECTOR_ALLOWED_HOSTS. Pure."""

import ipaddress
import re
from dataclasses import dataclass

from chatdata.errors import SettingsError

NAME = "INSPECTOR_ALLOWED_HOSTS"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Origin:
    """A scheme, a host and a port; `str` gives the value of the Origin header (RFC 6454, 6.2)."""

    scheme: str
    host: str
    """A name in lower case, or an IP address, with brackets for IPv6."""
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """The value of the Host header, which has the port only if it is not the scheme's default."""
        return self.host if self.port == _DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """The hosts at which the inspector may be requested."""

    names: frozenset[str] = frozenset()
    origins: frozenset[Origin] = frozenset()
    """Origins with a fixed scheme, whatever the connection's scheme is: a proxy in front may terminate TLS."""

    def __contains__(self, host: str) -> bool:
        return host in self.names or any(origin.host == host for origin in self.origins)

    def page_at(self, scheme: str, host: str) -> Origin | None:
        """Returns the origin of a page from the connection's scheme and the Host header; None for an invalid host."""
        stated = (origin for origin in self.origins if origin_of(origin.scheme, host) == origin)
        return next(stated, None) or origin_of(scheme, host)


def origin_of(scheme: str, host: str) -> Origin | None:
    """Returns the origin of a scheme and a Host header, or None where either is invalid."""
    found = _HOST.fullmatch(host.lower())
    if found is None or scheme not in _DEFAULT_PORTS:
        return None
    name, port = _canonical(found[1]), int(found[2] or _DEFAULT_PORTS[scheme])
    return Origin(scheme, name, port) if name and 0 < port < 65_536 else None


def allowed_hosts(text: str) -> AllowedHosts:
    """Returns the hosts in the comma-separated setting. Raises SettingsError when an entry is not a host or origin."""
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
    """Returns an IPv6 address in the form that browsers send, None for an invalid one, and names unchanged."""
    if not name.startswith("["):
        return name
    try:
        return f"[{ipaddress.IPv6Address(name[1:-1])}]"
    except ValueError:
        return None
