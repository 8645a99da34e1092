"""What docs/monitoring holds, against a real Prometheus that scrapes the running app."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import Metric

from chatdata import Connected, Settings
from chatdata.domain.tokens import model_facts
from chatdata.services.connect import connect
from chatdata.services.lint_all import lint_and_keep
from chatdata.services.metrics import FigureFamilies, MonitoringFigures
from chatdata.services.scan import last_scans, scan_json
from tests.services.test_scan import both
from tests.support.builders import message, new_session
from tests.support.chromium import streamlit_server
from tests.support.servers import WAIT_SECONDS, free_port, wait_until

MONITORING = Path(__file__).parents[1] / "docs" / "monitoring"
TOKEN = "0123456789abcdef0123456789-SECRET"
NAME = "conversation_inspector_"
ALERTS = (
    "ConversationWordsAtRisk",
    "ConversationScanTooOld",
    "ConversationConsistencyLow",
    "ConversationCopiesLost",
    "ConversationTurnsStuck",
    "ConversationStoreDown",
)


def program(name: str) -> str:
    """Where a program of Debian's package prometheus is; without it the test says why it was passed over, but in CI."""
    path = shutil.which(name)
    if path is None and os.environ.get("INSPECTOR_CI") == "1":
        pytest.fail(f"{name} is not installed, and INSPECTOR_CI=1 wants every test to run")
    if path is None:
        pytest.skip(f"{name} is not installed: apt-get install --no-install-recommends prometheus")
    return path


def promtool(*arguments: str, given: bytes = b"") -> str:
    """What promtool says; it must find nothing."""
    ended = subprocess.run(
        [program("promtool"), *arguments], cwd=MONITORING, input=given, capture_output=True, timeout=WAIT_SECONDS
    )
    told = (ended.stdout + ended.stderr).decode()
    assert ended.returncode == 0, told
    return told


def test_the_rules_are_valid_and_each_alert_fires_when_it_should() -> None:
    assert "6 rules found" in promtool("check", "rules", "alerts.yml")
    assert "SUCCESS" in promtool("test", "rules", "alerts.test.yml")
    tests = (MONITORING / "alerts.test.yml").read_text()
    for alert in ALERTS:
        firing = rf"alertname: {alert}\n +exp_alerts:\n +- exp_labels"
        assert re.search(firing, tests), f"no test has {alert} fire"
    assert set(re.findall(r"- alert: (\w+)", (MONITORING / "alerts.yml").read_text())) == set(ALERTS)


def expressions() -> list[str]:
    """All queries of the dashboard."""
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


@contextmanager
def prometheus(folder: Path, target: str) -> Iterator[str]:
    """The address of a Prometheus with the configuration of the documentation, which scrapes every second."""
    port = free_port()
    for name in ("prometheus.yml", "alerts.yml"):
        text = (MONITORING / name).read_text()
        (folder / name).write_text(text.replace("127.0.0.1:8501", target).replace("30s", "1s"))
    (folder / "inspector.token").write_text(TOKEN)
    options = [f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
    options += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"]
    with (folder / "prometheus.log").open("wb") as log:
        server = subprocess.Popen([program("prometheus"), *options], stdout=log, stderr=log, cwd=folder)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(WAIT_SECONDS)


def asked(address: str, query: str) -> list[dict[str, Any]]:
    """What Prometheus answers; nothing while it starts."""
    try:
        answer = httpx.get(f"{address}/api/v1/query", params={"query": query}, timeout=WAIT_SECONDS)
    except httpx.ConnectError:
        return []
    if answer.status_code == 503:
        return []
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]["result"]
    return found


def values(address: str, query: str, label: str) -> Mapping[str, float]:
    return {one["metric"].get(label, ""): float(one["value"][1]) for one in asked(address, query)}


