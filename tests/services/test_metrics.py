"""Metrics: what a scan measures, how it is written, and what never becomes a label."""

import os
import stat
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families

from chatdata import Connected, Settings
from chatdata.domain.copies import Absent, Copies, Expiry, StoredCopy
from chatdata.domain.document import copy_of
from chatdata.domain.drift import Comparison, compare
from chatdata.domain.drift.kinds import SEVERITY, Severity
from chatdata.domain.lint import CODES, PROVIDERS
from chatdata.errors import DatabaseUnavailable
from chatdata.services.connect import connect
from chatdata.services.metrics import (
    FigureFamilies,
    MonitoringFigures,
    StoreProbe,
    figures,
    format_for,
    render,
    write_metrics,
)
from chatdata.services.metrics.exposition import CachedStatus
from chatdata.services.scan import HORIZONS, WINDOWS, ScanMeasures, ScanResult, WrittenSessions, keep, merge, scan
from chatdata.services.scan.measures import Gauges, added, horizon_of, last_write
from chatdata.services.session_stores import SessionStores
from tests.services.test_scan import both
from tests.stores.test_app_db_scans import result
from tests.support.builders import document_bytes, new_session
from tests.support.command_line import UNREACHABLE_CACHE, UNREACHABLE_DATABASE

NOW = datetime(2026, 2, 20, 10, tzinfo=UTC)
NAME = "conversation_inspector_"
LABELS: dict[str, set[str]] = {
    "status": set(get_args(CachedStatus)),
    "kind": set(SEVERITY),
    "severity": set(get_args(Severity)),
    "horizon": set(HORIZONS),
    "window": set(WINDOWS),
    "provider": set(PROVIDERS),
    "rule": set(CODES),
    "store": {"database", "cache"},
    "le": {"10.0", "60.0", "300.0", "900.0", "3600.0", "21600.0", "43200.0", "86400.0", "+Inf"},
}


def ghost(left: timedelta | None, written: timedelta = timedelta(minutes=1), read_at: datetime = NOW) -> Comparison:
    """A session of two messages that only the cache has, for so long."""
    seconds = None if left is None else left.total_seconds()
    expiry = Expiry(seconds, None if left is None else read_at + left, None if left is None else read_at - written)
    return compare(Copies("s-1", Absent(), copy_of(document_bytes(session_id="s-1"), expiry), read_at))


