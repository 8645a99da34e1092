"""The document of `check --json`: whether the stores answer, and what is in them."""

from dataclasses import asdict
from typing import Any

from chatdata.services.health import Status, StoreStatus


def health_document(status: Status) -> dict[str, Any]:
    """The document of `check --json`:

        {"access": "read" | "write", "embedded": bool, "session_ttl_seconds": n,
         "database": {"answer", "problem", "where", "schema", "version", "writable", "sessions",
                      "optional_columns": ["ChatMessage.model", …], ("unknown_columns": […]), ("unread_tables": […]),
                      ("views": ["ChatSession", "ChatMessage"]),
                      "cost_log": "readable" | "not granted" | "missing" | "unknown form",
                      "word_index": {"used": bool, "statement": str | null, "message_bytes": n | null}},
         "cache": {"answer", "problem", "where", "version", "writable", "sessions", "counted_all"},
         "unavailable": [store], "not_configured": [store]}

    `answer` is "ok", "unavailable" or "not configured"; unless it is "ok", fields after `where` are missing. `where`
    contains no passwords. `unknown_columns`, which is present only if there are any, lists columns that no known
    version has, and `unread_tables`, likewise, the other tables of conversations; they are not read. `views`,
    likewise, lists which of the two tables are views, which are never written. `cost_log` is
    about the table "PlatformCostLog", which `usage --paid` reads. `word_index` tells whether a search of words uses an
    index, and the `statement` that would create one. `counted_all` is false if counting cached sessions
    stopped after two seconds.
    """
    stores: dict[str, StoreStatus[Any]] = {"database": status.database, "cache": status.cache}
    return {
        "access": status.access,
        "embedded": status.embedded,
        "session_ttl_seconds": status.session_ttl,
        **{name: _store_object(store) for name, store in stores.items()},
        "unavailable": [name for name, store in stores.items() if store.answer == "unavailable"],
        "not_configured": [name for name, store in stores.items() if store.answer == "not configured"],
    }


def _store_object(store: StoreStatus[Any]) -> dict[str, Any]:
    facts = {} if store.facts is None else asdict(store.facts)
    facts.pop("session_ttl", None)
    for name in ("unknown_columns", "unread_tables", "views"):
        if not facts.get(name):
            facts.pop(name, None)
    return {"answer": store.answer, "problem": store.problem, "where": store.where, **facts}
