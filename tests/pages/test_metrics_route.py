"""Who gets /metrics, in which format, and what a scrape does and does not do. The middleware is the server's own."""

import logging
from collections.abc import Mapping
from typing import Any

import anyio
import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from chatdata import ChatSessions
from chatdata.services.scan import keep, scan
from pages.ui.server import metrics, services
from pages.ui.server.metrics import METRICS, metrics_routes
from pages.ui.server.middleware import middleware
from tests.services.test_metrics import values
from tests.support.signing import ROLES

TOKEN = "0123456789abcdef-of-the-scraper-SECRET"
LOOPBACK, ELSEWHERE = "127.0.0.1", "192.0.2.7"
WITH_TOKEN = {"INSPECTOR_METRICS_TOKEN": TOKEN}
PROXY = {**ROLES, "INSPECTOR_TRUSTED_USER_HEADER": "X-Forwarded-User", "INSPECTOR_TRUSTED_PROXIES": LOOPBACK}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def ask(
    headers: Mapping[str, Any] | list[tuple[str, str]] | None = None,
    *,
    peer: str = LOOPBACK,
    host: str = "127.0.0.1:8501",
    method: str = "GET",
    path: str = METRICS,
) -> httpx.Response:
    """What the server answers to a request from this peer."""
    app = Starlette(routes=metrics_routes(), middleware=middleware())

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(peer, 40_000))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, headers=headers)

    return anyio.run(asked)


def given(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    services.close()
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("settings", "headers", "peer", "host", "status"),
    [
        ({}, {}, LOOPBACK, "127.0.0.1:8501", 200),
        ({}, {}, LOOPBACK, "localhost", 200),
        ({}, {}, "::1", "[::1]:8501", 200),
        ({}, {}, ELSEWHERE, "127.0.0.1:8501", 401),
        ({}, {"X-Forwarded-For": LOOPBACK}, LOOPBACK, "localhost", 401),
        ({}, {"X-Forwarded-Proto": "https"}, LOOPBACK, "localhost", 401),
        ({}, {"Forwarded": "for=127.0.0.1"}, LOOPBACK, "localhost", 401),
        ({}, {"X-Real-IP": LOOPBACK}, LOOPBACK, "localhost", 401),
        ({}, {"Via": "1.1 proxy"}, LOOPBACK, "localhost", 401),
        ({}, {}, LOOPBACK, "rebound.example", 403),
        ({}, BEARER, LOOPBACK, "localhost", 401),
        ({"INSPECTOR_WITHOUT_SIGN_IN": "anywhere"}, {}, ELSEWHERE, "localhost", 401),
        (WITH_TOKEN, {}, LOOPBACK, "localhost", 401),
        (WITH_TOKEN, BEARER, LOOPBACK, "localhost", 200),
        (WITH_TOKEN, BEARER, ELSEWHERE, "10.0.0.5:8501", 200),
        (WITH_TOKEN, {**BEARER, "X-Forwarded-For": ELSEWHERE}, ELSEWHERE, "inspector.internal", 200),
        (WITH_TOKEN, {"Authorization": f"bearer  {TOKEN}"}, ELSEWHERE, "localhost", 200),
        (WITH_TOKEN, {"Authorization": f"Bearer {TOKEN}x"}, LOOPBACK, "localhost", 401),
        (WITH_TOKEN, {"Authorization": f"Bearer {TOKEN[:-1]}"}, LOOPBACK, "localhost", 401),
        (WITH_TOKEN, {"Authorization": "Bearer"}, LOOPBACK, "localhost", 401),
        (WITH_TOKEN, {"Authorization": b"Bearer \xff"}, LOOPBACK, "localhost", 401),
        (WITH_TOKEN, {"Authorization": f"Basic {TOKEN}"}, LOOPBACK, "localhost", 401),
        (WITH_TOKEN, [("Authorization", f"Bearer {TOKEN}")] * 2, LOOPBACK, "localhost", 401),
        (PROXY, {}, LOOPBACK, "localhost", 401),
        (PROXY, {"X-Forwarded-User": "otto@example.com"}, LOOPBACK, "localhost", 200),
        (PROXY, {"X-Forwarded-User": "otto@example.com"}, ELSEWHERE, "localhost", 401),
        (PROXY, {"X-Forwarded-User": "vera@example.com"}, LOOPBACK, "localhost", 403),
        (PROXY, {"X-Forwarded-User": "nobody@example.com"}, LOOPBACK, "localhost", 403),
        ({**PROXY, **WITH_TOKEN}, BEARER, ELSEWHERE, "localhost", 200),
        ({**PROXY, **WITH_TOKEN}, {"X-Forwarded-User": "otto@example.com"}, LOOPBACK, "localhost", 200),
        (
            {**PROXY, **WITH_TOKEN},
            {"X-Forwarded-User": "otto@example.com", "Authorization": "Bearer wrong"},
            LOOPBACK,
            "localhost",
            401,
        ),
    ],
)
def test_metrics_are_for_operators_the_token_and_this_machine_itself(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    settings: dict[str, str],
    headers: Mapping[str, str],
    peer: str,
    host: str,
    status: int,
) -> None:
    given(monkeypatch, **settings)
    answer = ask(headers, peer=peer, host=host)
    assert answer.status_code == status
    assert ("conversation_inspector_" in answer.text) == (status == 200)
    assert TOKEN not in answer.text + caplog.text
    if status == 401 and "X-Forwarded-User" not in dict(headers) and settings != PROXY:
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="metrics"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_wrong_settings_give_nothing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, INSPECTOR_METRICS_TOKEN="short")
    assert ask({"Authorization": "Bearer short"}).status_code == 401
    given(monkeypatch, INSPECTOR_METRICS_TOKEN=TOKEN, INSPECTOR_ACCESS="nonsense")
    assert ask(BEARER).status_code == 401
    given(monkeypatch, INSPECTOR_METRICS_TOKEN=TOKEN, INSPECTOR_ACCESS="read", REDIS_URL="redis://x:SECRET@h:nan")
    answer = ask(BEARER)
    assert (answer.status_code, "SECRET" in answer.text) == (401, False)


