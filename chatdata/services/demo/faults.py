"""Faults that damage one copy of a session the way it happens in production.

Messages that only one copy has are written in the script itself (`unsaved`, `uncached`, `aborted` of
chatdata.services.demo.steps). The faults here change a message, a row or the cached bytes.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chatdata.domain.messages import ChatSession, Usage
from chatdata.domain.text import compact_json
from chatdata.services.demo.draft import Draft, Row, column_time
from chatdata.services.demo.ids import uuid_of

Fault = Callable[[Draft], None]


def _row(draft: Draft) -> Row:
    assert draft.row is not None
    return draft.row


def _cached(draft: Draft) -> ChatSession:
    assert draft.cached is not None
    return draft.cached


def _updated_later(draft: Draft, **after: float) -> None:
    """Moves the row's last update to the given time after the document was written."""
    moment = draft.written + timedelta(**after)
    _row(draft)["updatedAt"] = column_time(moment)
    draft.session.updated_at = moment


def deleted(draft: Draft) -> None:
    """The session's rows were deleted, but deleting its cache key failed."""
    draft.row, draft.rows = None, []


def moved_account(draft: Draft) -> None:
    """The row was moved to the person's new account; the document still names the old one."""
    _cached(draft).user_id = uuid_of("old account", draft.slug)
    _updated_later(draft, hours=3.1)


def calls_attached_late(draft: Draft) -> None:
    """Tool calls were attached to the last calling message after its row was saved."""
    row = next(row for row in reversed(draft.rows) if row["toolCalls"])
    row["toolCalls"] = None


def calls_missing_in_cache(draft: Draft) -> None:
    """The last tool calls were attached by a later save whose write to the cache failed."""
    message = next(message for message in reversed(_cached(draft).messages) if message.tool_calls)
    message.tool_calls = None
    _updated_later(draft, seconds=6.4)


def placeholder_left(draft: Draft) -> None:
    """The last tool result was replaced in the database; the cache keeps the placeholder."""
    messages = _cached(draft).messages
    tool = next(message for message in reversed(messages) if message.role == "tool")
    call = next(call for message in messages for call in message.tool_calls or () if call["id"] == tool.tool_call_id)
    tool.content = compact_json(
        {
            "type": "operation_pending",
            "message": "This takes a while. The result appears here when it is ready.",
            "session_id": draft.session.session_id,
            "operation_id": uuid_of("operation", draft.slug),
            "tool_name": call["function"]["name"],
        }
    )


def rewritten(before: str, after: str) -> Fault:
    """A database job replaced text that the cached copy still has."""

    def fault(draft: Draft) -> None:
        row = next(row for row in draft.rows if before in (row["content"] or ""))
        row["content"] = row["content"].replace(before, after)

    return fault


def sent_twice(text: str) -> Fault:
    """A double submit inserted the row of this user message twice."""

    def fault(draft: Draft) -> None:
        index = next(index for index, row in enumerate(draft.rows) if (row["content"] or "").startswith(text))
        duplicate = draft.rows[index] | {"id": uuid_of("again", draft.rows[index]["id"])}
        duplicate["createdAt"] += timedelta(milliseconds=412)
        draft.rows.insert(index + 1, duplicate)
        _renumber(draft.rows)

    return fault


def note_saved_first(text: str) -> Fault:
    """A job's note took the sequence number of the answer before it, which was saved after a retry."""

    def fault(draft: Draft) -> None:
        rows = draft.rows
        index = next(index for index, row in enumerate(rows) if (row["content"] or "").startswith(text))
        rows[index - 1], rows[index] = rows[index], rows[index - 1]
        _renumber(rows)

    return fault


def both(one: Fault, other: Fault) -> Fault:
    """Combines two faults."""

    def fault(draft: Draft) -> None:
        one(draft)
        other(draft)

    return fault


def context_written(draft: Draft) -> None:
    """Writes context in front of the user's text, in the row only."""
    row = next(row for row in draft.rows if row["role"] == "user")
    row["content"] = f"{_CONTEXT}{row['content']}"


_CONTEXT = (
    "<memory_context>\nPrefers short answers.\n</memory_context>\n\n<env_context>\nTime zone: UTC\n</env_context>\n\n"
)


