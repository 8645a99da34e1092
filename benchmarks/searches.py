"""Measures how long a search for a word takes, and whether the statement timeout allows for it."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing

import psycopg

from benchmarks import bare_sql
from benchmarks.bare_sql import BareSql
from benchmarks.deployment import RARE_WORD
from benchmarks.report import Table
from chatdata import StatementTimeout
from chatdata.stores.database import Database, SessionFilter

WORDS = {"a word of one message": RARE_WORD, "a word of most sessions": "newsletter"}
DEFAULT_TIMEOUT_SECONDS = 15.0
PATIENCE_SECONDS = 60.0


def table(url: str, user: str) -> Table:
    """A table of the time to the first page of sessions with a word, over all users and for one user."""
    rows = []
    with (
        closing(BareSql(url, PATIENCE_SECONDS)) as bare,
        closing(Database.open(url, statement_timeout=PATIENCE_SECONDS)) as database,
    ):
        for name, word in WORDS.items():
            for scope, user_id in (("", None), (", of one user", user)):
                wanted = SessionFilter(words=word, user_id=user_id)
                where, values = _bare(word, user_id)
                rows.append([name + scope, *_row(database, wanted, bare, where, values)])
    return Table(
        "Searches for a word, first page (one run each, no target)",
        ("query", "bare SQL", "ours", f"within the default of {DEFAULT_TIMEOUT_SECONDS:g} s"),
        rows,
        notes=[
            "Without a trigram index, which these databases lack, a search reads everything that the other filters "
            "leave. It is stopped after the statement timeout, and the page says what to narrow."
        ],
    )


def _bare(word: str, user_id: str | None) -> tuple[str, Mapping[str, object]]:
    values = {"word": word, "like": f"%{word}%", "user": user_id}
    return (bare_sql.WORD if user_id is None else f"{bare_sql.WORD} AND {bare_sql.USER}"), values


def _row(
    database: Database, wanted: SessionFilter, bare: BareSql, where: str, values: Mapping[str, object]
) -> list[str]:
    plain, expected = _timed(lambda: [row[0] for row in bare.page(where, values)])
    ours, found = _timed(lambda: [line.session_id for line in database.page(wanted).sessions])
    if None not in (expected, found) and expected != found:
        raise AssertionError(f"{wanted}: ours gives other lines than the bare SQL")
    answered = found is not None and ours <= DEFAULT_TIMEOUT_SECONDS
    return [_duration(plain, expected), _duration(ours, found), "answered" if answered else "stopped"]


def _timed(ask: Callable[[], list[str]]) -> tuple[float, list[str] | None]:
    start = time.perf_counter()
    try:
        found: list[str] | None = ask()
    except (StatementTimeout, psycopg.errors.QueryCanceled):
        found = None
    return time.perf_counter() - start, found


def _duration(seconds: float, found: list[str] | None) -> str:
    return f"not within {PATIENCE_SECONDS:g} s" if found is None else f"{seconds:.2f} s"
