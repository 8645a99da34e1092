"""The one connection of this server to its stores, shared by pages and routes."""

import atexit
import threading
from datetime import UTC, datetime

from chatdata import Connected, View
from chatdata.services.connect import connect
from chatdata.stores.app_db import AppDatabase
from pages.ui.auth import current_reader
from pages.ui.base import settings
from pages.ui.server.audit import AuditRecord
from pages.ui.server.inspections import Snapshots
from pages.ui.server.scan_job import ScanJob

_lock = threading.Lock()
_connected: Connected | None = None
_snapshots: dict[View, Snapshots] = {}
_record: AuditRecord | None = None
_view_key: bytes | None = None
_job = ScanJob()


def connected() -> Connected:
    """The stores that the settings name, opened once. SettingsError for a wrong setting."""
    global _connected
    with _lock:
        if _connected is None:
            _connected = connect(settings.settings())
            atexit.register(close)
        return _connected


def snapshots() -> Snapshots:
    """What was read of conversations lately, as the reader who asks may see them. NotAllowed for nobody."""
    view, sessions = current_reader.current().view, connected().sessions
    with _lock:
        if view not in _snapshots:
            _snapshots[view] = Snapshots(sessions, view, view_key, looked=_looked)
        return _snapshots[view]


def view_key() -> bytes:
    """The key of this deployment's stand-ins, kept in the inspector's own file. AppDatabaseError on failure."""
    global _view_key
    stores = connected()
    if _view_key is None:
        _view_key = AppDatabase(stores.settings.data_dir).view_key(stores.sessions.deployment)
    return _view_key


def record() -> AuditRecord:
    """What readers do goes here."""
    global _record
    stores = connected()
    with _lock:
        if _record is None:
            _record = AuditRecord(stores, now)
        return _record


def _looked(session_id: str) -> None:
    record().viewed(current_reader.current(), session_id)


def scan_job() -> ScanJob:
    """The one scan of this server."""
    return _job


def close() -> None:
    """Closes the stores; the next use opens them again. A scan that runs is ended."""
    global _connected, _record, _view_key
    _job.stop()
    with _lock:
        current, _connected, _record, _view_key = _connected, None, None, None
        _snapshots.clear()
        settings.forget()
    if current is not None:
        current.close()


def now() -> datetime:
    """The time of this server, UTC."""
    return datetime.now(UTC)
