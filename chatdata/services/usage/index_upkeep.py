"""Keeps the usage index up to date in the background of the app."""

import logging
import threading
import time
from collections.abc import Callable

from chatdata.errors import ChatDataError
from chatdata.services.connect import Connected
from chatdata.services.failures import places_of
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.indexing import is_large, renew_index

log = logging.getLogger(__name__)

_SECONDS = 300.0
"""The time from the end of a renewal to the next."""
_PATIENCE = 10.0
"""How many times as long as a renewal took the database is left alone after it."""
_STOP_SECONDS = 30.0


class IndexUpkeep:
    """One thread that renews the index if there is one, and builds it if the settings or the size ask for one."""

    def __init__(
        self, connected: Connected, *, seconds: float = _SECONDS, large: Callable[[SessionStores], bool] = is_large
    ) -> None:
        self._connected = connected
        self._seconds = seconds
        self._large = large
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts the thread, once, unless the index is switched off or there is no database."""
        stores = self._connected.stores
        if self._thread is None and stores.usage_index is not None and stores.database is not None:
            self._thread = threading.Thread(target=self._run, name="usage index", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the thread after the sessions that it counts right now; what it counted is kept for the next start."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            begun = time.monotonic()
            self._renew()
            took = time.monotonic() - begun
            self._stopped.wait(max(self._seconds, _PATIENCE * took))

    def _renew(self) -> None:
        stores = self._connected.stores
        try:
            if self._is_wanted():
                renewal = renew_index(stores, cancelled=self._stopped.is_set)
                if renewal.note:
                    log.warning("the usage index was built anew: %s", renewal.note)
        except ChatDataError as error:
            log.warning("the usage index was not renewed: %s", error)
        except Exception as error:
            log.error("the usage index was not renewed: %s", places_of(error))

    def _is_wanted(self) -> bool:
        stores = self._connected.stores
        built = stores.usage_index is not None and stores.usage_index.exists
        return built or self._connected.settings.usage_index == "on" or self._large(stores)
