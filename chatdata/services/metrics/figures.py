"""The figures of the metrics, read from the inspector's own database: nothing is scanned or linted for them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from chatdata.domain.copies import Source
from chatdata.errors import AppDatabaseError
from chatdata.services.connect import Connected
from chatdata.services.scan import ScanResult, last_summary

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MonitoringFigures:
    """What the metrics tell."""

    scan: ScanResult | None
    """The last complete scan, without its sessions; None before the first."""
    rejections: Mapping[tuple[str, str], int]
    """Provider and rule → rejected sessions, by the last lint of all sessions in the database."""
    store_up: Mapping[Source, bool]
    """Whether each configured store answers."""


def figures(connected: Connected, store_up: Mapping[Source, bool], scan: ScanResult | None = None) -> MonitoringFigures:
    """Returns the figures; of the scan given, if it is complete, else of the last one that was kept.

    A file of the inspector that can't be used costs the figures in it and raises nothing.
    """
    app_db, model = connected.app_db, connected.settings.model
    try:
        whole = scan if scan is not None and scan.whole else last_summary(app_db)
        return MonitoringFigures(whole, app_db.lint_rejections("database", model), store_up)
    except AppDatabaseError as error:
        log.warning("metrics without the last scan: %s", error)
        return MonitoringFigures(scan if scan is not None and scan.whole else None, {}, store_up)