def saved_in_part(draft: Draft) -> None:
    """Leaves only the beginning of the last answer in its row, as saved while streaming."""
    row = draft.rows[-1]
    row["content"] = row["content"][: len(row["content"]) // 2]


def steps_split(draft: Draft) -> None:
    """Saves the text and the calls of an answer as two rows."""
    index = next(index for index, row in enumerate(draft.rows) if row["toolCalls"] and row["content"])
    row = draft.rows[index]
    words = row | {"id": uuid_of("step", row["id"]), "toolCalls": None}
    draft.rows[index : index + 1] = [words, row | {"content": None}]
    _renumber(draft.rows)


def worker_lost(draft: Draft) -> None:
    """The worker died in the middle of a turn, which is still marked as running."""
    draft.status = "running"


def in_queue(draft: Draft) -> None:
    """No worker has taken the last message of the user yet, which is no fault however long it takes."""
    draft.status = "queued"


def left_waiting(*texts: str) -> Fault:
    """Messages that the user typed during a turn were never taken from their list."""

    def fault(draft: Draft) -> None:
        draft.waiting = texts

    return fault


def windowed(count: int) -> Fault:
    """Leaves only the newest messages in the cache."""

    def fault(draft: Draft) -> None:
        cached = _cached(draft)
        cached.messages = cached.messages[-count:]

    return fault


def _renumber(rows: list[Row]) -> None:
    for sequence, row in enumerate(rows):
        row["sequence"] = sequence


def gap_after(position: int, width: int) -> Fault:
    """Rows of an aborted attempt were deleted, which leaves a gap in the sequence numbers."""

    def fault(draft: Draft) -> None:
        for row in draft.rows[position:]:
            row["sequence"] += width

    return fault


def renamed(title: str) -> Fault:
    """The title was changed in the database; the document still has the old one."""

    def fault(draft: Draft) -> None:
        _row(draft)["title"] = title
        draft.session.title = title
        _updated_later(draft, minutes=2.6)

    return fault


def counted_twice(draft: Draft) -> None:
    """The last turn's tokens were added to the row again when its save was retried."""
    last: Usage = draft.session.usage[-1]
    _row(draft)["totalPromptTokens"] += last.prompt_tokens
    _row(draft)["totalCompletionTokens"] += last.completion_tokens


def connected(provider: str) -> Fault:
    """A credential was connected after the document was written."""

    def fault(draft: Draft) -> None:
        metadata = {"id": uuid_of("credential", draft.slug, provider), "provider": provider}
        metadata |= {"type": "oauth2", "title": f"{draft.person.name} – {provider}"}
        _row(draft)["credentials"][provider] = metadata
        draft.session.credentials[provider] = dict(metadata)
        _updated_later(draft, hours=1.3)

    return fault


def run_finished(draft: Draft) -> None:
    """A background run was counted in the database only."""
    counts = _row(draft)["successfulAgentRuns"]
    graph = next(iter(counts))
    counts[graph] += 3
    draft.session.successful_agent_runs[graph] += 3
    _updated_later(draft, hours=5.7)


def noted_later(draft: Draft) -> None:
    """A job inserted the last row directly; the document dates from the save before it."""
    assert draft.ttl is not None
    last, before = (draft.rows[index]["createdAt"] for index in (-1, -2))
    draft.ttl -= int((last - before).total_seconds())


def saved_after_delete(draft: Draft) -> None:
    """The session was deleted while a turn was running, and the end of that turn saved it again."""
    row, moment = _row(draft), _row(draft)["updatedAt"]
    row["createdAt"], row["title"] = moment - timedelta(milliseconds=35), None
    for message in draft.rows:
        message["createdAt"] = moment


def cut_off(draft: Draft) -> None:
    """The document ends in the middle of a message."""
    draft.spoil = lambda document: document[: len(document) * 3 // 5]


def without_key(key: str) -> Fault:
    """The document lacks a required key, as if an unknown writer had produced it."""

    def fault(draft: Draft) -> None:
        draft.spoil = lambda document: compact_json(_without(json.loads(document), key)).encode()

    return fault


def _without(document: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}


def kept_for_ever(draft: Draft) -> None:
    """The cache key was restored without its time to live."""
    draft.ttl = None
