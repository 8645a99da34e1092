"""The responses of every route with sign-in, for each kind of user, against a real provider."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from chatdata.services.demo import stories
from chatdata.services.programs.openapi import BASE, RESOURCES
from chatdata.services.programs.questions import parameters_of
from pages.ui.auth.program_requests import MCP
from tests.support.chromium import ROOT
from tests.support.signing import USER_COOKIE, SignInServer, sign_in_server

FORGOT = stories()[0]
WORDS = "Lindqvist"
"""In the title and the messages of the conversation that is asked for."""
USER = "159d8719-f37e-4a79-b86f-125876eeb41f"
"""Whose conversation it is."""
QUERY = {
    "session": FORGOT.session_id,
    "a": FORGOT.session_id,
    "b": FORGOT.session_id,
    "source": "database",
    "model": "gpt-4o",
    "items": "0,1",
    "position": "0",
    "row": "0",
    "part": "content",
    "query": WORDS,
}
OPEN = {"/healthz", "/sign-in", "/auth/login", "/auth/logout", "/oauth2callback"}
WHERE = {f"{BASE}/check", f"{BASE}/scan"}
"""Say at the full level where the stores are, as the side bar does."""
OTTO = {"email": "otto@example.com", "sub": "otto"}
Cookie = Callable[[SignInServer], str]
_LIST_ROUTES = """
import json
from app import app
built = app._build_starlette_app()
found = []
for route in built.routes:
    inner = route.routes if route.path == "/api/v1" and not hasattr(route, "methods") else ()
    found += [(route.path + one.path, one.methods) for one in inner]
    found += [] if inner else [(route.path, getattr(route, "methods", None))]
print(json.dumps([[path, sorted(methods or ["GET"])] for path, methods in found]))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignInServer]:
    with sign_in_server(tmp_path_factory.mktemp("signing")) as running:
        yield running


