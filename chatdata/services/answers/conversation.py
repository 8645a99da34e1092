"""The document of `show --json`: one copy of a conversation."""

from dataclasses import asdict
from typing import Any

from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    Copies,
    CopyMessage,
    CorruptDocument,
    Source,
    StoredCopy,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.drift.findings.turns import doing_now
from chatdata.services.answers.availability import availability
from chatdata.services.answers.beside import Beside, imported_object
from chatdata.services.answers.choosing import Shown, Side
from chatdata.services.session_stores import SessionStores

_FIRST_BYTES = 200


def conversation_document(
    stores: SessionStores, copies: Copies, chosen: Source, shown: Shown, beside: Beside
) -> dict[str, Any]:
    """The document of `show --json`:

        {"session_id", "source": "database" | "cache", "read_at",
         "copies": {"database": COPY, "cache": COPY}, "unavailable": [store], "not_configured": [store],
         "chat_status": text or null, "activity": "idle" | "queued" | "running" | "stuck" | "unknown",
         "pending": [{"content", "enqueued_at", "given", "files", "expires_at"}],
         "user_id", "title", "started_at", "updated_at", "usage": [{…}], "prompt_tokens", "completion_tokens",
         "credentials", "successful_agent_runs", "successful_agent_schedules", "extras": {…},
         "messages": [{"position", "created_at", "role", "content", "name", "tool_call_id", "refusal",
                       "tool_calls", "function_call", "extras": {…}}],
         "damaged": [{"place", "position", "reason"}]}

    COPY is {"state": "present" | "absent" | "corrupt" | "unavailable" | "not configured"} with "reason" for the
    last three; present: "messages" (how many), "updated_at"; in the cache, also corrupt: "bytes", "ttl_seconds"
    (null: no expiry), "expires_at", "last_written_at". `extras` are columns or keys that only some
    versions have. `activity` is `stuck` for a running turn that no worker is processing; `pending` lists the messages
    that wait for the next turn and are in neither copy. `unread_columns`, which is present only if there are any, lists
    columns that no known version has. `position` is the stored sequence number, in the cache the index in the list.
    `damaged` lists the values of rows that do not have their column's type; a null position means the session's own
    row. `prompt_tokens` and `completion_tokens` are null if the count is unknown, times if they are.

    For an imported session whose source held what the stores can't hold, there is also
        {"imported": {"format", "imported_at",
                      "parts": [{"position", "kind", "name", "place", "bytes", ("value")}],
                      "messages": [{"position", "model", "usage"}], "dropped": {kind: n},
                      "unknown_counts": [{"count", "place", "reason"}]}}

    A part's null position means the session as a whole, or a message that this copy no longer has. `value` is the part
    as it stood in the source, with --view full and if it is kept: at most 8 MB per session are. With another view,
    `name` and `place` are empty. `dropped` counts the parts beyond the 20,000th.

    For a session in neither store that has waiting messages, `source` is null and nothing follows "pending".
    For a corrupt copy, all fields from "user_id" on are replaced by
        {"corrupt": {"reason", "offset": byte or null, "field": path or null, "bytes": n, "first_bytes": text}}
    """
    stores_status = availability(
        stores,
        database=not isinstance(copies.stored, Unavailable),
        cache=not isinstance(copies.cached, Unavailable),
    )
    head = {
        "session_id": copies.session_id,
        "source": chosen,
        "read_at": copies.read_at,
        "copies": {"database": _copy_object(copies.stored), "cache": _copy_object(copies.cached)},
        **stores_status,
        **_turn_object(copies),
        **_unread(stores, copies),
    }
    if isinstance(shown, CorruptDocument):
        return head | _corrupt_object(shown)
    return head | _conversation_object(shown, beside) | imported_object(beside)


def waiting_document(stores: SessionStores, copies: Copies) -> dict[str, Any]:
    """The document of `show --json` for a session in neither store that has waiting messages; its source is null."""
    return {
        "session_id": copies.session_id,
        "source": None,
        "read_at": copies.read_at,
        "copies": {"database": _copy_object(copies.stored), "cache": _copy_object(copies.cached)},
        **availability(stores, database=not isinstance(copies.stored, Unavailable), cache=True),
        **_turn_object(copies),
    }


def _unread(stores: SessionStores, copies: Copies) -> dict[str, Any]:
    """The columns that the tables have but that are not read."""
    if stores.database is None or not isinstance(copies.stored, StoredCopy):
        return {}
    unread = stores.database.unread_columns()
    return {"unread_columns": list(unread)} if unread else {}


def _turn_object(copies: Copies) -> dict[str, Any]:
    status = copies.stored.extras.get("chatStatus") if isinstance(copies.stored, StoredCopy) else None
    turn = copies.turn
    return {
        "chat_status": status,
        "activity": doing_now(copies),
        "pending": [
            {
                "content": item.content,
                "enqueued_at": item.enqueued_at,
                "given": item.given,
                "files": item.files,
                "expires_at": turn.pending_expires_at,
            }
            for item in turn.pending
        ]
        if turn
        else [],
    }


def _conversation_object(copy: StoredCopy | CachedCopy, beside: Beside) -> dict[str, Any]:
    info = copy.info.model_dump(exclude={"session_id"})
    prompt, completion = beside.tokens(copy)
    return {
        **info,
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "extras": _extras(copy),
        "messages": [_message_object(item) for item in copy.messages],
        "damaged": [asdict(value) for value in copy.damaged],
    }


def _extras(copy: StoredCopy | CachedCopy) -> dict[str, Any]:
    if isinstance(copy, StoredCopy):
        return dict(copy.extras)
    known = {*type(copy.info).model_fields, "messages"}
    return {key: value for key, value in copy.document.items() if key not in known}


def _message_object(item: CopyMessage) -> dict[str, Any]:
    message = {name: getattr(item.message, name) for name in type(item.message).model_fields}
    return {"position": item.position, "created_at": item.created_at, **message, "extras": dict(item.extras)}


def _corrupt_object(corrupt: CorruptDocument) -> dict[str, Any]:
    return {
        "corrupt": {
            "reason": corrupt.reason,
            "offset": corrupt.offset,
            "field": corrupt.field,
            "bytes": len(corrupt.raw),
            "first_bytes": first_bytes(corrupt),
        }
    }


def first_bytes(corrupt: CorruptDocument) -> str:
    """The first bytes as text; bytes that are not UTF-8 appear as \\xff."""
    return corrupt.raw[:_FIRST_BYTES].decode("utf-8", "backslashreplace")


def _copy_object(side: Side) -> dict[str, Any]:
    match side:
        case StoredCopy():
            return {"state": "present", "messages": len(side.messages), "updated_at": side.info.updated_at}
        case CachedCopy():
            found = {"state": "present", "messages": len(side.messages), "updated_at": side.info.updated_at}
            return {**found, "bytes": side.size, **asdict(side.expiry)}
        case CorruptDocument():
            return {"state": "corrupt", "reason": side.reason, "bytes": len(side.raw), **asdict(side.expiry)}
        case Unavailable():
            return {"state": "unavailable", "reason": side.reason}
        case Unconfigured():
            return {"state": "not configured", "reason": side.hint}
        case Absent():
            return {"state": "absent"}
