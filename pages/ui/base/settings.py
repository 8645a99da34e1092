"""The settings of this server, read once and cached."""

import threading

from chatdata import Settings
from chatdata.settings.auth import AccessSettings

_lock = threading.RLock()
_settings: Settings | None = None
_readers: AccessSettings | None = None
_reading = 0


def settings() -> Settings:
    """All settings. Raises SettingsError for an invalid one."""
    global _settings
    with _lock:
        if _settings is None:
            _settings = Settings.from_environment()
        return _settings


def readers() -> AccessSettings:
    """The access settings alone, even if others are invalid. Raises SettingsError for an invalid one of these."""
    global _readers
    with _lock:
        if _readers is None:
            _readers = Settings.readers_from_environment()
        return _readers


def reading() -> int:
    """The number of this reading of the settings; values derived from them are valid while it stays the same."""
    return _reading


def forget() -> None:
    """Clears the cache, so that the next call reads the environment again."""
    global _settings, _readers, _reading
    with _lock:
        _settings, _readers, _reading = None, None, _reading + 1