@pytest.fixture(scope="module")
def people(server: SignInServer) -> Iterator[dict[str, httpx.Client]]:
    clients = {
        name: server.sign_in(name)[0]
        for name in ("vera", "ana", "otto", "nina", "liar", "grouped", "wordy", "mia", "not-mia")
    }
    clients["nobody"] = server.client()
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture(scope="module")
def routes() -> list[tuple[str, str]]:
    """Every method and path of the app, Streamlit's among them."""
    listed = subprocess.run([sys.executable, "-c", _LIST_ROUTES], cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(listed.stdout.splitlines()[-1])
    concrete = [(method, re.sub(r"\{[^}]*\}", "x", path) or "/") for path, methods in found for method in methods]
    pages = [
        "/",
        "/conversation",
        "/drift",
        "/payload",
        "/compare",
        "/users",
        "/cache_health",
        "/audit",
        "/static/",
        "/nosuch",
        "//x",
    ]
    return [*concrete, *(("GET", page) for page in pages)]


def test_the_table_knows_our_routes_and_streamlits(routes: list[tuple[str, str]]) -> None:
    paths = {path for _method, path in routes}
    assert paths >= OPEN
    assert {("GET", "/api/notes"), ("POST", "/api/notes"), ("DELETE", "/api/notes")} <= set(routes)
    assert {"/api/timeline/opening", "/api/drift/window", "/api/compare/window"} <= paths
    assert {"/_stcore/metrics", "/_stcore/stream", "/media/x"} <= paths
    assert {"/api/v1/show", "/api/v1/usage", "/api/v1/openapi.json", "/mcp"} <= paths
    assert ("POST", "/api/v1/explain") in routes


def query_of(path: str) -> dict[str, str] | None:
    """What a route is asked about the conversation; those of programs refuse what they don't know."""
    if not path.startswith("/api/"):
        return None
    resource = next((one for one in RESOURCES if path == f"{BASE}/{one.name}"), None)
    if resource is None:
        return {} if path.startswith(BASE) else QUERY
    known = {"session_id": FORGOT.session_id, "error": "Unexpected role 'user' after role 'tool'"}
    return {name: known[name] for name in parameters_of(resource.question) if name in known}


def ask(client: httpx.Client, method: str, path: str) -> httpx.Response:
    """Asks as a page of the inspector would; what asks otherwise is in test_doors."""
    own = {"Origin": str(client.base_url).rstrip("/")}
    answer = client.request(method, path, params=query_of(path), headers=own)
    for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"):
        assert name in answer.headers, (method, path, name)
    return answer


def check_no_secrets(server: SignInServer, answer: httpx.Response) -> None:
    told = f"{answer.text} {answer.headers}"
    assert server.cookie_secret not in told
    assert "hush-hush" not in told
    assert str(server.data_dir) not in told
    assert "Index of" not in told
    assert "Directory listing" not in told


FORGED: dict[str, Cookie] = {
    "nothing": lambda _server: "",
    "another secret": lambda server: server.cookie(OTTO, secret="y" * 64),
    "no secret": lambda server: server.cookie(OTTO, secret=" "),
    "expired": lambda server: server.cookie(OTTO, age=43_300),
    "another inspector": lambda server: server.cookie(OTTO, origin="https://other.example"),
    "not signed in": lambda server: server.cookie(OTTO, is_logged_in=False),
    "unsigned": lambda _server: json.dumps({"email": "otto@example.com", "is_logged_in": True}),
    "cut off": lambda server: server.cookie(OTTO)[:-1],
    "tampered": lambda server: "x" + server.cookie(OTTO)[1:],
    "nobody's": lambda server: server.cookie({"sub": ""}),
}


@pytest.mark.parametrize("forged", FORGED)
def test_no_route_but_the_open_ones_answers_who_did_not_sign_in(
    server: SignInServer, routes: list[tuple[str, str]], forged: str
) -> None:
    value = FORGED[forged](server)
    if value:  # each route for who brings nothing; some for each forgery
        routes = [("GET", path) for path in ("/", "/conversation", "/api/timeline/opening", "/_stcore/health")]
    with server.client() as client:
        client.headers["Cookie"] = f"{USER_COOKIE}={value}"
        answers = {(method, path): ask(client, method, path) for method, path in routes}
    for (method, path), answer in answers.items():
        check_no_secrets(server, answer)
        if path in OPEN:
            assert answer.status_code not in (401, 403), path
        else:
            assert (answer.status_code, path) == (401, path)
            assert WORDS not in answer.text
            assert method == "HEAD" or ("needs a token" if path == MCP else "Sign in") in answer.text


def test_a_sign_in_of_half_a_day_still_counts(server: SignInServer) -> None:
    with server.client() as client:
        client.headers["Cookie"] = f"{USER_COOKIE}={server.cookie(OTTO, age=42_000)}"
        assert client.get("/_stcore/health").status_code == 200


def test_a_sign_in_in_several_cookies_is_put_together(people: dict[str, httpx.Client]) -> None:
    assert f"{USER_COOKIE}_2" in people["wordy"].cookies
    assert people["wordy"].get("/_stcore/metrics").status_code == 200


@pytest.mark.parametrize("person", ["nina", "liar"])
def test_who_has_no_role_is_refused_everywhere(
    server: SignInServer, people: dict[str, httpx.Client], routes: list[tuple[str, str]], person: str
) -> None:
    for method, path in routes:
        if path not in OPEN:
            answer = ask(people[person], method, path)
            assert (answer.status_code, path) == (401 if path == MCP else 403, path)
            check_no_secrets(server, answer)


@pytest.mark.parametrize(
    ("person", "metrics", "uploads", "reads"),
    [("vera", 403, False, False), ("ana", 403, False, False), ("otto", 200, True, True), ("grouped", 200, True, True)],
)
def test_each_role_gets_what_it_may(
    server: SignInServer,
    people: dict[str, httpx.Client],
    routes: list[tuple[str, str]],
    person: str,
    metrics: int,
    uploads: bool,
    reads: bool,
) -> None:
    client = people[person]
    for method, path in routes:
        if path in OPEN or path == "/_stcore/stream":
            continue
        answer = ask(client, method, path)
        if not (reads and path in WHERE):
            check_no_secrets(server, answer)
        assert (answer.status_code == 401) is (path == MCP), path
        assert answer.status_code != 500, path
        if path.startswith("/api/") and method in ("POST", "DELETE"):  # no JSON is sent
            assert answer.status_code in ((400,) if reads else (400, 403)), (path, answer.text)
        elif path.startswith("/api/"):
            assert answer.status_code in ((200, 404, 405) if reads else (200, 403, 404, 405)), (path, answer.text)
            assert person != "vera" or WORDS not in answer.text
            assert reads or USER not in answer.text
        elif path == "/metrics":
            assert answer.status_code == metrics
        elif not path.startswith("/_stcore/"):
            assert answer.status_code != 403, path
    assert client.get("/_stcore/metrics").status_code == metrics
    put = client.put("/_stcore/upload_file/x/y", content=b"", headers=OURS)
    assert ("Your role does not allow this." in put.text) is not uploads


NOTES = {"session": FORGOT.session_id, "source": "database"}
OURS = {"Sec-Fetch-Site": "same-origin"}


def test_a_name_that_two_people_claim_gives_neither_the_notes_of_the_other(people: dict[str, httpx.Client]) -> None:
    (made,) = put(people["mia"], position=1, text="mine").json()["notes"]
    assert (made["author"], made["mine"]) == ("m@example.com (unverified)", True)
    (seen,) = people["not-mia"].get("/api/notes", params=NOTES).json()["notes"]
    assert (seen["mine"], seen["may_change"], seen["may_delete"]) == (False, False, False)
    assert put(people["not-mia"], id=made["id"], text="taken over").status_code == 403
    assert put(people["not-mia"], method="DELETE", id=made["id"]).status_code == 403
    assert put(people["mia"], id=made["id"], text="changed").json()["notes"][0]["text"] == "changed"
    assert put(people["mia"], method="DELETE", id=made["id"]).json()["notes"] == []


def put(client: httpx.Client, headers: dict[str, str] = OURS, method: str = "POST", **sent: object) -> httpx.Response:
    return client.request(method, "/api/notes", params=NOTES, headers=headers, json=sent)


def test_notes_are_read_in_the_readers_view_and_changed_by_their_author(people: dict[str, httpx.Client]) -> None:
    otto, ana, vera = people["otto"], people["ana"], people["vera"]
    words = f"Ask {WORDS} at mia@example.com <img src=x>"
    made = put(otto, position=0, text=words).json()["notes"]
    assert [(one["position"], one["same"], one["text"], one["mine"]) for one in made] == [(0, True, words, True)]
    note_id = made[0]["id"]

    for client, mine in ((ana, "Ask"), (vera, "characters")):
        (seen,) = client.get("/api/notes", params=NOTES).json()["notes"]
        assert mine in seen["text"]
        assert "mia@" not in seen["text"] + seen["author"]
        assert "otto" not in seen["author"]
        assert (seen["mine"], seen["may_change"], seen["may_delete"]) == (False, False, False)
        assert put(client, id=note_id, text="mine now").status_code == 403
        assert put(client, method="DELETE", id=note_id).status_code == 403
    assert put(vera, position=1, text=None).status_code == 403
    assert not vera.get("/api/notes", params=NOTES).json()["may_note"]

    own = put(ana, position=1, text="call mia@example.com").json()["notes"][1]
    assert (own["author"], own["may_change"], own["may_delete"]) == ("Ana@Example.com", False, True)
    assert own["text"].startswith("call [email ")
    (_, seen) = otto.get("/api/notes", params=NOTES).json()["notes"]
    assert (seen["may_change"], seen["may_delete"]) == (False, True)
    assert len(put(otto, method="DELETE", id=own["id"]).json()["notes"]) == 1
    assert put(otto, method="DELETE", id=note_id).json()["notes"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "{own}"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_another_site_changes_nothing(
    server: SignInServer, people: dict[str, httpx.Client], headers: dict[str, str]
) -> None:
    told = {name: value.replace("{own}", server.address) for name, value in headers.items()}
    for method in ("POST", "DELETE"):
        assert put(people["otto"], told, method, position=0, text="x", id="x").status_code == 403
    assert people["otto"].get("/api/notes", params=NOTES).json()["notes"] == []


def test_what_can_not_be_a_note_is_refused_with_a_sentence(
    server: SignInServer, people: dict[str, httpx.Client]
) -> None:
    by_origin = {"Origin": server.address}
    refused: list[tuple[int, dict[str, object]]] = [
        (404, {"position": 99_999, "text": None}),
        (400, {"position": -1, "text": None}),
        (400, {"position": True, "text": None}),
        (400, {"position": 0, "text": 5}),
        (400, {"position": 0, "text": " "}),
        (400, {"position": 0, "text": "x" * 4_001}),
        (400, {"position": 0, "text": "x" * 70_000}),
        (404, {"id": "nosuch", "text": "x"}),
        (400, {"id": 7, "text": "x"}),
    ]
    for status, sent in refused:
        answer = put(people["otto"], by_origin, **sent)
        assert (answer.status_code, sent) == (status, sent)
        assert answer.json()["error"].endswith(".")
    for content in (b"[1]", b"{", b"[" * 50_000):
        answer = people["otto"].post("/api/notes", params=NOTES, headers=by_origin, content=content)
        assert answer.status_code == 400


def test_nobody_opens_a_websocket_without_a_sign_in_and_a_reader_does(
    server: SignInServer, people: dict[str, httpx.Client]
) -> None:
    stream = server.address.replace("http", "ws") + "/_stcore/stream"
    for cookie, status in (("", 401), (server.cookie(OTTO, secret="y" * 64), 401), (server.cookie({"sub": "x"}), 403)):
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(
                stream,
                origin=Origin(server.address),
                additional_headers={"Cookie": f"{USER_COOKIE}={cookie}"},
                proxy=None,
            ),
        ):
            pass
        assert refused.value.response.status_code == status
        assert "Content-Security-Policy" in refused.value.response.headers
    signed_in = {"Cookie": f"{USER_COOKIE}={server.cookie(OTTO)}"}
    with connect(stream, origin=Origin(server.address), additional_headers=signed_in, proxy=None):
        pass


@pytest.mark.parametrize(
    "to", ["/", f"/conversation?session={FORGOT.session_id}&message=3", "/?words=a%20b%2Fc&user=%22x%22", "/drift"]
)
def test_a_link_leads_to_sign_in_and_then_to_where_it_pointed(server: SignInServer, to: str) -> None:
    client, last = server.sign_in("vera", to)
    assert (last.status_code, last.headers["location"]) == (302, to)
    assert client.get(to, headers={"Accept": "text/html"}).status_code == 200
    assert "inspector_wanted" not in client.cookies
    client.close()


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/a\nb", "/" + "a" * 9000]
)
def test_a_sign_in_never_leads_elsewhere(server: SignInServer, to: str) -> None:
    with server.client() as client:
        answer = client.get("/sign-in", params={"provider": "default", "to": to})
        assert answer.headers["location"].startswith("/auth/login?provider=")
        assert client.cookies["inspector_wanted"] == "%2F"
        assert client.get("/sign-in", params={"provider": "nosuch", "to": to}).headers["location"] == "/"


