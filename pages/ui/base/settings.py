"""The settings of this server, read once."""

import threading

from chatdata import Settings
from chatdata.settings.auth import ReaderSettings

_lock = threading.RLock()
_settings: Settings | None = None
_readers: ReaderSettings | None = None
_reading = 0


def settings() -> Settings:
    """All of them. SettingsError for a wrong one."""
    global _settings
    with _lock:
        if _settings is None:
            _settings = Settings.from_environment()
        return _settings


def readers() -> ReaderSettings:
    """Who may see what, whatever else may be wrong. SettingsError for a wrong one of these."""
    global _readers
    with _lock:
        if _readers is None:
            _readers = Settings.readers_from_environment()
        return _readers


def reading() -> int:
    """Which reading of the settings this is: what was made of them holds as long as this number."""
    return _reading


def forget() -> None:
    """The next one who asks reads the environment again."""
    global _settings, _readers, _reading
    with _lock:
        _settings, _readers, _reading = None, None, _reading + 1
