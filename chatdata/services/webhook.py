"""Posts each new critical finding to a URL, signed, once, and without delaying the scan that found it.

Findings wait in the inspector's own database. A thread of its own posts them, and tries again after a failure, later
each time; a process that was killed leaves its posts to the next. A post is claimed before it is sent, so that several
processes do not send it at once; one that was killed between sending and noting it is sent again, with the same id.
"""

import hashlib
import hmac
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import httpx

from chatdata.domain.drift import Comparison, DriftFinding
from chatdata.domain.labels import FINDING_LABELS
from chatdata.domain.text import iso
from chatdata.errors import AppDatabaseError
from chatdata.services.failures import places_of
from chatdata.services.scan import ScanResult
from chatdata.settings.monitoring import WebhookSettings
from chatdata.settings.version import tool_version
from chatdata.stores.app_db import AppDatabase, WaitingPost

log = logging.getLogger(__name__)

SIGNATURE, TIMESTAMP = "X-Inspector-Signature", "X-Inspector-Timestamp"
ATTEMPT_SECONDS = 10.0
"""How long an attempt may take in all: name, connection, TLS and answer."""
_CLAIM_SECONDS = 60.0
"""After this a post that a killed process had claimed is tried again."""
_FIRST_RETRY, _LONGEST_RETRY = 2.0, 600.0
_GIVE_UP_SECONDS = 86_400.0
_IDLE_SECONDS = 30.0
"""How often a process looks for posts that another one left."""


class Webhook:
    """The posts about critical findings of one deployment."""

    def __init__(
        self,
        settings: WebhookSettings,
        app_db: AppDatabase,
        *,
        first_retry: float = _FIRST_RETRY,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._app_db = app_db
        self._first_retry = first_retry
        self._clock = clock
        self._jitter = jitter
        self._woken = threading.Event()

    def add(self, result: ScanResult) -> int:
        """Notes the critical findings of a complete scan that are not known yet; returns their number.

        Raises AppDatabaseError. Nothing is sent here.
        """
        posts = critical_findings(result)
        number = self._app_db.add_posts(posts, _existing(result, posts), self._clock())
        self._woken.set()
        return number

    def run(self, stopped: threading.Event) -> None:
        """Delivers what is due until the event is set and `wake` was called. Raises nothing."""
        while not stopped.is_set():
            self._woken.clear()
            try:
                wait = self.deliver_next()
            except AppDatabaseError as error:
                log.warning("the webhook waits: %s", error)
                wait = _IDLE_SECONDS
            except Exception as error:
                log.error("the webhook failed: %s", places_of(error))
                wait = _IDLE_SECONDS
            if wait > 0 and not stopped.is_set():
                self._woken.wait(wait)

    def wake(self) -> None:
        """Makes `run` look whether something is due, or whether it is to end."""
        self._woken.set()

    def deliver_next(self) -> float:
        """Tries to deliver the post that is due; returns the seconds until the next may be. Raises AppDatabaseError."""
        post = self._app_db.claim_post(now=self._clock(), seconds=_CLAIM_SECONDS)
        if post is None:
            due = self._app_db.next_post_at()
            return _IDLE_SECONDS if due is None else min(max(due - self._clock(), 0.05), _IDLE_SECONDS)
        problem = _sent(self._settings, post, int(self._clock()))
        self._app_db.settle_post(post.id, None if problem is None else self._next_attempt(post, problem))
        return 0.0

    def _next_attempt(self, post: WaitingPost, problem: str) -> float | None:
        """When to try again: twice as late each time; None once it was tried for a day."""
        now = self._clock()
        if now > post.created_at + _GIVE_UP_SECONDS:
            log.error("webhook %s: a finding is given up after a day: %s", self._settings.shown, problem)
            return None
        delay = min(self._first_retry * 2.0 ** min(post.attempts - 1, 20), _LONGEST_RETRY)
        log.warning("webhook %s: attempt %d failed: %s", self._settings.shown, post.attempts, problem)
        return now + delay * (0.75 + self._jitter() / 2)


def critical_findings(result: ScanResult) -> dict[str, dict[str, Any]]:
    """Returns the body of a post for each kind of critical finding of each listed session, without any words.

    The keys stay the same from scan to scan as long as the finding exists; the id in the body tells one occurrence.
    """
    found: dict[str, dict[str, Any]] = {}
    for session in result.sessions:
        for finding in session.findings:
            key = _digest(finding.kind, session.session_id)
            if finding.severity == "critical" and key not in found:
                found[key] = _body(result, session, finding, key)
    return found


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Returns the value of the signature header: HMAC-SHA256 over the timestamp, a period and the body."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _body(result: ScanResult, session: Comparison, finding: DriftFinding, key: str) -> dict[str, Any]:
    return {
        "id": _digest(result.deployment, key, iso(result.finished_at)),
        "event": "critical_finding",
        "deployment": result.deployment,
        "session_id": session.session_id,
        "kind": finding.kind,
        "title": FINDING_LABELS[finding.kind],
        "severity": finding.severity,
        "messages": finding.count,
        "at_risk": finding.at_risk,
        "expires_at": None if finding.expires_at is None else iso(finding.expires_at),
        "found_at": iso(result.finished_at),
    }


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _existing(result: ScanResult, posts: Mapping[str, object]) -> set[str] | None:
    """The keys of the findings that exist: those found, and those of sessions that were not judged. None where the scan
    does not list every session, since what it leaves out may exist."""
    if result.not_listed or result.unconfirmed:
        return None
    doubtful = [one.session_id for one in result.sessions if one.status in (None, "moving")]
    return posts.keys() | {_digest(kind, session_id) for session_id in doubtful for kind in FINDING_LABELS}


def _sent(settings: WebhookSettings, post: WaitingPost, now: int) -> str | None:
    """Posts once; returns why that failed, as a text that quotes neither the URL nor the answer."""
    body = post.body.encode("ascii")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"conversation-inspector/{tool_version()}",
        TIMESTAMP: str(now),
        SIGNATURE: signature(settings.secret, str(now), body),
    }
    try:
        status = anyio.run(_post, settings.url, body, headers)
    except TimeoutError:
        return f"no answer within {ATTEMPT_SECONDS:.0f} s"
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return type(error).__name__
    return None if 200 <= status < 300 else f"status {status}"


async def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer. The deadline covers everything, since a timeout of a read alone lets an answer trickle;
    redirects are not followed, and the answer is not read."""
    with anyio.fail_after(ATTEMPT_SECONDS):
        async with (
            httpx.AsyncClient(timeout=ATTEMPT_SECONDS, trust_env=False, follow_redirects=False) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            return answer.status_code