def test_a_code_of_the_provider_is_good_for_nobody_else(server: SignInServer) -> None:
    with server.client() as client:
        answer = client.get("/oauth2callback?code=stolen&state=made-up")
        assert USER_COOKIE not in client.cookies
        assert (answer.status_code, answer.headers["location"]) == (302, "/")


def test_signing_out_ends_it_here_and_at_the_provider(server: SignInServer) -> None:
    client, _ = server.sign_in("otto")
    before = server.provider.signed_out
    answer = client.get("/auth/logout")
    assert answer.headers["location"].startswith(f"{server.provider.issuer}/end?")
    client.get(answer.headers["location"])
    assert server.provider.signed_out == before + 1
    assert client.get("/api/timeline/opening", params=QUERY).status_code == 401
    client.close()


def test_headers_of_a_proxy_count_for_nothing_where_none_is_named(server: SignInServer) -> None:
    with server.client() as client:
        for name in ("X-Forwarded-User", "Remote-User", "X-Forwarded-Email"):
            assert client.get("/_stcore/health", headers={name: "otto@example.com"}).status_code == 401


def test_only_full_views_are_in_the_audit_log_once_a_reader_and_session(
    server: SignInServer, people: dict[str, httpx.Client]
) -> None:
    for person in ("vera", "ana", "otto", "otto", "grouped"):
        for path in ("/api/timeline/opening", "/api/payload/opening", "/api/drift/opening", "/api/timeline/marks"):
            people[person].get(path, params=QUERY)
    listed = subprocess.run(
        [sys.executable, "-m", "chatdata", "audit", "--json", "--session", FORGOT.session_id],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "INSPECTOR_DATA_DIR": str(server.data_dir)},
        capture_output=True,
        text=True,
        check=True,
    )
    events = json.loads(listed.stdout)["events"]
    looks = [event for event in events if event["kind"] != "call"]
    told = sorted((event["kind"], event["who"], event["view"], event["address"]) for event in looks)
    assert told == [
        ("view", "gus@example.com", "full", "127.0.0.1"),
        ("view", "otto@example.com", "full", "127.0.0.1"),
    ]
