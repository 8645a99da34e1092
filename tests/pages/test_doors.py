"""Which requests each door of a running server lets in: the table of docs/security.md, asked over real connections.

A door is a kind of request; a mode is how readers reach the server and sign in.
"""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import anyio
import httpx
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from tests.support.chromium import streamlit_server
from tests.support.command_line import at_once
from tests.support.programs import read
from tests.support.signing import ROLES, USER_COOKIE, sign_in_server

Door = Literal["page", "websocket", "upload", "read", "change", "export", "media", "api", "agent"]
Mode = Literal["open", "bound", "openid", "proxy", "stated"]
DOORS: tuple[Door, ...] = get_args(Door)
MODES: tuple[Mode, ...] = get_args(Mode)
Headers = list[tuple[str, str]]

REFUSED = "This request was refused"
BOUND = "127.0.0.9"
"""An address of this machine that is no name of loopback which is allowed by itself."""
_PROXIED = {"X-Forwarded-User": "otto@example.com", "X-Forwarded-Proto": "https"}
TOKEN = "k3J9".ljust(43, "x")
"""Long, as those of the addresses of exports are."""
_ASKED = "session=nosuch&source=database"
REQUESTS: dict[Door, tuple[str, str, Mapping[str, str]]] = {
    "page": ("GET", "/conversation", {"Accept": "text/html"}),
    "websocket": (
        "GET",
        "/_stcore/stream",
        {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    ),
    "upload": ("PUT", "/_stcore/upload_file/nosuch/nosuch", {}),
    "read": ("GET", f"/api/timeline/opening?{_ASKED}", {}),
    "change": ("POST", f"/api/notes?{_ASKED}", {"Content-Type": "application/json"}),
    "export": ("GET", f"/api/export/{TOKEN}", {}),
    "media": ("GET", "/media/nosuch.csv", {}),
    "api": ("GET", "/api/v1/show?session_id=nosuch", {}),
    "agent": ("POST", "/mcp", {"Content-Type": "application/json"}),
}
PASSED: dict[Door, int] = {
    "page": 200, "websocket": 101, "upload": 403, "read": 404, "change": 404, "export": 404, "media": 404,
    "api": 404, "agent": 401,
}  # fmt: skip
"""What answers behind the door. An upload is then asked for Streamlit's token, in Streamlit's words; an agent for one
of the inspector's."""


@dataclass(frozen=True)
class Place:
    """A running server in one mode."""

    address: str
    """Where it listens."""
    own: str
    """The origin of its pages."""
    log: Path
    headers: Mapping[str, str] = field(default_factory=dict)
    """What a reader's browser or the proxy adds."""

    @property
    def host(self) -> str:
        """The Host header of its pages."""
        return urlsplit(self.own).netloc

    def knock(self, door: Door, headers: Headers, host: str | None = None) -> tuple[int, str]:
        """The status and the text of the answer; `host` instead of the page's own."""
        method, path, more = REQUESTS[door]
        parts = urlsplit(self.address)
        with closing(HTTPConnection(parts.hostname or "", parts.port, timeout=60)) as connection:
            connection.putrequest(method, path, skip_host=True)
            sent = [*more.items(), *self.headers.items(), *headers]
            if not any(name == "Host" for name, _ in headers):
                sent.append(("Host", self.host if host is None else host))
            body = b'{"position": 0, "text": "x"}' if door == "change" else b""
            if method not in ("GET", "HEAD"):
                sent.append(("Content-Length", str(len(body))))
            for name, value in sent:
                connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            text = "" if answer.status == 101 else answer.read().decode()
            return answer.status, text


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Mode, Place]]:
    with ExitStack() as running:
        yield _places(running, tmp_path_factory.mktemp("doors"))


def _places(running: ExitStack, folder: Path) -> dict[Mode, Place]:
    def serve(name: str, *options: str, host: str = "127.0.0.1", **settings: str) -> str:
        server = streamlit_server(
            "app.py",
            *options,
            host=host,
            ready="/healthz",
            log=folder / name,
            INSPECTOR_DATA_DIR=str(folder / f"{name}-data"),
            **settings,
        )
        return running.enter_context(server)

    opened = serve("open")
    bound = serve("bound", f"--server.address={BOUND}", host=BOUND)
    proxied = serve(
        "proxy",
        "--server.address=0.0.0.0",
        INSPECTOR_TRUSTED_USER_HEADER="X-Forwarded-User",
        INSPECTOR_TRUSTED_GROUPS_HEADER="X-Forwarded-Groups",
        INSPECTOR_TRUSTED_PROXIES="127.0.0.1",
        INSPECTOR_ALLOWED_HOSTS="inspector.internal, https://stated.internal:8443",
        **ROLES,
    )
    signing = running.enter_context(sign_in_server(folder, log=folder / "openid"))
    cookie = signing.cookie({"email": "otto@example.com", "sub": "otto"})
    user = {"X-Forwarded-User": "otto@example.com"}
    return {
        "open": Place(opened, opened, folder / "open"),
        "bound": Place(bound, bound, folder / "bound"),
        "openid": Place(signing.address, signing.address, folder / "openid", {"Cookie": f"{USER_COOKIE}={cookie}"}),
        "proxy": Place(proxied, "https://inspector.internal", folder / "proxy", _PROXIED),
        "stated": Place(proxied, "https://stated.internal:8443", folder / "proxy", user),
    }


