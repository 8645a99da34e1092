"""The webhook, with a receiver on loopback that fails in between."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from chatdata import Connected, Settings
from chatdata.domain.drift import Comparison
from chatdata.services import webhook as module
from chatdata.services.connect import connect
from chatdata.services.monitor import Monitor
from chatdata.services.scan import ScanResult, scan
from chatdata.services.webhook import Webhook, critical_findings
from chatdata.settings.monitoring import WebhookSettings
from chatdata.stores.app_db import AppDatabase
from tests.services.test_scan import both
from tests.services.test_scheduled_scans import Clock
from tests.stores.test_app_db_scans import ghost, result
from tests.support.builders import message, new_session
from tests.support.servers import free_port, wait_until

WORDS = "words", "of", "a", "conversation"
"""In pieces, since a traceback quotes the line that raises."""

KEY = "0123456789abcdef0123456789-SECRET"
HERE = "here"


class Receiver(ThreadingHTTPServer):
    """Answers as it is told to: a status, or something that goes wrong."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plan: list[int | str] = []
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.let_go = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks/path-SECRET?key=SECRET"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.posts]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((dict(self.headers), body))
        answer = self.server.plan.pop(0) if self.server.plan else 204
        if answer == "close":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif answer == "hang":
            self.server.let_go.wait(60)
        elif answer == "trickle":
            self._trickle()
        elif answer == "redirect":
            self.send_response(307)
            self.send_header("Location", self.server.url)
            self.end_headers()
        else:
            self.send_response(int(answer))
            self.end_headers()

    def _trickle(self) -> None:
        """A header that never ends."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not self.server.let_go.wait(0.02):
            self.wfile.write(b"x")
            self.wfile.flush()

    def log_message(self, *_given: object) -> None:
        """Says nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that runs meanwhile."""
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        thread.join(60)
        server.server_close()


@pytest.fixture
def app_db(tmp_path: Path) -> AppDatabase:
    return AppDatabase(tmp_path, HERE)


def hook(app_db: AppDatabase, receiver: Receiver, clock: Clock) -> Webhook:
    return Webhook(WebhookSettings(receiver.url, KEY), app_db, clock=clock, jitter=lambda: 0.5)


def found(*sessions: Comparison, number: int = 0) -> ScanResult:
    return result(number, *sessions, deployment=HERE)


def test_each_critical_finding_is_posted_once_signed_and_without_words(
    connected: Connected, receiver: Receiver
) -> None:
    both(connected.sessions, new_session("s-1", messages=2))
    cache = connected.stores.cache
    assert cache is not None
    words = new_session("s-1", messages=2)
    words.messages.append(message("user", "a secret sentence"))
    words.title = "a secret title"
    cache.put(words)
    cache.put(new_session("gone\n\x1b", messages=1))
    first = scan(connected.stores, grace=0)
    clock = Clock()
    webhook = hook(connected.app_db, receiver, clock)
    assert webhook.add(first) == 2
    assert receiver.posts == [], "nothing is sent while a scan waits"
    assert [webhook.deliver_next(), webhook.deliver_next()] == [0, 0]
    assert webhook.deliver_next() > 0
    posted = {body["session_id"]: body for body in receiver.bodies}
    assert posted.keys() == {"s-1", "gone\n\x1b"}
    assert (
        posted["s-1"].items()
        >= {
            "event": "critical_finding",
            "kind": "unsaved_tail",
            "title": "Unsaved messages",
            "severity": "critical",
            "messages": 1,
            "at_risk": True,
        }.items()
    )
    for headers, body in receiver.posts:
        signed = headers["X-Inspector-Timestamp"].encode() + b"." + body
        expected = hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest()
        assert headers["X-Inspector-Signature"] == f"sha256={expected}"
        assert headers["X-Inspector-Timestamp"] == str(int(clock.now))
        assert b"secret" not in body
        assert "SECRET" not in str(headers)
    assert webhook.add(scan(connected.stores, grace=0)) == 0


def test_a_receiver_that_fails_gets_the_same_post_again_later_each_time(
    app_db: AppDatabase, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.plan = [500, "close", 404, "redirect", 429]
    clock = Clock()
    webhook = hook(app_db, receiver, clock)
    webhook.add(found(ghost("s-1")))
    begun, times = clock.now, list[float]()
    while len(receiver.posts) < 6:
        before = len(receiver.posts)
        wait = webhook.deliver_next()
        if len(receiver.posts) > before:
            times.append(clock.now - begun)
        clock.now += wait
    assert times == [0, 2, 6, 14, 30, 62]
    assert len({body["id"] for body in receiver.bodies}) == 1
    assert len({headers["X-Inspector-Signature"] for headers, _ in receiver.posts}) == 6, "the time is signed anew"
    clock.now += 100_000
    assert webhook.deliver_next() == module._IDLE_SECONDS
    assert len(receiver.posts) == 6
    assert "attempt 5 failed: status 429" in caplog.text
    assert "SECRET" not in caplog.text


def test_nobody_who_answers_is_no_error_of_the_scan(app_db: AppDatabase, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    settings = WebhookSettings(f"http://127.0.0.1:{free_port()}/SECRET", KEY)
    webhook = Webhook(settings, app_db, clock=clock, jitter=lambda: 0.5)
    assert webhook.add(found(ghost("s-1"))) == 1
    assert webhook.deliver_next() == 0
    assert webhook.deliver_next() == 2
    assert "attempt 1 failed: ConnectError" in caplog.text
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize("answer", ["hang", "trickle"])
def test_an_attempt_ends_whatever_the_receiver_does(
    app_db: AppDatabase,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    answer: str,
) -> None:
    monkeypatch.setattr(module, "ATTEMPT_SECONDS", 0.3)
    receiver.plan = [answer]
    webhook = hook(app_db, receiver, Clock())
    webhook.add(found(ghost("s-1")))
    assert webhook.deliver_next() == 0
    assert "attempt 1 failed: no answer within" in caplog.text


def test_a_finding_is_given_up_after_a_day(
    app_db: AppDatabase, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    webhook = hook(app_db, receiver, clock)
    receiver.plan = [503, 503, 503]
    webhook.add(found(ghost("s-1")))
    assert webhook.deliver_next() == 0
    clock.now += 86_000
    assert webhook.deliver_next() == 0
    assert app_db.next_post_at() == clock.now + 4
    clock.now += 1_000
    assert webhook.deliver_next() == 0
    assert "is given up after a day" in caplog.text
    assert (app_db.next_post_at(), len(receiver.posts)) == (None, 3)
    assert webhook.add(found(ghost("s-1"), number=1)) == 0


def test_it_is_posted_once_over_restarts_and_again_when_it_comes_back(app_db: AppDatabase, receiver: Receiver) -> None:
    clock = Clock()

    def scanned(*sessions: Comparison, number: int) -> int:
        """What a process that was just started posts after a scan."""
        webhook, before = hook(app_db, receiver, clock), len(receiver.posts)
        webhook.add(found(*sessions, number=number))
        while webhook.deliver_next() == 0:
            pass
        return len(receiver.posts) - before

    moving = replace(ghost("s-1"), status="moving", findings=())
    assert scanned(ghost("s-1"), number=1) == 1
    assert scanned(ghost("s-1"), number=2) == 0
    assert scanned(ghost("s-1"), ghost("s-2"), number=3) == 1
    assert scanned(moving, ghost("s-2"), number=4) == 0
    assert scanned(ghost("s-1"), ghost("s-2"), number=5) == 0, "a session that was not judged is no end of its finding"
    assert scanned(ghost("s-2"), number=6) == 0
    assert scanned(ghost("s-1"), ghost("s-2"), number=7) == 1, "it ended and came back"
    ids = [body["id"] for body in receiver.bodies]
    assert len(set(ids)) == len(ids) == 3


def test_what_a_scan_does_not_list_may_still_exist(app_db: AppDatabase, receiver: Receiver) -> None:
    webhook = hook(app_db, receiver, Clock())
    webhook.add(found(ghost("s-1")))
    assert webhook.deliver_next() == 0
    webhook.add(replace(found(number=1), not_listed=5))
    assert webhook.add(found(ghost("s-1"), number=2)) == 0


def test_what_a_killed_process_had_claimed_is_sent_by_another_and_not_before(
    app_db: AppDatabase, receiver: Receiver
) -> None:
    clock = Clock()
    webhook = hook(app_db, receiver, clock)
    webhook.add(found(ghost("s-1")))
    assert app_db.claim_post(now=clock(), seconds=60) is not None
    assert webhook.deliver_next() > 0
    assert receiver.posts == []
    clock.now += 61
    assert webhook.deliver_next() == 0
    assert len(receiver.posts) == 1


def test_a_session_has_one_post_per_kind() -> None:
    one = ghost("s-1")
    twice = replace(one, findings=(*one.findings, *one.findings))
    assert [body["kind"] for body in critical_findings(found(twice)).values()] == ["ghost_session"]


def test_scheduled_scans_go_on_while_the_receiver_hangs(tmp_path: Path, receiver: Receiver) -> None:
    receiver.plan = ["hang"]
    settings = {
        "INSPECTOR_DATA_DIR": str(tmp_path / "data"),
        "INSPECTOR_WEBHOOK_URL": receiver.url,
        "INSPECTOR_WEBHOOK_SECRET": KEY,
    }
    results: list[ScanResult] = []
    with connect(Settings.from_environment(settings)) as opened:
        assert opened.stores.cache is not None
        opened.stores.cache.put(new_session("ghost", messages=1))
        monitor = Monitor(opened, 0.05, grace=0, on_result=results.append)
        monitor.start()
        try:
            wait_until(lambda: receiver.posts, "the first finding is posted")
            count = len(results)
            wait_until(lambda: len(results) >= count + 3, "three more scans while the receiver hangs")
            assert len(receiver.posts) == 1
            opened.stores.cache.put(new_session("another", messages=1))
            receiver.let_go.set()
            wait_until(lambda: {body["session_id"] for body in receiver.bodies} == {"ghost", "another"}, "both posts")
        finally:
            monitor.stop()


def test_an_error_that_nobody_expected_is_logged_without_its_message(
    app_db: AppDatabase, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stopped = threading.Event()

    def failing() -> float:
        stopped.set()
        raise ValueError(" ".join(WORDS))

    webhook = hook(app_db, receiver, Clock())
    monkeypatch.setattr(webhook, "deliver_next", failing)
    webhook.run(stopped)
    assert "the webhook failed: ValueError\n" in caplog.text
    assert " ".join(WORDS) not in caplog.text