def test_metrics_are_only_read(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, **WITH_TOKEN)
    assert ask(BEARER, method="POST").status_code == 405
    head = ask(BEARER, method="HEAD")
    assert (head.status_code, head.headers["Cache-Control"]) == (200, "no-store")


def test_the_text_format_or_openmetrics_if_asked_for(sessions: ChatSessions) -> None:
    text = ask({"Accept": "text/plain;version=0.0.4"})
    assert text.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert values(text_string_to_metric_families(text.text))["store_up", "database"] == 1
    other = ask({"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"})
    assert other.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert values(openmetrics_families(other.text))["store_up", "database"] == 1


def test_a_scrape_reports_the_last_scan_and_scans_nothing(
    sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.pages.conftest import conversation

    conversation(sessions, "s-1", "secret words")
    connected = services.connected()
    found = scan(connected.stores, grace=0)
    keep(connected.app_db, found)
    conversation(sessions, "s-2", "more words")
    asked: list[object] = []
    assert connected.stores.cache is not None
    monkeypatch.setattr(connected.stores.cache, "session_ids", lambda: asked.append(1) or iter(()))
    text = ask().text
    assert values(text_string_to_metric_families(text))["cached_sessions", "in_sync"] == found.in_sync == 1
    assert asked == []
    assert not [word for word in ("s-1", "s-2", "mia", "words") if word in text]


def test_requests_are_timed(sessions: ChatSessions) -> None:
    def count() -> float:
        return values(text_string_to_metric_families(ask().text))["http_requests_seconds_count",]

    before = count()
    ask(path="/nowhere")
    assert count() == before + 2


def test_a_store_that_is_down_is_a_figure_and_no_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from tests.support.command_line import UNREACHABLE_CACHE, UNREACHABLE_DATABASE

    caplog.set_level(logging.DEBUG)
    given(monkeypatch, DATABASE_URL=UNREACHABLE_DATABASE, REDIS_URL=UNREACHABLE_CACHE)
    monkeypatch.setattr("chatdata.services.metrics.store_up._SECONDS", 0.2)
    answer = ask()
    assert answer.status_code == 200
    said = values(text_string_to_metric_families(answer.text))
    assert (said["store_up", "cache"], said["store_up", "database"]) == (0, 0)
    assert "SECRET" not in answer.text + caplog.text


def test_the_token_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    compare = metrics.hmac.compare_digest

    def noted(given: bytes, token: bytes) -> bool:
        compared.append((given, token))
        return bool(compare(given, token))

    given(monkeypatch, **WITH_TOKEN)
    monkeypatch.setattr(metrics.hmac, "compare_digest", noted)
    assert ask({"Authorization": "Bearer wrong"}).status_code == 401
    assert compared == [(b"wrong", TOKEN.encode())]
