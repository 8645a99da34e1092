"""Draws docs/monitoring/dashboard.png: the panels of the Grafana dashboard, each with what a real Prometheus answers.

It scrapes the app with fresh demo conversations, after a provider check and a scan. Run it as
.venv/bin/python scripts/monitoring_picture.py; it needs Prometheus (the Debian package) and Chromium.
"""

import html
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from chatdata import Settings  # noqa: E402
from chatdata.domain.tokens import model_facts  # noqa: E402
from chatdata.services.connect import connect  # noqa: E402
from chatdata.services.lint_all import lint_and_keep  # noqa: E402
from chatdata.services.scan import last_summary  # noqa: E402
from tests.support.chromium import chromium_browser, streamlit_server  # noqa: E402
from tests.support.servers import wait_until  # noqa: E402
from tests.test_monitoring import MONITORING, NAME, TOKEN, asked, prometheus, values  # noqa: E402

Json = dict[str, Any]
_WIDTH, _COLUMN, _ROW = 1440, 60, 38
_STYLE = """
body { margin: 0; background: #111217; color: #ccccdc; font: 13px/1.4 sans-serif; position: relative }
section { position: absolute; box-sizing: border-box; padding: 8px 10px; background: #181b1f; overflow: hidden;
          border: 1px solid #2b2e35; border-radius: 3px }
h2 { margin: 0 0 4px; font-size: 13px; font-weight: 600 }
code { display: block; color: #7b8087; font-size: 10px; margin-bottom: 5px; word-break: break-all }
table { border-collapse: collapse; width: 100% } td { padding: 0 8px 0 0; font-size: 12px }
td:last-child { text-align: right; color: #73bf69; font-variant-numeric: tabular-nums }
.big td { font-size: 17px }
"""


def _series(target: Json, answer: list[Json]) -> Iterator[tuple[str, str]]:
    """The legend and the value of each series of an answer."""
    for one in answer:
        legend = target["legendFormat"]
        for label, value in one["metric"].items():
            legend = legend.replace("{{" + label + "}}", value)
        yield legend, f"{float(one['value'][1]):,.5g}"


def _panel(panel: Json, address: str) -> str:
    rows, queries = [], []
    for target in panel["targets"]:
        answer = asked(address, target["expr"])
        assert answer, f"no answer to {target['expr']}"
        queries.append(f"<code>{html.escape(target['expr'])}</code>")
        rows += [f"<tr><td>{html.escape(name)}<td>{value}" for name, value in _series(target, answer)]
    at = panel["gridPos"]
    place = {"left": at["x"] * _COLUMN, "top": at["y"] * _ROW, "width": at["w"] * _COLUMN, "height": at["h"] * _ROW}
    style = ";".join(f"{name}:{value - (6 if name in ('width', 'height') else 0)}px" for name, value in place.items())
    kind = "big" if panel["type"] == "stat" else ""
    title = f"<h2>{html.escape(panel['title'])}</h2>"
    return f'<section style="{style}">{title}{"".join(queries)}<table class="{kind}">{"".join(rows)}</table></section>'


def main() -> None:
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"]) * _ROW
    with tempfile.TemporaryDirectory() as folder:
        settings = {"INSPECTOR_DATA_DIR": f"{folder}/data", "INSPECTOR_METRICS_TOKEN": TOKEN}
        with (
            streamlit_server("app.py", ready="/healthz", **settings, INSPECTOR_SCAN_EVERY="5") as app,
            connect(Settings.from_environment(settings)) as opened,
            prometheus(Path(folder), app.removeprefix("http://")) as address,
            chromium_browser() as browser,
        ):
            lint_and_keep(opened.stores, opened.app_db, "database", model_facts(opened.settings.model))
            wait_until(lambda: last_summary(opened.app_db), "a scan")
            scraped = f"count_over_time({NAME}scan_duration_seconds[5m])"
            wait_until(lambda: max(values(address, scraped, "").values(), default=0) >= 5, "five scrapes")
            panels = "".join(_panel(panel, address) for panel in dashboard["panels"])
            page = browser.new_page(viewport={"width": _WIDTH, "height": height})
            page.set_content(f"<style>{_STYLE}</style>{panels}")
            page.screenshot(path=MONITORING / "dashboard.png")


if __name__ == "__main__":
    main()
