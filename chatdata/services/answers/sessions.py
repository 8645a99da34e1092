"""The document of `sessions --json`: the list of sessions."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from chatdata.domain.summaries import SessionTotals
from chatdata.domain.turns import Activity
from chatdata.errors import OutOfReach
from chatdata.services.activities import activities
from chatdata.services.answers.availability import availability, cache_answers
from chatdata.services.catalog import MOST_CACHED_SESSIONS, SessionLine, SessionList, Sort, list_sessions, sum_sessions
from chatdata.services.session_stores import SessionStores
from chatdata.stores.database import SessionFilter

_AT_ONCE = 500


def first_sessions(stores: SessionStores, where: SessionFilter, sort: Sort, limit: int) -> SessionList:
    found = list_sessions(stores, where, limit=min(limit, _AT_ONCE), sort=sort)
    while found.source == "database" and found.has_older and len(found.lines) < limit:
        more = min(limit - len(found.lines), _AT_ONCE)
        last = found.lines[-1].summary.cursor_by(sort)
        following = list_sessions(stores, where, cursor=last, limit=more, sort=sort)
        lines = found.lines + following.lines
        found = replace(found, lines=lines, has_older=following.has_older, problems=following.problems)
    return found


def sessions_document(stores: SessionStores, found: SessionList, totals: SessionTotals | None) -> dict[str, Any]:
    """The document of `sessions --json`:

        {"sessions": [{"session_id", "user_id", "title", "first_user_message", "last_answer", "started_at",
                       "updated_at", "messages", "prompt_tokens", "completion_tokens",
                       "damaged": [{"place", "position", "reason"}], "cached", "ttl_seconds", ("chat_status"),
                       ("activity"), ("unknown": ["prompt" | "completion"])}],
         "total": {"sessions", "messages", "prompt_tokens", "completion_tokens", "damaged", ("unknown")},
         "source": "database" | "cache", "more": bool, "unavailable": [store], "not_configured": [store]}

    `started_at` and `updated_at` are null if they are unknown. `first_user_message` and `last_answer` are truncated to
    300 characters. `cached` is null if the cache is down,
    `ttl_seconds` if the key has no expiry or there is no key. `chat_status` is present only if the session has one,
    and `activity` only if it is a known one in the database: "idle", "queued", "running", or "stuck" for a running turn
    without a worker, as on the session's page.
    `total` counts all matching sessions, not only those listed, and `more` says whether there are others. A store is
    "database" or "cache". `damaged` lists the values of a row that do not have their column's type; in `total` it is
    the number of sessions with a damaged token count, which no sum includes. `unknown`, which is present only if there
    is any, lists the token counts that are unknown, which are null; in `total` it is the number of such sessions.
    """
    from_database = found.source == "database"
    stores_status = availability(stores, database=from_database, cache=_cache_answered(stores, found))
    total = _totals_object(totals)
    doing = activities_of(stores, found)
    return {
        "sessions": [_session_object(line, doing.get(line.summary.session_id)) for line in found.lines],
        "total": total,
        "source": found.source,
        "more": total.get("sessions", 0) > len(found.lines),
        **stores_status,
    }


def _cache_answered(stores: SessionStores, found: SessionList) -> bool:
    """True if the cache was available. Raises OutOfReach if no store was."""
    if found.source == "database":
        return not any(line.cached is None for line in found.lines)
    if not found.lines and not cache_answers(stores.cache):
        silent = availability(stores, database=False, cache=False)["unavailable"]
        raise OutOfReach(" ".join(found.problems), silent)
    return True


def totals_of(stores: SessionStores, where: SessionFilter, found: SessionList) -> SessionTotals | None:
    """The sums over all sessions of the filter, from the store that the list is from."""
    if found.source == "database":
        return sum_sessions(stores, where)
    return sum_lines(list_sessions(replace(stores, database=None), where, limit=MOST_CACHED_SESSIONS).lines)


def sum_lines(lines: Sequence[SessionLine]) -> SessionTotals:
    """The sums over sessions of the cache."""
    return SessionTotals(
        sessions=len(lines),
        messages=sum(line.summary.messages for line in lines),
        prompt_tokens=sum(line.summary.prompt_tokens for line in lines if "prompt" not in line.summary.unknown),
        completion_tokens=sum(
            line.summary.completion_tokens for line in lines if "completion" not in line.summary.unknown
        ),
        unknown=sum(bool(line.summary.unknown) for line in lines),
    )


def _totals_object(totals: SessionTotals | None) -> dict[str, Any]:
    document = {} if totals is None else asdict(totals)
    if not document.get("unknown"):
        document.pop("unknown", None)
    return document


def activities_of(stores: SessionStores, found: SessionList) -> dict[str, Activity]:
    """What the listed sessions are doing, by ID; the status in a cached document is not kept up to date."""
    return activities(stores, [line.summary for line in found.lines]) if found.source == "database" else {}


def _session_object(line: SessionLine, doing: Activity | None) -> dict[str, Any]:
    seconds = None if line.expiry is None else line.expiry.ttl_seconds
    document = {**asdict(line.summary), "cached": line.cached, "ttl_seconds": seconds}
    if line.summary.chat_status is None:
        del document["chat_status"]
    if doing is not None:
        document["activity"] = doing
    if not line.summary.unknown:
        del document["unknown"]
    return document | {f"{name}_tokens": None for name in line.summary.unknown}