def check(place: Place, door: Door, passes: bool, headers: Headers, host: str | None = None) -> str:
    """Asks, and checks that the door lets it in or refuses it in words; the words."""
    status, text = place.knock(door, headers, host)
    if passes:
        assert (status, REFUSED in text) == (PASSED[door], False), text
    else:
        assert (status, REFUSED in text) == (403, True), text
    return text


ORIGINS: dict[str, str] = {
    "own": "{own}",
    "own in capitals": "{OWN}",
    "another port of the host": "{scheme}://{name}:9",
    "no port": "http://127.0.0.1",
    "loopback by another name": "http://localhost:{port}",
    "any interface": "http://0.0.0.0:1",
    "the other scheme": "{other}://{host}",
    "another port, another scheme": "https://localhost:3000",
    "another site": "https://evil.example",
    "own host as a user name": "{own}@evil.example",
    "own host as a prefix": "{own}.evil.example",
    "own with a path": "{own}/",
    "opaque": "null",
    "empty": "",
}


def written(origin: str, place: Place) -> str:
    """An origin of the table for a server."""
    parts = urlsplit(place.own)
    return origin.format(
        own=place.own,
        OWN=place.own.upper(),
        scheme=parts.scheme,
        other="http" if parts.scheme == "https" else "https",
        name=parts.hostname,
        host=parts.netloc,
        port=urlsplit(place.address).port,
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("origin", ORIGINS)
def test_a_door_opens_to_the_pages_own_origin_alone(
    places: dict[Mode, Place], origin: str, door: Door, mode: Mode
) -> None:
    place = places[mode]
    text = check(place, door, origin == "own", [("Origin", written(ORIGINS[origin], place))])
    if origin == "another site":
        assert "https://evil.example" in text
        assert "INSPECTOR_ALLOWED_HOSTS" in text


FETCHED: dict[str, tuple[Headers, tuple[Door, ...]]] = {
    "nothing": ([], ("page", "read", "export", "media", "api", "agent")),
    "a page of the inspector": (
        [("Sec-Fetch-Site", "same-origin")],
        ("page", "upload", "read", "change", "export", "media", "api", "agent"),
    ),
    "the address bar": ([("Sec-Fetch-Site", "none")], ("page", "read", "export", "media", "api")),
    "another site": ([("Sec-Fetch-Site", "cross-site")], ()),
    "another port": ([("Sec-Fetch-Site", "same-site")], ()),
    "an origin that the browser contradicts": ([("Sec-Fetch-Site", "cross-site"), ("Origin", "{own}")], ("websocket",)),
    "a link on another site": (
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")],
        ("page", "read", "export", "media", "api"),
    ),
    "a frame of another site": (
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")],
        (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("fetched", FETCHED)
def test_without_an_origin_a_door_goes_by_what_the_browser_says_of_who_asks(
    places: dict[Mode, Place], fetched: str, door: Door, mode: Mode
) -> None:
    place = places[mode]
    headers, passing = FETCHED[fetched]
    check(place, door, door in passing, [(name, value.format(own=place.own)) for name, value in headers])


HOSTS = {
    "another": "evil.example",
    "another with a port": "evil.example:{port}",
    "a longer name": "localhost.evil.example",
    "the address as a prefix": "127.0.0.1.evil.example:{port}",
    "a user name before it": "127.0.0.1:{port}@evil.example",
    "behind a user name": "evil.example@127.0.0.1:{port}",
    "a port that is none": "127.0.0.1:x",
    "an address of the network": "192.0.2.7:{port}",
    "empty": "",
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("host", HOSTS)
def test_a_door_is_closed_at_a_host_that_is_not_the_inspectors(
    places: dict[Mode, Place], host: str, door: Door, mode: Mode
) -> None:
    place = places[mode]
    asked = HOSTS[host].format(port=urlsplit(place.address).port)
    for headers in ([], [("Origin", f"http://{asked}")], [("Origin", place.own)]):
        text = check(place, door, False, headers, asked)
    if host == "another":
        assert "evil.example" in text
        assert "INSPECTOR_ALLOWED_HOSTS" in text


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_the_names_of_loopback_are_always_the_inspectors(places: dict[Mode, Place], name: str, mode: Mode) -> None:
    place = places[mode]
    host = f"{name}:{urlsplit(place.address).port}"
    scheme = "https" if "X-Forwarded-Proto" in place.headers else "http"
    check(place, "read", True, [], host)
    check(place, "change", True, [("Origin", f"{scheme}://{host.lower()}")], host)
    other = place.own if place.host != host.lower() else "null"
    check(place, "change", False, [("Origin", other)], host)


@pytest.mark.parametrize("door", DOORS)
def test_what_is_said_twice_is_refused(places: dict[Mode, Place], door: Door) -> None:
    place = places["open"]
    twice = [("Origin", place.own), ("Origin", place.own)]
    if door == "websocket":  # the protocol's own reader refuses it before
        assert place.knock(door, twice)[0] == 400
    else:
        check(place, door, False, twice)
    assert place.knock(door, [("Host", place.host), ("Host", "evil.example"), ("Origin", place.own)])[0] == 400


def test_a_request_that_names_no_host_is_refused(places: dict[Mode, Place]) -> None:
    parts = urlsplit(places["open"].address)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        connection.sendall(b"GET /conversation HTTP/1.0\r\n\r\n")
        said = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    assert said.split()[1] == "403"
    assert REFUSED in said


def test_the_host_that_the_named_proxy_was_asked_for_is_the_pages(places: dict[Mode, Place]) -> None:
    place = places["proxy"]
    inner = urlsplit(place.address).netloc
    told = [("X-Forwarded-Host", "inspector.internal"), ("Origin", "https://inspector.internal")]
    for door in DOORS:
        check(place, door, True, told, inner)
        check(place, door, False, told, "evil.example")
        check(place, door, False, [("X-Forwarded-Host", "evil.example"), ("Origin", "https://evil.example")], inner)
        check(place, door, False, [("X-Forwarded-Host", "inspector.internal, evil.example")], inner)


def test_what_a_proxy_would_say_does_not_count_where_none_is_named(places: dict[Mode, Place]) -> None:
    place = places["openid"]
    told = [("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example")]
    check(place, "change", False, [*told, ("Origin", "http://evil.example")])
    check(place, "change", True, [*told, ("Origin", place.own)])


def test_a_refusal_to_a_browser_is_a_page_and_to_others_json(places: dict[Mode, Place]) -> None:
    place = places["open"]
    headers = [("Origin", "https://<b>evil.example")]
    page = check(place, "page", False, headers)
    assert page.startswith("<!doctype html>")
    assert "<b>" not in page
    assert set(json.loads(check(place, "read", False, headers))) == {"error"}


def test_a_balancer_learns_at_any_address_that_the_server_serves_and_no_more(places: dict[Mode, Place]) -> None:
    parts = urlsplit(places["open"].address)
    with closing(HTTPConnection(parts.hostname or "", parts.port, timeout=60)) as connection:
        connection.request("GET", "/healthz", headers={"Host": "10.0.0.7"})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"ok")


def test_the_log_says_what_was_refused_and_why_without_what_was_asked_for(places: dict[Mode, Place]) -> None:
    place = places["openid"]
    check(place, "read", False, [("Origin", f"https://logged.example\x7f{'x' * 5_000}")])
    check(place, "read", False, [("Origin", "https://logged.example")])
    said = place.log.read_text()
    (line,) = [line for line in said.splitlines() if "a page of https://logged.example," in line]
    assert "GET /api/timeline/opening" in line
    assert "session=" not in said
    assert TOKEN not in said
    assert place.headers["Cookie"] not in said
    assert "x" * 300 not in said


def test_an_agent_with_a_token_is_answered_by_the_running_server_and_others_are_not(places: dict[Mode, Place]) -> None:
    place = places["open"]
    data_dir = str(place.log.parent / "open-data")
    token = at_once("token", "create", "--name", "agent", INSPECTOR_DATA_DIR=data_dir).out.strip()

    async def asked() -> list[tuple[bool, dict[str, Any], str]]:
        async with (
            httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as web,
            Client(streamable_http_client(f"{place.address}/mcp", http_client=web)) as client,
        ):
            return [read(await client.call_tool(*call)) for call in (("cache_health", {}), ("propose_repair", {}))]

    (failed, health, _), (refused, problem, _) = anyio.run(asked)
    assert (failed, health["view"], health["stores"]["unavailable"]) == (False, "structure", [])
    assert (refused, problem["error"]["status"]) == (True, 400)
    for headers in ({}, {"Authorization": "Bearer cit_x_y"}):
        answer = httpx.post(f"{place.address}/mcp", json={}, headers=headers, timeout=60)
        assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Bearer")
    foreign = {"Authorization": f"Bearer {token}", "Origin": "https://evil.example"}
    assert httpx.post(f"{place.address}/mcp", json={}, headers=foreign, timeout=60).status_code == 403
