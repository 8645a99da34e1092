"""`show`: prints a copy of a conversation as text or JSON."""

from dataclasses import asdict
from typing import Any, get_args

import click

from chatdata.cli.choosing import Shown, Side, choose, remarks
from chatdata.cli.commands import NOT_FOUND, json_option
from chatdata.cli.output import emit, warn
from chatdata.cli.output.beside import Beside, beside_of, imported_object
from chatdata.cli.output.conversation import print_conversation, print_corrupt
from chatdata.cli.stores import availability, opened
from chatdata.cli.views import view_option
from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    Copies,
    CopyMessage,
    CorruptDocument,
    PrivacyLevel,
    Source,
    StoredCopy,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.drift.findings.turns import doing_now
from chatdata.services.inspection import Inspection
from chatdata.services.session_stores import SessionStores

_FIRST_BYTES = 200


@click.command("show")
@click.argument("session_id", metavar="SESSION_ID")
@click.option("--source", type=click.Choice(get_args(Source)), help="Source: database or cache.")
@view_option
@json_option
@click.pass_context
def show_command(
    context: click.Context, session_id: str, source: Source | None, view: PrivacyLevel, as_json: bool
) -> None:
    """Show a conversation from the database or the cache.

    Without --source, the database copy is shown, or the cached copy if the database has none or is unavailable; the
    first lines say which. An unreadable cache entry is shown as raw bytes. Read-only.

    \b
    Examples:
      python -m chatdata show 4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55
      python -m chatdata show airline-03-0 --source cache --json

    \b
    Exit codes: 0 success, 1 not found or unreadable,
                2 invalid usage or settings, 3 the store is unavailable
    """
    with opened() as connected:
        inspection = Inspection(connected.stores, session_id, view, connected.redaction_key)
        copies = inspection.copies
    chosen, shown = choose(copies, source)
    beside = beside_of(inspection, chosen, shown, verbatim=as_json)
    if inspection.import_problem:
        warn(inspection.import_problem)
    for sentence in remarks(copies, chosen, asked=source is not None):
        warn(sentence)
    if as_json:
        emit(_document(connected.stores, copies, chosen, shown, beside))
    elif isinstance(shown, CorruptDocument):
        print_corrupt(session_id, shown, first_bytes(shown))
    else:
        print_conversation(session_id, shown, copies, beside)
    if isinstance(shown, CorruptDocument):
        context.exit(NOT_FOUND)


def _document(stores: SessionStores, copies: Copies, chosen: Source, shown: Shown, beside: Beside) -> dict[str, Any]:
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
