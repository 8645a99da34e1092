"""A demo session with its two copies, first as something that can still go wrong, then as it is handed out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.domain.text import LONE_SURROGATES
from chatdata.services.demo.people import Person

TIME_TO_LIVE = 43_200
"""Seconds that the reference system keeps a document."""

Row = dict[str, Any]


@dataclass(frozen=True)
class DemoSession:
    """One session of the demo: what really happened, and what each store should hold of it."""

    slug: str
    """Names the session in this package; not stored anywhere."""
    session: ChatSession
    """The full truth, with the usage of each model turn as far as it was recorded."""
    row: Mapping[str, object] | None
    """The "ChatSession" row by column; times in UTC without a zone, as the column type has it. None: no row."""
    rows: tuple[Mapping[str, object], ...]
    """The "ChatMessage" rows by column, in order of sequence."""
    document: bytes | None
    """The cached bytes; None: not cached."""
    ttl_seconds: int | None
    """Time left of the cached key; None with a document: a key without a time to live."""
    planted: tuple[str, ...]
    """Kinds of drift in these copies."""
    lint: tuple[str, ...]
    """Codes of the payload lint in the stored copy."""

    @property
    def message_times(self) -> tuple[datetime, ...]:
        """createdAt of each row, with its zone."""
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
    """The moment of which ttl tells."""
    spoil: Callable[[bytes], bytes] | None = None
    """What happens to the cached bytes."""

    @property
    def written(self) -> datetime:
        """When the document was written."""
        assert self.ttl is not None
        return self.now - timedelta(seconds=TIME_TO_LIVE - self.ttl)

    def finished(self) -> DemoSession:
        """Both copies as values."""
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
        )


def message_row(message: ChatMessage, *, row_id: str, at: datetime, session_id: str, sequence: int) -> Row:
    """The row of a message, with only what a database can hold."""
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
    """The row of a session: the sums of its usage, times in milliseconds."""
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
    """A moment as TIMESTAMP(3) without time zone holds it."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


_STAND_IN = "\ue000"
"""A private character that no demo text uses."""


def dumped(session: ChatSession) -> bytes:
    """The document as the reference system writes it; a lone surrogate as its JSON escape."""
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
        copy.messages[index] = message.model_copy(update={"content": LONE_SURROGATES.sub(_STAND_IN, text)})
    pieces = copy.model_dump_json().split(_STAND_IN)
    escapes = [f"\\u{ord(character):04x}" for character in found]
    return "".join(piece + escape for piece, escape in zip(pieces, [*escapes, ""], strict=True)).encode()
