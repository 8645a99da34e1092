"""Lint runs in the inspector's own database. Each function takes a connection."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chatdata.domain.copies import Source
from chatdata.stores.app_db.connections import Connection

_RUNS_KEPT = 20


@dataclass(frozen=True, slots=True)
class LintRun:
    """The result of linting every session of a deployment."""

    source: Source
    """The copy that was linted."""
    started_at: datetime
    finished_at: datetime
    sessions: int
    """The number of sessions linted."""
    rejected: Mapping[str, tuple[str, ...]]
    """Session id → providers that would reject its next turn; sessions that all providers accept are omitted.

    A session that was linted again after a repair counts with its later verdict.
    """
    by_rule: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Provider and rule → the number of sessions that the provider would reject by this rule, as the run found."""
    rechecked: Mapping[str, datetime] = field(default_factory=dict)
    """Session id → when it was linted again after a repair."""


def keep(connection: Connection, deployment: str, run: LintRun) -> None:
    """Stores a finished run and deletes the deployment's oldest ones."""
    times = (run.started_at.isoformat(), run.finished_at.isoformat())
    by_rule = json.dumps([(*pair, count) for pair, count in sorted(run.by_rule.items())])
    (number,) = connection.execute(
        "INSERT INTO lint_run (deployment, source, started_at, finished_at, sessions, by_rule) "
        "VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (deployment, run.source, *times, run.sessions, by_rule),
    ).fetchone()
    connection.executemany(
        "INSERT INTO lint_rejected VALUES (?, ?, ?)",
        ((number, json.dumps(session), json.dumps(providers)) for session, providers in run.rejected.items()),
    )  # ids as JSON: SQLite's text has no lone surrogates
    connection.execute(
        "DELETE FROM lint_run WHERE deployment = ? AND id NOT IN "
        "(SELECT id FROM lint_run WHERE deployment = ? ORDER BY id DESC LIMIT ?)",
        (deployment, deployment, _RUNS_KEPT),
    )


def keep_recheck(
    connection: Connection, deployment: str, session_id: str, at: datetime, providers: Sequence[str]
) -> None:
    """Stores the verdict on one session after the last run of a deployment; nothing if there is no run."""
    row = connection.execute(
        "SELECT id FROM lint_run WHERE deployment = ? ORDER BY id DESC LIMIT 1", (deployment,)
    ).fetchone()
    if row is None:
        return
    key = json.dumps(session_id)
    connection.execute("DELETE FROM lint_recheck WHERE run = ? AND session_id = ?", (row[0], key))
    connection.execute(
        "INSERT INTO lint_recheck (run, session_id, at, providers) VALUES (?, ?, ?, ?)",
        (row[0], key, at.isoformat(), json.dumps(providers)),
    )


def last(connection: Connection, deployment: str) -> LintRun | None:
    """The last run of a deployment; None if there is none."""
    row = connection.execute(
        "SELECT id, source, started_at, finished_at, sessions, by_rule FROM lint_run "
        "WHERE deployment = ? ORDER BY id DESC LIMIT 1",
        (deployment,),
    ).fetchone()
    if row is None:
        return None
    found = connection.execute("SELECT session_id, providers FROM lint_rejected WHERE run = ?", row[:1])
    rejected = {json.loads(session): tuple(json.loads(providers)) for session, providers in found.fetchall()}
    again = connection.execute("SELECT session_id, at, providers FROM lint_recheck WHERE run = ?", row[:1]).fetchall()
    rejected |= {json.loads(session): tuple(json.loads(providers)) for session, _, providers in again}
    return LintRun(
        source=row[1],
        started_at=datetime.fromisoformat(row[2]),
        finished_at=datetime.fromisoformat(row[3]),
        sessions=row[4],
        rejected={session: providers for session, providers in rejected.items() if providers},
        by_rule=_by_rule(row[5]),
        rechecked={json.loads(session): datetime.fromisoformat(at) for session, at, _ in again},
    )


def rejections(connection: Connection, deployment: str) -> Mapping[tuple[str, str], int]:
    """`by_rule` of the last run of a deployment; empty if there is none."""
    row = connection.execute(
        "SELECT by_rule FROM lint_run WHERE deployment = ? ORDER BY id DESC LIMIT 1", (deployment,)
    ).fetchone()
    return {} if row is None else _by_rule(row[0])


def _by_rule(text: str) -> dict[tuple[str, str], int]:
    return {(provider, rule): count for provider, rule, count in json.loads(text)}
