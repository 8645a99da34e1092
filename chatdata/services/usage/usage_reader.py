"""Opens the rows for usage, which needs the database because cached sessions expire."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from chatdata.errors import NotConfigured
from chatdata.services.session_stores import DATABASE_HINT, SessionStores
from chatdata.stores.database import UsageReader


@contextmanager
def rows_of(stores: SessionStores) -> Iterator[tuple[UsageReader, datetime]]:
    """A reader of the rows in one transaction, and the time (UTC) of the reading.

    Raises NotConfigured without a database, DatabaseError, and AppDatabaseError where it can't be known which totals
    are unknown.
    """
    if stores.database is None:
        raise NotConfigured(f"Usage is counted from the database's rows. {DATABASE_HINT}")
    with stores.database.usage(stores.unknown_counts()) as reader:
        yield reader, datetime.now(UTC)
