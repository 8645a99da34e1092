"""Sign-in by a proxy, a server that others could reach directly, and invalid settings."""

import socket
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from pages.ui.base.client_address import is_loopback, peer_of, reached_from_elsewhere
from pages.ui.server.middleware import SecurityHeaders
from tests.support.chromium import streamlit_server
from tests.support.signing import ROLES

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.9"
"""The proxy's address and another's: all of 127.0.0.0/8 is this machine."""
OTTO = {"X-Forwarded-User": "otto@example.com"}
WANTED = "/api/timeline/opening?session=nosuch&source=database"


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """It believes 127.0.0.1, and uvicorn believes X-Forwarded-For from there."""
    settings = {
        **ROLES,
        "INSPECTOR_TRUSTED_USER_HEADER": "X-Forwarded-User",
        "INSPECTOR_TRUSTED_GROUPS_HEADER": "X-Forwarded-Groups",
        "INSPECTOR_TRUSTED_PROXIES": f"{HERE}, 203.0.113.7",
        "INSPECTOR_DATA_DIR": str(tmp_path_factory.mktemp("proxied")),
    }
    with streamlit_server("app.py", "--server.address=0.0.0.0", ready="/healthz", **settings) as address:
        yield address


def ask(address: str, path: str, source: str = HERE, **headers: str) -> httpx.Response:
    transport = httpx.HTTPTransport(local_address=source)
    with httpx.Client(transport=transport, timeout=60) as client:
        return client.get(address + path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("source", "headers", "status"),
    [
        (HERE, OTTO, 404),
        (HERE, {**OTTO, "X-Forwarded-For": "198.51.100.4"}, 404),
        (HERE, {"X-Forwarded-User": "someone", "X-Forwarded-Groups": "x, support-leads"}, 404),
        (HERE, {"X-Forwarded-User": "nina@example.com"}, 403),
        (HERE, {"X-Forwarded-User": ""}, 401),
        (HERE, {"X-Forwarded-Groups": "support-leads"}, 401),
        (HERE, {}, 401),
        (ELSEWHERE, OTTO, 401),
        (ELSEWHERE, {**OTTO, "X-Forwarded-For": HERE}, 401),
        (ELSEWHERE, {**OTTO, "X-Forwarded-For": ELSEWHERE}, 401),
        (ELSEWHERE, {**OTTO, "X-Forwarded-For": "203.0.113.7"}, 401),
        (ELSEWHERE, {**OTTO, "Forwarded": f"for={HERE}", "X-Real-IP": HERE}, 401),
    ],
)
def test_a_header_counts_from_a_named_proxy_only(
    proxied: str, source: str, headers: dict[str, str], status: int
) -> None:
    assert ask(proxied, WANTED, source, **headers).status_code == status
    page = ask(proxied, "/", source, Accept="text/html", **headers)
    assert page.status_code == (200 if status == 404 else status)


def test_a_header_that_came_twice_names_nobody(proxied: str) -> None:
    twice = [("X-Forwarded-User", "otto@example.com"), ("X-Forwarded-User", "ana@example.com")]
    assert httpx.get(proxied + WANTED, headers=twice).status_code == 401


@pytest.mark.parametrize(("source", "passes"), [(HERE, True), (ELSEWHERE, False)])
def test_a_websocket_is_asked_the_same(proxied: str, source: str, passes: bool) -> None:
    stream, host, port = proxied.replace("http", "ws"), HERE, int(proxied.rpartition(":")[2])
    with socket.create_connection((host, port), source_address=(source, 0)) as opened:
        with nullcontext() if passes else pytest.raises(InvalidStatus, match="401"):
            with connect(f"{stream}/_stcore/stream", sock=opened, origin=Origin(proxied), additional_headers=OTTO):
                pass


def test_a_server_that_others_could_reach_shows_nothing_without_a_sign_in_and_says_what_to_set(tmp_path: Path) -> None:
    folder = str(tmp_path)
    with streamlit_server("app.py", "--server.address=0.0.0.0", ready="/healthz", INSPECTOR_DATA_DIR=folder) as address:
        for path in ("/", "/conversation?session=a", WANTED, "/_stcore/health", "/_stcore/metrics"):
            answer = ask(address, path)
            assert (answer.status_code, path) == (503, path)
            for setting in ("[auth]", "INSPECTOR_TRUSTED_USER_HEADER", "INSPECTOR_WITHOUT_SIGN_IN=anywhere"):
                assert setting in answer.text
        assert ask(address, "/healthz").status_code == 200


