"""A demo session with its two copies: a mutable draft that faults can damage, and the finished value."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.domain.text import LONE_SURROGATES
from chatdata.services.demo.people import Person

TIME_TO_LIVE = 43_200
"""Seconds after which the reference system's cached documents expire."""

Row = dict[str, Any]


@dataclass(frozen=True)
class DemoSession:
    """One demo session: what really happened, and what each store should hold of it."""

    slug: str
    """Identifies the session within this package; not stored anywhere."""
    session: ChatSession
    """The session as it really happened, with the usage of each model turn that recorded it."""
    row: Mapping[str, object] | None
    """The "ChatSession" row by column, or None without a row. Times are UTC without a zone, like the column type."""
    rows: tuple[Mapping[str, object], ...]
    """The "ChatMessage" rows by column, in order of sequence."""
    document: bytes | None
    """The cached bytes, or None if the session is not cached."""
    ttl_seconds: int | None
    """Seconds until the cached key expires; None if there is no key, or if the key never expires."""
    planted: tuple[str, ...]
    """The kinds of drift between the two copies."""
    lint: tuple[str, ...]
    """The lint codes of the stored copy's payload."""
    status: str = "idle"
    """The row's chatStatus, in a table that has the column."""
    waiting: tuple[str, ...] = ()
    """Messages of the user that wait in a list of the cache and are in neither copy."""

    @property
    def message_times(self) -> tuple[datetime, ...]:
        """The createdAt of each message row, in UTC with a zone."""
        return tuple(row["createdAt"].replace(tzinfo=UTC) for row in self.rows)  # type: ignore[attr-defined]


@dataclass
class Draft:
    """The copies as the writer made them; a fault then changes one of them in place."""

    slug: str
    person: Person
    planted: tuple[str, ...]
    lint: tuple[str, ...]
    session: ChatSession
    row: Row | None
    rows: list[Row]
    cached: ChatSession | None
    ttl: int | None
    now: datetime
    """The moment that `ttl` is counted from."""
    spoil: Callable[[bytes], bytes] | None = None
    """A function that damages the cached bytes, if any."""
    status: str = "idle"
    waiting: tuple[str, ...] = ()

    @property
    def written(self) -> datetime:
        """The moment the document was written at, computed from its time to live."""
        assert self.ttl is not None
        return self.now - timedelta(seconds=TIME_TO_LIVE - self.ttl)

    def finished(self) -> DemoSession:
        """The finished session, with the cached copy serialized and damaged as the fault demands."""
        document = None if self.cached is None else dumped(self.cached)
        if document is not None and self.spoil is not None:
            document = self.spoil(document)
        return DemoSession(
            slug=self.slug,
            session=self.session,
            row=self.row,
            rows=tuple(self.rows),
            document=document,
            ttl_seconds=self.ttl,
            planted=self.planted,
            lint=self.lint,
            status=self.status,
            waiting=self.waiting,
        )


def message_row(message: ChatMessage, *, row_id: str, at: datetime, session_id: str, sequence: int) -> Row:
    """The row of a message, sanitized of characters that the database cannot hold."""
    stored = message.sanitize()
    return {
        "id": row_id,
        "createdAt": column_time(at),
        "sessionId": session_id,
        "role": stored.role,
        "content": stored.content,
        "name": stored.name,
        "toolCallId": stored.tool_call_id,
        "refusal": stored.refusal,
        "toolCalls": stored.tool_calls,
        "functionCall": stored.function_call,
        "sequence": sequence,
    }


def session_row(session: ChatSession, created_at: datetime) -> Row:
    """The row of a session, with its usage summed up and its times truncated to milliseconds."""
    return {
        "id": session.session_id,
        "createdAt": column_time(created_at),
        "updatedAt": column_time(session.updated_at),
        "userId": session.user_id,
        "title": session.title,
        "credentials": json.loads(json.dumps(session.credentials)),
        "successfulAgentRuns": dict(session.successful_agent_runs),
        "successfulAgentSchedules": dict(session.successful_agent_schedules),
        "totalPromptTokens": session.prompt_tokens,
        "totalCompletionTokens": session.completion_tokens,
    }


def column_time(moment: datetime) -> datetime:
    """A moment as a TIMESTAMP(3) WITHOUT TIME ZONE column stores it: UTC, truncated to milliseconds."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


_PLACEHOLDER = "\ue000"
"""A private character that no demo text uses."""


def dumped(session: ChatSession) -> bytes:
    """The document's JSON as the reference system writes it; lone surrogates become JSON escapes."""
    broken = {
        index: message
        for index, message in enumerate(session.messages)
        if LONE_SURROGATES.search(message.content or "")
    }
    if not broken:
        return session.model_dump_json().encode()
    copy = session.model_copy(update={"messages": list(session.messages)})
    found: list[str] = []
    for index, message in broken.items():
        text = message.content or ""
        found += LONE_SURROGATES.findall(text)
        copy.messages[index] = message.model_copy(update={"content": LONE_SURROGATES.sub(_PLACEHOLDER, text)})
    pieces = copy.model_dump_json().split(_PLACEHOLDER)
    escapes = [f"\\u{ord(character):04x}" for character in found]
    return "".join(piece + escape for piece, escape in zip(pieces, [*escapes, ""], strict=True)).encode()
