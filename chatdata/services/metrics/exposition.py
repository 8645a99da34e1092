"""Writes the figures in the formats of Prometheus.

Labels are of closed sets: statuses, kinds, severities, horizons, windows, providers, rules and stores. A session, a
user or a key never becomes one, and a value from the file that is in no set (a later version's) is left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, get_args

from prometheus_client import CollectorRegistry, Metric, disable_created_metrics, exposition
from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily
from prometheus_client.openmetrics import exposition as openmetrics

from chatdata.domain.drift.kinds import SEVERITY
from chatdata.domain.lint import CODES, PROVIDERS
from chatdata.services.metrics.figures import MonitoringFigures
from chatdata.services.scan import AGE_BOUNDS, HORIZONS, WINDOWS, ScanMeasures, ScanResult

disable_created_metrics()  # type: ignore[no-untyped-call]  # times of processes, which nothing asks for

Format = Literal["text", "openmetrics"]
CachedStatus = Literal["in_sync", "drifted", "ghost", "corrupt", "moving", "unreadable", "unconfirmed"]
"""What a scan says of a cached session; the last three were not judged."""
_PREFIX = "conversation_inspector_"
_OPENMETRICS = "application/openmetrics-text"
_CONTENT_TYPES: Mapping[Format, str] = {
    "text": "text/plain; version=0.0.4; charset=utf-8",
    "openmetrics": f"{_OPENMETRICS}; version=1.0.0; charset=utf-8",
}
_Samples = Iterable[tuple[list[str], float | None]]


class FigureFamilies:
    """A collector for a registry of Prometheus' client, which asks for fresh figures at every scrape."""

    def __init__(self, current: Callable[[], MonitoringFigures]) -> None:
        self._current = current

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering asks for no figures."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All families; those of which nothing is known have no samples."""
        found = self._current()
        yield from _of_scan(found.scan)
        yield from _of_measures(None if found.scan is None else found.scan.measures)
        yield _gauge(
            "lint_rejected_sessions",
            "Sessions that a provider would reject by a rule, as of the last lint of all sessions.",
            (([*pair], count) for pair, count in sorted(found.rejections.items()) if _known_rejection(*pair)),
            "provider",
            "rule",
        )
        yield _gauge(
            "store_up",
            "Whether a configured store answers: 1 or 0.",
            (([source], float(up)) for source, up in sorted(found.store_up.items())),
            "store",
        )


def render(collector: Any, made: Format = "text") -> bytes:
    """Returns what a collector has, such as a registry or `FigureFamilies`, in this format."""
    if isinstance(collector, CollectorRegistry):
        registry = collector
    else:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(collector)
    if made == "openmetrics":
        return bytes(openmetrics.generate_latest(registry))  # type: ignore[no-untyped-call]
    return exposition.generate_latest(registry)


def content_type(made: Format) -> str:
    """The media type of a format."""
    return _CONTENT_TYPES[made]


def format_for(accept: str) -> Format:
    """The format for a scraper's Accept header: OpenMetrics only if it asks for it."""
    for entry in accept.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        if name == _OPENMETRICS and not any(one in ("q=0", "q=0.0") for one in parameters):
            return "openmetrics"
    return "text"


def _of_scan(scan: ScanResult | None) -> Iterator[Metric]:
    def known(value: Callable[[ScanResult], float | None]) -> _Samples:
        return [] if scan is None else [([], value(scan))]

    statuses = [] if scan is None else [([name], float(getattr(scan, name))) for name in get_args(CachedStatus)]
    yield _gauge("cached_sessions", "Cached sessions by status, as of the last scan.", statuses, "status")
    yield _gauge(
        "stuck_turns",
        "Running turns without a sign of life, as of the last scan.",
        known(lambda found: found.findings_by_kind.get("stuck_turn", 0)),
    )
    yield _gauge(
        "scan_last_success_timestamp_seconds",
        "When the last complete scan ended, in seconds since 1970.",
        known(lambda found: found.finished_at.timestamp()),
    )
    yield _gauge("scan_duration_seconds", "How long the last complete scan took.", known(lambda found: found.seconds))
    yield _gauge(
        "scan_coverage_ratio",
        "The share of the cached sessions that the last complete scan could judge.",
        known(_coverage),
    )


def _coverage(scan: ScanResult) -> float | None:
    present = scan.judged + scan.moving + scan.unreadable + scan.unconfirmed
    return scan.judged / present if present else 1.0


def _of_measures(measures: ScanMeasures | None) -> Iterator[Metric]:
    yield _gauge(
        "findings",
        "Findings of the last scan by kind and severity.",
        [] if measures is None else _findings(measures),
        "kind",
        "severity",
    )
    yield _gauge(
        "messages_at_risk",
        "Messages that only the cache has, by how soon they are lost, as of the last scan. Each is counted once.",
        [] if measures is None else (([name], measures.at_risk.get(name, 0)) for name in HORIZONS),
        "horizon",
    )
    yield _gauge(
        "consistency_ratio",
        "The share in sync of the sessions written within so long before the last scan; none were written: no sample.",
        [] if measures is None else (([name], measures.written[name].ratio) for name in WINDOWS),
        "window",
    )
    yield _ages(measures)


def _findings(measures: ScanMeasures) -> _Samples:
    """Every kind at its usual severity, found or not, and what was found at another."""
    counts = {(str(kind), str(severity)): 0 for kind, severity in SEVERITY.items()}
    for kind, found in measures.findings.items():
        if kind in SEVERITY:
            counts |= {(kind, severity): count for severity, count in found.items()}
    return (([*pair], count) for pair, count in counts.items())


def _ages(measures: ScanMeasures | None) -> Metric:
    """A gauge histogram: it tells of the sessions that differ now, so its counts fall again."""
    family = GaugeHistogramMetricFamily(
        f"{_PREFIX}divergence_age_seconds",
        "Sessions out of sync by the seconds since the last write to either copy, as of the last scan.",
    )
    if measures is not None:
        below, buckets = 0, []
        for bound in AGE_BOUNDS:
            below += measures.ages.get(bound, 0)
            buckets.append((bound if bound == "+Inf" else f"{float(bound)}", float(below)))
        family.add_metric([], buckets, measures.age_seconds)
    return family


def _gauge(name: str, help_text: str, samples: _Samples, *labels: str) -> Metric:
    family = GaugeMetricFamily(f"{_PREFIX}{name}", help_text, labels=labels)
    for values, value in samples:
        if value is not None:
            family.add_metric(values, float(value))
    return family


def _known_rejection(provider: str, rule: str) -> bool:
    return provider in PROVIDERS and rule in CODES
