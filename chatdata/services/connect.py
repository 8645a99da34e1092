"""The composition root: opens the stores that the settings name, and builds the services on them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from chatdata.errors import RedisUnavailable, SettingsError
from chatdata.services.session_stores import CACHE_HINT, SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings, Settings, without_password
from chatdata.stores import private_files
from chatdata.stores.app_db import AppDatabase, Place
from chatdata.stores.cache import SessionCache, Timeouts
from chatdata.stores.database import Database
from chatdata.stores.usage_index import UsageIndex
from chatdata.stores.valkey import EmbeddedValkey, valkey_available

EMBEDDED_DATABASE = "chat.db"
_NO_EMBEDDED_CACHE = "The embedded cache is not available on this system: set REDIS_URL to use your own server."


@dataclass
class Connected:
    """One deployment with the inspector's own data about it. Closing it, also as a context manager, releases the
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
        """The inspector's own database, which is created on first write."""
        return self.stores.app_db or app_database(self.settings, self.stores.deployment)

    def redaction_key(self) -> bytes:
        """The key of this deployment's pseudonyms, which pages and commands share. Raises AppDatabaseError."""
        return self._redaction_key

    @cached_property
    def _redaction_key(self) -> bytes:
        return self.app_db.redaction_key()

    def close(self) -> None:
        """Closes the connections and leaves the embedded server, which the last user saves and stops."""
        self.stores.close()
        if self.valkey is not None:
            self.valkey.close()

    def revive(self) -> None:
        """Restarts the embedded server if it was killed; clients reconnect automatically. Raises RedisUnavailable."""
        if self.valkey is not None:
            EmbeddedValkey.open(self.settings.data_dir).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(settings: Settings) -> Connected:
    """Opens the stores that the settings name; they connect on first use. Raises SettingsError for an invalid URL.

    Makes the data folder's files private first, and raises SettingsError if that is impossible.
    """
    _close_data_folder(settings.data_dir)
    return _embedded(settings) if settings.embedded else _deployment(settings)


def _deployment(settings: Settings) -> Connected:
    write = settings.access == "write"
    url, redis = settings.database_url, settings.redis
    database = _database(settings, url, write=write) if url else None
    cache = _cache(settings, redis, write=write) if redis else None
    stores = SessionStores(database, cache, stuck_after=_stuck_after(settings))
    return Connected(settings, _with_own_files(settings, stores))


def _with_own_files(settings: Settings, stores: SessionStores) -> SessionStores:
    index = None if settings.usage_index == "off" else UsageIndex(settings.data_dir, stores.deployment)
    return replace(stores, app_db=app_database(settings, stores.deployment), usage_index=index)


def app_database(settings: Settings, deployment: str) -> AppDatabase:
    """Returns the inspector's own database about a deployment, which is opened on first use."""
    if settings.app_database_url is None:
        return AppDatabase(settings.data_dir, deployment)
    waits = settings.statement_timeout, settings.connect_timeout
    return AppDatabase(_postgres(settings.app_database_url, *waits), deployment)


@cache
def _postgres(url: str, statement_timeout: float, connect_timeout: float) -> Place:
    """One pool of connections per process, however many deployments and threads use it."""
    from chatdata.stores.app_db.postgres_database import PostgresDatabase  # whose driver takes a moment to load

    shown = without_password(url)
    return PostgresDatabase(url, shown, statement_timeout=statement_timeout, connect_timeout=connect_timeout)


def _stuck_after(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.stuck_turn)


def _database(settings: Settings, url: str, *, write: bool) -> Database:
    timeouts = {"statement_timeout": settings.statement_timeout, "connect_timeout": settings.connect_timeout}
    return Database.open(url, write=write, **timeouts)


def _cache(settings: Settings, redis: RedisSettings, *, write: bool) -> SessionCache:
    timeouts = Timeouts(settings.connect_timeout, settings.cache_timeout)
    return SessionCache(redis, session_ttl=settings.session_ttl, write=write, timeouts=timeouts)


def _embedded(settings: Settings) -> Connected:
    write = settings.access == "write"
    _make_data_dir(settings)
    url = f"sqlite:///{settings.data_dir / EMBEDDED_DATABASE}"
    database = _database(settings, url, write=write)
    valkey, problem = _embedded_cache(settings)
    cache = None
    if valkey is not None:
        cache = _cache(settings, RedisSettings(url=valkey.url), write=write)
    hint = problem or (CACHE_HINT if valkey else _NO_EMBEDDED_CACHE)
    stores = SessionStores(database, cache, hint, problem, stuck_after=_stuck_after(settings))
    return Connected(settings, _with_own_files(settings, stores), valkey)


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


def _embedded_cache(settings: Settings) -> tuple[EmbeddedValkey | None, str | None]:
    """The embedded server, or None and the reason, since the database alone is still worth inspecting."""
    if not valkey_available():
        return None, None
    try:
        return EmbeddedValkey.open(settings.data_dir), None
    except RedisUnavailable as error:
        return None, str(error)
