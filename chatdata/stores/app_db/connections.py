"""What the inspector's own database needs of a place to be in, whichever database holds it.

Statements are in the SQL that SQLite and PostgreSQL share, with `?` for parameters. A write is a transaction of its own
and the only one at its time, so that what it reads first still holds when it writes.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

MOST_ROWS = 2**62
"""A LIMIT that limits nothing: SQLite and PostgreSQL write *no limit* differently."""


class ResultRows(Protocol):
    """The result of a statement."""

    @property
    def rowcount(self) -> int:
        """The number of rows that the statement changed."""

    def fetchone(self) -> Any:
        """The next row; None after the last."""

    def fetchall(self) -> list[Any]:
        """All further rows."""

    def __iter__(self) -> Iterator[Any]:
        """The further rows one by one."""


class Connection(Protocol):
    """A connection inside a transaction, or one for reading."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> ResultRows:
        """Runs a statement."""

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> object:
        """Runs a statement for each of the parameters."""


class Place(Protocol):
    """Where the inspector's own database is. Methods raise AppDatabaseError."""

    def exists(self) -> bool:
        """False if nothing was ever written there, so that reading need not create anything."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection for reading."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A connection in a transaction that is committed at the end, and rolled back after an error."""
