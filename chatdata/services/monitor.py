"""What runs in the background for monitoring: scheduled scans, and the posts about what they find."""

import logging
import threading
from collections.abc import Callable

from chatdata.errors import AppDatabaseError
from chatdata.services.connect import Connected
from chatdata.services.scan import GRACE_SECONDS, ScanResult
from chatdata.services.scan.scheduled import ScheduledScans
from chatdata.services.webhook import Webhook

log = logging.getLogger(__name__)

_STOP_SECONDS = 15.0


class Monitor:
    """Two threads, one that scans and one that posts, so that a slow receiver never delays a scan."""

    def __init__(
        self,
        connected: Connected,
        interval: float,
        *,
        grace: float = GRACE_SECONDS,
        on_result: Callable[[ScanResult], object] = lambda _result: None,
        on_turn: Callable[[], object] = lambda: None,
    ) -> None:
        """`interval`, `grace`, `on_result` and `on_turn` are those of ScheduledScans."""
        webhook = connected.settings.monitoring.webhook
        self._webhook = None if webhook is None else Webhook(webhook, connected.app_db)
        self._on_result = on_result
        self._stopped = threading.Event()
        self._scans = ScheduledScans(connected, interval, grace=grace, on_result=self._found, on_turn=on_turn)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Starts the threads."""
        self._threads.append(self._thread("scheduled scans", self._scans.run))
        if self._webhook is not None:
            self._threads.append(self._thread("webhook", self._webhook.run))

    def stop(self) -> None:
        """Ends the threads and waits for them, but not for ever: a store or a receiver may hang."""
        self._stopped.set()
        if self._webhook is not None:
            self._webhook.wake()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)

    def _found(self, result: ScanResult) -> None:
        if self._webhook is not None:
            try:
                self._webhook.add(result)
            except AppDatabaseError as error:
                log.warning("what was found is not posted: %s", error)
        self._on_result(result)

    def _thread(self, name: str, work: Callable[[threading.Event], None]) -> threading.Thread:
        thread = threading.Thread(target=work, args=(self._stopped,), name=name, daemon=True)
        thread.start()
        return thread
