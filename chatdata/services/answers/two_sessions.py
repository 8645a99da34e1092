"""The document of `diff A B --json`: two sessions side by side."""

from collections.abc import Mapping
from typing import Any

from chatdata.domain.copies import CopyMessage
from chatdata.domain.side_by_side import SessionDiff, SessionRows
from chatdata.errors import NotConfigured, NotFound, OutOfReach
from chatdata.services.answers.availability import availability
from chatdata.services.session_stores import SessionStores
from chatdata.services.two_sessions import ComparedSession, TwoSessions


def two_sessions_document(stores: SessionStores, two: TwoSessions) -> dict[str, Any]:
    """The document with the stores' status. Raises NotFound, NotConfigured or OutOfReach if one can't be read."""
    if two.diff is None:
        raise _not_compared(two)
    silent = {source for side in two.sessions for source in side.unavailable}
    status = availability(stores, database="database" not in silent, cache="cache" not in silent)
    return {**two_sessions_json(two, two.diff), **status}


def _not_compared(two: TwoSessions) -> NotFound | NotConfigured | OutOfReach:
    """The error for two sessions of which one can't be read."""
    states = [side.state for side in two.sessions]
    if "unavailable" in states:
        return OutOfReach(two.problem, sorted({source for side in two.sessions for source in side.unavailable}))
    return NotConfigured(two.problem) if "not_configured" in states else NotFound(two.problem)


def two_sessions_json(two: TwoSessions, diff: SessionDiff) -> Mapping[str, Any]:
    """The document of `diff A B --json`, without the stores' status (docs/command-line.md)."""
    return {
        "a": _session_json(two.a),
        "b": _session_json(two.b),
        "read_at": two.read_at,
        "equal": diff.equal,
        "counts": diff.counts,
        "fields": [
            {"field": name, "equal": equal, "a": two.a.fields[name], "b": two.b.fields[name]}
            for name, equal in diff.fields.items()
        ],
        "rows": [_row_json(two.rows, ordinal, kind) for ordinal, kind in enumerate(_kinds(two.rows))],
    }


def _session_json(side: ComparedSession) -> Mapping[str, Any]:
    head: dict[str, Any] = {"session_id": side.session_id, "source": side.source, "remark": side.remark or None}
    return head | dict(side.fields)


def _row_json(rows: SessionRows, ordinal: int, kind: str) -> Mapping[str, Any]:
    row = rows.rows[ordinal]
    there = rows.elsewhere.get(ordinal)
    texts = rows.differing_texts(ordinal) if kind == "changed" else {}
    return {
        "kind": kind,
        "a": _position(row.left),
        "b": _position(row.right),
        "elsewhere": None if there is None else moved_to(rows, there),
        "texts": [{"field": name, "a": one, "b": other} for name, (one, other) in texts.items()],
    }


def _kinds(rows: SessionRows) -> list[str]:
    return [rows.kinds[row.stretch] for row in rows.rows]


def _position(copy: CopyMessage | None) -> int | None:
    return None if copy is None else copy.position


def moved_to(rows: SessionRows, ordinal: int) -> int | None:
    """The position at which a message that is elsewhere stands."""
    return _position(rows.rows[ordinal].left or rows.rows[ordinal].right)