def values(families: Iterable[Metric]) -> dict[tuple[str, ...], float]:
    """Name without the prefix, then the labels → the value."""
    return {
        (sample.name.removeprefix(NAME), *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def told(found: MonitoringFigures) -> dict[tuple[str, ...], float]:
    return values(text_string_to_metric_families(render(FigureFamilies(lambda: found)).decode()))


def measured(**changes: object) -> ScanMeasures:
    return replace(Gauges(NOW).measures(), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "horizon"),
    [
        (timedelta(seconds=1), "1h"),
        (timedelta(hours=1), "1h"),
        (timedelta(hours=1, seconds=1), "6h"),
        (timedelta(hours=6), "6h"),
        (timedelta(hours=6, seconds=1), "12h"),
        (timedelta(days=9), "12h"),
        (None, "never"),
    ],
    ids=str,
)
def test_messages_at_risk_are_counted_by_when_they_are_lost(left: timedelta | None, horizon: str) -> None:
    one = ghost(left)
    gauges = Gauges(NOW)
    gauges.add(one)
    assert one.at_risk > 0
    assert horizon_of(one) == horizon
    assert {name: count for name, count in gauges.measures().at_risk.items() if count} == {horizon: one.at_risk}


@pytest.mark.parametrize(
    ("ago", "windows"),
    [
        (timedelta(0), ["1m", "5m", "10m"]),
        (timedelta(seconds=60), ["1m", "5m", "10m"]),
        (timedelta(seconds=61), ["5m", "10m"]),
        (timedelta(seconds=301), ["10m"]),
        (timedelta(seconds=601), []),
    ],
    ids=["during", "1m", "5m", "10m", "before"],
)
def test_a_session_counts_in_the_windows_in_which_it_was_written(ago: timedelta, windows: list[str]) -> None:
    gauges = Gauges(NOW)
    gauges.add(ghost(timedelta(hours=1), written=ago))
    gauges.same([NOW - ago, None])
    counted = [name for name, written in gauges.measures().written.items() if written == WrittenSessions(2, 1)]
    assert counted == windows
    assert WrittenSessions(2, 1).ratio == 0.5
    assert WrittenSessions().ratio is None


def test_what_was_not_judged_is_in_no_ratio() -> None:
    gauges = Gauges(NOW)
    gauges.add(replace(ghost(timedelta(hours=1)), status="moving", findings=()))
    assert set(gauges.measures().written.values()) == {WrittenSessions()}
    assert sum(gauges.measures().ages.values()) == 0


def test_the_age_of_a_divergence_is_counted_from_the_last_write_to_either_copy() -> None:
    gauges = Gauges(NOW)
    gauges.add(ghost(timedelta(hours=1), written=timedelta(minutes=4)))
    gauges.add(ghost(None))  # a key without expiry does not say when it was written
    measures = gauges.measures()
    assert {bound: count for bound, count in measures.ages.items() if count} == {"300": 1}
    assert measures.age_seconds == 240
    later = replace(ghost(timedelta(hours=1)), database=replace(ghost(None).database, updated_at=NOW))
    assert last_write(later) == NOW


def test_measures_of_shards_add_up_and_an_earlier_versions_have_none() -> None:
    one, two = Gauges(NOW), Gauges(NOW)
    one.add(ghost(timedelta(hours=1)))
    two.add(ghost(timedelta(hours=2)))
    two.same([NOW])
    both_at_once = Gauges(NOW)
    both_at_once.add(ghost(timedelta(hours=1)))
    both_at_once.add(ghost(timedelta(hours=2)))
    both_at_once.same([NOW])
    assert added([one.measures(), two.measures()]) == both_at_once.measures()
    assert added([one.measures(), None]) is None


def test_the_figures_are_those_of_the_scan(connected: Connected) -> None:
    both(connected.sessions, *(new_session(f"s-{number}", messages=3) for number in range(4)))
    assert connected.stores.cache is not None
    connected.stores.cache.put(new_session("s-1", messages=5))
    connected.stores.cache.put(new_session('ghost\nstatus="owned"', messages=1))
    found = scan(connected.stores, grace=0)
    assert keep(connected.app_db, found)
    said = told(figures(connected, StoreProbe(connected.stores)()))
    assert said == told(figures(connected, {"cache": True, "database": True}, found))
    assert said["cached_sessions", "in_sync"] == found.in_sync == 3
    assert said["cached_sessions", "drifted"] == said["cached_sessions", "ghost"] == 1
    assert said["findings", "unsaved_tail", "critical"] == said["findings", "ghost_session", "critical"] == 1
    assert sum(value for name, value in said.items() if name[0] == "messages_at_risk") == found.messages_at_risk == 3
    assert said["consistency_ratio", "1m"] == 0.6
    assert said["scan_coverage_ratio",] == 1
    assert said["divergence_age_seconds_gcount",] == 2
    assert said["store_up", "cache"] == said["store_up", "database"] == 1


def test_findings_by_severity_add_up_to_those_by_kind(connected: Connected) -> None:
    both(connected.sessions, new_session("s-1", messages=3))
    assert connected.stores.cache is not None
    connected.stores.cache.put(new_session("s-1", messages=5))
    found = scan(connected.stores, grace=0)
    assert found.measures is not None
    assert {kind: sum(counts.values()) for kind, counts in found.measures.findings.items()} == found.findings_by_kind


def test_every_label_is_of_a_closed_set_whatever_the_file_holds() -> None:
    measures = measured(
        findings={"unsaved_tail": {"critical": 1}, "windowed_cache": {"info": 2}, "null_or_missing": {"info": 9}}
    )
    scanned = replace(result(), measures=measures)
    rejections = {("openai", "orphan_tool_result"): 3, ("openai", "of a later version"): 1, ("s-1", "null_content"): 1}
    found = MonitoringFigures(scanned, rejections, {"cache": False, "database": True})
    families = list(text_string_to_metric_families(render(FigureFamilies(lambda: found)).decode()))
    labels = [pair for family in families for sample in family.samples for pair in sample.labels.items()]
    assert [pair for pair in labels if pair[1] not in LABELS[pair[0]]] == []
    said = values(families)
    assert said["lint_rejected_sessions", "openai", "orphan_tool_result"] == 3
    assert said["findings", "windowed_cache", "info"] == 2
    assert said["findings", "windowed_cache", "medium"] == said["findings", "owner_mismatch", "critical"] == 0
    assert said["store_up", "cache"] == 0


def test_without_a_scan_nothing_is_said_of_sessions() -> None:
    assert told(MonitoringFigures(None, {}, {"cache": True})) == {("store_up", "cache"): 1}


def test_a_scan_of_an_earlier_version_has_its_counts_and_no_measures() -> None:
    said = told(MonitoringFigures(result(), {}, {}))
    assert said["cached_sessions", "in_sync"] == 100
    assert not {name for name, *_ in said} & {"findings", "messages_at_risk", "consistency_ratio"}


def test_both_formats_say_the_same() -> None:
    found = MonitoringFigures(replace(result(), measures=measured()), {}, {"cache": True})
    collector = FigureFamilies(lambda: found)
    text = values(text_string_to_metric_families(render(collector).decode()))
    assert values(openmetrics_families(render(collector, "openmetrics").decode())) == text
    assert len(text) > 50


@pytest.mark.parametrize(
    ("accept", "made"),
    [
        ("", "text"),
        ("*/*", "text"),
        ("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "text"),
        ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", "openmetrics"),
        ("text/plain, Application/OpenMetrics-Text; version=nonsense", "openmetrics"),
        ("application/openmetrics-text;q=0,text/plain", "text"),
        (";;,,=;application/openmetrics", "text"),
    ],
)
def test_openmetrics_is_for_scrapers_that_ask_for_it(accept: str, made: str) -> None:
    assert format_for(accept) == made


# --- stores that are down -------------------------------------------------------------------------------


def test_a_store_that_is_out_of_reach_is_down(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {"DATABASE_URL": UNREACHABLE_DATABASE, "REDIS_URL": UNREACHABLE_CACHE, "INSPECTOR_DATA_DIR": str(tmp_path)}
    )
    with connect(settings) as opened:
        assert StoreProbe(opened.stores, seconds=0.2)() == {"cache": False, "database": False}


def test_a_store_that_is_not_configured_is_neither_up_nor_down(connected: Connected) -> None:
    assert StoreProbe(SessionStores(connected.stores.database, None))() == {"database": True}
    assert StoreProbe(SessionStores(None, None))() == {}


def test_a_store_that_hangs_is_down_and_asked_once(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, asked = threading.Event(), list[int]()

    def hang(ids: object) -> dict[str, StoredCopy]:
        asked.append(1)
        answer.wait(60)
        return {}

    assert connected.stores.database is not None
    monkeypatch.setattr(connected.stores.database, "read_copies", hang)
    probe = StoreProbe(connected.stores, seconds=0.05)
    assert [probe()["database"], probe()["database"]] == [False, False]
    assert len(asked) == 1
    answer.set()
    assert StoreProbe(connected.stores, seconds=30)() == {"cache": True, "database": True}


def test_a_store_that_fails_is_down(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(ids: object) -> dict[str, StoredCopy]:
        raise DatabaseUnavailable("gone")

    assert connected.stores.database is not None
    monkeypatch.setattr(connected.stores.database, "read_copies", fail)
    assert StoreProbe(connected.stores)() == {"cache": True, "database": False}


def test_a_file_of_the_inspector_that_can_not_be_used_costs_its_figures_only(
    connected: Connected, tmp_path: Path
) -> None:
    (tmp_path / "data" / "inspector.db").write_bytes(b"no database" * 500)
    assert told(figures(connected, {"cache": True})) == {("store_up", "cache"): 1}
    assert told(figures(connected, {}, result()))["cached_sessions", "in_sync"] == 100


# --- the file of the textfile collector -----------------------------------------------------------------

EMPTY = MonitoringFigures(None, {}, {"cache": True})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_failure_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "nosuch" / "inspector.prom"
    with pytest.raises(FileNotFoundError, match="nosuch does not exist") as failed:
        write_metrics(path, EMPTY)
    assert failed.value.filename == str(path)


def test_the_file_is_private_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_metrics(tmp_path / "inspector.prom", EMPTY)
    finally:
        os.umask(before)
    assert mode(tmp_path / "inspector.prom") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["inspector.prom"]


def test_a_file_that_exists_keeps_its_permissions_and_gets_another_inode(tmp_path: Path) -> None:
    file = tmp_path / "inspector.prom"
    file.write_text("old")
    file.chmod(0o640)
    with file.open() as reader:
        write_metrics(file, EMPTY)
        assert reader.read() == "old", "a reader of the old file sees it whole"
    assert mode(file) == 0o640
    assert b"store_up" in file.read_bytes()


def test_a_file_that_can_not_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "inspector.prom"
    file.write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_metrics(file, EMPTY)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("inspector.prom", "old")]


def test_a_merged_scan_is_measured_like_one(connected: Connected) -> None:
    both(connected.sessions, *(new_session(f"s-{number}", messages=3) for number in range(9)))
    from chatdata.services.scan import Shard

    parts: list[ScanResult] = [scan(connected.stores, grace=0, shard=Shard.parse(f"{at}/2")) for at in range(2)]
    whole = scan(connected.stores, grace=0)
    assert merge(parts).measures == whole.measures
