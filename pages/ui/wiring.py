"""The one connection of this server to its stores, shared by pages and routes."""

import atexit
import threading
from datetime import UTC, datetime

from chatdata import Connected, Settings, connect
from pages.ui.scan_job import ScanJob
from pages.ui.snapshots import Snapshots

_lock = threading.Lock()
_connected: Connected | None = None
_snapshots: Snapshots | None = None
_job = ScanJob()


def connected() -> Connected:
    """The stores that the settings name, opened once. SettingsError for a wrong setting."""
    global _connected
    with _lock:
        if _connected is None:
            _connected = connect(Settings.from_environment())
            atexit.register(close)
        return _connected


def snapshots() -> Snapshots:
    """What was read of conversations lately."""
    global _snapshots
    sessions = connected().sessions
    with _lock:
        if _snapshots is None:
            _snapshots = Snapshots(sessions)
        return _snapshots


def scan_job() -> ScanJob:
    """The one scan of this server."""
    return _job


def close() -> None:
    """Closes the stores; the next use opens them again. A scan that runs is ended."""
    global _connected, _snapshots
    _job.stop()
    with _lock:
        current, _connected, _snapshots = _connected, None, None
    if current is not None:
        current.close()


def now() -> datetime:
    """The time of this server, UTC."""
    return datetime.now(UTC)
