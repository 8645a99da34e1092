"""The composition root: from settings to the session operations on the stores that they name."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from chatdata.errors import RedisUnavailable, SettingsError
from chatdata.services.session_stores import CACHE_HINT, SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings, Settings
from chatdata.stores import private_files
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from chatdata.stores.valkey import EmbeddedValkey, valkey_available

EMBEDDED_DATABASE = "chat.db"
_NO_EMBEDDED_CACHE = "There is no embedded cache on this system: set REDIS_URL to use one of your own."


@dataclass
class Connected:
    """One deployment and what the inspector keeps of it. Close it, or use it as a context manager, to let go of an
    embedded server."""

    settings: Settings
    stores: SessionStores
    valkey: EmbeddedValkey | None = None

    @cached_property
    def sessions(self) -> ChatSessions:
        """The session operations of the reference system."""
        return ChatSessions(self.stores)

    @cached_property
    def app_db(self) -> AppDatabase:
        """The inspector's own database; its file is made when something is first kept."""
        return AppDatabase(self.settings.data_dir, self.stores.deployment)

    def redaction_key(self) -> bytes:
        """The secret behind this deployment's pseudonyms, the same for pages and commands. AppDatabaseError."""
        return self._redaction_key

    @cached_property
    def _redaction_key(self) -> bytes:
        return self.app_db.redaction_key()

    def close(self) -> None:
        """Closes the connections and lets go of the embedded server; the last user saves and stops it."""
        self.stores.close()
        if self.valkey is not None:
            self.valkey.close()

    def revive(self) -> None:
        """Starts the embedded server again if it was killed; clients then connect by themselves. RedisUnavailable."""
        if self.valkey is not None:
            EmbeddedValkey.open(self.settings.data_dir).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(settings: Settings) -> Connected:
    """Opens what the settings name; stores are first asked when they are used. SettingsError for a wrong URL.

    What others can open in the data folder is closed to them first, or refused.
    """
    _close_data_folder(settings.data_dir)
    return _embedded(settings) if settings.embedded else _deployment(settings)


def _deployment(settings: Settings) -> Connected:
    write = settings.access == "write"
    url, redis = settings.database_url, settings.redis
    database = Database.open(url, write=write, statement_timeout=settings.statement_timeout) if url else None
    cache = SessionCache(redis, session_ttl=settings.session_ttl, write=write) if redis else None
    return Connected(settings, SessionStores(database, cache, stuck_after=timedelta(seconds=settings.stuck_turn)))


def _embedded(settings: Settings) -> Connected:
    write = settings.access == "write"
    _make_data_dir(settings)
    url = f"sqlite:///{settings.data_dir / EMBEDDED_DATABASE}"
    database = Database.open(url, write=write, statement_timeout=settings.statement_timeout)
    valkey, hint = _embedded_cache(settings)
    cache = None
    if valkey is not None:
        cache = SessionCache(RedisSettings(url=valkey.url), session_ttl=settings.session_ttl, write=write)
    silence = timedelta(seconds=settings.stuck_turn)
    return Connected(settings, SessionStores(database, cache, hint or CACHE_HINT, stuck_after=silence), valkey)


def _make_data_dir(settings: Settings) -> None:
    try:
        private_files.make_folder(settings.data_dir)
    except OSError as error:
        raise SettingsError(
            f"INSPECTOR_DATA_DIR: the folder {settings.data_dir} can't be used: {error.strerror or error}."
        ) from error


def _close_data_folder(folder: Path) -> None:
    try:
        private_files.close_data_folder(folder)
    except OSError as error:
        raise SettingsError(f"INSPECTOR_DATA_DIR: {error.strerror or error}.") from error


def _embedded_cache(settings: Settings) -> tuple[EmbeddedValkey | None, str]:
    """The embedded server, or why there is none: the database alone is still worth looking at."""
    if not valkey_available():
        return None, _NO_EMBEDDED_CACHE
    try:
        return EmbeddedValkey.open(settings.data_dir), ""
    except RedisUnavailable as error:
        return None, str(error)