def filled(connected: Connected) -> None:
    """Sessions in sync, with unsaved words, unreadable and cached only; and a lint run."""
    both(connected.sessions, *(new_session(f"s-{number}", messages=3) for number in range(6)))
    both(connected.sessions, orphan := new_session("s-orphan", messages=1))
    cache = connected.stores.cache
    assert cache is not None
    assert connected.stores.database is not None
    cache.put(new_session("s-1", messages=5))
    cache.put(new_session("ghost", messages=2))
    cache.put_raw("s-2", b"{")
    orphan.messages.append(message("tool", "found", tool_call_id="call_x"))
    connected.sessions.upsert_chat_session(orphan)
    lint_and_keep(connected.stores, connected.app_db, "database", model_facts(connected.settings.model))


def test_prometheus_scrapes_the_app_and_its_figures_are_those_of_the_scan(tmp_path: Path) -> None:
    program("prometheus")
    settings = {
        "INSPECTOR_DATA_DIR": str(tmp_path / "data"),
        "INSPECTOR_ACCESS": "read",
        "INSPECTOR_SCAN_EVERY": "1",
        "INSPECTOR_METRICS_TOKEN": TOKEN,
    }
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "data")})) as opened:
        filled(opened)
        with (
            streamlit_server("app.py", ready="/healthz", log=tmp_path / "log", **settings) as app,
            prometheus(tmp_path, app.removeprefix("http://")) as address,
        ):
            wait_until(lambda: len(last_scans(opened.app_db, 9)) >= 2, "two scheduled scans")
            scans = f"count_over_time({NAME}scan_duration_seconds[5m])"
            wait_until(lambda: max(values(address, scans, "").values(), default=0) >= 2, "two scrapes with a scan")
            _compare(opened, address)
            answers = {query: asked(address, query) for query in expressions()}
            assert [query for query, answer in answers.items() if not answer] == []
            assert values(address, "up", "job") == {"conversation-inspector": 1}
            text = httpx.get(f"{app}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)
            assert promtool("check", "metrics", given=text.content) == ""
            assert httpx.get(f"{app}/metrics", timeout=60).status_code == 401
    assert "SECRET" not in (tmp_path / "log").read_text() + (tmp_path / "prometheus.log").read_text()


def _compare(opened: Connected, address: str) -> None:
    """The queries of the dashboard say what `scan --json` says."""
    document = scan_json(last_scans(opened.app_db, 1)[0])
    statuses = values(address, f"max by (status) ({NAME}cached_sessions)", "status")
    assert {name: statuses[name] for name in ("in_sync", "drifted", "ghost", "corrupt")} == {
        name: document[name] for name in ("in_sync", "drifted", "ghost", "corrupt")
    }
    assert (statuses["drifted"], statuses["ghost"], statuses["corrupt"]) == (1, 1, 1)
    findings = values(address, f"sum by (kind) ({NAME}findings) > 0", "kind")
    assert findings == document["findings_by_kind"]
    at_risk = values(address, f"sum(max by (horizon) ({NAME}messages_at_risk))", "")
    assert at_risk == {"": document["messages_at_risk"]}
    assert values(address, f"min by (store) ({NAME}store_up)", "store") == {"cache": 1, "database": 1}
    rejected = values(address, f'{NAME}lint_rejected_sessions{{provider="openai"}}', "rule")
    assert rejected == {"orphan_tool_result": 1}


def test_all_metrics_are_documented() -> None:
    families: list[Metric] = list(FigureFamilies(lambda: MonitoringFigures(None, {}, {})).collect())
    documented = set(
        re.findall(rf"^\| `({NAME}\w+)` \|", (MONITORING.parent / "monitoring.md").read_text(), re.MULTILINE)
    )
    assert documented == {family.name for family in families} | {f"{NAME}http_requests_seconds"}
    used = {name for query in expressions() for name in re.findall(rf"{NAME}\w+", query)}
    used |= set(re.findall(rf"{NAME}\w+", (MONITORING / "alerts.yml").read_text()))
    assert {re.sub("_(bucket|count)$", "", name) for name in used} <= documented