def test_an_explicit_setting_opens_it_to_everybody(tmp_path: Path) -> None:
    settings = {"INSPECTOR_DATA_DIR": str(tmp_path), "INSPECTOR_WITHOUT_SIGN_IN": "anywhere"}
    with streamlit_server("app.py", "--server.address=0.0.0.0", **settings) as address:
        assert ask(address, WANTED).status_code == 404


SECRET = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"
AUTH = '[auth]\nredirect_uri = "http://x/oauth2callback"\ncookie_secret = "{}"\nclient_id = "a"\nclient_secret = "b"\n'


@pytest.mark.parametrize(
    ("secrets", "settings", "words"),
    [
        ("[auth\n", {}, "secrets can't be read"),
        ("[auth]\n", ROLES, "redirect_uri"),
        (AUTH.format(SECRET), ROLES, "server_metadata_url"),
        (AUTH.format("short") + 'server_metadata_url = "d"\n', ROLES, "cookie_secret needs at least 32"),
        (AUTH.format("a" * 64) + 'server_metadata_url = "d"\n', ROLES, "random characters, not a repeated pattern"),
        (
            AUTH.format("changeme" * 8) + 'server_metadata_url = "d"\n',
            ROLES,
            "random characters, not a repeated pattern",
        ),
        (
            AUTH.format("0123456" + "0" * 30) + 'server_metadata_url = "d"\n',
            ROLES,
            "random characters, not a repeated pattern",
        ),
        (AUTH.format(SECRET) + 'server_metadata_url = "d"\n', {}, "nobody has a role"),
        (AUTH.format(SECRET).replace("/oauth2callback", "/back") + 'server_metadata_url = "d"\n', ROLES, "/oauth2"),
        ("", ROLES, "nobody can sign in"),
        ("", {"INSPECTOR_TRUSTED_USER_HEADER": "X-User"}, "INSPECTOR_TRUSTED_PROXIES"),
    ],
)
def test_settings_that_are_not_right_show_nothing_to_anybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secrets: str, settings: dict[str, str], words: str
) -> None:
    from streamlit import config
    from streamlit.runtime.secrets import secrets_singleton

    from chatdata import NotAllowed
    from pages.ui.auth import current_principal, sign_in
    from pages.ui.base import settings as configured

    file = tmp_path / "secrets.toml"
    file.write_text(secrets)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(file)])
    secrets_singleton._reset()
    configured.forget()
    try:
        assert words in (sign_in.problem() or "")
        with pytest.raises(NotAllowed):
            current_principal.current()
    finally:
        config.set_option("secrets.files", before)
        secrets_singleton._reset()
        configured.forget()


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("", False),
        (None, False),
        ("10.0.0.1", False),
        ("inspector.example", False),
    ],
)
def test_what_is_loopback(address: str | None, loopback: bool) -> None:
    assert is_loopback(address) is loopback


def test_a_connection_at_another_address_came_from_elsewhere() -> None:
    assert reached_from_elsewhere({"type": "http", "server": ("10.0.0.5", 8501)})
    assert not reached_from_elsewhere({"type": "http", "server": ("127.0.0.1", 8501)})
    assert not reached_from_elsewhere({"type": "http", "server": ("/run/inspector.sock", None)})


async def _receive() -> dict[str, str]:
    return {"type": "http.request"}


def test_without_its_transport_a_peer_behind_forwarded_headers_is_unknown() -> None:
    scope: Scope = {"type": "http", "headers": [], "client": ("10.0.0.7", 1)}
    assert peer_of(scope, _receive) == "10.0.0.7"
    assert peer_of({**scope, "headers": [(b"x-forwarded-for", b"10.0.0.7")]}, _receive) is None


def test_what_fails_is_answered_with_headers_and_without_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("-".join(["hush", "hush"]))

    from starlette.testclient import TestClient

    answer = TestClient(SecurityHeaders(failing, "default-src 'self'")).get("/x")
    assert (answer.status_code, answer.headers["content-security-policy"]) == (500, "default-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "hush-hush" not in answer.text
    assert answer.text.split()[-1].rstrip(".") in caplog.text
    assert "in failing" in caplog.text
    assert "hush-hush" not in caplog.text
