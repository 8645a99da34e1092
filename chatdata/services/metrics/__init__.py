"""Metrics for Prometheus: what the last scan and the last lint run found, and whether the stores answer.

figures     gathers the figures from the inspector's own database; nothing is scanned for them
store_up    asks whether the stores answer, within a deadline of its own
exposition  writes the figures in Prometheus' text format or as OpenMetrics
textfile    writes them to a file for a textfile collector
"""

from chatdata.services.metrics.exposition import FigureFamilies, Format, content_type, format_for, render
from chatdata.services.metrics.figures import MonitoringFigures, figures
from chatdata.services.metrics.store_up import StoreProbe
from chatdata.services.metrics.textfile import write_metrics

__all__ = [
    "FigureFamilies",
    "Format",
    "MonitoringFigures",
    "StoreProbe",
    "content_type",
    "figures",
    "format_for",
    "render",
    "write_metrics",
]
