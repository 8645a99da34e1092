"""`sessions` says of each session what its page says that it is doing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from chatdata.domain.drift.findings.turns import doing_now
from chatdata.services.connect import Connected
from tests.support.builders import fill, new_session
from tests.support.command_line import Line

LONG_AGO = datetime.now(UTC) - timedelta(hours=2)
STATUSES = {
    "without-a-worker": "running",
    "with-a-worker": "running",
    "just-begun": "running",
    "waiting": "queued",
    "resting": "idle",
    "odd": "asks about her biopsy",
}


@pytest.fixture
def listed(connected: Connected, run: Line) -> Callable[[], dict[str, str | None]]:
    database, cache = connected.stores.require_database(), connected.stores.require_cache()
    database.add_status_column()
    for name, status in STATUSES.items():
        moment = datetime.now(UTC) if name == "just-begun" else LONG_AGO
        fill(database, new_session(name, messages=2, at=moment, title=name))
        database.put_status(name, status)
    assert cache.take_turn("with-a-worker", "worker-7", 600)
    return lambda: {item["session_id"]: item.get("activity") for item in run("sessions", "--json").json["sessions"]}


def test_each_session_is_doing_what_its_page_says(
    listed: Callable[[], dict[str, str | None]], connected: Connected
) -> None:
    found = listed()
    assert found == {
        "without-a-worker": "stuck",
        "with-a-worker": "running",
        "just-begun": "running",
        "waiting": "queued",
        "resting": "idle",
        "odd": None,
    }
    for name, doing in found.items():
        assert doing_now(connected.stores.read_copies(name)) == (doing or "unknown")


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("columns", ["80", "200"])
def test_a_stuck_turn_is_not_listed_as_running(run: Line, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    out = run("sessions").out
    assert "without-a-worker · stuck" in out
    assert "without-a-worker · running" not in out
    assert "with-a-worker · running" in out
