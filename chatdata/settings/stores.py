"""All settings, read from the environment only here: stores, timeouts, access mode, model, endpoint and sign-in.

Without any store configured, both are embedded; with exactly one configured, the other is "not configured".
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Literal, TypeVar, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chatdata.errors import SettingsError
from chatdata.settings.auth import DEFAULT_SIGN_IN_SECONDS, AccessSettings, access_settings
from chatdata.settings.monitoring import MonitoringSettings, monitoring_settings

Access = Literal["read", "write"]
Choice = TypeVar("Choice", bound=str)
IndexUse = Literal["auto", "on", "off"]
"""Whether usage is counted from an index of its own: above a number of messages, always or never."""
McpView = Literal["structure", "masked", "full"]
"""The widest view that the tools of agents give."""
DEFAULT_TTL_SECONDS = 43200
DEFAULT_CONNECT_TIMEOUT = 3.0
DEFAULT_CACHE_TIMEOUT = 2.0
DEFAULT_STUCK_SECONDS = 1800.0
DEFAULT_MODEL = "gpt-4o"
DEFAULT_ZONE = "UTC"
DEFAULT_BASE_URL = "https://api.openai.com/v1"
MCP_VIEW = "INSPECTOR_MCP_VIEW"
USAGE_INDEX = "INSPECTOR_USAGE_INDEX"
CLUSTER_REPLICAS = "INSPECTOR_CLUSTER_REPLICAS"
APP_DATABASE_URL = "INSPECTOR_APP_DATABASE_URL"
_POSTGRES_PORT = 5432
_UNREADABLE = "(unreadable URL)"


@dataclass(frozen=True, slots=True)
class RedisSettings:
    """The address of the cache: a URL, or the host of a cluster."""

    url: str | None = None
    """A redis://, rediss:// or unix:// URL."""
    cluster_host: str | None = None
    cluster_port: int = 6379
    password: str | None = None
    from_replicas: bool = False
    """Whether a cluster's keys are read from its replicas too."""

    def __repr__(self) -> str:
        return f"RedisSettings({self.shown})"

    @property
    def shown(self) -> str:
        """The address without the password."""
        if self.cluster_host:
            return f"cluster at {self.cluster_host}:{self.cluster_port}"
        return without_password(self.url or "")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server with OpenAI's chat completions API, to which conversations can be sent."""

    base_url: str
    """An http:// or https:// URL, such as https://api.openai.com/v1. Its query parameters are sent with each request,
    and a user and password in it replace the API key."""
    api_key: str
    model: str
    timeout: float
    """The seconds to wait for a connection, and then for each further piece of the answer."""

    def __repr__(self) -> str:
        return f"Endpoint({self.shown}, model={self.model!r})"

    @property
    def shown(self) -> str:
        """The base URL without user, password and parameters."""
        scheme, separator, rest = without_password(self.base_url).partition("://")
        return f"{scheme}{separator}{rest.rpartition('@')[2]}"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, read once and passed on."""

    data_dir: Path
    """The folder of the embedded stores and the inspector's own databases."""
    access: Access
    session_ttl: int
    """The TTL of a cached session in seconds, set by each write."""
    statement_timeout: float
    """The maximum duration of a database statement in seconds."""
    connect_timeout: float = DEFAULT_CONNECT_TIMEOUT
    """How many seconds a store may take to answer on a new or pooled connection."""
    cache_timeout: float = DEFAULT_CACHE_TIMEOUT
    """How many seconds the cache may take to answer a command."""
    stuck_turn: float = DEFAULT_STUCK_SECONDS
    """How many seconds a running turn may be silent before it counts as stuck."""
    database_url: str | None = None
    app_database_url: str | None = None
    """The PostgreSQL database of the inspector's own data; None for a file in the data folder."""
    redis: RedisSettings | None = None
    model: str = DEFAULT_MODEL
    """The default model of pages and commands."""
    endpoint: Endpoint | None = None
    """None without an API key; then nothing can be sent."""
    readers: AccessSettings = field(default_factory=AccessSettings)
    """The access settings for the browser."""
    time_zone: str | None = None
    """The value of TZ, if it is the name of a time zone."""
    monitoring: MonitoringSettings = field(default_factory=MonitoringSettings)
    """Scheduled scans, the token of /metrics and the webhook."""

    mcp_view: McpView = "masked"
    usage_index: IndexUse = "auto"

    @property
    def embedded(self) -> bool:
        """Whether no store is configured, so that SQLite and the embedded Valkey are used."""
        return self.database_url is None and self.redis is None

    def __repr__(self) -> str:
        database = without_password(self.database_url) if self.database_url else None
        stores = f"database={database}, redis={self.redis}, access={self.access}"
        return f"Settings({stores}, model={self.model!r}, endpoint={self.endpoint})"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Returns the settings in the environment, by default os.environ.

        Raises SettingsError naming the setting that is wrong.
        """
        given = _given(environment)
        database_url, redis = given.get("DATABASE_URL"), _redis(given)
        embedded = database_url is None and redis is None
        return cls(
            data_dir=Path(given.get("INSPECTOR_DATA_DIR", ".data")).expanduser().resolve(),
            access=_access(given.get("INSPECTOR_ACCESS", "write" if embedded else "read")),
            session_ttl=_ttl(given),
            statement_timeout=_seconds(given, "INSPECTOR_STATEMENT_TIMEOUT", 15.0),
            connect_timeout=_seconds(given, "INSPECTOR_CONNECT_TIMEOUT", DEFAULT_CONNECT_TIMEOUT),
            cache_timeout=_seconds(given, "INSPECTOR_CACHE_TIMEOUT", DEFAULT_CACHE_TIMEOUT),
            stuck_turn=_seconds(given, "INSPECTOR_STUCK_TURN", DEFAULT_STUCK_SECONDS),
            database_url=database_url,
            app_database_url=_app_database_url(given),
            redis=redis,
            model=_model(given),
            endpoint=_endpoint(given),
            readers=_readers(given),
            time_zone=_time_zone(given),
            mcp_view=_mcp_view(given),
            usage_index=_usage_index(given),
            monitoring=monitoring_settings(given),
        )

    @staticmethod
    def readers_from_environment(environment: Mapping[str, str] | None = None) -> AccessSettings:
        """Returns the access settings only, so that a wrong setting of a store does not prevent sign-in.

        Raises SettingsError naming the access setting that is wrong.
        """
        return _readers(_given(environment))


def zone_named(name: str) -> tzinfo | None:
    """Returns the time zone with a name such as Europe/Berlin, or None where this machine does not have it."""
    if name == DEFAULT_ZONE:
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None


def without_password(url: str) -> str:
    """Returns a URL that is safe to show: scheme, user, host, port and path, without password and query."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return _UNREADABLE
    if parts.netloc and "@" in parts.path:
        return _UNREADABLE  # part of a password with an unescaped slash would be in the path
    user = f"{parts.username}@" if parts.username else ""
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname or ""
    return f"{parts.scheme}://{user}{host}{port}{parts.path}"


