"""The settings of monitoring as values: scheduled scans, the token of /metrics, the webhook. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from chatdata.errors import SettingsError

_SHORTEST_SECRET = 32
_FEWEST_CHARACTERS = 8


@dataclass(frozen=True, slots=True, repr=False)
class WebhookSettings:
    """Where findings are posted. Such a URL often contains a secret itself, so only its host is ever shown."""

    url: str
    """An http:// or https:// URL."""
    secret: str
    """The key of the signature."""

    def __repr__(self) -> str:
        return f"WebhookSettings({self.shown})"

    @property
    def shown(self) -> str:
        """The scheme and the host."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}"


@dataclass(frozen=True, slots=True, repr=False)
class MonitoringSettings:
    """The settings of monitoring; everything is off by default."""

    scan_every: float | None = None
    """The seconds from the start of a scheduled scan to that of the next."""
    metrics_token: str | None = None
    """The bearer token for /metrics."""
    webhook: WebhookSettings | None = None

    def __repr__(self) -> str:
        token = "set" if self.metrics_token else "not set"
        return f"MonitoringSettings(scan_every={self.scan_every}, metrics_token={token}, webhook={self.webhook})"


def monitoring_settings(given: Mapping[str, str]) -> MonitoringSettings:
    """Returns the settings in environment variables. Raises SettingsError naming the one that is wrong."""
    token = given.get("INSPECTOR_METRICS_TOKEN", "").strip()
    return MonitoringSettings(
        scan_every=_scan_every(given.get("INSPECTOR_SCAN_EVERY", "").strip()),
        metrics_token=_secret("INSPECTOR_METRICS_TOKEN", token) if token else None,
        webhook=_webhook(given),
    )


def _scan_every(text: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if 1 <= seconds < 10**9:
        return seconds
    raise SettingsError(f"INSPECTOR_SCAN_EVERY is {text!r}; it should be a number of seconds from 1 on.")


def _webhook(given: Mapping[str, str]) -> WebhookSettings | None:
    url, secret = given.get("INSPECTOR_WEBHOOK_URL", "").strip(), given.get("INSPECTOR_WEBHOOK_SECRET", "").strip()
    if not url:
        return None
    if not _is_web_address(url):
        raise SettingsError(
            "INSPECTOR_WEBHOOK_URL can't be read; it should look like https://hooks.internal/inspector."
        )
    if not secret:
        raise SettingsError(
            "INSPECTOR_WEBHOOK_URL is set, but not the key that its posts are signed with: set "
            "INSPECTOR_WEBHOOK_SECRET, as from openssl rand -hex 32."
        )
    return WebhookSettings(url, _secret("INSPECTOR_WEBHOOK_SECRET", secret))


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return url.isascii() and url.isprintable() and parts.scheme in ("http", "https") and bool(parts.hostname)


def _secret(name: str, secret: str) -> str:
    """Returns the secret. Raises SettingsError, which does not quote it, for one that can be guessed."""
    if not (secret.isascii() and secret.isprintable()) or " " in secret:  # not valid in a header
        raise SettingsError(f"{name} contains spaces or characters that no header can have.")
    if len(secret) < _SHORTEST_SECRET or len(set(secret)) < _FEWEST_CHARACTERS or secret in (secret + secret)[1:-1]:
        raise SettingsError(
            f"{name} needs at least {_SHORTEST_SECRET} random characters, not a repeated pattern. Generate one with: "
            "openssl rand -hex 32"
        )
    return secret
