"""What this server's pages and routes work with: the deployment, whether it answers, inspections, audit log, scan."""

import atexit
import logging
import threading
from datetime import UTC, datetime

from chatdata import Connected, PrivacyLevel
from chatdata.domain.access import Principal
from chatdata.services.connect import connect
from chatdata.services.demo.live_writer import LiveWriter
from chatdata.services.health import check_stores
from chatdata.services.live import Followers
from chatdata.services.metrics import StoreProbe
from chatdata.services.monitor import Monitor
from chatdata.services.programs import tokens
from chatdata.services.programs.bounds import Bounds
from chatdata.services.programs.door import Door, DoorRules
from chatdata.services.programs.tools import tool_rules
from chatdata.services.session_search import SessionSearch
from chatdata.services.usage.index_upkeep import IndexUpkeep
from pages.ui.auth import current_principal
from pages.ui.base import settings
from pages.ui.server.audit import AuditRecord
from pages.ui.server.inspections import Inspections
from pages.ui.server.lint_job import LintJob
from pages.ui.server.scan_job import ScanJob
from pages.ui.server.store_status import StatusCache

API_RULES = DoorRules("HTTP API", Bounds(text=10_000, items=200, total=2_000_000), None)
"""What the HTTP API allows: the view of the role, and answers that a program can hold."""

log = logging.getLogger(__name__)


class Services:
    """The shared objects of one deployment in one server."""

    def __init__(self, connected: Connected) -> None:
        self.connected = connected
        self.record = AuditRecord(connected, now)
        """The audit log's recorder."""
        self.scan_job = ScanJob()
        """The one scan of this server."""
        self.lint_job = LintJob()
        """The one provider check of all sessions in this server."""
        self.status = StatusCache(lambda: check_stores(connected))
        """Whether the stores answer."""
        self.api = Door(connected, API_RULES, self.search_in, now)
        """The door of the HTTP API."""
        self.tools = Door(connected, tool_rules(connected.settings), self.search_in, now)
        """The door of agents' tools."""
        self.store_probe = StoreProbe(connected.stores)
        """Whether the stores answer a scrape of the metrics in time."""
        self._monitor: Monitor | None = None
        self._index_upkeep = IndexUpkeep(connected)
        self._followers = Followers(connected.stores)
        self.live_writer = LiveWriter(connected)
        """What plays the demo's running conversation."""
        self._inspections: dict[PrivacyLevel, Inspections] = {}
        self._searches: dict[PrivacyLevel, SessionSearch] = {}
        self._lock = threading.Lock()

    def inspections(self) -> Inspections:
        """The recent inspections at the data visibility of the current principal. Raises NotAllowed without one."""
        view = current_principal.current().view
        with self._lock:
            if view not in self._inspections:
                connected = self.connected
                self._inspections[view] = Inspections(
                    connected.stores, view, connected.redaction_key, self._looked, self._followers
                )
            return self._inspections[view]

    def search(self) -> SessionSearch:
        """The session list as the current user may search it. Raises NotAllowed without a user."""
        return self.search_in(current_principal.current().view)

    def search_in(self, view: PrivacyLevel) -> SessionSearch:
        """The session list as it may be searched at a privacy level."""
        with self._lock:
            if view not in self._searches:
                connected = self.connected
                seconds = connected.settings.statement_timeout
                self._searches[view] = SessionSearch(connected.stores, view, connected.redaction_key, seconds=seconds)
            return self._searches[view]

    def start_monitor(self) -> None:
        """Starts scheduled scans and what they post, and the upkeep of the usage index, as the settings ask for."""
        self._index_upkeep.start()
        monitoring = self.connected.settings.monitoring
        interval = monitoring.scan_every
        if interval is None and monitoring.webhook is not None:
            log.warning("INSPECTOR_WEBHOOK_URL is set, but not INSPECTOR_SCAN_EVERY: nothing is posted without scans.")
        with self._lock:
            if interval is not None and self._monitor is None:
                self._monitor = Monitor(self.connected, interval)
                self._monitor.start()

    def close(self) -> None:
        """Stops scheduled scans, a running scan and check, the usage index, and closes the stores."""
        self.live_writer.stop()
        self._index_upkeep.stop()
        if self._monitor is not None:
            self._monitor.stop()
        self.scan_job.stop()
        self.lint_job.stop()
        self.connected.close()

    def _looked(self, session_id: str) -> None:
        self.record.viewed(current_principal.current(), session_id)


_lock = threading.Lock()
_services: Services | None = None


def services() -> Services:
    """The services of this server, created once. Raises SettingsError for an invalid setting."""
    global _services
    with _lock:
        if _services is None:
            _services = Services(connect(settings.settings()))
            atexit.register(close)
        return _services


def connected() -> Connected:
    """The deployment that the settings name. Raises SettingsError for an invalid setting."""
    return services().connected


def inspections() -> Inspections:
    """The recent inspections at the data visibility of the current principal. Raises NotAllowed without one."""
    return services().inspections()


def followed(session_id: str) -> None:
    """Notes that somebody begins to follow a session: the demo's running conversation then goes on."""
    services().live_writer.opened(session_id)


def search() -> SessionSearch:
    """The session list as the current user may search it. Raises NotAllowed without a user."""
    return services().search()


def record() -> AuditRecord:
    """The audit log's recorder."""
    return services().record


def principal_with(token: str, address: str) -> Principal:
    """The principal that a token stands for. Raises NotSignedIn for one that is not valid."""
    return tokens.principal_with(connected(), token, now(), address)


def scan_job() -> ScanJob:
    """The one scan of this server."""
    return services().scan_job


def lint_job() -> LintJob:
    """The one provider check of all sessions in this server."""
    return services().lint_job


def start_monitor() -> None:
    """Starts scheduled scans and the upkeep of the usage index, as the settings ask for. Raises SettingsError."""
    services().start_monitor()


def close() -> None:
    """Closes the stores; the next use opens them again."""
    global _services
    with _lock:
        current, _services = _services, None
        settings.forget()
    if current is not None:
        current.close()


def now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)