def _given(environment: Mapping[str, str] | None) -> dict[str, str]:
    """Returns the environment variables that are set and not empty."""
    return {key: value for key, value in (os.environ if environment is None else environment).items() if value}


def _readers(given: Mapping[str, str]) -> AccessSettings:
    return access_settings(given, _seconds(given, "INSPECTOR_SIGN_IN_SECONDS", DEFAULT_SIGN_IN_SECONDS))


def _app_database_url(given: Mapping[str, str]) -> str | None:
    url = given.get(APP_DATABASE_URL)
    if url is None:
        return None
    if not url.startswith(("postgresql://", "postgres://")) or without_password(url) == _UNREADABLE:
        raise SettingsError(f"{APP_DATABASE_URL} should look like postgresql://user:password@host:5432/inspector.")
    if _server_and_name(url) == _server_and_name(given.get("DATABASE_URL", "")):
        raise SettingsError(
            f"{APP_DATABASE_URL} names the database that is inspected, to which nothing may be added: create another "
            "one for the inspector's own data."
        )
    return url


def _server_and_name(url: str) -> tuple[str | None, int, str] | None:
    if without_password(url) == _UNREADABLE:
        return None
    parts = urlsplit(url)
    return parts.hostname, parts.port or _POSTGRES_PORT, parts.path.strip("/")


def _redis(given: Mapping[str, str]) -> RedisSettings | None:
    if url := given.get("REDIS_URL"):
        if not url.startswith(("redis://", "rediss://", "unix://")):
            raise SettingsError("REDIS_URL should begin with redis://, rediss:// or unix://.")
        if without_password(url) == _UNREADABLE:
            raise SettingsError("REDIS_URL can't be read; it should look like redis://:password@host:6379/0.")
        return RedisSettings(url=url)
    password = given.get("REDIS_PASSWORD")
    if host := given.get("REDIS_CLUSTER_HOST"):
        port, replicas = _port(given, "REDIS_CLUSTER_PORT"), _from_replicas(given)
        return RedisSettings(cluster_host=host, cluster_port=port, password=password, from_replicas=replicas)
    if host := given.get("REDIS_HOST"):
        shown_host = f"[{host}]" if ":" in host else host
        return RedisSettings(url=f"redis://{shown_host}:{_port(given, 'REDIS_PORT')}/0", password=password)
    for name in ("REDIS_PASSWORD", "REDIS_PORT", "REDIS_CLUSTER_PORT"):
        if name in given:
            raise SettingsError(f"{name} is set, but no host: set REDIS_HOST, REDIS_CLUSTER_HOST or REDIS_URL.")
    return None


def _from_replicas(given: Mapping[str, str]) -> bool:
    replicas = _one_of(given, CLUSTER_REPLICAS, ("on", "off"), "off") == "on"
    if replicas and given.get("INSPECTOR_ACCESS") == "write":
        raise SettingsError(
            f"{CLUSTER_REPLICAS} is on, but INSPECTOR_ACCESS is write: what replicas hold may be too old to write by."
        )
    return replicas


def _time_zone(given: Mapping[str, str]) -> str | None:
    name = given.get("TZ", "").removeprefix(":")
    return name if name and zone_named(name) else None


def _model(given: Mapping[str, str]) -> str:
    return given.get("INSPECTOR_MODEL", "").strip() or DEFAULT_MODEL


def _endpoint(given: Mapping[str, str]) -> Endpoint | None:
    base_url, timeout = _base_url(given), _seconds(given, "INSPECTOR_SEND_TIMEOUT", 60.0)
    key = given.get("OPENAI_API_KEY", "").strip()
    if not (key.isascii() and key.isprintable()) or " " in key:  # not valid in a header
        raise SettingsError("OPENAI_API_KEY contains spaces or characters that no key has; copy it again.")
    return Endpoint(base_url, key, _model(given), timeout) if key else None


def _base_url(given: Mapping[str, str]) -> str:
    url = given.get("OPENAI_BASE_URL", "").strip() or DEFAULT_BASE_URL
    if not url.isprintable() or without_password(url) == _UNREADABLE or not urlsplit(url).hostname:
        raise SettingsError(f"OPENAI_BASE_URL can't be read; it should look like {DEFAULT_BASE_URL}.")
    if urlsplit(url).scheme not in ("http", "https"):
        raise SettingsError("OPENAI_BASE_URL should begin with http:// or https://.")
    return url


def _access(value: str) -> Access:
    if value == "read":
        return "read"
    if value == "write":
        return "write"
    raise SettingsError(f"INSPECTOR_ACCESS is {value!r}; it should be read or write.")


def _mcp_view(given: Mapping[str, str]) -> McpView:
    return _one_of(given, MCP_VIEW, get_args(McpView), "masked")


def _usage_index(given: Mapping[str, str]) -> IndexUse:
    return _one_of(given, USAGE_INDEX, get_args(IndexUse), "auto")


def _one_of(given: Mapping[str, str], name: str, choices: Sequence[Choice], default: Choice) -> Choice:
    value = given.get(name, default)
    for choice in choices:
        if choice == value:
            return choice
    *others, last = choices
    raise SettingsError(f"{name} is {value!r}; it should be {', '.join(others)} or {last}.")


def _ttl(given: Mapping[str, str]) -> int:
    name = "CHAT_SESSION_TTL" if "CHAT_SESSION_TTL" in given else "SESSION_TTL"
    seconds = _seconds(given, name, float(DEFAULT_TTL_SECONDS))
    if seconds < 1 or seconds != int(seconds):
        raise SettingsError(f"{name} is {given[name]!r}; it should be a whole number of seconds.")
    return int(seconds)


def _port(given: Mapping[str, str], name: str) -> int:
    value = given.get(name, "6379")
    if value.isascii() and value.isdigit() and 0 < int(value) < 65536:
        return int(value)
    raise SettingsError(f"{name} is {value!r}; it should be a port from 1 to 65535.")


def _seconds(given: Mapping[str, str], name: str, default: float) -> float:
    value = given.get(name)
    if value is None:
        return default
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if 0 < seconds < 10**9:
        return seconds
    raise SettingsError(f"{name} is {value!r}; it should be a number of seconds above 0.")
